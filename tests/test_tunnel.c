/*
 * Tunnels: each kind around the same segment, at every captured length, against an unmapped page, nested to the limit and
 * one beyond, damaged in every byte; and what is malformed under its reason.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/guard.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "lib/wrap.h"
#include "wire/decode.h"
#include "wire/tunnel.h"

#define SIZE 4096

static uint8_t buffer[SIZE];
static uint8_t inner[PACKET_MAX];
static size_t inner_len;
static struct wrap wrap;
static struct guard guard;
static struct decoder *decoder;
static struct segment segment;
static enum ws_undecoded reason;

static void setup(void)
{
	guard_init(&guard, SIZE);
	decoder = decoder_new();
	ck_assert_ptr_nonnull(decoder);
	memset(&segment, 0xA5, sizeof(segment));
}

static void teardown(void)
{
	decoder_free(decoder);
	guard_fini(&guard);
}

/* The packet to be carried: 30 bytes of payload, of either family. */
static void begin(uint8_t family, bool is_back)
{
	struct packet packet;

	packet_init(&packet, family == 6 ? "2001:db8::1" : "10.0.0.1", 40000, family == 6 ? "2001:db8::2" : "10.0.0.2",
		    80);
	packet.framing = FRAMING_IP;
	packet.seq = 0xFFFFFFF0;
	packet.flags = WS_FLAG_ACK | WS_FLAG_PSH;
	packet.ttl = 61;
	packet.payload_len = 30;
	packet_option_timestamps(&packet.options, 7, 8);
	inner_len = packet_build(&packet, inner, sizeof(inner));
	wrap_init(&wrap, buffer, sizeof(buffer), inner, inner_len, 0, is_back);
}

static enum decode_result decode(size_t caplen, size_t len)
{
	struct ws_packet packet = { .data = guard_copy(&guard, wrap_data(&wrap), caplen),
				    .caplen = (uint32_t)caplen,
				    .len = (uint32_t)len,
				    .linktype = 1 };

	return decoder_packet(decoder, &packet, &segment, &reason);
}

static enum decode_result decode_all(void)
{
	wrap_finish(&wrap);
	return decode(wrap_len(&wrap), wrap_len(&wrap));
}

static void ck_reason(const char *why)
{
	ck_assert_int_eq(decode_all(), DECODE_UNDECODED);
	ck_assert_str_eq(ws_undecoded_name(reason), why);
}

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
	const struct outer *outer = &segment.outer;
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
	begin(family, variant / 2 != 0);
	kind->put(&wrap);
	wrap_finish(&wrap);
	return true;
}

static void ck_whole(const struct wrap_kind *kind)
{
	ck_assert_msg(decode_all() == DECODE_SEGMENT, "%s: %s", kind->name, ws_undecoded_name(reason));
	ck_outer(kind, wrap.is_back);
	ck_assert_uint_eq(segment.sport, 40000);
	ck_assert_uint_eq(segment.dport, 80);
	ck_assert_uint_eq(segment.seq, 0xFFFFFFF0);
	ck_assert_uint_eq(segment.len, 30);
	ck_assert_uint_eq(segment.ttl, 61);
	ck_assert_uint_eq(segment.ip_len, inner_len);
	ck_assert_int_eq(segment.checksum, CHECKSUM_GOOD);
	ck_assert_uint_eq(segment.payload_caplen, 30);
	ck_assert(!segment.is_truncated && !segment.is_fragmented && !segment.is_offload);
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
	return reason == WS_UNDECODED_link_truncated || reason == WS_UNDECODED_ip_truncated ||
	       reason == WS_UNDECODED_tunnel_truncated || reason == WS_UNDECODED_tcp_not_captured;
}

static void ck_prefixes(const struct wrap_kind *kind)
{
	size_t len = wrap_len(&wrap);
	size_t tcp = len - 62;

	for (size_t caplen = 0; caplen < len; caplen++) {
		enum decode_result result = decode(caplen, len);

		if (caplen < tcp + 20) {
			ck_assert_int_eq(result, DECODE_UNDECODED);
			ck_assert_msg(is_told_as_cut(), "%s, %zu of %zu: %s", kind->name, caplen, len,
				      ws_undecoded_name(reason));
			continue;
		}
		ck_assert_int_eq(result, DECODE_SEGMENT);
		ck_outer(kind, wrap.is_back);
		ck_assert_uint_eq(segment.len, 30);
		ck_assert(segment.is_truncated);
		ck_assert_int_eq(segment.checksum, CHECKSUM_UNVERIFIED);
	}
}

START_TEST(every_prefix)
{
	each_variant(_i, ck_prefixes);
}
END_TEST

static void ck_bounds(size_t caplen)
{
	ck_assert(segment.payload_caplen <= caplen && segment.payload_caplen <= segment.len);
	ck_assert(segment.payload_caplen == 0 || segment.payload + segment.payload_caplen <= guard.base + guard.size);
	ck_assert_uint_le(segment.len + 20, segment.ip_len);
	ck_assert_uint_lt(segment.outer.kind, WS_TUNNEL_COUNT);
	ck_assert_uint_le(segment.outer.vlans_len, WS_VLANS_MAX);
}

/* Whatever comes of it, nothing is read that was not captured. */
static void ck_damaged(const struct wrap_kind *kind)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x03, 0x06, 0x11, 0x2F, 0x45, 0x60, 0x80, 0xFF };
	size_t len = wrap_len(&wrap);
	uint8_t *frame = buffer + wrap.at;

	for (size_t at = 0; at < len; at++) {
		uint8_t right = frame[at];

		for (size_t i = 0; i < sizeof(values); i++) {
			frame[at] = values[i];
			for (size_t caplen = len; caplen + 5 > len; caplen--)
				if (decode(caplen, i % 2 != 0 ? len : caplen) == DECODE_SEGMENT)
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
	uint8_t whole[SIZE];
	size_t len = wrap_len(&wrap);

	memcpy(whole, wrap_data(&wrap), len);
	for (unsigned round = 0; round < 1500; round++) {
		for (unsigned i = next_random(&state) % 6 + 1; i > 0; i--)
			buffer[wrap.at + next_random(&state) % len] = (uint8_t)next_random(&state);

		size_t caplen = next_random(&state) % 4 != 0 ? len : next_random(&state) % (len + 1);

		if (decode(caplen, len) == DECODE_SEGMENT)
			ck_bounds(caplen);
		memcpy(buffer + wrap.at, whole, len);
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

	begin(4, false);
	for (unsigned i = 0; i < TUNNELS_MAX + beyond; i++)
		wrap_kind_named(names[i % TUNNELS_MAX])->put(&wrap);
	if (beyond > 0) {
		ck_reason("tunnel-too-deep");
		return;
	}
	ck_assert_msg(decode_all() == DECODE_SEGMENT, "%s", ws_undecoded_name(reason));
	ck_assert_uint_eq(segment.outer.kind, WS_TUNNEL_IPIP);
	ck_assert_uint_eq(segment.sport, 40000);
}
END_TEST

/* Beyond the limit, but no tunnel any more: what it is counts. */
START_TEST(no_tunnel_at_the_limit)
{
	begin(4, false);
	buffer[wrap.at + 9] = 1;
	for (unsigned i = 0; i < TUNNELS_MAX; i++)
		wrap_kind_named("ipip")->put(&wrap);
	ck_reason("not-tcp");
}
END_TEST

/* Tags of all frames, the outermost first; no more than are kept. */
START_TEST(tags_of_all_frames)
{
	static const uint16_t expected[] = { 32, 33, 30, 30 };

	begin(4, false);
	for (unsigned i = 0; i < 3; i++)
		wrap_kind_named("gre-ethernet-key")->put(&wrap);
	wrap_kind_named("vxlan-in-ipv6-tagged")->put(&wrap);
	ck_assert_int_eq(decode_all(), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.outer.vlans_len, WS_VLANS_MAX);
	ck_assert_mem_eq(segment.outer.vlans, expected, sizeof(expected));
	ck_assert_uint_eq(segment.outer.kind, WS_TUNNEL_GRE);
	ck_assert_uint_eq(segment.outer.id, 42);
}
END_TEST

/* ---- Other uses, and bad ones ------------------------------------------------------------------------------------- */

/* One byte of a tunnel's frame changed; `at` counts from the end of the outer IPv4 header. */
static const struct {
	const char *kind;
	int at;
	uint8_t value;
	const char *reason;
} changes[] = {
	{ "gre-all", 0, 0xF0, "gre-bad" },          /* routing */
	{ "gre-all", 0, 0xB8, "gre-bad" },          /* strict source route */
	{ "gre-all", 1, 0x02, "gre-bad" },          /* version 2 */
	{ "gre", 3, 0x01, "not-tcp" },              /* carries something else */
	{ "gre", 4, 0x65, "tunnel-inner-bad" },     /* does not carry what it says */
	{ "pptp", 0, 0xB0, "gre-bad" },             /* no checksum there */
	{ "pptp", 0, 0x10, "gre-bad" },             /* the key is missing */
	{ "pptp", 2, 0x00, "gre-bad" },             /* not PPP */
	{ "pptp", 5, 0x00, "not-tcp" },             /* no payload */
	{ "erspan-2", 8, 0x20, "gre-bad" },         /* version */
	{ "erspan-3", 8, 0x10, "gre-bad" },         /* version */
	{ "erspan-3", 18, 0x84, "not-tcp" },        /* a frame type that is none of these */
	{ "etherip", 0, 0x20, "tunnel-inner-bad" }, /* version */
	{ "vxlan", 8, 0x00, "not-tcp" },            /* no VNI */
	{ "vxlan", 2, 0x01, "not-tcp" },            /* another port */
	{ "vxlan", 5, 0x07, "not-tcp" },            /* shorter than the UDP header */
	{ "vxlan", 4, 0x20, "not-tcp" },            /* longer than the packet */
	{ "vxlan", 28, 0x12, "not-tcp" },           /* a frame of some other type */
	{ "vxlan", 30, 0x44, "tunnel-inner-bad" },  /* a header length that is impossible */
	{ "vxlan", 33, 0x13, "tunnel-inner-bad" },  /* a length shorter than the header */
	{ "vxlan-gpe", 8, 0x1C, "not-tcp" },        /* version */
	{ "vxlan-gpe", 8, 0x0D, "not-tcp" },        /* operation */
	{ "vxlan-gpe", 8, 0x04, "not-tcp" },        /* no VNI */
	{ "vxlan-gpe", 11, 4, "not-tcp" },          /* NSH */
	{ "geneve", 8, 0x43, "not-tcp" },           /* version */
	{ "geneve", 9, 0x80, "not-tcp" },           /* control */
	{ "geneve", 8, 0x3F, "not-tcp" },           /* more options than there are bytes */
	{ "gtp", 8, 0x50, "not-tcp" },              /* version */
	{ "gtp", 8, 0x20, "not-tcp" },              /* GTP' */
	{ "gtp", 9, 1, "not-tcp" },                 /* echo */
	{ "gtp", 16, 0x30, "not-tcp" },             /* no IP packet */
	{ "gtp-extended", 20, 0, "not-tcp" },       /* an extension of length 0 */
	{ "l2tp", 8, 0xCA, "not-tcp" },             /* control */
	{ "l2tp", 9, 0x03, "not-tcp" },             /* version 3 */
	{ "l2tp", 11, 0x05, "not-tcp" },            /* shorter than its header */
	{ "mpls-in-udp", 9, 0x00, "mpls-bad" },     /* label 2 on IPv4 */
	{ "mpls-in-ip", 1, 0x00, "mpls-bad" },
};

START_TEST(changed)
{
	static const struct wrap_kind *kind;

	kind = wrap_kind_named(changes[_i].kind);
	begin(4, false);
	kind->put(&wrap);
	buffer[wrap.at + 20 + (size_t)changes[_i].at] = changes[_i].value;
	if (changes[_i].reason[0] == 'm')
		buffer[wrap.at + 20 + (size_t)changes[_i].at + 1] = 0x20 | 1;
	wrap_finish(&wrap);
	ck_assert_int_eq(decode_all(), DECODE_UNDECODED);
	ck_assert_msg(strcmp(ws_undecoded_name(reason), changes[_i].reason) == 0, "%s, byte %d: %s, not %s",
		      changes[_i].kind, changes[_i].at, ws_undecoded_name(reason), changes[_i].reason);
}
END_TEST

/* Nothing was cut by the capture: the sender itself sent no more than this many bytes behind the outer IP header. */
static const struct {
	const char *kind;
	unsigned len;
	const char *reason;
} ends[] = {
	{ "ipip", 0, "tunnel-inner-bad" },
	{ "ipip", 19, "tunnel-inner-bad" },
	{ "ipip", 30, "tcp-not-captured" },
	{ "gre-all", 3, "gre-bad" },
	{ "gre-all", 15, "gre-bad" },
	{ "gre-all", 17, "tunnel-inner-bad" },
	{ "etherip", 1, "tunnel-inner-bad" },
	{ "etherip", 15, "tunnel-inner-bad" },
	{ "vxlan", 7, "not-tcp" },
	{ "mpls-in-ip", 3, "tunnel-inner-bad" },
};

START_TEST(ends_early)
{
	begin(4, false);
	wrap_kind_named(ends[_i].kind)->put(&wrap);

	uint8_t *ip = buffer + wrap.at;

	ip[2] = 0;
	ip[3] = (uint8_t)(20 + ends[_i].len);
	ck_assert_int_eq(decode_all(), DECODE_UNDECODED);
	ck_assert_msg(strcmp(ws_undecoded_name(reason), ends[_i].reason) == 0, "%s, %u bytes: %s", ends[_i].kind,
		      ends[_i].len, ws_undecoded_name(reason));
}
END_TEST

/* A mirror sends the head of each frame only. */
START_TEST(cut_by_the_tunnel)
{
	begin(4, false);
	wrap.end -= 10;
	wrap_kind_named("erspan-2")->put(&wrap);
	ck_assert_int_eq(decode_all(), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.len, 30);
	ck_assert_uint_eq(segment.payload_caplen, 20);
	ck_assert(segment.is_truncated && !segment.is_fragmented);
	ck_assert_int_eq(segment.checksum, CHECKSUM_UNVERIFIED);
}
END_TEST

/* The tunnel's packet in two pieces: the first one tells all of the segment but the end of its payload. */
START_TEST(outer_fragments)
{
	static const char *const names[] = { "ipip", "gre", "vxlan" };
	const char *name = names[_i];
	uint8_t *ip;

	begin(4, false);
	wrap.end -= 14;
	wrap_kind_named(name)->put(&wrap);
	buffer[wrap.at + 6] |= 0x20;
	ck_assert_int_eq(decode_all(), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.len, 30);
	ck_assert_uint_eq(segment.ip_len, inner_len);
	ck_assert(segment.is_fragmented && !segment.is_truncated);
	ck_assert_int_eq(segment.checksum, CHECKSUM_UNVERIFIED);
	/* The second. */
	wrap_init(&wrap, buffer, sizeof(buffer), inner + inner_len - 14, 14, 0, false);
	wrap.family = 4;
	wrap_kind_named("ipip")->put(&wrap);
	ip = buffer + wrap.at;
	ip[7] = 8;
	ip[9] = _i == 0 ? 4 : _i == 1 ? 47 : 17;
	ck_reason(_i == 2 ? "not-tcp" : "tunnel-fragment");
	ck_assert(!decoder_flush(decoder, WS_TIME_NONE, &segment));
}
END_TEST

/* The packet inside is one of two fragments. */
START_TEST(inner_fragments)
{
	struct packet packet;

	packet_init(&packet, "10.0.0.1", 40000, "10.0.0.2", 80);
	packet.framing = FRAMING_IP;
	packet.payload_len = 100;
	for (unsigned vni = 0; vni < 2; vni++) {
		inner_len =
			packet_build_fragment(&packet, 9, vni * 64, vni == 0 ? 64 : 56, vni == 0, inner, sizeof(inner));
		wrap_init(&wrap, buffer, sizeof(buffer), inner, inner_len, 0, false);
		wrap_kind_named(_i == 0 || vni == 0 ? "vxlan" : "geneve")->put(&wrap);
		if (vni == 1 && _i == 0) {
			ck_assert_int_eq(decode_all(), DECODE_SEGMENT);
			ck_assert_uint_eq(segment.len, 100);
			ck_assert_uint_eq(segment.outer.kind, WS_TUNNEL_VXLAN);
		} else {
			ck_reason("fragment");
		}
	}
}
END_TEST

/* Segmentation offload leaves an outer length of 0. */
START_TEST(super_frame)
{
	begin(4, false);
	wrap_kind_named("vxlan")->put(&wrap);
	buffer[wrap.at + 2] = 0;
	buffer[wrap.at + 3] = 0;
	ck_assert_int_eq(decode_all(), DECODE_SEGMENT);
	ck_assert_uint_eq(segment.len, 30);
	ck_assert(!segment.is_truncated);
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

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tunnel", &tcase);
	int kinds = (int)wrap_kinds_len;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, each_kind, 0, kinds);
	tcase_add_loop_test(tcase, every_prefix, 0, kinds);
	tcase_add_loop_test(tcase, damaged, 0, kinds);
	tcase_add_loop_test(tcase, mutated, 0, kinds);
	tcase_add_loop_test(tcase, nested_to_the_limit, 0, 2);
	tcase_add_test(tcase, no_tunnel_at_the_limit);
	tcase_add_test(tcase, tags_of_all_frames);
	tcase_add_loop_test(tcase, changed, 0, LENGTH(changes));
	tcase_add_loop_test(tcase, ends_early, 0, LENGTH(ends));
	tcase_add_test(tcase, cut_by_the_tunnel);
	tcase_add_loop_test(tcase, outer_fragments, 0, 3);
	tcase_add_loop_test(tcase, inner_fragments, 0, 2);
	tcase_add_test(tcase, super_frame);
	tcase_add_test(tcase, names);
	return suite_run(suite);
}
