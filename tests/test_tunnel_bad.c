/*
 * What only looks like a tunnel, what is malformed under its reason, and what was cut: by the tunnel, or into fragments.
 */
#include "lib/suite.h"
#include "lib/tunnel_test.h"

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
	tunnel_test_begin(4, false);
	kind->put(&tunnel.wrap);
	tunnel.buffer[tunnel.wrap.at + 20 + (size_t)changes[_i].at] = changes[_i].value;
	if (changes[_i].reason[0] == 'm')
		tunnel.buffer[tunnel.wrap.at + 20 + (size_t)changes[_i].at + 1] = 0x20 | 1;
	wrap_finish(&tunnel.wrap);
	ck_assert_int_eq(tunnel_test_decode(), DECODE_UNDECODED);
	ck_assert_msg(strcmp(ws_undecoded_name(tunnel.reason), changes[_i].reason) == 0, "%s, byte %d: %s, not %s",
		      changes[_i].kind, changes[_i].at, ws_undecoded_name(tunnel.reason), changes[_i].reason);
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
	{ "ipip", 30, "tcp-header-not-captured" },
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
	tunnel_test_begin(4, false);
	wrap_kind_named(ends[_i].kind)->put(&tunnel.wrap);

	uint8_t *ip = tunnel.buffer + tunnel.wrap.at;

	ip[2] = 0;
	ip[3] = (uint8_t)(20 + ends[_i].len);
	ck_assert_int_eq(tunnel_test_decode(), DECODE_UNDECODED);
	ck_assert_msg(strcmp(ws_undecoded_name(tunnel.reason), ends[_i].reason) == 0, "%s, %u bytes: %s", ends[_i].kind,
		      ends[_i].len, ws_undecoded_name(tunnel.reason));
}
END_TEST

/* A mirror sends the head of each frame only. */
START_TEST(cut_by_the_tunnel)
{
	tunnel_test_begin(4, false);
	tunnel.wrap.end -= 10;
	wrap_kind_named("erspan-2")->put(&tunnel.wrap);
	ck_assert_int_eq(tunnel_test_decode(), DECODE_SEGMENT);
	ck_assert_uint_eq(tunnel.segment.len, 30);
	ck_assert_uint_eq(tunnel.segment.payload_caplen, 20);
	ck_assert(tunnel.segment.is_truncated && !tunnel.segment.is_fragmented);
	ck_assert_int_eq(tunnel.segment.checksum, CHECKSUM_UNVERIFIED);
}
END_TEST

/* The tunnel's packet in two pieces: the first one tells all of the segment but the end of its payload. */
START_TEST(outer_fragments)
{
	static const char *const names[] = { "ipip", "gre", "vxlan" };
	const char *name = names[_i];
	uint8_t *ip;

	tunnel_test_begin(4, false);
	tunnel.wrap.end -= 14;
	wrap_kind_named(name)->put(&tunnel.wrap);
	tunnel.buffer[tunnel.wrap.at + 6] |= 0x20;
	ck_assert_int_eq(tunnel_test_decode(), DECODE_SEGMENT);
	ck_assert_uint_eq(tunnel.segment.len, 30);
	ck_assert_uint_eq(tunnel.segment.ip_len, tunnel.inner_len);
	ck_assert(tunnel.segment.is_fragmented && !tunnel.segment.is_truncated);
	ck_assert_int_eq(tunnel.segment.checksum, CHECKSUM_UNVERIFIED);
	/* The second. */
	wrap_init(&tunnel.wrap, tunnel.buffer, sizeof(tunnel.buffer), tunnel.inner + tunnel.inner_len - 14, 14, 0,
		  false);
	tunnel.wrap.family = 4;
	wrap_kind_named("ipip")->put(&tunnel.wrap);
	ip = tunnel.buffer + tunnel.wrap.at;
	ip[7] = 8;
	ip[9] = _i == 0 ? 4 : _i == 1 ? 47 : 17;
	ck_tunnel_reason(_i == 2 ? "not-tcp" : "tunnel-fragment");
	ck_assert(!decoder_flush(tunnel.decoder, WS_TIME_NONE, &tunnel.segment));
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
		tunnel.inner_len = packet_build_fragment(&packet, 9, vni * 64, vni == 0 ? 64 : 56, vni == 0,
							 tunnel.inner, sizeof(tunnel.inner));
		wrap_init(&tunnel.wrap, tunnel.buffer, sizeof(tunnel.buffer), tunnel.inner, tunnel.inner_len, 0, false);
		wrap_kind_named(_i == 0 || vni == 0 ? "vxlan" : "geneve")->put(&tunnel.wrap);
		if (vni == 1 && _i == 0) {
			ck_assert_int_eq(tunnel_test_decode(), DECODE_SEGMENT);
			ck_assert_uint_eq(tunnel.segment.len, 100);
			ck_assert_uint_eq(tunnel.segment.outer.kind, WS_TUNNEL_VXLAN);
		} else {
			ck_tunnel_reason("fragment");
		}
	}
}
END_TEST

/* Segmentation offload leaves an outer length of 0. */
START_TEST(super_frame)
{
	tunnel_test_begin(4, false);
	wrap_kind_named("vxlan")->put(&tunnel.wrap);
	tunnel.buffer[tunnel.wrap.at + 2] = 0;
	tunnel.buffer[tunnel.wrap.at + 3] = 0;
	ck_assert_int_eq(tunnel_test_decode(), DECODE_SEGMENT);
	ck_assert_uint_eq(tunnel.segment.len, 30);
	ck_assert(!tunnel.segment.is_truncated);
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tunnel_bad", &tcase);

	tcase_add_checked_fixture(tcase, tunnel_test_setup, tunnel_test_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, changed, 0, LENGTH(changes));
	tcase_add_loop_test(tcase, ends_early, 0, LENGTH(ends));
	tcase_add_test(tcase, cut_by_the_tunnel);
	tcase_add_loop_test(tcase, outer_fragments, 0, 3);
	tcase_add_loop_test(tcase, inner_fragments, 0, 2);
	tcase_add_test(tcase, super_frame);
	return suite_run(suite);
}
