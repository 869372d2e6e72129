/*
 * Tunnels over UDP.
 */
#include "wrap_push.h"

static void push_vxlan(struct wrap *wrap, unsigned flags, unsigned type, uint32_t vni)
{
	wrap_push_u32(wrap, vni << 8);
	wrap_push_u32(wrap, flags << 24 | type);
}

void wrap_put_vxlan(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	push_vxlan(wrap, 0x08, 0, 0x123456);
	wrap_push_udp4(wrap, 4789);
}

void wrap_put_vxlan_old_port(struct wrap *wrap)
{
	wrap_push_tagged_frame(wrap, 31);
	push_vxlan(wrap, 0x08, 0, 5);
	wrap_push_udp4(wrap, 8472);
}

/* With a group policy, as Linux sends it, and tags outside and inside. */
void wrap_put_vxlan_in_ipv6_tagged(struct wrap *wrap)
{
	wrap_push_tagged_frame(wrap, 33);
	push_vxlan(wrap, 0x88, 0x1234, 6);
	wrap_push_udp(wrap, 50000, 4789);
	wrap_push_ipv6(wrap, 17);
	wrap_push_tagged_frame(wrap, 32);
	wrap->has_ethernet = true;
}

void wrap_put_vxlan_gpe(struct wrap *wrap)
{
	push_vxlan(wrap, 0x0C, wrap->family == 4 ? 1 : 2, 7);
	wrap_push_udp4(wrap, 4790);
}

void wrap_put_vxlan_gpe_ethernet(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	push_vxlan(wrap, 0x0C, 3, 7);
	wrap_push_udp4(wrap, 4790);
}

void wrap_put_vxlan_gpe_mpls(struct wrap *wrap)
{
	wrap_push_label(wrap, 18, true);
	push_vxlan(wrap, 0x0C, 5, 7);
	wrap_push_udp4(wrap, 4790);
}

/* Three words of options: one of two words, one of one. */
void wrap_put_geneve(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push(wrap, "\x01\x02\x80\x01\1\2\3\4\x01\x02\x03\x00", 12);
	wrap_push_u32(wrap, 8 << 8);
	wrap_push_u16(wrap, 0x6558);
	wrap_push_u16(wrap, 0x0340);
	wrap_push_udp4(wrap, 6081);
}

void wrap_put_geneve_ip(struct wrap *wrap)
{
	unsigned type = wrap_ethertype(wrap);

	wrap_push_u32(wrap, 8 << 8);
	wrap_push_u16(wrap, type);
	wrap_push_u16(wrap, 0);
	wrap_push_udp4(wrap, 6081);
}

static void push_gtp(struct wrap *wrap, unsigned flags)
{
	unsigned len = wrap_sent_len(wrap);

	wrap_push_u32(wrap, wrap->is_back ? 0x2002 : 0x1001);
	wrap_push_u16(wrap, len);
	wrap_push_u8(wrap, 255);
	wrap_push_u8(wrap, flags);
	wrap_push_udp(wrap, 2152, 2152);
	wrap_push_ipv4(wrap, 17);
}

void wrap_put_gtp(struct wrap *wrap)
{
	push_gtp(wrap, 0x30);
}

/* A sequence number, a PDU session container (3GPP TS 38.415) and a PDCP number. */
void wrap_put_gtp_extended(struct wrap *wrap)
{
	wrap_push(wrap, "\1\0\1\0", 4);
	wrap_push(wrap, "\1\x00\x09\xC0", 4);
	wrap_push_u32(wrap, 0x00070085);
	push_gtp(wrap, 0x36);
}

void wrap_put_teredo(struct wrap *wrap)
{
	wrap_push_udp(wrap, 50000, 3544);
	wrap_push_ipv4(wrap, 17);
}

/* From the server: both headers that may stand in front. */
void wrap_put_teredo_all(struct wrap *wrap)
{
	wrap_push(wrap, "\0\0\x63\xBF\x3F\xFF\xFD\xD2", 8);
	wrap_push(wrap, "\0\1\2\3idval12345678\0", 18);
	wrap_push_udp(wrap, 3544, 50000);
	wrap_push_ipv4(wrap, 17);
}

void wrap_put_l2tp(struct wrap *wrap)
{
	unsigned len;

	wrap_push_u16(wrap, wrap_ppp_type(wrap));
	wrap_push_u16(wrap, 0xFF03);
	wrap_push(wrap, "\0\2xx", 4);
	wrap_push_u32(wrap, 0x00010002);
	len = wrap_sent_len(wrap) + 8;
	wrap_push_u32(wrap, wrap->is_back ? 0x00020022 : 0x00010011);
	wrap_push_u16(wrap, len);
	wrap_push_u16(wrap, 0x4A02);
	wrap_push_udp(wrap, 1701, 1701);
	wrap_push_ipv4(wrap, 17);
}

void wrap_put_l2tp_short(struct wrap *wrap)
{
	wrap_push_u16(wrap, wrap_ppp_type(wrap));
	wrap_push_u32(wrap, wrap->is_back ? 0x00020022 : 0x00010011);
	wrap_push_u16(wrap, 0x0002);
	wrap_push_udp(wrap, 1701, 50000);
	wrap_push_ipv4(wrap, 17);
}

void wrap_put_mpls_in_udp(struct wrap *wrap)
{
	wrap_push_label(wrap, 18, true);
	wrap_push_udp4(wrap, 6635);
}
