/*
 * A connection and one segment: copies made by the capture are counted and fed to no rule (INFERENCE 5); who is called
 * the client, by the best evidence so far (DESIGN 4); and what the counters and tags of a record count.
 */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "lib/suite.h"
#include "lib/talk.h"
#include "track/copies.h"

/* Only the segments of the talk are used. */
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
	config = (struct ws_config){ .time_wait_ns = 60 * NS_PER_SEC };
	totals = (struct ws_totals){ .packets = 0 };
	memset(&seen, 0, sizeof(seen));
	copies_init(&seen, 1);
	talk_make(&t, A, "S", 0, 0, 0);
	flow_key_of(&t.segment, &key);
	connection_init(&c, &key, &t.segment);
	detail_init(&detail);
	c.detail = &detail;
}

static void feed(void)
{
	struct context context = { .config = &config, .totals = &totals, .now = t.segment.ts };
	bool is_copy = copies_take(&seen, &c, t.side[t.from], &t.segment, t.segment.ts);

	connection_segment(&context, &c, t.side[t.from], &t.segment, is_copy ? (uint32_t)MARK_COPY : 0u);
}

static void tell(enum talk_side from, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	talk_make(&t, from, flags, seq, ack, len);
	feed();
}

static struct endpoint *side(enum talk_side who)
{
	return &c.detail->pair.side[t.side[who]];
}

static struct ws_record record(void)
{
	struct ws_record r;

	ws_connection_record(&c, &r);
	return r;
}

/* ---- Copies ------------------------------------------------------------------------------------------------------ */

/* Fed to no rule: a copied FIN is no repeated one, a copied SYN-ACK takes nothing back. */
START_TEST(copies_tell_nothing)
{
	begin(_i);
	for (unsigned i = 0; i < 2; i++) {
		if (i == 0)
			talk_make(&t, A, "S", 0, 0, 0);
		feed();
	}
	tell(B, "S.", 0, 1, 0);
	tell(A, ".", 1, 1, 0);
	talk_make(&t, B, "S.", 0, 1, 0);
	t.segment.ts = t.now - 20 * NS_PER_MS;
	t.segment.ip_id = (uint16_t)(t.frame - 2);
	t.segment.tcp_checksum = t.segment.ip_id;
	feed();
	ck_assert_int_eq(side(B)->state, WS_ESTABLISHED);
	tell(A, "F.", 1, 1, 0);
	tell(B, ".", 1, 2, 0);
	talk_make(&t, A, "F.", 1, 1, 0);
	t.segment.ts = t.now - 20 * NS_PER_MS;
	t.segment.ip_id = (uint16_t)(t.frame - 2);
	t.segment.tcp_checksum = t.segment.ip_id;
	feed();
	ck_assert_int_eq(side(A)->state, WS_FIN_WAIT_2);
	ck_assert_uint_eq(totals.duplicates, 3);
	ck_assert_uint_eq(side(A)->retransmitted + side(B)->retransmitted, 0);
	connection_fini(&c);
}
END_TEST

/* ---- Roles ------------------------------------------------------------------------------------------------------- */

static void from_ports(uint16_t port_a, uint16_t port_b, const char *flags)
{
	struct flow_key key;

	talk_init(&t, 0);
	talk_make(&t, A, flags, 1, 1, 0);
	t.segment.sport = port_a;
	t.segment.dport = port_b;
	flow_key_of(&t.segment, &key);
	connection_init(&c, &key, &t.segment);
	detail_init(&detail);
	c.detail = &detail;
	connection_assign_roles(&c, t.side[A], &t.segment);
}

static const struct {
	uint16_t port_a;
	uint16_t port_b;
	const char *flags; /* of the first segment, which A sends */
	enum talk_side client;
	enum ws_role_source source;
	enum ws_confidence confidence;
} roles[] = {
	{ 80, 40000, "S", A, WS_ROLE_SYN, WS_CONFIDENCE_HIGH },
	{ 40000, 80, "S.", B, WS_ROLE_SYN_ACK, WS_CONFIDENCE_HIGH },
	{ 40000, 80, ".", A, WS_ROLE_PORT, WS_CONFIDENCE_MEDIUM },
	{ 80, 40000, "P.", B, WS_ROLE_PORT, WS_CONFIDENCE_MEDIUM },
	{ 5432, 50000, ".", B, WS_ROLE_PORT, WS_CONFIDENCE_MEDIUM },
	{ 40000, 50000, ".", A, WS_ROLE_FIRST_PACKET, WS_CONFIDENCE_LOW },
	{ 50000, 40000, "F.", A, WS_ROLE_FIRST_PACKET, WS_CONFIDENCE_LOW },
	{ 7000, 7000, ".", A, WS_ROLE_FIRST_PACKET, WS_CONFIDENCE_LOW },
};

START_TEST(role)
{
	from_ports(roles[_i].port_a, roles[_i].port_b, roles[_i].flags);
	ck_assert_uint_eq(c.detail->pair.client, t.side[roles[_i].client]);
	ck_assert_str_eq(ws_role_source_name(record().role_source), ws_role_source_name(roles[_i].source));
	ck_assert_int_eq(record().confidence, roles[_i].confidence);
	connection_fini(&c);
}
END_TEST

/* Of RSTs only that out of CLOSED to a segment without ACK has the number 0 and an ACK (RFC 9293 3.10.7.1): it comes from
 * the server, whatever the ports. */
START_TEST(role_by_answer)
{
	static const struct {
		const char *flags;
		uint32_t seq;
		uint32_t len;
		bool is_answer;
	} first[] = { { "R.", 0, 0, true },
		      { "R.", 1, 0, false },
		      { "R", 0, 0, false },
		      { ".", 0, 0, false },
		      { "R.", 0, 7, false } };

	for (unsigned i = 0; i < 2; i++) {
		from_ports(i == 0 ? 40000 : 80, i == 0 ? 80 : 40000, first[_i].flags);
		c.role_source = UINT8_MAX;
		t.segment.seq = first[_i].seq;
		t.segment.len = first[_i].len;
		connection_assign_roles(&c, t.side[A], &t.segment);
		ck_assert_int_eq(record().role_source, first[_i].is_answer ? WS_ROLE_ACK_PATTERN : WS_ROLE_PORT);
		ck_assert_int_eq(record().confidence, WS_CONFIDENCE_MEDIUM);
		ck_assert_uint_eq(c.detail->pair.client, t.side[first[_i].is_answer || i == 1 ? B : A]);
		connection_fini(&c);
	}
}
END_TEST

/* A SYN beats a SYN-ACK beats all the rest, whenever it comes; a SYN is beaten by nothing. */
START_TEST(better_evidence)
{
	from_ports(80, 40000, ".");
	ck_assert_uint_eq(c.detail->pair.client, t.side[B]);
	talk_make(&t, B, "S.", 1, 1, 0);
	connection_assign_roles(&c, t.side[B], &t.segment);
	ck_assert_uint_eq(c.detail->pair.client, t.side[A]);
	ck_assert_int_eq(record().role_source, WS_ROLE_SYN_ACK);
	talk_make(&t, A, "P.", 1, 1, 10);
	connection_assign_roles(&c, t.side[A], &t.segment);
	ck_assert_int_eq(record().role_source, WS_ROLE_SYN_ACK);
	talk_make(&t, B, "S", 1, 0, 0);
	connection_assign_roles(&c, t.side[B], &t.segment);
	ck_assert_uint_eq(c.detail->pair.client, t.side[B]);
	ck_assert_int_eq(record().role_source, WS_ROLE_SYN);
	talk_make(&t, A, "S", 1, 0, 0);
	connection_assign_roles(&c, t.side[A], &t.segment);
	ck_assert_uint_eq(c.detail->pair.client, t.side[B]);
	connection_fini(&c);
}
END_TEST

/* ---- Tags and counters -------------------------------------------------------------------------------------------- */

static void nothing(struct segment *s)
{
	(void)s;
}

static void cut_short(struct segment *s)
{
	s->is_truncated = true;
}

static void super_frame(struct segment *s)
{
	s->is_offload = true;
}

static void unfilled(struct segment *s)
{
	s->checksum = CHECKSUM_OFFLOAD;
}

/* Never a right one from this side: the capture was taken before they were filled in. */
static void never_right(struct segment *s)
{
	s->checksum = CHECKSUM_BAD;
}

static void in_fragments(struct segment *s)
{
	s->is_fragmented = true;
}

static const struct {
	void (*change)(struct segment *s);
	uint32_t tags;
} tags[] = {
	{ nothing, 0 },
	{ cut_short, WS_TAG_TRUNCATED },
	{ super_frame, WS_TAG_OFFLOAD },
	{ unfilled, WS_TAG_OFFLOAD },
	{ never_right, WS_TAG_OFFLOAD },
	{ in_fragments, WS_TAG_FRAGMENTS },
};

START_TEST(tag)
{
	begin(_i);
	tags[_i].change(talk_make(&t, A, "S", 0, 0, 0));
	feed();
	tell(B, "S.", 0, 1, 0);
	tell(A, ".", 1, 1, 0);
	ck_assert_uint_eq(record().tags, tags[_i].tags);
	connection_fini(&c);
}
END_TEST

/* A wrong checksum from a side that has sent right ones is damage, no offload. */
START_TEST(damage_is_no_offload)
{
	begin(_i);
	tell(A, "S", 0, 0, 0);
	tell(B, "S.", 0, 1, 0);
	never_right(talk_make(&t, A, "F.", 1, 1, 0));
	feed();
	ck_assert_uint_eq(record().tags & WS_TAG_OFFLOAD, 0);
	ck_assert_int_eq(side(A)->state, WS_ESTABLISHED);
	connection_fini(&c);
}
END_TEST

START_TEST(repeated_and_reordered)
{
	begin(_i);
	tell(A, "S", 0, 0, 0);
	tell(A, "S", 0, 0, 0);
	tell(B, "S.", 0, 1, 0);
	tell(B, "S.", 0, 1, 0);
	tell(A, "P.", 1, 1, 10);
	tell(A, "P.", 1, 1, 10);
	ck_assert_uint_eq(side(A)->retransmitted, 2);
	ck_assert_uint_eq(side(B)->retransmitted, 1);
	ck_assert_uint_eq(record().tags, 0);
	tell(A, "P.", 21, 1, 10);
	talk_make(&t, A, "P.", 11, 1, 10);
	t.segment.ts -= 9 * NS_PER_MS;
	feed();
	ck_assert_uint_eq(side(A)->retransmitted, 2);
	ck_assert_uint_eq(totals.reordered, 1);
	ck_assert_uint_eq(record().tags, WS_TAG_REORDERED);
	connection_fini(&c);
}
END_TEST

/* Counted, and nothing told: a SYN of which it is not yet known whose it is. */
START_TEST(count_only)
{
	struct context context = { .config = &config, .totals = &totals };

	begin(_i);
	tell(A, "S", 0, 0, 0);
	tell(B, "S.", 0, 1, 0);
	tell(A, ".", 1, 1, 0);
	talk_make(&t, A, "S", 0x20000000, 0, 0);
	connection_count_only(&context, &c, t.side[A], &t.segment, 0);
	ck_assert_uint_eq(side(A)->packets, 3);
	ck_assert_uint_eq(record().syns, 1);
	ck_assert_uint_eq(record().endpoint[WS_CLIENT].isn, t.isn[A]);
	ck_assert_uint_eq(record().last_frame, t.segment.frame);
	ck_assert_int_eq(side(A)->state, WS_ESTABLISHED);
	connection_fini(&c);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("connection", &tcase);

	tcase_add_loop_test(tcase, copies_tell_nothing, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, role, 0, sizeof(roles) / sizeof(roles[0]));
	tcase_add_loop_test(tcase, role_by_answer, 0, 5);
	tcase_add_test(tcase, better_evidence);
	tcase_add_loop_test(tcase, tag, 0, sizeof(tags) / sizeof(tags[0]));
	tcase_add_loop_test(tcase, damage_is_no_offload, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, repeated_and_reordered, 0, TALK_VARIANTS);
	tcase_add_loop_test(tcase, count_only, 0, TALK_VARIANTS);
	return suite_run(suite);
}
