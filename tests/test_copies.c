/*
 * What is a copy that the capture made, and what its sender has sent again: by all that the sender gives a segment, and by
 * the time between the two (INFERENCE 5).
 */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "lib/suite.h"
#include "lib/talk.h"
#include "track/copies.h"

static struct talk t;
static struct ws_connection c;
static struct detail detail;
static struct ws_config config;
static struct ws_totals totals;
static struct copies seen;

static void begin(int variant)
{
	struct flow_key key;

	talk_init(&t, variant);
	totals = (struct ws_totals){ .packets = 0 };
	memset(&seen, 0, sizeof(seen));
	copies_init(&seen, 1);
	talk_make(&t, A, "S", 0, 0, 0);
	flow_key_of(&t.segment, &key);
	connection_init(&c, &key, &t.segment);
	detail_init(&detail);
	c.detail = &detail;
	c.salt = 1;
}

/* Whether the segment made last is a copy; it goes to the connection. */
static bool feed(void)
{
	struct context context = { .config = &config, .totals = &totals, .now = t.segment.ts };
	bool is_copy = copies_take(&seen, &c, t.side[t.from], &t.segment, t.segment.ts);

	connection_segment(&context, &c, t.side[t.from], &t.segment, is_copy ? (uint32_t)MARK_COPY : 0u);
	return is_copy;
}

/* The same segment `ns` later; `change` may change it first. */
static bool again(int64_t ns, void (*change)(struct segment *s))
{
	t.segment.ts += ns;
	t.segment.frame++;
	if (change)
		change(&t.segment);
	return feed();
}

static bool tell(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	talk_make(&t, from, flags, seq, ack, len);
	return feed();
}

/* ---- One of each ------------------------------------------------------------------------------------------------- */

static void ttl_less(struct segment *s)
{
	s->ttl--;
}

static void ttl_more(struct segment *s)
{
	s->ttl = (uint8_t)(s->ttl + 3);
}

static void ttl_far_off(struct segment *s)
{
	s->ttl = (uint8_t)(s->ttl - 9);
}

static void other_id(struct segment *s)
{
	s->ip_id++;
}

static void other_window(struct segment *s)
{
	s->window++;
}

static void other_tsval(struct segment *s)
{
	s->options.tsval++;
}

static void options_cut_off(struct segment *s)
{
	s->options.present = 0;
	s->options.tsval = 0;
}

static void other_checksum(struct segment *s)
{
	s->tcp_checksum++;
}

static void checksum_to_come(struct segment *s)
{
	s->tcp_checksum = 0x55aa;
	s->checksum = CHECKSUM_OFFLOAD;
}

static void damaged(struct segment *s)
{
	s->tcp_checksum++;
	s->checksum = CHECKSUM_BAD;
}

static void tagged(struct segment *s)
{
	outer_add_vlan(&s->outer, 100);
	s->interface = 1;
}

static void push(struct segment *s)
{
	s->flags ^= WS_FLAG_PSH;
}

static void next(struct segment *s)
{
	s->seq++;
}

static void longer(struct segment *s)
{
	s->len++;
}

static const struct {
	void (*change)(struct segment *s);
	int64_t ns;
	bool has_id;
	bool is_copy;
} kinds[] = {
	{ NULL, 0, true, true },
	{ NULL, 2 * NS_PER_US, true, true },
	{ NULL, 9 * NS_PER_MS, true, true },
	{ NULL, 100 * NS_PER_MS, true, false },
	{ tagged, 2 * NS_PER_US, true, true },
	{ ttl_less, 2 * NS_PER_US, true, true },
	{ ttl_less, 9 * NS_PER_MS, true, true },
	{ ttl_less, 100 * NS_PER_MS, true, false },
	{ ttl_less, 5 * NS_PER_MS, false, true },
	{ ttl_more, 2 * NS_PER_US, true, true }, /* the mirror behind the routers was quicker */
	{ ttl_far_off, 2 * NS_PER_US, true, false },
	{ other_id, 2 * NS_PER_US, true, false }, /* sent twice */
	{ other_window, 2 * NS_PER_US, true, false },
	{ other_tsval, 2 * NS_PER_US, true, false },
	{ options_cut_off, 2 * NS_PER_US, true, true },
	{ other_checksum, 2 * NS_PER_US, true, false }, /* other bytes */
	{ checksum_to_come, 2 * NS_PER_US, true, true },
	{ damaged, 2 * NS_PER_US, true, false },
	{ push, 2 * NS_PER_US, true, false },
	{ next, 2 * NS_PER_US, true, false },
	{ longer, 2 * NS_PER_US, true, false },
	{ NULL, 2 * NS_PER_US, false, true },
	{ NULL, NS_PER_MS, false, true },      /* nobody has said a word that would make it repeat anything */
	{ NULL, 3 * NS_PER_MS, false, false }, /* its sender's repetition looks the same */
};

START_TEST(kind)
{
	size_t i = (size_t)_i / TALK_VARIANTS;

	begin(_i % TALK_VARIANTS);
	tell(A, "S", 0, 0, 0);
	tell(B, "S.", 0, 1, 0);
	tell(A, ".", 1, 1, 0);
	talk_timestamps(talk_make(&t, A, "P.", 1, 1, 10), 7, 8);
	t.segment.has_ip_id = kinds[i].has_id;
	t.segment.ip_id = kinds[i].has_id ? 99 : 0;
	ck_assert(!feed());
	ck_assert_int_eq(again(kinds[i].ns, kinds[i].change), kinds[i].is_copy);
	ck_assert_uint_eq(totals.duplicates, kinds[i].is_copy);
	ck_assert_uint_eq(c.detail->pair.side[t.side[A]].duplicates, kinds[i].is_copy);
	ck_assert_int_eq((c.tags & WS_TAG_DUPLICATES) != 0, kinds[i].is_copy);
	connection_fini(&c);
}
END_TEST

/* An identification of 0 identifies nothing. In the middle of a connection no way is known to be long. */
START_TEST(without_identification)
{
	begin(_i);
	talk_make(&t, A, "P.", 1, 1, 10)->ip_id = 0;
	ck_assert(!feed());
	ck_assert(again(NS_PER_MS, NULL));
	connection_fini(&c);
	begin(_i);
	talk_make(&t, A, "P.", 1, 1, 10)->ip_id = 0;
	ck_assert(!feed());
	ck_assert(!again(3 * NS_PER_MS, NULL));
	connection_fini(&c);
}
END_TEST

/* ---- In a row ----------------------------------------------------------------------------------------------------- */

/* Of the other side, or of another connection, nothing is a copy. */
START_TEST(another)
{
	struct ws_connection other;

	begin(_i);
	tell(A, "S", 0, 0, 0);
	ck_assert(!copies_take(&seen, &c, t.side[B], &t.segment, t.segment.ts));
	other = c;
	other.salt = 2;
	ck_assert(!copies_take(&seen, &other, t.side[A], &t.segment, t.segment.ts));
	ck_assert(copies_take(&seen, &c, t.side[A], &t.segment, t.segment.ts));
	connection_fini(&c);
}
END_TEST

/* A mirror hands on a hundred segments, and then their copies. */
START_TEST(burst)
{
	unsigned copies = 0;

	begin(_i);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 100; i++) {
			talk_make(&t, A, ".", 1 + i * 10, 1, 10);
			t.segment.ts = 2000 * NS_PER_SEC + (round * 100 + i) * NS_PER_US;
			t.segment.ip_id = (uint16_t)(i + 1);
			t.segment.tcp_checksum = (uint16_t)i;
			copies += feed();
		}
	}
	ck_assert_uint_eq(copies, 100);
	connection_fini(&c);
}
END_TEST

/* The clock is set back between the two, or was: they are as far apart as it says, either way. */
START_TEST(clock_backwards)
{
	begin(_i);
	tell(A, "S", 0, 0, 0);
	ck_assert(again(-2 * NS_PER_US, NULL));
	ck_assert(!again(-NS_PER_SEC, NULL));
	connection_fini(&c);
}
END_TEST

/* Two answers by RST, or two duplicate ACKs, to two segments are alike where IP has no identification; in between the peer
 * has spoken. */
START_TEST(two_answers)
{
	const char *flags = _i % 2 ? "R" : ".";

	begin(_i / 2);
	tell(A, "S", 0, 0, 0);
	tell(B, "P.", 500, 77, 10);
	for (unsigned i = 0; i < 2; i++) {
		talk_make(&t, A, flags, 77, 0, 0)->has_ip_id = false;
		t.segment.tcp_checksum = 7;
		t.segment.ts = t.now = 2000 * NS_PER_SEC + i * 100 * NS_PER_US;
		ck_assert(!feed());
		talk_make(&t, B, "P.", 510, 77, 10);
		t.segment.ts = t.now = 2000 * NS_PER_SEC + i * 100 * NS_PER_US + 50 * NS_PER_US;
		feed();
	}
	talk_make(&t, A, flags, 77, 0, 0)->has_ip_id = false;
	t.segment.tcp_checksum = 7;
	t.segment.ts = 2000 * NS_PER_SEC + 160 * NS_PER_US;
	ck_assert(!feed());
	ck_assert(again(NS_PER_US, NULL));
	connection_fini(&c);
}
END_TEST

/* Once a SYN was shown again after 4 ms, so may be what has no identification. */
START_TEST(delay_is_learned)
{
	begin(_i);
	talk_make(&t, A, "S", 0, 0, 0)->has_ip_id = false;
	ck_assert(!feed());
	ck_assert(again(4 * NS_PER_MS, NULL));
	talk_make(&t, A, ".", 1, 1, 0)->has_ip_id = false;
	ck_assert(!feed());
	ck_assert(again(5 * NS_PER_MS, NULL));
	connection_fini(&c);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("copies", &tcase);

	tcase_add_loop_test(tcase, kind, 0, (int)(sizeof(kinds) / sizeof(kinds[0])) * TALK_VARIANTS);
	tcase_add_loop_test(tcase, without_identification, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, another, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, burst, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, clock_backwards, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, two_answers, 0, 2 * TALK_VARIANTS);
	tcase_add_loop_test(tcase, delay_is_learned, 0, TALK_VARIANTS);
	return suite_run(suite);
}
