/*
 * Tunnels: each kind around the same segment, at every captured length, against an unmapped page, nested to the limit and
 * one beyond, and damaged in every byte.
 */
#include "lib/suite.h"
#include "lib/tunnel_test.h"
#include "wire/tunnel.h"

static bool is_addr(const uint8_t *bytes, const struct ws_addr *addr)
{
	return memcmp(bytes, addr->bytes, 16) == 0;
}

static unsigned vlans_of(const struct wrap_kind *kind)
{
	unsigned len = 0;

	while (len < 4 && kind->vlans[len] != 0)
		len++;
	return len;
}

static void ck_outer(const struct wrap_kind *kind, bool is_back)
{
	const struct outer *outer = &tunnel.segment.outer;
	struct ws_addr src = wrap_addr(kind->outside, is_back);
	struct ws_addr dst = wrap_addr(kind->outside, !is_back);

	ck_assert_str_eq(ws_tunnel_name((enum ws_tunnel)outer->kind), ws_tunnel_name(kind->tunnel));
	ck_assert_uint_eq(outer->family, kind->outside);
	if (kind->outside != 0)
		ck_assert(is_addr(outer->src, &src) && is_addr(outer->dst, &dst));
	ck_assert_int_eq(outer->has_id, kind->has_id);
	ck_assert_uint_eq(outer->id, kind->id[is_back]);
	ck_assert_uint_eq(outer->vlans_len, vlans_of(kind));
	ck_assert_mem_eq(outer->vlans, kind->vlans, outer->vlans_len * sizeof(outer->vlans[0]));
}

/* Each kind with either family inside and in both directions. */
#define VARIANTS 4

static bool choose(const struct wrap_kind *kind, int variant)
{
	uint8_t family = variant % 2 != 0 ? 6 : 4;

	if (kind->inside != 0 && kind->inside != family)
		return false;
	tunnel_test_begin(family, variant / 2 != 0);
	kind->put(&tunnel.wrap);
	wrap_finish(&tunnel.wrap);
	return true;
}

static void ck_whole(const struct wrap_kind *kind)
{
	ck_assert_msg(tunnel_test_decode() == DECODE_SEGMENT, "%s: %s", kind->name, ws_undecoded_name(tunnel.reason));
	ck_outer(kind, tunnel.wrap.is_back);
	ck_assert_uint_eq(tunnel.segment.sport, 40000);
	ck_assert_uint_eq(tunnel.segment.dport, 80);
	ck_assert_uint_eq(tunnel.segment.seq, 0xFFFFFFF0);
	ck_assert_uint_eq(tunnel.segment.len, 30);
	ck_assert_uint_eq(tunnel.segment.ttl, 61);
	ck_assert_uint_eq(tunnel.segment.ip_len, tunnel.inner_len);
	ck_assert_int_eq(tunnel.segment.checksum, CHECKSUM_GOOD);
	ck_assert_uint_eq(tunnel.segment.payload_caplen, 30);
	ck_assert(!tunnel.segment.is_truncated && !tunnel.segment.is_fragmented && !tunnel.segment.is_offload);
}

static void each_variant(int index, void (*check)(const struct wrap_kind *kind))
{
	for (int variant = 0; variant < VARIANTS; variant++)
		if (choose(&wrap_kinds[index], variant))
			check(&wrap_kinds[index]);
}

START_TEST(each_kind)
{
	each_variant(_i, ck_whole);
}
END_TEST

static bool is_told_as_cut(void)
{
	return (tunnel.segment.noticed & NOTICED_BIT(header_not_captured)) ||
	       tunnel.reason == WS_UNDECODED_tcp_header_not_captured;
}

static void ck_prefixes(const struct wrap_kind *kind)
{
	size_t len = wrap_len(&tunnel.wrap);
	size_t tcp = len - 62;

	for (size_t caplen = 0; caplen < len; caplen++) {
		enum decode_result result = tunnel_test_decode_len(caplen, len);

		if (caplen < tcp + 20) {
			ck_assert_int_eq(result, DECODE_UNDECODED);
			ck_assert_msg(is_told_as_cut(), "%s, %zu of %zu: %s", kind->name, caplen, len,
				      ws_undecoded_name(tunnel.reason));
			continue;
		}
		ck_assert_int_eq(result, DECODE_SEGMENT);
		ck_outer(kind, tunnel.wrap.is_back);
		ck_assert_uint_eq(tunnel.segment.len, 30);
		ck_assert(tunnel.segment.is_truncated);
		ck_assert_int_eq(tunnel.segment.checksum, CHECKSUM_UNVERIFIED);
	}
}

START_TEST(every_prefix)
{
	each_variant(_i, ck_prefixes);
}
END_TEST

static void ck_bounds(size_t caplen)
{
	ck_assert(tunnel.segment.payload_caplen <= caplen && tunnel.segment.payload_caplen <= tunnel.segment.len);
	ck_assert(tunnel.segment.payload_caplen == 0 ||
		  tunnel.segment.payload + tunnel.segment.payload_caplen <= tunnel.guard.base + tunnel.guard.size);
	ck_assert_uint_le(tunnel.segment.len + 20, tunnel.segment.ip_len);
	ck_assert_uint_lt(tunnel.segment.outer.kind, WS_TUNNEL_COUNT);
	ck_assert_uint_le(tunnel.segment.outer.vlans_len, WS_VLANS_MAX);
}

/* Whatever comes of it, nothing is read that was not captured. */
static void ck_damaged(const struct wrap_kind *kind)
{
	static const uint8_t values[] = { 0x00, 0x06, 0x11, 0x2F, 0x45, 0xFF };
	size_t len = wrap_len(&tunnel.wrap);
	uint8_t *frame = tunnel.buffer + tunnel.wrap.at;

	for (size_t at = 0; at < len; at++) {
		uint8_t right = frame[at];

		for (size_t i = 0; i < sizeof(values); i++) {
			frame[at] = values[i];
			for (size_t caplen = len; caplen + 2 > len; caplen--)
				if (tunnel_test_decode_len(caplen, i % 2 != 0 ? len : caplen) == DECODE_SEGMENT)
					ck_bounds(caplen);
		}
		frame[at] = right;
	}
	(void)kind;
}

START_TEST(damaged)
{
	each_variant(_i, ck_damaged);
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Several bytes at once, at any captured length. */
static void ck_mutated(const struct wrap_kind *kind)
{
	uint32_t state = 0x9E3779B9u + (uint32_t)(kind - wrap_kinds);
	uint8_t whole[TUNNEL_TEST_SIZE];
	size_t len = wrap_len(&tunnel.wrap);

	memcpy(whole, wrap_data(&tunnel.wrap), len);
	for (unsigned round = 0; round < 500; round++) {
		for (unsigned i = next_random(&state) % 6 + 1; i > 0; i--)
			tunnel.buffer[tunnel.wrap.at + next_random(&state) % len] = (uint8_t)next_random(&state);

		size_t caplen = next_random(&state) % 4 != 0 ? len : next_random(&state) % (len + 1);

		if (tunnel_test_decode_len(caplen, len) == DECODE_SEGMENT)
			ck_bounds(caplen);
		memcpy(tunnel.buffer + tunnel.wrap.at, whole, len);
	}
}

START_TEST(mutated)
{
	each_variant(_i, ck_mutated);
}
END_TEST

/* ---- Nesting ------------------------------------------------------------------------------------------------------ */

START_TEST(nested_to_the_limit)
{
	static const char *const names[] = { "ipip", "vxlan", "gre-all",      "geneve",
					     "4in6", "6in4",  "gtp-extended", "nvgre" };
	unsigned beyond = (unsigned)_i;

	tunnel_test_begin(4, false);
	for (unsigned i = 0; i < TUNNELS_MAX + beyond; i++)
		wrap_kind_named(names[i % TUNNELS_MAX])->put(&tunnel.wrap);
	if (beyond > 0) {
		ck_tunnel_reason("tunnel-too-deep");
		return;
	}
	ck_assert_msg(tunnel_test_decode() == DECODE_SEGMENT, "%s", ws_undecoded_name(tunnel.reason));
	ck_assert_uint_eq(tunnel.segment.outer.kind, WS_TUNNEL_IPIP);
	ck_assert_uint_eq(tunnel.segment.sport, 40000);
}
END_TEST

/* Beyond the limit, but no tunnel any more: what it is counts. */
START_TEST(no_tunnel_at_the_limit)
{
	tunnel_test_begin(4, false);
	tunnel.buffer[tunnel.wrap.at + 9] = 1;
	for (unsigned i = 0; i < TUNNELS_MAX; i++)
		wrap_kind_named("ipip")->put(&tunnel.wrap);
	ck_tunnel_reason("not-tcp");
}
END_TEST

/* Tags of all frames, the outermost first; no more than are kept. */
START_TEST(tags_of_all_frames)
{
	static const uint16_t expected[] = { 32, 33, 30, 30 };

	tunnel_test_begin(4, false);
	for (unsigned i = 0; i < 3; i++)
		wrap_kind_named("gre-ethernet-key")->put(&tunnel.wrap);
	wrap_kind_named("vxlan-in-ipv6-tagged")->put(&tunnel.wrap);
	ck_assert_int_eq(tunnel_test_decode(), DECODE_SEGMENT);
	ck_assert_uint_eq(tunnel.segment.outer.vlans_len, WS_VLANS_MAX);
	ck_assert_mem_eq(tunnel.segment.outer.vlans, expected, sizeof(expected));
	ck_assert_uint_eq(tunnel.segment.outer.kind, WS_TUNNEL_GRE);
	ck_assert_uint_eq(tunnel.segment.outer.id, 42);
}
END_TEST

START_TEST(names)
{
	for (int kind = 0; kind < WS_TUNNEL_COUNT; kind++) {
		const char *name = ws_tunnel_name((enum ws_tunnel)kind);

		ck_assert_ptr_nonnull(name);
		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
		for (int other = 0; other < kind; other++)
			ck_assert_str_ne(name, ws_tunnel_name((enum ws_tunnel)other));
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tunnel", &tcase);
	int kinds = (int)wrap_kinds_len;

	tcase_add_checked_fixture(tcase, tunnel_test_setup, tunnel_test_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, each_kind, 0, kinds);
	tcase_add_loop_test(tcase, every_prefix, 0, kinds);
	tcase_add_loop_test(tcase, damaged, 0, kinds);
	tcase_add_loop_test(tcase, mutated, 0, kinds);
	tcase_add_loop_test(tcase, nested_to_the_limit, 0, 2);
	tcase_add_test(tcase, no_tunnel_at_the_limit);
	tcase_add_test(tcase, tags_of_all_frames);
	tcase_add_test(tcase, names);
	return suite_run(suite);
}
