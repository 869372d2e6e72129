/*
 * The same conversations in every kind of tunnel: the same records as without, but for what lay around them, which each
 * record tells; and connections of the same addresses in several networks.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/recording.h"
#include "lib/suite.h"
#include "lib/wrap.h"
#include "view/ndjson.h"

#define SIZE 4096
#define RECORDS_MAX 64

static uint8_t buffer[SIZE];
static struct recording v4;
static struct recording v6;

/* ---- Through a tracker ---------------------------------------------------------------------------------------------- */

struct result {
	ws_tracker *tracker;
	struct ws_totals totals;
	struct ws_record record[RECORDS_MAX];
	size_t len;
	uint64_t frame;
};

static struct result result;

static void take_record(void *user, const struct ws_event *event)
{
	struct result *r = user;

	ck_assert_uint_lt(r->len, RECORDS_MAX);
	ws_connection_record(event->connection, &r->record[r->len++]);
}

static void begin(enum ws_key key)
{
	struct ws_config config = {
		.on_event = take_record, .user = &result, .events = WS_MASK(WS_EVENT_END), .key = key
	};

	memset(&result, 0, sizeof(result));
	result.tracker = ws_tracker_new(&config);
	ck_assert_ptr_nonnull(result.tracker);
}

static void feed(const struct recorded *from, const uint8_t *data, size_t caplen, uint32_t linktype)
{
	struct ws_packet packet = { .ts = from->ts,
				    .frame = ++result.frame,
				    .data = data,
				    .caplen = (uint32_t)caplen,
				    .len = (uint32_t)caplen + from->len - from->caplen,
				    .linktype = linktype };

	ck_assert_int_eq(ws_tracker_feed(result.tracker, &packet), WS_OK);
}

/* In the tunnels of `kinds`, the first of them innermost; NULL: in none. */
static void feed_wrapped(const struct recorded *from, const struct wrap_kind *const *kinds, size_t kinds_len)
{
	struct wrap wrap;

	if (kinds_len == 0) {
		feed(from, from->data, from->caplen, 101);
		return;
	}
	wrap_init(&wrap, buffer, sizeof(buffer), from->data, from->caplen, from->len - from->caplen, from->is_back);
	for (size_t i = 0; i < kinds_len; i++)
		kinds[i]->put(&wrap);
	wrap_finish(&wrap);
	feed(from, wrap_data(&wrap), wrap_len(&wrap), 1);
}

static void end(void)
{
	ws_tracker_finish(result.tracker);
	ws_tracker_totals(result.tracker, &result.totals);
	ws_tracker_free(result.tracker);
}

static void run(const struct recording *recording, const struct wrap_kind *kind, enum ws_key key)
{
	begin(key);
	for (size_t i = 0; i < recording->len; i++)
		feed_wrapped(&recording->packet[i], &kind, kind ? 1 : 0);
	end();
}

/* A record as text, what lay around it left out. */
static char *text_of(const struct ws_record *record)
{
	struct view_options options = { .path = true, .timers = true };
	struct ws_record bare = *record;
	struct text text = { 0 };

	memset(bare.outer, 0, sizeof(bare.outer));
	ndjson_connection(&text, FIELDS_JSON, &bare, WS_TIME_NONE, &options);
	ck_assert(!text_failed(&text));
	return text.data;
}

/* ---- The same records ------------------------------------------------------------------------------------------------ */

static bool is_addr(const struct ws_addr *a, const struct ws_addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static void ck_outer(const struct ws_outer *outer, const struct wrap_kind *kind, bool is_back)
{
	struct ws_addr src = kind->outside ? wrap_addr(kind->outside, is_back) : (struct ws_addr){ 0 };
	struct ws_addr dst = kind->outside ? wrap_addr(kind->outside, !is_back) : (struct ws_addr){ 0 };

	if (!outer->is_known)
		return;
	ck_assert_int_eq(outer->kind, kind->tunnel);
	ck_assert_int_eq(outer->has_id, kind->has_id);
	ck_assert_uint_eq(outer->id, kind->id[is_back]);
	ck_assert(is_addr(&outer->src, &src) && is_addr(&outer->dst, &dst));
	for (size_t i = 0; i < WS_VLANS_MAX; i++)
		ck_assert_uint_eq(i < outer->vlans_len ? outer->vlans[i] : 0, kind->vlans[i]);
}

static void ck_same_records(const struct recording *recording, const struct wrap_kind *kind, enum ws_key key)
{
	static char *bare[RECORDS_MAX];
	size_t bare_len;

	run(recording, NULL, WS_KEY_4TUPLE);
	bare_len = result.len;
	ck_assert_uint_gt(bare_len, 0);
	for (size_t i = 0; i < bare_len; i++)
		bare[i] = text_of(&result.record[i]);
	run(recording, kind, key);
	ck_assert_uint_eq(result.totals.segments, recording->len);
	ck_assert_uint_eq(result.totals.tunnelled[kind->tunnel], recording->len);
	ck_assert_uint_eq(result.totals.vlan_asymmetric, 0);
	ck_assert_uint_eq(result.len, bare_len);
	for (size_t i = 0; i < bare_len; i++) {
		const struct ws_record *record = &result.record[i];
		char *text = text_of(record);

		/* A scope makes another connection of it, by name. */
		if (key == WS_KEY_4TUPLE)
			ck_assert_str_eq(text, bare[i]);
		else
			ck_assert_str_eq(strstr(text, "\"community_id\""), strstr(bare[i], "\"community_id\""));
		free(text);
		free(bare[i]);
		ck_outer(&record->outer[WS_CLIENT], kind, false);
		ck_outer(&record->outer[WS_SERVER], kind, true);
		ck_assert(record->outer[WS_CLIENT].is_known || record->outer[WS_SERVER].is_known);
	}
}

/* Kind and key. */
START_TEST(same_records)
{
	const struct wrap_kind *kind = &wrap_kinds[_i / 3];
	enum ws_key key = (enum ws_key)(_i % 3);

	if (kind->inside != 6)
		ck_same_records(&v4, kind, key);
	if (kind->inside != 4)
		ck_same_records(&v6, kind, key);
}
END_TEST

/* ---- Directions that differ ------------------------------------------------------------------------------------------ */

/* What the clients' packets are in, and the servers'; NULL is nothing. */
static void run_asymmetric(const char *there, const char *back, enum ws_key key)
{
	const struct wrap_kind *kind[2] = { there ? wrap_kind_named(there) : NULL,
					    back ? wrap_kind_named(back) : NULL };

	begin(key);
	for (size_t i = 0; i < v4.len; i++) {
		const struct wrap_kind *one = kind[v4.packet[i].is_back];

		feed_wrapped(&v4.packet[i], &one, one ? 1 : 0);
	}
	end();
}

static const struct {
	const char *there;
	const char *back;
	bool is_asymmetric;
} directions[] = {
	{ "vlan", NULL, true },      { NULL, "vlan", true },
	{ "vlan", "qinq", true },    { "vxlan", NULL, true },
	{ "vxlan", "geneve", true }, { "vlan", "pseudowire", true },
	{ "ipip", NULL, false },     { "gtp", "gtp", false },
	{ "mpls", NULL, false },     { "mpls", "pseudowire-bare", false },
	{ "erspan-1", NULL, false }, { "qinq", "qinq", false },
};

/* Tags count, and ids that both directions have in common as a rule; not that one way leads through a tunnel. */
START_TEST(asymmetric)
{
	run_asymmetric(directions[_i].there, directions[_i].back, WS_KEY_4TUPLE);
	ck_assert_uint_eq(result.totals.connections, 7);
	ck_assert_uint_eq(result.totals.vlan_asymmetric, directions[_i].is_asymmetric ? 7 : 0);
	for (size_t i = 0; i < result.len; i++)
		ck_assert_int_eq((result.record[i].tags & WS_TAG_VLAN_ASYMMETRIC) != 0, directions[_i].is_asymmetric);
}
END_TEST

/* Taken apart by the key, each half is told that it is one. */
START_TEST(asymmetric_and_split)
{
	bool is_asymmetric = directions[_i].is_asymmetric;

	run_asymmetric(directions[_i].there, directions[_i].back, WS_KEY_VLAN);
	ck_assert_uint_eq(result.totals.connections, is_asymmetric ? 14 : 7);
	ck_assert_uint_eq(result.totals.vlan_asymmetric, is_asymmetric ? 14 : 0);
	for (size_t i = 0; i < result.len; i++) {
		ck_assert_int_eq((result.record[i].tags & WS_TAG_VLAN_ASYMMETRIC) != 0, is_asymmetric);
		ck_assert_int_eq(result.record[i].endpoint[WS_CLIENT].packets == 0 ||
					 result.record[i].endpoint[WS_SERVER].packets == 0,
				 is_asymmetric);
	}
}
END_TEST

/* A trunk shows each packet on both sides of the router, tagged anew: each direction has both tags. */
START_TEST(routed_on_a_trunk)
{
	const struct wrap_kind *kind[2] = { wrap_kind_named("vlan"), wrap_kind_named("qinq") };

	begin(WS_KEY_4TUPLE);
	for (size_t i = 0; i < v4.len; i++) {
		bool is_back = v4.packet[i].is_back;

		feed_wrapped(&v4.packet[i], &kind[is_back], 1);
		feed_wrapped(&v4.packet[i], &kind[!is_back], 1);
	}
	end();
	ck_assert_uint_eq(result.totals.connections, 7);
	ck_assert_uint_eq(result.totals.duplicates, v4.len);
	ck_assert_uint_eq(result.totals.vlan_asymmetric, 0);
}
END_TEST

/* What came first counts, also when that was nothing: the second half of the capture is tagged. */
START_TEST(tagged_from_now_on)
{
	const struct wrap_kind *kind = wrap_kind_named("vlan");
	unsigned both = 0;

	begin(WS_KEY_4TUPLE);
	for (size_t i = 0; i < v4.len; i++)
		feed_wrapped(&v4.packet[i], &kind, i < v4.len / 2 ? 0 : 1);
	end();
	for (size_t i = 0; i < result.len; i++) {
		const struct ws_record *record = &result.record[i];
		const struct ws_outer *outer = &record->outer[WS_CLIENT];
		bool began_bare = record->first_frame <= v4.len / 2;
		bool ended_bare = record->last_frame <= v4.len / 2;

		ck_assert_int_eq(outer->is_known, !ended_bare);
		ck_assert_uint_eq(outer->vlans_len, began_bare ? 0 : 1);
		both += began_bare && !ended_bare;
	}
	ck_assert_uint_gt(both, 0);
}
END_TEST

/* ---- Several networks ------------------------------------------------------------------------------------------------ */

static const struct {
	const char *kind[3];
	size_t connections[3]; /* by key */
} networks[] = {
	{ { NULL, "vlan", "qinq" }, { 7, 21, 21 } },
	{ { "vxlan", "vxlan-old-port", "vxlan-in-ipv6-tagged" }, { 7, 21, 21 } },
	{ { "gre", "gre-all", "gre-in-ipv6" }, { 7, 21, 21 } },
	{ { "ipip", "gre", "4in6" }, { 7, 7, 21 } },
	{ { "ipip", "mpls", NULL }, { 7, 7, 14 } },
	{ { "gtp", "gtp-extended", "etherip" }, { 7, 7, 14 } },
};

/* The same conversations at the same time in three networks: without the key they are copies of each other. */
START_TEST(three_networks)
{
	enum ws_key key = (enum ws_key)(_i % 3);

	begin(key);
	for (size_t i = 0; i < v4.len; i++) {
		for (unsigned n = 0; n < 3; n++) {
			const char *name = networks[_i / 3].kind[n];
			const struct wrap_kind *kind = name ? wrap_kind_named(name) : NULL;

			feed_wrapped(&v4.packet[i], &kind, kind ? 1 : 0);
		}
	}
	end();
	ck_assert_uint_eq(result.totals.segments, 3 * v4.len);
	ck_assert_uint_eq(result.totals.connections, networks[_i / 3].connections[key]);
	ck_assert_uint_eq(result.totals.one_way, 0);
	for (size_t i = 0; i < result.len; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(result.record[i].uid, result.record[k].uid);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("wrapping", &tcase);
	int asymmetries = (int)(sizeof(directions) / sizeof(directions[0]));
	int ret;

	recording_init(&v4, "pcaps/demo.pcap");
	recording_init(&v6, "pcaps/real/close-at-once-v6.middle.pcap");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, same_records, 0, (int)wrap_kinds_len * 3);
	tcase_add_loop_test(tcase, asymmetric, 0, asymmetries);
	tcase_add_loop_test(tcase, asymmetric_and_split, 0, asymmetries);
	tcase_add_test(tcase, routed_on_a_trunk);
	tcase_add_test(tcase, tagged_from_now_on);
	tcase_add_loop_test(tcase, three_networks, 0, 3 * (int)(sizeof(networks) / sizeof(networks[0])));
	ret = suite_run(suite);
	recording_fini(&v4);
	recording_fini(&v6);
	return ret;
}
