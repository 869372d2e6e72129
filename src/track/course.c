#include "track/course.h"

#include <stdlib.h>

#include "tcp/infer.h"
#include "track/course_log.h"

#define ROOM_FIRST 40

/* With congestion notification or without (RFC 3168 6.1.1). */
static bool has_flags(const struct segment *s, uint8_t flags)
{
	return (s->flags & (uint8_t) ~(WS_FLAG_ECE | WS_FLAG_CWR)) == flags;
}

static bool is_handshake(const struct segment *s, uint8_t flags)
{
	return has_flags(s, flags) && s->len == 0 && s->checksum != CHECKSUM_BAD && course_log_can_hold(s);
}

bool course_can_begin(const struct segment *s)
{
	return is_handshake(s, WS_FLAG_SYN);
}

/* Before there are numbers no segment has any payload. */
static uint32_t tags_of(const struct course *course, unsigned who, const struct segment *s)
{
	static const struct plain_side none;

	return plain_tags(course->plain ? &course->plain->side[who] : &none, s);
}

static void enter(struct ws_connection *c, enum course_stage stage)
{
	struct course *course = c->course;

	course->stage = (uint8_t)stage;
	c->state[0] = (uint8_t)course_state(course, 0);
	c->state[1] = (uint8_t)course_state(course, 1);
}

static void note_base(struct course *course, unsigned who, const struct segment *s)
{
	course->iss[who] = s->seq;
	course->tsval[who] = s->options.present & OPTION_TIMESTAMPS ? s->options.tsval : 0;
}

bool course_begin(struct ws_connection *c, unsigned who, const struct segment *s, uint64_t *bytes)
{
	struct course *course = malloc(sizeof *course + ROOM_FIRST);

	if (!course)
		return false;
	*course = (struct course){ .since = { s->ts, s->ts }, .opener = (uint8_t)who, .room = ROOM_FIRST };
	*bytes += sizeof *course + ROOM_FIRST;
	c->course = course;
	note_base(course, who, s);
	if (!course_log_add(c, who, s, bytes)) {
		course_free(c, bytes);
		return false;
	}
	c->role_source = WS_ROLE_SYN;
	c->tags |= tags_of(c->course, who, s);
	enter(c, COURSE_SYN);
	return true;
}

void course_fini(struct ws_connection *c)
{
	if (c->course)
		free(c->course->plain);
	free(c->course);
	c->course = NULL;
}

void course_free(struct ws_connection *c, uint64_t *bytes)
{
	struct course *course = c->course;

	if (!course)
		return;
	*bytes -= sizeof *course + course->room + (course->plain ? sizeof *course->plain : 0);
	course_fini(c);
}

/* ---- The opening -------------------------------------------------------------------------------------------------- */

static bool take_syn_ack(struct ws_connection *c, unsigned who, const struct segment *s, uint64_t *bytes)
{
	struct course *course = c->course;

	if (who == course->opener || !is_handshake(s, WS_FLAG_SYN | WS_FLAG_ACK) ||
	    s->ack != course->iss[course->opener] + 1)
		return false;
	note_base(course, who, s);
	if (!course_log_add(c, who, s, bytes))
		return false;
	c->course->since[c->course->opener] = s->ts;
	c->course->answered = s->ts;
	enter(c, COURSE_SYN_ACK);
	return true;
}

static struct plain *open_plain(const struct ws_connection *c, const struct segment *ack)
{
	const struct course *course = c->course;
	struct plain *plain = malloc(sizeof *plain);
	struct segment syn;
	struct segment syn_ack;
	uint16_t at = 0;

	if (!plain)
		return NULL;
	course_log_read(c, &at, &syn);
	course_log_read(c, &at, &syn_ack);
	if (plain_open(plain, course->opener, &syn, &syn_ack, ack, c->tags))
		return plain;
	free(plain);
	return NULL;
}

static bool take_ack(struct ws_connection *c, unsigned who, const struct segment *s, uint64_t *bytes)
{
	struct plain *plain;

	if (who != c->course->opener || !course_log_can_hold(s))
		return false;
	plain = open_plain(c, s);
	if (!plain)
		return false;
	if (!course_log_add(c, who, s, bytes)) {
		free(plain);
		return false;
	}
	*bytes += sizeof *plain;
	c->course->plain = plain;
	c->course->since[!who] = s->ts;
	c->course->acked = s->ts;
	enter(c, COURSE_ACK);
	return true;
}

/* ---- Data --------------------------------------------------------------------------------------------------------- */

/* The first of its kind goes to the log, for which nothing may have come since the last that went there. */
static bool take_first(struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags, uint64_t *bytes)
{
	struct plain *plain = c->course->plain;
	struct plain before = *plain;

	if (c->course->has_moved || !course_log_can_hold(s) || !plain_first(plain, who, s, tags))
		return false;
	if (!course_log_add(c, who, s, bytes)) {
		*plain = before;
		return false;
	}
	return true;
}

static bool take_data(struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags, uint64_t *bytes)
{
	if (c->course->stage == COURSE_OPEN && plain_segment(c->course->plain, who, s, tags)) {
		c->course->has_moved = true;
		return true;
	}
	if (!take_first(c, who, s, tags, bytes))
		return false;
	if (c->course->stage == COURSE_ACK && who != c->course->opener) {
		c->course->is_shown = true;
		enter(c, COURSE_OPEN);
	}
	return true;
}

/* ---- The close ---------------------------------------------------------------------------------------------------- */

/* How long `who` took to answer in the handshake, as infer_open.c measures it. */
static int64_t round_trip(const struct ws_connection *c, unsigned who)
{
	const struct course *course = c->course;

	return who == course->opener ? course->acked - course->answered : course->answered - c->start;
}

/* The tap is so close to `who` that nothing of it is missed. */
static bool is_near(const struct ws_connection *c, unsigned who)
{
	return 4 * round_trip(c, who) < round_trip(c, !who);
}

/* infer_close.c asks the same when the FIN is acknowledged. */
static bool may_other_have_closed(const struct ws_connection *c, unsigned closer, const struct segment *fin)
{
	const struct plain_side *x = &c->course->plain->side[closer];
	const struct plain_side *y = &c->course->plain->side[!closer];
	int32_t mss = y->peer_mss > 0 ? y->peer_mss : 1460;
	uint32_t right = fin->ack + ((uint32_t)fin->window << x->shift);

	if (seq_diff(y->snd_max, x->ack_max) > 2 * mss || seq_diff(right, y->snd_max) < mss)
		return true;
	return plain_has_paused(y) && !is_near(c, !closer);
}

/* Its clock does not run backwards. */
static bool has_time_right(const struct course *course, unsigned who, const struct segment *s)
{
	return !(s->options.present & OPTION_TIMESTAMPS) || seq_geq(s->options.tsval, course->newest[who]);
}

static void note_time(struct course *course, unsigned who, const struct segment *s)
{
	if (s->options.present & OPTION_TIMESTAMPS)
		course->newest[who] = s->options.tsval;
}

static bool is_fin_due(const struct plain *plain, unsigned who, const struct segment *s)
{
	const struct plain_side *x = &plain->side[who];
	const struct plain_side *y = &plain->side[!who];

	return s->seq == x->snd_max && seq_geq(s->ack, x->ack_max) && seq_leq(s->ack, y->snd_max) &&
	       seq_leq(s->seq + s->len, y->right_max);
}

static bool take_fin(struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags, uint64_t *bytes)
{
	struct course *course = c->course;
	struct plain *plain = course->plain;
	uint16_t at = course->len;

	if (!plain_is_clean(&plain->side[who], s, tags, WS_FLAG_ACK | WS_FLAG_FIN) || !is_fin_due(plain, who, s) ||
	    !plain_is_time_right(&plain->side[who], s) || !course_log_add(c, who, s, bytes))
		return false;
	course = c->course;
	course->plain_at = at;
	course->closer = (uint8_t)who;
	course->closer_end = s->seq + s->len + 1;
	course->newest[0] = plain->side[0].tsval_max;
	course->newest[1] = plain->side[1].tsval_max;
	note_time(course, who, s);
	course->is_shown |= who != course->opener;
	course->is_doubtful = may_other_have_closed(c, who, s);
	course->since[0] = s->ts;
	course->since[1] = s->ts;
	enter(c, COURSE_FIN);
	return true;
}

/* What is due between the FIN and the end: a bare segment at this place. */
static bool is_due(const struct course *course, unsigned who, const struct segment *s, uint32_t tags, uint8_t flags)
{
	const struct plain_side *x = &course->plain->side[who];
	bool is_closer = who == course->closer;
	uint32_t other_end = course->plain->side[!course->closer].snd_max;

	return plain_is_clean(x, s, tags, flags) && s->len == 0 && has_time_right(course, who, s) &&
	       s->seq == (is_closer ? course->closer_end : other_end) &&
	       s->ack == (is_closer ? other_end + 1 : course->closer_end);
}

static bool close_by(struct ws_connection *c, unsigned who, const struct segment *s, enum course_stage stage,
		     uint64_t *bytes)
{
	if (!course_log_add(c, who, s, bytes))
		return false;
	note_time(c->course, who, s);
	enter(c, stage);
	return true;
}

static bool take_ack_of_fin(struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags,
			    uint64_t *bytes)
{
	if (who == c->course->closer || !is_due(c->course, who, s, tags, WS_FLAG_ACK) ||
	    !close_by(c, who, s, COURSE_FIN_ACKED, bytes))
		return false;
	c->course->is_acked_apart = true;
	c->course->since[!who] = s->ts;
	return true;
}

/* Is the FIN that acknowledges the first one the other's first copy, as infer_close.c asks? */
static bool is_first_copy_certain(const struct ws_connection *c, unsigned who, ws_time ts)
{
	int64_t delay = ts - c->course->since[who];

	if (c->course->is_acked_apart)
		return true;
	return delay < ACK_DELAY_NS && (is_near(c, who) || delay < 2 * round_trip(c, who));
}

static bool take_second_fin(struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags,
			    uint64_t *bytes)
{
	bool is_certain;

	if (who == c->course->closer || !is_due(c->course, who, s, tags, WS_FLAG_ACK | WS_FLAG_FIN))
		return false;
	is_certain = is_first_copy_certain(c, who, s->ts);
	if (!close_by(c, who, s, COURSE_FINS, bytes))
		return false;
	c->course->is_doubtful |= !is_certain;
	c->course->since[0] = s->ts;
	c->course->since[1] = s->ts;
	return true;
}

static bool take_last_ack(struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags,
			  uint64_t *bytes)
{
	if (who != c->course->closer || !is_due(c->course, who, s, tags, WS_FLAG_ACK) ||
	    !close_by(c, who, s, COURSE_DONE, bytes))
		return false;
	c->course->since[!who] = s->ts;
	return true;
}

/* ---- In and out --------------------------------------------------------------------------------------------------- */

static bool take(struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags, uint64_t *bytes)
{
	bool is_fin = (s->flags & WS_FLAG_FIN) != 0;

	switch ((enum course_stage)c->course->stage) {
	case COURSE_SYN:
		return take_syn_ack(c, who, s, bytes);
	case COURSE_SYN_ACK:
		return take_ack(c, who, s, bytes);
	case COURSE_ACK:
	case COURSE_OPEN:
		return is_fin ? take_fin(c, who, s, tags, bytes) : take_data(c, who, s, tags, bytes);
	case COURSE_FIN:
		return is_fin ? take_second_fin(c, who, s, tags, bytes) : take_ack_of_fin(c, who, s, tags, bytes);
	case COURSE_FIN_ACKED:
		return take_second_fin(c, who, s, tags, bytes);
	case COURSE_FINS:
		return take_last_ack(c, who, s, tags, bytes);
	case COURSE_DONE:
	case COURSE_STAGES:
		break;
	}
	return false;
}

bool course_segment(struct ws_connection *c, unsigned who, const struct segment *s, uint64_t *bytes)
{
	uint32_t tags = c->tags | tags_of(c->course, who, s);

	if (!take(c, who, s, tags, bytes))
		return false;
	/* With the numbers, which came with this segment, more may be known. */
	c->tags = tags | tags_of(c->course, who, s);
	return true;
}

void course_replay(struct ws_connection *c)
{
	const struct course *course = c->course;
	bool is_closing = course->stage >= COURSE_FIN;
	struct segment s;
	uint16_t at = 0;

	c->role_source = UINT8_MAX;
	while (at < course->len) {
		unsigned who;

		if (is_closing && at == course->plain_at)
			plain_put(course->plain, c->detail);
		who = course_log_read(c, &at, &s);
		connection_replay(c, who, &s);
	}
	if (course->plain && !is_closing)
		plain_put(course->plain, c->detail);
}

/* ---- Asked for ---------------------------------------------------------------------------------------------------- */

void course_amounts(const struct course *course, unsigned who, uint64_t *packets, uint64_t *bytes)
{
	bool is_closer = who == course->closer;
	const struct plain_side *x;

	*bytes = 0;
	*packets = who == course->opener || course->stage >= COURSE_SYN_ACK;
	if (!course->plain)
		return;
	x = &course->plain->side[who];
	*bytes = x->bytes;
	*packets = x->packets;
	if (course->stage < COURSE_FIN)
		return;
	*bytes += is_closer ? course->closer_end - 1 - x->snd_max : 0;
	if (is_closer)
		*packets += 1u + (course->stage == COURSE_DONE);
	else
		*packets += (uint64_t)course->is_acked_apart + (course->stage >= COURSE_FINS);
}
