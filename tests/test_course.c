/*
 * The ordinary course: a tracker that keeps connections in their course as long as it can, beside one that tells the rules
 * of every segment, over all cases and captures, as they are and spoilt. After each packet the states and amounts of every
 * connection must be the same, and now and then, and at the end, all that is known.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/chronicle.h"
#include "lib/conversation.h"
#include "lib/imperfect.h"
#include "lib/medley.h"
#include "lib/suite.h"
#include "track/course_log.h"
#include "wirestat.h"

#define GLANCES_MAX 400 /* in each capture */
#define OUTLINE_EVERY 16

/* Conversations in each of a hundred tests, and how many of the first frames are dropped or swapped. What the sanitizers can
 * find does not need all of them. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONVERSATIONS 8
#define SPOILT_FRAMES 3
#else
#define CONVERSATIONS 40
#define SPOILT_FRAMES 12
#endif

static char **cases;
static size_t cases_len;
static char **captures;
static size_t captures_len;

/* ---- Side by side ------------------------------------------------------------------------------------------------- */

struct hearing {
	char *text;
	size_t len;
	FILE *out;
};

static void on_event(void *user, const struct ws_event *event)
{
	struct hearing *told = user;

	if (event->type == WS_EVENT_SEGMENT)
		return;
	fprintf(told->out, "%d %lld %llu %llu %d\n", (int)event->type, (long long)event->ts,
		(unsigned long long)event->frame, (unsigned long long)ws_connection_number(event->connection),
		(int)event->finding);
	if (event->type != WS_EVENT_END)
		return;
	chronicle_record(told->out, event->connection);
}

static ws_tracker *begin(struct hearing *told, uint32_t events)
{
	struct ws_config config = { .on_event = on_event, .user = told, .events = events };
	ws_tracker *tracker = ws_tracker_new(&config);

	told->out = open_memstream(&told->text, &told->len);
	ck_assert_ptr_nonnull(told->out);
	ck_assert_ptr_nonnull(tracker);
	return tracker;
}

struct shelf {
	ws_connection *at[4096];
	size_t len;
};

static int put_on_shelf(void *user, ws_connection *connection)
{
	struct shelf *shelf = user;

	if (shelf->len < sizeof shelf->at / sizeof shelf->at[0])
		shelf->at[shelf->len++] = connection;
	return 0;
}

static bool is_side_same(const struct ws_endpoint *a, const struct ws_endpoint *b)
{
	return memcmp(&a->addr, &b->addr, sizeof a->addr) == 0 && a->port == b->port && a->state == b->state &&
	       a->proven == b->proven && a->since == b->since && a->two_msl_since == b->two_msl_since &&
	       a->packets == b->packets && a->bytes == b->bytes;
}

static void check_side(const char *what, size_t frame, const struct ws_endpoint *a, const struct ws_endpoint *b)
{
	ck_assert_msg(is_side_same(a, b),
		      "%s, frame %zu: port %u: %s/%s since %lld (%lld) %llu packets %llu bytes; by the rules "
		      "%s/%s since %lld (%lld) %llu packets %llu bytes",
		      what, frame, a->port, ws_state_name(a->state), ws_state_name(a->proven), (long long)a->since,
		      (long long)a->two_msl_since, (unsigned long long)a->packets, (unsigned long long)a->bytes,
		      ws_state_name(b->state), ws_state_name(b->proven), (long long)b->since,
		      (long long)b->two_msl_since, (unsigned long long)b->packets, (unsigned long long)b->bytes);
}

static void compare_records(const char *what, size_t frame, const ws_connection *a, const ws_connection *b)
{
	struct hearing x = { .text = NULL };
	struct hearing y = { .text = NULL };

	x.out = open_memstream(&x.text, &x.len);
	y.out = open_memstream(&y.text, &y.len);
	chronicle_record(x.out, a);
	chronicle_record(y.out, b);
	fclose(x.out);
	fclose(y.out);
	ck_assert_msg(strcmp(x.text, y.text) == 0, "%s, frame %zu: the record is\n%s\nand by the rules\n%s", what,
		      frame, x.text, y.text);
	free(x.text);
	free(y.text);
}

static void compare_all(const char *what, size_t frame, ws_tracker *quick, ws_tracker *slow, bool is_whole)
{
	static struct shelf a;
	static struct shelf b;

	a.len = 0;
	b.len = 0;
	ck_assert_int_eq(ws_tracker_each(quick, put_on_shelf, &a), 0);
	ck_assert_int_eq(ws_tracker_each(slow, put_on_shelf, &b), 0);
	ck_assert_msg(a.len == b.len, "%s, frame %zu: %zu connections, by the rules %zu", what, frame, a.len, b.len);
	for (size_t i = 0; i < a.len; i++) {
		struct ws_record x = { .uid = "" };
		struct ws_record y;

		ws_connection_glance(a.at[i], &x);
		ws_connection_outline(b.at[i], &y);
		ck_assert_int_eq(ws_connection_is_open(a.at[i]), ws_connection_is_open(b.at[i]));
		check_side(what, frame, &x.endpoint[WS_CLIENT], &y.endpoint[WS_CLIENT]);
		check_side(what, frame, &x.endpoint[WS_SERVER], &y.endpoint[WS_SERVER]);
		ck_assert_uint_eq(x.findings_len, y.findings_len);
		if (is_whole)
			compare_records(what, frame, a.at[i], b.at[i]);
	}
}

static void compare_ends(const char *what, struct hearing *quick, struct hearing *slow, ws_tracker *a, ws_tracker *b)
{
	struct ws_totals x;
	struct ws_totals y;

	ck_assert_int_eq(ws_tracker_listeners(a, chronicle_listener, quick->out), 0);
	ck_assert_int_eq(ws_tracker_listeners(b, chronicle_listener, slow->out), 0);
	ws_tracker_totals(a, &x);
	ws_tracker_totals(b, &y);
	ck_assert_msg(memcmp(&x, &y, sizeof x) == 0, "%s: the totals are others", what);
	ws_tracker_free(a);
	ws_tracker_free(b);
	fclose(quick->out);
	fclose(slow->out);
	ck_assert_msg(quick->len == slow->len && memcmp(quick->text, slow->text, slow->len) == 0,
		      "%s: events or records are others", what);
	free(quick->text);
	free(slow->text);
}

static void check_same(const char *what, const struct frames *frames, uint32_t events)
{
	struct hearing told[2];
	ws_tracker *quick = begin(&told[0], events);
	ws_tracker *slow = begin(&told[1], events | WS_MASK(WS_EVENT_SEGMENT));
	size_t stride = frames->len / GLANCES_MAX + 1;

	for (size_t i = 0; i < frames->len; i++) {
		const struct frame *frame = &frames->at[i];
		struct ws_packet packet = { .ts = frame->ts,
					    .frame = i + 1,
					    .data = frame->data,
					    .caplen = frame->caplen,
					    .len = frame->len,
					    .linktype = frames->linktype };

		if (frame->is_timer) {
			ws_tracker_advance(quick, frame->ts);
			ws_tracker_advance(slow, frame->ts);
		} else {
			ck_assert_int_eq(ws_tracker_feed(quick, &packet), ws_tracker_feed(slow, &packet));
		}
		if (i % stride == 0)
			compare_all(what, i + 1, quick, slow, i % (stride * OUTLINE_EVERY) == 0);
	}
	ws_tracker_finish(quick);
	ws_tracker_finish(slow);
	compare_all(what, frames->len, quick, slow, true);
	compare_ends(what, &told[0], &told[1], quick, slow);
}

/* With and without somebody who is told of the end, which is reached by other ways. */
static void check_both(const char *what, const struct frames *frames)
{
	check_same(what, frames, WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_END));
	check_same(what, frames, WS_MASK(WS_EVENT_FINDING));
}

/* As it is, with one frame missing, with two swapped, cut short, long after, and each frame twice. */
static void check_spoilt(const char *name)
{
	struct frames frames;
	struct frames spoilt;

	medley_load(&frames, name);
	check_both(name, &frames);
	for (size_t i = 0; i < frames.len && i < SPOILT_FRAMES; i++) {
		frames_copy(&spoilt, &frames);
		imperfect_drop_one(&spoilt, i);
		check_both(name, &spoilt);
		frames_fini(&spoilt);
		frames_copy(&spoilt, &frames);
		if (imperfect_swap(&spoilt, i, i % 2 == 0))
			check_both(name, &spoilt);
		frames_fini(&spoilt);
	}
	frames_copy(&spoilt, &frames);
	imperfect_snap(&spoilt, 66);
	check_both(name, &spoilt);
	frames_fini(&spoilt);
	if (frames.len > 0) {
		struct frame *last =
			frames_add(&frames, frames.at[frames.len - 1].ts + INT64_C(400000000000), NULL, 14);

		last->is_timer = true;
		check_both(name, &frames);
	}
	imperfect_copies(&frames, &(struct copying){ .delay_ns = 20000 });
	check_both(name, &frames);
	frames_fini(&frames);
}

START_TEST(case_takes_the_same_course)
{
	check_spoilt(cases[_i]);
}
END_TEST

START_TEST(capture_takes_the_same_course)
{
	check_spoilt(captures[_i]);
}
END_TEST

START_TEST(conversation_takes_the_same_course)
{
	for (unsigned i = 0; i < CONVERSATIONS; i++) {
		struct frames frames;
		unsigned seed = i * 100 + (unsigned)_i;
		char what[64];

		snprintf(what, sizeof what, "conversation %u", seed);
		conversation_make(&frames, seed);
		check_both(what, &frames);
		frames_fini(&frames);
	}
}
END_TEST

/* ---- The log ------------------------------------------------------------------------------------------------------ */

static uint64_t dice = 88172645463325252;

static uint32_t roll(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (uint32_t)(dice >> 16);
}

/* Small ones and large ones are as likely. */
static uint32_t roll_bits(void)
{
	return roll() >> roll() % 32;
}

static struct segment roll_segment(const struct ws_connection *c, bool is_syn)
{
	struct segment s;

	memset(&s, 0, sizeof s);
	s.flags = is_syn ? WS_FLAG_SYN : WS_FLAG_ACK | (roll() & (WS_FLAG_PSH | WS_FLAG_FIN));
	s.ts = c->start + (int64_t)((uint64_t)roll_bits() << 24);
	s.frame = c->first_frame + roll_bits() - roll_bits() % 7;
	s.seq = roll_bits();
	s.ack = roll_bits();
	s.len = is_syn ? 0 : roll_bits();
	s.ip_len = roll_bits();
	s.window = (uint16_t)roll();
	s.checksum = (uint8_t)(roll() % 4);
	s.is_truncated = roll() % 2;
	s.is_offload = roll() % 2;
	if (roll() % 2) {
		s.options.present = OPTION_TIMESTAMPS;
		s.options.tsval = roll_bits();
		s.options.tsecr = roll_bits();
	}
	if (is_syn && roll() % 2) {
		s.options.present |= OPTION_MSS | OPTION_WSCALE | OPTION_SACK_PERMITTED;
		s.options.mss = (uint16_t)roll();
		s.options.wscale = (uint8_t)roll();
	}
	return s;
}

static void check_read(const struct segment *a, const struct segment *b)
{
	ck_assert_int_eq(a->ts, b->ts);
	ck_assert_uint_eq(a->frame, b->frame);
	ck_assert_uint_eq(a->seq, b->seq);
	ck_assert_uint_eq(a->ack, b->ack);
	ck_assert_uint_eq(a->len, b->len);
	ck_assert_uint_eq(a->ip_len, b->ip_len);
	ck_assert_uint_eq(a->window, b->window);
	ck_assert_uint_eq(a->flags, b->flags);
	ck_assert_int_eq(a->checksum, b->checksum);
	ck_assert_int_eq(a->is_truncated, b->is_truncated);
	ck_assert_int_eq(a->is_offload, b->is_offload);
	ck_assert_uint_eq(a->options.present, b->options.present);
	ck_assert_uint_eq(a->options.tsval, b->options.tsval);
	ck_assert_uint_eq(a->options.tsecr, b->options.tsecr);
	ck_assert_uint_eq(a->options.mss, b->options.mss);
	ck_assert_uint_eq(a->options.wscale, b->options.wscale);
}

START_TEST(log_gives_back_what_it_took)
{
	struct ws_connection c = { .start = 1000000000, .first_frame = 77 };
	struct segment taken[64];
	unsigned sides[64];
	struct courses courses;
	size_t len = 1;
	struct course_reader reader;

	dice += (uint64_t)_i * 7919;
	sides[0] = (unsigned)_i % 2;
	taken[0] = roll_segment(&c, true);
	taken[0].ts = c.start;
	courses_init(&courses);
	ck_assert(course_begin(&courses, &c, sides[0], &taken[0]));
	c.end = taken[0].ts;
	c.last_frame = taken[0].frame;
	c.course->iss[!sides[0]] = roll();
	c.course->tsval[!sides[0]] = roll();
	while (len < 64) {
		sides[len] = roll() % 2;
		taken[len] = roll_segment(&c, false);
		ck_assert(course_log_can_hold(&taken[len]));
		if (!course_log_add(&courses, &c, sides[len], &taken[len]))
			break;
		/* As the tracker goes on; ordinary segments that are not written may come between. */
		c.course->has_moved = roll() % 4 == 0;
		c.end = taken[len].ts + (c.course->has_moved ? 1000 : 0);
		c.last_frame = taken[len].frame + c.course->has_moved;
		len++;
	}
	reader = course_reader(&c);
	ck_assert_uint_gt(len, 6);
	ck_assert_uint_lt(len, 64);
	for (size_t i = 0; i < len; i++) {
		struct segment s;

		ck_assert_uint_eq(course_log_read(&c, &reader, &s), sides[i]);
		check_read(&s, &taken[i]);
	}
	ck_assert_uint_eq(reader.at, c.course->len);
	courses_drop(&courses, &c);
	ck_assert_uint_eq(courses.bytes, 0);
	courses_fini(&courses);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("course", &tcase);

	medley_names(&cases, &cases_len, &captures, &captures_len);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, log_gives_back_what_it_took, 0, 50);
	tcase_add_loop_test(tcase, conversation_takes_the_same_course, 0, 100);
	tcase_add_loop_test(tcase, case_takes_the_same_course, 0, (int)cases_len);
	tcase_add_loop_test(tcase, capture_takes_the_same_course, 0, (int)captures_len);
	return suite_run(suite);
}
