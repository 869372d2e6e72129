#include "track/course.h"

#include "tcp/infer.h"
#include "track/course_log.h"

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

	return plain_tags(course->has_plain ? &course_plain(course)->side[who] : &none, s);
}

static void enter(struct ws_connection *c, enum course_stage stage)
{
	c->course->stage = (uint8_t)stage;
	course_states(c->course, c->state);
}

static void note_base(struct course *course, unsigned who, const struct segment *s)
{
	course->iss[who] = s->seq;
	course->tsval[who] = s->options.present & OPTION_TIMESTAMPS ? s->options.tsval : 0;
}

bool course_begin(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s)
{
	if (!courses_add(courses, c))
		return false;
	c->course->since[0] = s->ts;
	c->course->since[1] = s->ts;
	c->course->opener = (uint8_t)who;
	note_base(c->course, who, s);
	if (!course_log_add(courses, c, who, s)) {
		courses_drop(courses, c);
		return false;
	}
	c->role_source = WS_ROLE_SYN;
	c->tags |= tags_of(c->course, who, s);
	enter(c, COURSE_SYN);
	return true;
}

/* ---- The opening -------------------------------------------------------------------------------------------------- */

static bool take_syn_ack(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct course *course = c->course;

	if (who == course->opener || !is_handshake(s, WS_FLAG_SYN | WS_FLAG_ACK) ||
	    s->ack != course->iss[course->opener] + 1)
		return false;
	note_base(course, who, s);
	if (!course_log_add(courses, c, who, s))
		return false;
	c->course->since[c->course->opener] = s->ts;
	c->course->answered = s->ts;
	enter(c, COURSE_SYN_ACK);
	return true;
}

/* The numbers that the three segments of the opening make. */
static bool open_plain(const struct ws_connection *c, const struct segment *ack, struct plain *out)
{
	struct course_reader reader = course_reader(c);
	struct segment syn;
	struct segment syn_ack;

	course_log_read(c, &reader, &syn);
	course_log_read(c, &reader, &syn_ack);
	return plain_open(out, c->course->opener, &syn, &syn_ack, ack, c->tags);
}

static bool take_ack(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s)
{
	struct plain plain;

	if (who != c->course->opener || !course_log_can_hold(s) || !open_plain(c, s, &plain) ||
	    !courses_put_plain(courses, c, &plain, COURSE_ENTRY_MAX))
		return false;
	(void)course_log_add(courses, c, who, s);
	c->course->since[!who] = s->ts;
	c->course->acked = s->ts;
	enter(c, COURSE_ACK);
	return true;
}

/* ---- Data --------------------------------------------------------------------------------------------------------- */

/* The first of its kind goes to the log, for which nothing may have come since the last that went there. */
static bool take_first(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s,
		       uint32_t tags)
{
	if (c->course->has_moved || !course_log_can_hold(s) ||
	    !courses_make_room(courses, c, c->course->len + COURSE_ENTRY_MAX) ||
	    !plain_first(course_plain(c->course), who, s, tags))
		return false;
	return course_log_add(courses, c, who, s);
}

static bool take_data(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s,
		      uint32_t tags)
{
	if (c->course->stage == COURSE_OPEN && plain_segment(course_plain(c->course), who, s, tags)) {
		c->course->has_moved = true;
		return true;
	}
	if (!take_first(courses, c, who, s, tags))
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
	const struct plain_side *x = &course_plain(c->course)->side[closer];
	const struct plain_side *y = &course_plain(c->course)->side[!closer];
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

static bool take_fin(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s,
		     uint32_t tags)
{
	struct course *course = c->course;
	struct plain *plain = course_plain(course);
	uint16_t at = course->len;

	if (!plain_is_clean(&plain->side[who], s, tags, WS_FLAG_ACK | WS_FLAG_FIN) || !is_fin_due(plain, who, s) ||
	    !plain_is_time_right(&plain->side[who], s) || !course_log_add(courses, c, who, s))
		return false;
	course = c->course;
	plain = course_plain(course);
	course->plain_at = at;
	course->has_moved = false;
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
	const struct plain_side *x = &course_plain(course)->side[who];
	bool is_closer = who == course->closer;
	uint32_t other_end = course_plain(course)->side[!course->closer].snd_max;

	return plain_is_clean(x, s, tags, flags) && s->len == 0 && has_time_right(course, who, s) &&
	       s->seq == (is_closer ? course->closer_end : other_end) &&
	       s->ack == (is_closer ? other_end + 1 : course->closer_end);
}

static bool close_by(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s,
		     enum course_stage stage)
{
	if (!course_log_add(courses, c, who, s))
		return false;
	note_time(c->course, who, s);
	enter(c, stage);
	return true;
}

static bool take_ack_of_fin(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s,
			    uint32_t tags)
{
	if (who == c->course->closer || !is_due(c->course, who, s, tags, WS_FLAG_ACK) ||
	    !close_by(courses, c, who, s, COURSE_FIN_ACKED))
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

static bool take_second_fin(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s,
			    uint32_t tags)
{
	bool is_certain;

	if (who == c->course->closer || !is_due(c->course, who, s, tags, WS_FLAG_ACK | WS_FLAG_FIN))
		return false;
	is_certain = is_first_copy_certain(c, who, s->ts);
	if (!close_by(courses, c, who, s, COURSE_FINS))
		return false;
	c->course->is_doubtful |= !is_certain;
	c->course->since[0] = s->ts;
	c->course->since[1] = s->ts;
	return true;
}

static bool take_last_ack(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s,
			  uint32_t tags)
{
	if (who != c->course->closer || !is_due(c->course, who, s, tags, WS_FLAG_ACK) ||
	    !close_by(courses, c, who, s, COURSE_DONE))
		return false;
	c->course->since[!who] = s->ts;
	return true;
}

/* ---- In and out --------------------------------------------------------------------------------------------------- */

static bool take(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s, uint32_t tags)
{
	bool is_fin = (s->flags & WS_FLAG_FIN) != 0;

	switch ((enum course_stage)c->course->stage) {
	case COURSE_SYN:
		return take_syn_ack(courses, c, who, s);
	case COURSE_SYN_ACK:
		return take_ack(courses, c, who, s);
	case COURSE_ACK:
	case COURSE_OPEN:
		return is_fin ? take_fin(courses, c, who, s, tags) : take_data(courses, c, who, s, tags);
	case COURSE_FIN:
		return is_fin ? take_second_fin(courses, c, who, s, tags) : take_ack_of_fin(courses, c, who, s, tags);
	case COURSE_FIN_ACKED:
		return take_second_fin(courses, c, who, s, tags);
	case COURSE_FINS:
		return take_last_ack(courses, c, who, s, tags);
	case COURSE_DONE:
	case COURSE_STAGES:
		break;
	}
	return false;
}

bool course_segment(struct courses *courses, struct ws_connection *c, unsigned who, const struct segment *s)
{
	uint32_t tags = c->tags | tags_of(c->course, who, s);

	if (!take(courses, c, who, s, tags))
		return false;
	/* With the numbers, which came with this segment, more may be known. */
	c->tags = tags | tags_of(c->course, who, s);
	return true;
}

void course_replay(struct ws_connection *c)
{
	const struct course *course = c->course;
	bool is_closing = course->stage >= COURSE_FIN;
	struct course_reader reader = course_reader(c);
	struct segment s;

	c->role_source = UINT8_MAX;
	while (reader.at < course->len) {
		unsigned who;

		if (is_closing && reader.at == course->plain_at)
			plain_put(course_plain(course), c->detail);
		who = course_log_read(c, &reader, &s);
		connection_replay(c, who, &s);
	}
	if (course->has_plain && !is_closing)
		plain_put(course_plain(course), c->detail);
	connection_replayed(c, course->since);
}

/* ---- Asked for ---------------------------------------------------------------------------------------------------- */

void course_amounts(const struct course *course, unsigned who, uint64_t *packets, uint64_t *bytes)
{
	bool is_closer = who == course->closer;
	const struct plain_side *x;

	*bytes = 0;
	*packets = who == course->opener || course->stage >= COURSE_SYN_ACK;
	if (!course->has_plain)
		return;
	x = &course_plain(course)->side[who];
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
