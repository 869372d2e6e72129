#include "odd_packet.h"

#include <string.h>

#include "writer.h"

#define BYTES(s) s, sizeof(s) - 1
#define PATCH(at, s)                 \
	{                            \
		at, s, sizeof(s) - 1 \
	}

/* What tshark has to say against an IP header. */
#define EXPERT_V4                                                                                    \
	"ip.checksum_bad.expert || ip.ttl.too_small || ip.opt.len.invalid || ip.bogus_ip_length || " \
	"ip.bogus_header_length || ip.bogus_ip_version"

#define TTL_AT 8
#define PROTOCOL_AT 9
#define SUM_AT 10
#define SRC_AT 12
#define DST_AT 16

#define V6_LEN_AT 4
#define V6_NEXT_AT 6
#define V6_HOPS_AT 7
#define V6_SRC_AT 8
#define V6_DST_AT 24

#define ZEROS_8 "\0\0\0\0\0\0\0\0"
#define ZEROS_16 ZEROS_8 ZEROS_8

#define ICMP_UNREACHABLE "\3\1\0\0\0\0\0\0"
#define QUOTED_V4 "\x45\0\0\x3C\0\0\0\0\x40\6\0\0\x0A\0\0\1\x0A\0\0\2"
#define QUOTED_TCP "\x9C\x40\0\x50\0\0\3\xE8"

/* clang-format off */
const struct odd_packet odd_packets[] = {
	{ .name = "v4", .noticed = "", .tshark_not = EXPERT_V4 },
	{ .name = "v4 padded", .padding = 6, .noticed = "ip-trailing-padding ", .tshark = "eth.padding || eth.trailer" },
	{ .name = "v4, more on the wire than captured", .uncaptured = 10, .noticed = "ip-truncated-by-capture ", .tshark = "frame.cap_len < frame.len" },
	{ .name = "v4 longer than its frame", .patch = { PATCH(2, "\0\x60") }, .noticed = "ip-length-beyond-frame ", .tshark = "ip.bogus_ip_length" },
	{ .name = "v4 length 0", .patch = { PATCH(2, "\0\0") }, .noticed = "ip-total-length-zero " },
	{ .name = "v4 length under its header", .patch = { PATCH(2, "\0\x13") }, .noticed = "", .reason = "ipv4-total-length-bad", .tshark = "ip.bogus_ip_length" },
	{ .name = "v4 header of 16 bytes", .patch = { PATCH(0, "\x44") }, .noticed = "", .reason = "ipv4-header-length-bad", .tshark = "ip.bogus_header_length" },
	{ .name = "v4 says version 5", .patch = { PATCH(0, "\x55") }, .noticed = "", .reason = "ip-version-bad", .tshark = "ip.bogus_ip_version" },
	{ .name = "v4 checksum off by a bit", .patch = { PATCH(SUM_AT, "\x12\x34") }, .keep_sum = true, .noticed = "ipv4-checksum-bad ", .tshark = "ip.checksum_bad.expert" },
	{ .name = "v4 checksum 0", .patch = { PATCH(SUM_AT, "\0\0") }, .keep_sum = true, .noticed = "ipv4-checksum-offload ", .tshark = "ip.checksum_bad.expert" },
	{ .name = "v4 reserved flag", .patch = { PATCH(6, "\x80") }, .noticed = "ipv4-reserved-flag ", .tshark = "ip.flags.rb == 1" },
	{ .name = "v4 not to be cut up", .patch = { PATCH(6, "\x40") }, .noticed = "", .tshark_not = "ip.flags.rb == 1" },
	{ .name = "v4 TTL 0", .patch = { PATCH(TTL_AT, "\0") }, .noticed = "ip-ttl-low ", .tshark = "ip.ttl.too_small" },
	{ .name = "v4 TTL 4", .patch = { PATCH(TTL_AT, "\4") }, .noticed = "ip-ttl-low ", .tshark = "ip.ttl.too_small" },
	{ .name = "v4 TTL 5", .patch = { PATCH(TTL_AT, "\5") }, .noticed = "", .tshark_not = "ip.ttl.too_small" },
	{ .name = "v4 TTL 1 to a group", .patch = { PATCH(TTL_AT, "\1\x11"), PATCH(DST_AT, "\xEF\1\2\3") }, .noticed = "", .reason = "not-tcp", .tshark_not = "ip.ttl.too_small" },
	{ .name = "v4 TTL 1 of OSPF", .patch = { PATCH(TTL_AT, "\1\x59") }, .noticed = "", .reason = "not-tcp", .tshark_not = "ip.ttl.too_small" },
	/* Options. */
	{ .name = "v4 router alert", .extra = "\x94\4\0\0", .extra_len = 4, .noticed = "", .tshark_not = EXPERT_V4 },
	{ .name = "v4 record route", .extra = "\7\7\4\0\0\0\0\0", .extra_len = 8, .noticed = "", .tshark_not = EXPERT_V4 },
	{ .name = "v4 record route, half an address", .extra = "\7\6\4\0\0\0\0\0", .extra_len = 8, .noticed = "ipv4-options-bad " },
	{ .name = "v4 route with a pointer into its head", .extra = "\x83\7\3\x0A\0\0\2\0", .extra_len = 8, .noticed = "ipv4-options-bad " },
	{ .name = "v4 router alert of 3 bytes", .extra = "\x94\3\0\0", .extra_len = 4, .noticed = "ipv4-options-bad ", .tshark = "ip.opt.len.invalid" },
	{ .name = "v4 option beyond the header", .extra = "\x94\5\0\0", .extra_len = 4, .noticed = "ipv4-options-bad " },
	{ .name = "v4 option of one byte", .extra = "\x94\1\0\0", .extra_len = 4, .noticed = "ipv4-options-bad " },
	{ .name = "v4 option without its length", .extra = "\1\1\1\x94", .extra_len = 4, .noticed = "ipv4-options-bad " },
	{ .name = "v4 option of nobody", .extra = "\xC8\4\0\0", .extra_len = 4, .noticed = "ipv4-options-bad " },
	{ .name = "v4 router alert twice", .extra = "\x94\4\0\0\x94\4\0\0", .extra_len = 8, .noticed = "ipv4-options-bad " },
	{ .name = "v4 two options", .extra = "\x94\4\0\0\x88\4\0\0", .extra_len = 8, .noticed = "", .tshark_not = EXPERT_V4 },
	{ .name = "v4 checksum wrong with options", .extra = "\x94\4\0\0", .extra_len = 4, .patch = { PATCH(SUM_AT, "\x12\x34") }, .keep_sum = true, .noticed = "ipv4-checksum-bad ", .tshark = "ip.checksum_bad.expert" },
	/* Addresses. */
	{ .name = "v4 from 0.0.0.0", .patch = { PATCH(SRC_AT, "\0\0\0\0") }, .noticed = "ip-address-bad " },
	{ .name = "v4 from 0.0.0.0 to all", .patch = { PATCH(PROTOCOL_AT, "\x11"), PATCH(SRC_AT, "\0\0\0\0\xFF\xFF\xFF\xFF") }, .noticed = "", .reason = "not-tcp" },
	{ .name = "v4 from 0.1.2.3 to all", .patch = { PATCH(PROTOCOL_AT, "\x11"), PATCH(SRC_AT, "\0\1\2\3\xFF\xFF\xFF\xFF") }, .noticed = "ip-address-bad ", .reason = "not-tcp" },
	{ .name = "v4 from a group", .patch = { PATCH(SRC_AT, "\xE0\0\0\1") }, .noticed = "ip-address-bad " },
	{ .name = "v4 from all", .patch = { PATCH(SRC_AT, "\xFF\xFF\xFF\xFF") }, .noticed = "ip-address-bad " },
	{ .name = "v4 from 240.1.1.1", .patch = { PATCH(SRC_AT, "\xF0\1\1\1") }, .noticed = "ip-address-bad " },
	{ .name = "v4 from 223.255.255.255", .patch = { PATCH(SRC_AT, "\xDF\xFF\xFF\xFF") }, .noticed = "" },
	{ .name = "v4 to 0.0.0.0", .patch = { PATCH(DST_AT, "\0\0\0\0") }, .noticed = "ip-address-bad " },
	{ .name = "v4 to 240.0.0.1", .patch = { PATCH(DST_AT, "\xF0\0\0\1") }, .noticed = "ip-address-bad " },
	{ .name = "v4 to 127.0.0.1 on a wire", .patch = { PATCH(DST_AT, "\x7F\0\0\1") }, .noticed = "ip-address-bad " },
	{ .name = "v4 loopback on Linux", .patch = { PATCH(SRC_AT, "\x7F\0\0\1\x7F\0\0\1"), PATCH(0 - PATCH_LINK, ZEROS_8 "\0\0\0\0") }, .noticed = "" },
	{ .name = "v4 loopback without a link header", .framing = FRAMING_RAW, .patch = { PATCH(SRC_AT, "\x7F\0\0\1\x7F\0\0\1") }, .noticed = "" },
	/* Fragments. */
	{ .name = "v4 first fragment", .payload_len = 28, .patch = { PATCH(6, "\x20\0") }, .noticed = "fragment-seen ", .reason = "fragment", .tshark = "ip.flags.mf == 1" },
	{ .name = "v4 first fragment, not to be cut up", .payload_len = 28, .patch = { PATCH(6, "\x60\0") }, .noticed = "fragment-seen fragment-df ", .reason = "fragment" },
	{ .name = "v4 later fragment", .patch = { PATCH(6, "\0\4") }, .noticed = "fragment-seen ", .reason = "fragment", .tshark = "ip.frag_offset == 4" },
	{ .name = "v4 later fragment of TCP's header", .patch = { PATCH(6, "\0\1") }, .noticed = "fragment-seen fragment-tiny ", .reason = "fragment", .tshark = "ip.frag_offset == 1" },
	{ .name = "v4 later fragment of a UDP header", .patch = { PATCH(6, "\0\1"), PATCH(PROTOCOL_AT, "\x11") }, .noticed = "fragment-seen ", .reason = "not-tcp" },
	{ .name = "v4 first fragment of 16 bytes", .patch = { PATCH(2, "\0\x24"), PATCH(6, "\x20\0") }, .noticed = "ip-trailing-padding fragment-seen fragment-tiny ", .reason = "fragment" },
	{ .name = "v4 first fragment without the options", .patch = { PATCH(2, "\0\x2C"), PATCH(6, "\x20\0"), PATCH(32, "\x80") }, .noticed = "ip-trailing-padding fragment-seen fragment-tiny ", .reason = "fragment" },
	/* What else IPv4 carries. */
	{ .name = "v4 ESP", .patch = { PATCH(PROTOCOL_AT, "\x32") }, .noticed = "", .reason = "esp-opaque", .tshark = "esp" },
	{ .name = "v4 protocol 200", .patch = { PATCH(PROTOCOL_AT, "\xC8") }, .noticed = "", .reason = "ip-protocol-unknown", .tshark = "ip.proto == 200" },
	{ .name = "v4 protocol 255", .patch = { PATCH(PROTOCOL_AT, "\xFF") }, .noticed = "", .reason = "ip-protocol-unknown" },
	{ .name = "v4 experiment", .patch = { PATCH(PROTOCOL_AT, "\xFD") }, .noticed = "", .reason = "not-tcp" },
	{ .name = "v4 SCTP", .patch = { PATCH(PROTOCOL_AT, "\x84") }, .noticed = "", .reason = "not-tcp" },
	{ .name = "v4 ICMPv6", .patch = { PATCH(PROTOCOL_AT, "\x3A\0\0") }, .noticed = "", .reason = "ip-icmp-version-mismatch", .tshark = "ip.proto == 58" },
	{ .name = "v4 echo", .patch = { PATCH(PROTOCOL_AT, "\1"), PATCH(20, "\x08\0\0\0\0\1\0\1") }, .noticed = "", .reason = "not-tcp", .tshark = "icmp.type == 8" },
	{ .name = "v4 unreachable about TCP", .patch = { PATCH(PROTOCOL_AT, "\1"), PATCH(20, ICMP_UNREACHABLE QUOTED_V4 QUOTED_TCP) }, .noticed = "", .reason = "icmp-error-for-flow", .tshark = "icmp.type == 3 && tcp.srcport == 40000 && tcp.seq == 1000" },
	{ .name = "v4 unreachable about UDP", .patch = { PATCH(PROTOCOL_AT, "\1"), PATCH(20, ICMP_UNREACHABLE QUOTED_V4 QUOTED_TCP), PATCH(37, "\x11") }, .noticed = "", .reason = "not-tcp", .tshark = "icmp.type == 3 && udp" },
	{ .name = "v4 unreachable, 7 bytes of TCP", .patch = { PATCH(2, "\0\x37"), PATCH(PROTOCOL_AT, "\1"), PATCH(20, ICMP_UNREACHABLE QUOTED_V4 QUOTED_TCP) }, .noticed = "ip-trailing-padding icmp-quote-bad ", .reason = "not-tcp" },
	{ .name = "v4 unreachable about version 7", .patch = { PATCH(PROTOCOL_AT, "\1"), PATCH(20, ICMP_UNREACHABLE "\x75") }, .noticed = "icmp-quote-bad ", .reason = "not-tcp" },
	{ .name = "v4 unreachable of 4 bytes", .patch = { PATCH(2, "\0\x18"), PATCH(PROTOCOL_AT, "\1"), PATCH(20, "\3\1\0\0") }, .noticed = "ip-trailing-padding icmp-quote-bad ", .reason = "not-tcp" },
	{ .name = "v4 redirect about TCP", .patch = { PATCH(PROTOCOL_AT, "\1"), PATCH(20, "\5\1\0\0\x0A\0\0\3" QUOTED_V4 QUOTED_TCP) }, .noticed = "", .reason = "not-tcp", .tshark = "icmp.type == 5" },
	/* IPv6. */
	{ .name = "v6", .is_v6 = true, .noticed = "" },
	{ .name = "v6 padded", .is_v6 = true, .padding = 4, .noticed = "ip-trailing-padding " },
	{ .name = "v6, more on the wire than captured", .is_v6 = true, .uncaptured = 10, .noticed = "ip-truncated-by-capture " },
	{ .name = "v6 longer than its frame", .is_v6 = true, .patch = { PATCH(V6_LEN_AT, "\0\x60") }, .noticed = "ip-length-beyond-frame ", .tshark = "ipv6.plen_exceeds_framing || _ws.malformed" },
	{ .name = "v6 length 0", .is_v6 = true, .patch = { PATCH(V6_LEN_AT, "\0\0") }, .noticed = "ip-total-length-zero ", .tshark = "ipv6.plen == 0" },
	{ .name = "v6 says version 4", .is_v6 = true, .patch = { PATCH(0, "\x40") }, .noticed = "", .reason = "ip-version-bad", .tshark = "ipv6.bogus_ipv6_version" },
	{ .name = "v6 hop limit 4", .is_v6 = true, .patch = { PATCH(V6_HOPS_AT, "\4") }, .noticed = "ip-ttl-low " },
	{ .name = "v6 hop limit 5", .is_v6 = true, .patch = { PATCH(V6_HOPS_AT, "\5") }, .noticed = "" },
	{ .name = "v6 from a group", .is_v6 = true, .patch = { PATCH(V6_SRC_AT, "\xFF\2") }, .noticed = "ip-address-bad " },
	{ .name = "v6 from ::", .is_v6 = true, .patch = { PATCH(V6_SRC_AT, ZEROS_16) }, .noticed = "ip-address-bad " },
	{ .name = "v6 from :: to a group", .is_v6 = true, .patch = { PATCH(V6_NEXT_AT, "\x3A\xFF"), PATCH(V6_SRC_AT, ZEROS_16 "\xFF\2"), PATCH(40, "\x87") }, .noticed = "", .reason = "not-tcp" },
	{ .name = "v6 to a group of scope 0", .is_v6 = true, .patch = { PATCH(V6_DST_AT, "\xFF\0") }, .noticed = "ip-address-bad " },
	{ .name = "v6 to ::", .is_v6 = true, .patch = { PATCH(V6_DST_AT, ZEROS_16) }, .noticed = "ip-address-bad " },
	{ .name = "v6 from ::ffff:10.0.0.1", .is_v6 = true, .patch = { PATCH(V6_SRC_AT, ZEROS_8 "\0\0\xFF\xFF\x0A\0\0\1") }, .noticed = "ip-address-bad " },
	{ .name = "v6 to ::1 on a wire", .is_v6 = true, .patch = { PATCH(V6_DST_AT, ZEROS_8 "\0\0\0\0\0\0\0\1") }, .noticed = "ip-address-bad " },
	{ .name = "v6 loopback of BSD", .is_v6 = true, .framing = FRAMING_LOOP, .patch = { PATCH(V6_SRC_AT, ZEROS_8 "\0\0\0\0\0\0\0\1" ZEROS_8 "\0\0\0\0\0\0\0\1") }, .noticed = "" },
	{ .name = "v6 nothing, and bytes", .is_v6 = true, .patch = { PATCH(V6_NEXT_AT, "\x3B") }, .noticed = "", .reason = "ipv6-no-next-header", .tshark = "ipv6.nxt == 59" },
	{ .name = "v6 nothing, and padding", .is_v6 = true, .patch = { PATCH(V6_LEN_AT, "\0\0\x3B") }, .noticed = "ip-trailing-padding ", .reason = "not-tcp" },
	{ .name = "v6 next header 200", .is_v6 = true, .patch = { PATCH(V6_NEXT_AT, "\xC8") }, .noticed = "", .reason = "ip-protocol-unknown" },
	{ .name = "v6 ICMPv4", .is_v6 = true, .patch = { PATCH(V6_NEXT_AT, "\1") }, .noticed = "", .reason = "ip-icmp-version-mismatch" },
	{ .name = "v6 ESP", .is_v6 = true, .patch = { PATCH(V6_NEXT_AT, "\x32") }, .noticed = "", .reason = "esp-opaque", .tshark = "esp" },
	{ .name = "v6 neighbour solicitation", .is_v6 = true, .patch = { PATCH(V6_NEXT_AT, "\x3A\xFF"), PATCH(40, "\x87\0") }, .noticed = "", .reason = "not-tcp", .tshark = "icmpv6.type == 135" },
	{ .name = "v6 too big, about TCP", .is_v6 = true, .payload_len = 60, .patch = { PATCH(V6_NEXT_AT, "\x3A"), PATCH(40, "\2\0\0\0\0\0\5\0" "\x60\0\0\0\0\x28\6\x40" "\x20\1\x0D\xB8" ZEROS_8 "\0\0\0\1" "\x20\1\x0D\xB8" ZEROS_8 "\0\0\0\2" QUOTED_TCP) }, .noticed = "", .reason = "icmp-error-for-flow", .tshark = "icmpv6.type == 2 && tcp.srcport == 40000" },
	/* Extension headers. */
	{ .name = "v6 hop-by-hop, router alert", .is_v6 = true, .extra_type = 0, .extra = "\0\0\5\2\0\0\1\0", .extra_len = 8, .noticed = "" },
	{ .name = "v6 hop-by-hop, padding alone", .is_v6 = true, .extra_type = 0, .extra = "\0\0\1\4\0\0\0\0", .extra_len = 8, .noticed = "ipv6-option-odd " },
	{ .name = "v6 padding with content", .is_v6 = true, .extra_type = 60, .extra = "\0\1\x04\1\4\1\7\0\0\0\0\1\0\0\0\0", .extra_len = 16, .noticed = "ipv6-option-odd " },
	{ .name = "v6 padding without", .is_v6 = true, .extra_type = 60, .extra = "\0\1\x04\1\4\1\7\0\0\0\0\0\0\0\0\0", .extra_len = 16, .noticed = "" },
	{ .name = "v6 option of nobody", .is_v6 = true, .extra_type = 60, .extra = "\0\0\x35\4\0\0\0\0", .extra_len = 8, .noticed = "ipv6-option-odd " },
	{ .name = "v6 router alert of 4 bytes", .is_v6 = true, .extra_type = 0, .extra = "\0\0\5\4\0\0\0\0", .extra_len = 8, .noticed = "ipv6-option-odd ", .tshark = "ipv6.opt.invalid_len" },
	{ .name = "v6 options beyond their header", .is_v6 = true, .extra_type = 60, .extra = "\0\0\x1E\5\0\0\0\0", .extra_len = 8, .noticed = "", .reason = "ipv6-extension-bad" },
	{ .name = "v6 routing header beyond the packet", .is_v6 = true, .extra_type = 43, .extra = "\0\xFF\4\0\0\0\0\0", .extra_len = 8, .noticed = "", .reason = "ipv6-extension-truncated", .tshark = "_ws.malformed" },
	{ .name = "v6 routing type 0", .is_v6 = true, .extra_type = 43, .extra = "\0\2\0\0\0\0\0\0" ZEROS_16, .extra_len = 24, .noticed = "ipv6-routing-type0 ", .tshark = "ipv6.routing.deprecated" },
	{ .name = "v6 segment routing", .is_v6 = true, .extra_type = 43, .extra = "\0\2\4\0\0\0\0\0" ZEROS_16, .extra_len = 24, .noticed = "", .tshark_not = "ipv6.routing.deprecated" },
	{ .name = "v6 two routing headers", .is_v6 = true, .extra_type = 43, .extra = "\x2B\2\4\0\0\0\0\0" ZEROS_16 "\0\2\4\0\0\0\0\0" ZEROS_16, .extra_len = 48, .noticed = "ipv6-extension-order " },
	{ .name = "v6 routing behind authentication", .is_v6 = true, .extra_type = 51, .extra = "\x2B\2\0\0" ZEROS_8 "\0\0\0\0" "\0\2\4\0\0\0\0\0" ZEROS_16, .extra_len = 40, .noticed = "ipv6-extension-order " },
	{ .name = "v6 routing before authentication", .is_v6 = true, .extra_type = 43, .extra = "\x33\2\4\0\0\0\0\0" ZEROS_16 "\0\2\0\0" ZEROS_8 "\0\0\0\0", .extra_len = 40, .noticed = "" },
	{ .name = "v6 destination options twice", .is_v6 = true, .extra_type = 60, .extra = "\x3C\0\x04\1\4\1\1\0" "\0\0\x04\1\4\1\1\0", .extra_len = 16, .noticed = "" },
	{ .name = "v6 destination options three times", .is_v6 = true, .extra_type = 60, .extra = "\x3C\0\x04\1\4\1\1\0" "\x3C\0\x04\1\4\1\1\0" "\0\0\x04\1\4\1\1\0", .extra_len = 24, .noticed = "ipv6-extension-order " },
	{ .name = "v6 hop-by-hop not first", .is_v6 = true, .extra_type = 60, .extra = "\0\0\x04\1\4\1\1\0" "\0\0\5\2\0\0\1\0", .extra_len = 16, .noticed = "", .reason = "ipv6-extension-bad", .tshark = "ipv6.hopopts.not_first" },
	{ .name = "v6 authentication, reserved bits", .is_v6 = true, .extra_type = 51, .extra = "\0\2\0\1" ZEROS_8 "\0\0\0\0", .extra_len = 16, .noticed = "ip-auth-reserved " },
	{ .name = "v6 authentication", .is_v6 = true, .extra_type = 51, .extra = "\0\2\0\0" ZEROS_8 "\0\0\0\0", .extra_len = 16, .noticed = "", .tshark = "ah" },
	{ .name = "v6 authentication of 8 bytes", .is_v6 = true, .extra_type = 51, .extra = "\0\0\0\0\0\0\0\0", .extra_len = 8, .noticed = "", .reason = "ip-auth-header-bad" },
	{ .name = "v6 whole, with a fragment header", .is_v6 = true, .extra_type = 44, .extra = "\0\0\0\0\0\0\0\1", .extra_len = 8, .noticed = "fragment-useless-v6 ", .tshark = "ipv6.fraghdr" },
	{ .name = "v6 fragment header, reserved bits", .is_v6 = true, .extra_type = 44, .extra = "\0\1\0\0\0\0\0\1", .extra_len = 8, .noticed = "fragment-useless-v6 fragment-reserved " },
	{ .name = "v6 first fragment", .is_v6 = true, .extra_type = 44, .extra = "\0\0\0\1\0\0\0\1", .extra_len = 8, .payload_len = 12, .noticed = "fragment-seen ", .reason = "fragment", .tshark = "ipv6.fraghdr.more == 1" },
	{ .name = "v6 later fragment of TCP's header", .is_v6 = true, .extra_type = 44, .extra = "\0\0\0\x10\0\0\0\1", .extra_len = 8, .noticed = "fragment-seen fragment-tiny ", .reason = "fragment", .tshark = "ipv6.fraghdr.offset > 0" },
	/* The link layer. */
	{ .name = "Ethernet of 13 bytes", .uncaptured = 71, .noticed = "header-not-captured ", .reason = "ethernet-truncated" },
	{ .name = "MPLS, label 5", .framing = FRAMING_MPLS, .patch = { PATCH(14 - PATCH_LINK, "\0\0\x50\x40") }, .noticed = "mpls-label-reserved ", .tshark = "mpls.label == 5" },
	{ .name = "MPLS, entropy label", .framing = FRAMING_MPLS, .patch = { PATCH(14 - PATCH_LINK, "\0\0\x70\x40") }, .noticed = "" },
	{ .name = "MPLS, router alert above", .framing = FRAMING_MPLS, .patch = { PATCH(14 - PATCH_LINK, "\0\0\x10\x40") }, .noticed = "" },
	{ .name = "MPLS, router alert at the bottom", .framing = FRAMING_MPLS, .patch = { PATCH(18 - PATCH_LINK, "\0\0\x11\x40") }, .noticed = "mpls-label-reserved ", .tshark = "mpls.label == 1" },
	{ .name = "PPPoE", .framing = FRAMING_PPPOE, .noticed = "", .tshark_not = "pppoe.payload_length.bad" },
	{ .name = "PPPoE longer than its frame", .framing = FRAMING_PPPOE, .patch = { PATCH(18 - PATCH_LINK, "\1\0") }, .noticed = "pppoe-length-bad ", .tshark = "pppoe.payload_length.bad || pppoe.payload_length == 256" },
};
/* clang-format on */

const size_t odd_packets_len = sizeof(odd_packets) / sizeof(odd_packets[0]);

static void init(const struct odd_packet *odd, struct packet *packet)
{
	if (odd->is_v6)
		packet_init(packet, "2001:db8::1", 40000, "2001:db8::2", 80);
	else
		packet_init(packet, "10.0.0.1", 40000, "10.0.0.2", 80);
	packet->framing = odd->framing;
	packet->flags = WS_FLAG_ACK;
	packet->payload_len = odd->payload_len > 0 ? odd->payload_len : 30;
	packet->padding = odd->padding;
}

/* Extension headers one behind the other: each says how long it is. */
static void add_extensions(const struct odd_packet *odd, struct packet *packet)
{
	const uint8_t *at = (const uint8_t *)odd->extra;
	uint8_t type = odd->extra_type;

	for (size_t left = odd->extra_len; left > 0;) {
		size_t len = type == 51 ? (at[1] + 2u) * 4 : type == 44 ? 8 : (at[1] + 1u) * 8;

		len = len < left ? len : left;
		packet->extensions[packet->extensions_len++] = (struct packet_extension){ type, at, len };
		type = at[0];
		at += len;
		left -= len;
	}
}

static void fix_sum(uint8_t *ip)
{
	uint32_t sum = 0;

	ip[SUM_AT] = 0;
	ip[SUM_AT + 1] = 0;
	for (size_t i = 0; i < (ip[0] & 15u) * 4; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum >> 16) + (sum & 0xFFFF);
	sum += sum >> 16;
	ip[SUM_AT] = (uint8_t)(~sum >> 8);
	ip[SUM_AT + 1] = (uint8_t)~sum;
}

uint32_t odd_packet_linktype(const struct odd_packet *odd)
{
	struct packet packet;

	init(odd, &packet);
	return packet_linktype(&packet);
}

size_t odd_packet_build(const struct odd_packet *odd, uint8_t *out, size_t size, size_t *caplen)
{
	struct packet packet;
	size_t len;
	uint8_t *ip;

	init(odd, &packet);
	if (odd->is_v6) {
		add_extensions(odd, &packet);
	} else {
		packet.ip_options = (const uint8_t *)odd->extra;
		packet.ip_options_len = odd->extra_len;
	}
	len = packet_build(&packet, out, size);
	ip = out + packet_link_len(&packet);
	for (unsigned i = 0; i < ODD_PATCHES_MAX && odd->patch[i].len > 0; i++) {
		int at = odd->patch[i].at;

		memcpy(at < 0 ? out + at + PATCH_LINK : ip + at, odd->patch[i].bytes, odd->patch[i].len);
	}
	if (!odd->is_v6 && !odd->keep_sum)
		fix_sum(ip);
	*caplen = len - odd->uncaptured;
	return len;
}
