/*
 * Headers of tunnels, from the inside out.
 */
#include "wrap.h"

#include <string.h>

#include "packet.h"
#include "writer.h"

static const uint8_t stations[2][12] = { { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8 },
					 { 2, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 9 } };

/* What the length fields count from here on: what the capture left out too. */
static unsigned sent_len(const struct wrap *wrap)
{
	return (unsigned)(wrap_len(wrap) + wrap->missing);
}

/* ---- Putting in front ------------------------------------------------------------------------------------------- */

static void push(struct wrap *wrap, const void *data, size_t len)
{
	if (len > wrap->at)
		writer_die("no room in front");
	wrap->at -= len;
	memcpy(wrap->buffer + wrap->at, data, len);
}

static void push_u8(struct wrap *wrap, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	push(wrap, &byte, 1);
}

static void push_u16(struct wrap *wrap, unsigned value)
{
	push_u8(wrap, value & 0xFF);
	push_u8(wrap, value >> 8 & 0xFF);
}

static void push_u32(struct wrap *wrap, uint32_t value)
{
	push_u16(wrap, value & 0xFFFF);
	push_u16(wrap, value >> 16);
}

struct ws_addr wrap_addr(uint8_t family, bool is_back)
{
	if (family == 4)
		return packet_addr(is_back ? "192.0.2.9" : "192.0.2.8");
	return packet_addr(is_back ? "2001:db8:f::9" : "2001:db8:f::8");
}

static unsigned ethertype(const struct wrap *wrap)
{
	return wrap->family == 4 ? 0x0800 : 0x86DD;
}

static unsigned ppp_type(const struct wrap *wrap)
{
	return wrap->family == 4 ? 0x0021 : 0x0057;
}

static void push_ethernet(struct wrap *wrap, unsigned type)
{
	push_u16(wrap, type);
	push(wrap, stations[wrap->is_back], 12);
}

static void push_tag(struct wrap *wrap, unsigned id, unsigned type)
{
	push_u16(wrap, type);
	push_u16(wrap, id);
}

/* A whole frame around the packet. */
static void push_frame(struct wrap *wrap)
{
	push_ethernet(wrap, ethertype(wrap));
}

static void push_tagged_frame(struct wrap *wrap, unsigned id)
{
	push_tag(wrap, id, ethertype(wrap));
	push_ethernet(wrap, 0x8100);
}

static void push_label(struct wrap *wrap, unsigned label, bool is_bottom)
{
	push_u32(wrap, label << 12 | (is_bottom ? 0x100u : 0) | 64);
}

/* RFC 791 3.1, with its checksum (RFC 1071). */
static void push_ipv4(struct wrap *wrap, unsigned protocol)
{
	struct ws_addr src = wrap_addr(4, wrap->is_back);
	struct ws_addr dst = wrap_addr(4, !wrap->is_back);
	uint32_t sum = 0;
	uint8_t *ip;

	push(wrap, dst.bytes, 4);
	push(wrap, src.bytes, 4);
	push_u16(wrap, 0);
	push_u16(wrap, 0xFF00 | protocol);
	push_u32(wrap, 0x12340000);
	push_u16(wrap, sent_len(wrap) + 4);
	push_u16(wrap, 0x4500);
	ip = wrap->buffer + wrap->at;
	for (unsigned i = 0; i < 20; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum >> 16) + (sum & 0xFFFF);
	sum = ~((sum >> 16) + sum);
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
	wrap->family = 4;
}

static void push_ipv6(struct wrap *wrap, unsigned protocol)
{
	struct ws_addr src = wrap_addr(6, wrap->is_back);
	struct ws_addr dst = wrap_addr(6, !wrap->is_back);
	unsigned len = sent_len(wrap);

	push(wrap, dst.bytes, 16);
	push(wrap, src.bytes, 16);
	push_u16(wrap, protocol << 8 | 64);
	push_u16(wrap, len);
	push_u32(wrap, 0x60000000);
	wrap->family = 6;
}

static void push_udp(struct wrap *wrap, unsigned from, unsigned to)
{
	unsigned len = sent_len(wrap) + 8;

	push_u16(wrap, 0);
	push_u16(wrap, len);
	push_u16(wrap, to);
	push_u16(wrap, from);
}

static void push_udp4(struct wrap *wrap, unsigned to)
{
	push_udp(wrap, 50000, to);
	push_ipv4(wrap, 17);
}

static void push_gre4(struct wrap *wrap, unsigned flags, unsigned type)
{
	push_u16(wrap, type);
	push_u16(wrap, flags);
	push_ipv4(wrap, 47);
}

/* ---- IP in IP (RFC 2003, 4213, 2473), EtherIP (RFC 3378), MPLS in IP (RFC 4023) ---------------------------------- */

static void put_in_ipv4(struct wrap *wrap)
{
	push_ipv4(wrap, wrap->family == 4 ? 4 : 41);
}

static void put_in_ipv6(struct wrap *wrap)
{
	push_ipv6(wrap, wrap->family == 4 ? 4 : 41);
}

static void put_etherip(struct wrap *wrap)
{
	push_frame(wrap);
	push_u16(wrap, 0x3000);
	push_ipv4(wrap, 97);
}

static void put_mpls_in_ip(struct wrap *wrap)
{
	push_label(wrap, 18, true);
	push_ipv4(wrap, 137);
}

/* ---- GRE (RFC 2784, 2890, 7637, 2637) ---------------------------------------------------------------------------- */

static void put_gre(struct wrap *wrap)
{
	push_gre4(wrap, 0, ethertype(wrap));
}

static void put_gre_in_ipv6(struct wrap *wrap)
{
	push_u32(wrap, 42);
	push_u16(wrap, ethertype(wrap));
	push_u16(wrap, 0x2000);
	push_ipv6(wrap, 47);
}

/* Checksum (over the header and the payload), key and sequence number. */
static void put_gre_all(struct wrap *wrap)
{
	unsigned type = ethertype(wrap);
	uint32_t sum = 0;
	uint8_t *gre;

	push_u32(wrap, 7);
	push_u32(wrap, 0xDEADBEEF);
	push_u32(wrap, 0);
	push_u16(wrap, type);
	push_u16(wrap, 0xB000);
	gre = wrap->buffer + wrap->at;
	for (size_t i = 0; i < wrap_len(wrap); i++)
		sum += i % 2 != 0 ? gre[i] : (uint32_t)gre[i] << 8;
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xFFFF);
	gre[4] = (uint8_t)(~sum >> 8);
	gre[5] = (uint8_t)~sum;
	push_ipv4(wrap, 47);
}

static void put_gre_ethernet(struct wrap *wrap)
{
	push_frame(wrap);
	push_gre4(wrap, 0, 0x6558);
}

/* What Linux calls gretap: the key is no virtual subnet. */
static void put_gre_ethernet_key(struct wrap *wrap)
{
	push_tagged_frame(wrap, 30);
	push_u32(wrap, 42);
	push_gre4(wrap, 0x2000, 0x6558);
}

static void put_gre_mpls(struct wrap *wrap)
{
	push_label(wrap, 18, true);
	push_label(wrap, 16001, false);
	push_gre4(wrap, 0, 0x8847);
}

static void put_gre_ppp(struct wrap *wrap)
{
	push_u16(wrap, ppp_type(wrap));
	push_gre4(wrap, 0, 0x880B);
}

static void put_nvgre(struct wrap *wrap)
{
	push_frame(wrap);
	push_u32(wrap, 0x00123400 | (wrap->is_back ? 9u : 8u));
	push_gre4(wrap, 0x2000, 0x6558);
}

static void put_pptp(struct wrap *wrap)
{
	unsigned len;

	push_u16(wrap, ppp_type(wrap));
	push_u16(wrap, 0xFF03);
	len = sent_len(wrap);
	push_u32(wrap, 12);
	push_u32(wrap, 11);
	push_u16(wrap, wrap->is_back ? 200 : 100);
	push_u16(wrap, len);
	push_gre4(wrap, 0x3081, 0x880B);
}

/* ---- ERSPAN (draft-foschiano-erspan) ------------------------------------------------------------------------------ */

static void put_erspan_1(struct wrap *wrap)
{
	push_frame(wrap);
	push_gre4(wrap, 0, 0x88BE);
}

/* The tag was taken off the frame. */
static void put_erspan_2(struct wrap *wrap)
{
	push_frame(wrap);
	push_u32(wrap, 5);
	push_u16(wrap, 0x0000 | 77);
	push_u16(wrap, 0x1000 | 20);
	push_u32(wrap, 1000);
	push_gre4(wrap, 0x1000, 0x88BE);
}

/* The tag was left in the frame: encapsulation 3. */
static void put_erspan_2_tagged(struct wrap *wrap)
{
	push_tagged_frame(wrap, 21);
	push_u32(wrap, 5);
	push_u16(wrap, 0x1800 | 77);
	push_u16(wrap, 0x1000 | 999);
	push_u32(wrap, 1000);
	push_gre4(wrap, 0x1000, 0x88BE);
}

static void put_erspan_3(struct wrap *wrap)
{
	push_frame(wrap);
	push_u16(wrap, 0x8000);
	push_u16(wrap, 0);
	push_u32(wrap, 0x11223344);
	push_u16(wrap, 78);
	push_u16(wrap, 0x2000 | 22);
	push_u32(wrap, 1000);
	push_gre4(wrap, 0x1000, 0x22EB);
}

static void put_erspan_3_platform(struct wrap *wrap)
{
	push_frame(wrap);
	push_u32(wrap, 2);
	push_u32(wrap, 1);
	push_u16(wrap, 0x8001);
	push_u16(wrap, 0);
	push_u32(wrap, 0x11223344);
	push_u16(wrap, 78);
	push_u16(wrap, 0x2000 | 22);
	push_u32(wrap, 1000);
	push_gre4(wrap, 0x1000, 0x22EB);
}

/* ---- Over UDP ------------------------------------------------------------------------------------------------------ */

static void push_vxlan(struct wrap *wrap, unsigned flags, unsigned type, uint32_t vni)
{
	push_u32(wrap, vni << 8);
	push_u32(wrap, flags << 24 | type);
}

static void put_vxlan(struct wrap *wrap)
{
	push_frame(wrap);
	push_vxlan(wrap, 0x08, 0, 0x123456);
	push_udp4(wrap, 4789);
}

static void put_vxlan_old_port(struct wrap *wrap)
{
	push_tagged_frame(wrap, 31);
	push_vxlan(wrap, 0x08, 0, 5);
	push_udp4(wrap, 8472);
}

/* With a group policy, as Linux sends it, and tags outside and inside. */
static void put_vxlan_in_ipv6_tagged(struct wrap *wrap)
{
	push_tagged_frame(wrap, 33);
	push_vxlan(wrap, 0x88, 0x1234, 6);
	push_udp(wrap, 50000, 4789);
	push_ipv6(wrap, 17);
	push_tagged_frame(wrap, 32);
	wrap->has_ethernet = true;
}

static void put_vxlan_gpe(struct wrap *wrap)
{
	push_vxlan(wrap, 0x0C, wrap->family == 4 ? 1 : 2, 7);
	push_udp4(wrap, 4790);
}

static void put_vxlan_gpe_ethernet(struct wrap *wrap)
{
	push_frame(wrap);
	push_vxlan(wrap, 0x0C, 3, 7);
	push_udp4(wrap, 4790);
}

static void put_vxlan_gpe_mpls(struct wrap *wrap)
{
	push_label(wrap, 18, true);
	push_vxlan(wrap, 0x0C, 5, 7);
	push_udp4(wrap, 4790);
}

/* Three words of options: one of two words, one of one. */
static void put_geneve(struct wrap *wrap)
{
	push_frame(wrap);
	push(wrap, "\x01\x02\x80\x01\1\2\3\4\x01\x02\x03\x00", 12);
	push_u32(wrap, 8 << 8);
	push_u16(wrap, 0x6558);
	push_u16(wrap, 0x0340);
	push_udp4(wrap, 6081);
}

static void put_geneve_ip(struct wrap *wrap)
{
	unsigned type = ethertype(wrap);

	push_u32(wrap, 8 << 8);
	push_u16(wrap, type);
	push_u16(wrap, 0);
	push_udp4(wrap, 6081);
}

static void push_gtp(struct wrap *wrap, unsigned flags)
{
	unsigned len = sent_len(wrap);

	push_u32(wrap, wrap->is_back ? 0x2002 : 0x1001);
	push_u16(wrap, len);
	push_u8(wrap, 255);
	push_u8(wrap, flags);
	push_udp(wrap, 2152, 2152);
	push_ipv4(wrap, 17);
}

static void put_gtp(struct wrap *wrap)
{
	push_gtp(wrap, 0x30);
}

/* A sequence number, a PDU session container (3GPP TS 38.415) and a PDCP number. */
static void put_gtp_extended(struct wrap *wrap)
{
	push(wrap, "\1\0\1\0", 4);
	push(wrap, "\1\x00\x09\xC0", 4);
	push_u32(wrap, 0x00070085);
	push_gtp(wrap, 0x36);
}

static void put_teredo(struct wrap *wrap)
{
	push_udp(wrap, 50000, 3544);
	push_ipv4(wrap, 17);
}

/* From the server: both headers that may stand in front. */
static void put_teredo_all(struct wrap *wrap)
{
	push(wrap, "\0\0\x63\xBF\x3F\xFF\xFD\xD2", 8);
	push(wrap, "\0\1\2\3idval12345678\0", 18);
	push_udp(wrap, 3544, 50000);
	push_ipv4(wrap, 17);
}

static void put_l2tp(struct wrap *wrap)
{
	unsigned len;

	push_u16(wrap, ppp_type(wrap));
	push_u16(wrap, 0xFF03);
	push(wrap, "\0\2xx", 4);
	push_u32(wrap, 0x00010002);
	len = sent_len(wrap) + 8;
	push_u32(wrap, wrap->is_back ? 0x00020022 : 0x00010011);
	push_u16(wrap, len);
	push_u16(wrap, 0x4A02);
	push_udp(wrap, 1701, 1701);
	push_ipv4(wrap, 17);
}

static void put_l2tp_short(struct wrap *wrap)
{
	push_u16(wrap, ppp_type(wrap));
	push_u32(wrap, wrap->is_back ? 0x00020022 : 0x00010011);
	push_u16(wrap, 0x0002);
	push_udp(wrap, 1701, 50000);
	push_ipv4(wrap, 17);
}

static void put_mpls_in_udp(struct wrap *wrap)
{
	push_label(wrap, 18, true);
	push_udp4(wrap, 6635);
}

/* ---- Without an IP header of their own ----------------------------------------------------------------------------- */

static void put_vlan(struct wrap *wrap)
{
	push_tagged_frame(wrap, 0xA000 | 12);
	wrap->has_ethernet = true;
}

static void put_qinq(struct wrap *wrap)
{
	push_tag(wrap, 12, ethertype(wrap));
	push_tag(wrap, 13, 0x8100);
	push_ethernet(wrap, 0x88A8);
	wrap->has_ethernet = true;
}

static void put_mpls(struct wrap *wrap)
{
	push_label(wrap, 18, true);
	push_label(wrap, 16001, false);
	push_ethernet(wrap, 0x8847);
	wrap->has_ethernet = true;
}

/* RFC 4448, with the control word and without. */
static void put_pseudowire(struct wrap *wrap)
{
	push_tagged_frame(wrap, 14);
	push_u32(wrap, 0);
	push_label(wrap, 19, true);
	push_ethernet(wrap, 0x8847);
	wrap->has_ethernet = true;
}

static void put_pseudowire_bare(struct wrap *wrap)
{
	push_frame(wrap);
	push_label(wrap, 19, true);
	push_ethernet(wrap, 0x8847);
	wrap->has_ethernet = true;
}

static void put_pppoe(struct wrap *wrap)
{
	unsigned len;

	push_u16(wrap, ppp_type(wrap));
	len = sent_len(wrap);
	push_u16(wrap, len);
	push_u16(wrap, 0x1234);
	push_u16(wrap, 0x1100);
	push_ethernet(wrap, 0x8864);
	wrap->has_ethernet = true;
}

/* ---- All of them --------------------------------------------------------------------------------------------------- */

#define NO_ID        \
	false,       \
	{            \
		0, 0 \
	}
#define ID(there, back)     \
	true,               \
	{                   \
		there, back \
	}

/* clang-format off */
const struct wrap_kind wrap_kinds[] = {
	{ "ipip", put_in_ipv4, 4, 4, WS_TUNNEL_IPIP, NO_ID, { 0 } },
	{ "6in4", put_in_ipv4, 6, 4, WS_TUNNEL_6IN4, NO_ID, { 0 } },
	{ "4in6", put_in_ipv6, 4, 6, WS_TUNNEL_4IN6, NO_ID, { 0 } },
	{ "6in6", put_in_ipv6, 6, 6, WS_TUNNEL_6IN6, NO_ID, { 0 } },
	{ "etherip", put_etherip, 0, 4, WS_TUNNEL_ETHERIP, NO_ID, { 0 } },
	{ "mpls-in-ip", put_mpls_in_ip, 0, 4, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
	{ "gre", put_gre, 0, 4, WS_TUNNEL_GRE, NO_ID, { 0 } },
	{ "gre-in-ipv6", put_gre_in_ipv6, 0, 6, WS_TUNNEL_GRE, ID(42, 42), { 0 } },
	{ "gre-all", put_gre_all, 0, 4, WS_TUNNEL_GRE, ID(0xDEADBEEF, 0xDEADBEEF), { 0 } },
	{ "gre-ethernet", put_gre_ethernet, 0, 4, WS_TUNNEL_GRE, NO_ID, { 0 } },
	{ "gre-ethernet-key", put_gre_ethernet_key, 0, 4, WS_TUNNEL_GRE, ID(42, 42), { 30 } },
	{ "gre-mpls", put_gre_mpls, 0, 4, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
	{ "gre-ppp", put_gre_ppp, 0, 4, WS_TUNNEL_GRE, NO_ID, { 0 } },
	{ "nvgre", put_nvgre, 0, 4, WS_TUNNEL_NVGRE, ID(0x1234, 0x1234), { 0 } },
	{ "pptp", put_pptp, 0, 4, WS_TUNNEL_PPTP, ID(100, 200), { 0 } },
	{ "erspan-1", put_erspan_1, 0, 4, WS_TUNNEL_ERSPAN, NO_ID, { 0 } },
	{ "erspan-2", put_erspan_2, 0, 4, WS_TUNNEL_ERSPAN, ID(77, 77), { 20 } },
	{ "erspan-2-tagged", put_erspan_2_tagged, 0, 4, WS_TUNNEL_ERSPAN, ID(77, 77), { 21 } },
	{ "erspan-3", put_erspan_3, 0, 4, WS_TUNNEL_ERSPAN, ID(78, 78), { 22 } },
	{ "erspan-3-platform", put_erspan_3_platform, 0, 4, WS_TUNNEL_ERSPAN, ID(78, 78), { 22 } },
	{ "vxlan", put_vxlan, 0, 4, WS_TUNNEL_VXLAN, ID(0x123456, 0x123456), { 0 } },
	{ "vxlan-old-port", put_vxlan_old_port, 0, 4, WS_TUNNEL_VXLAN, ID(5, 5), { 31 } },
	{ "vxlan-in-ipv6-tagged", put_vxlan_in_ipv6_tagged, 0, 6, WS_TUNNEL_VXLAN, ID(6, 6), { 32, 33 } },
	{ "vxlan-gpe", put_vxlan_gpe, 0, 4, WS_TUNNEL_VXLAN_GPE, ID(7, 7), { 0 } },
	{ "vxlan-gpe-ethernet", put_vxlan_gpe_ethernet, 0, 4, WS_TUNNEL_VXLAN_GPE, ID(7, 7), { 0 } },
	{ "vxlan-gpe-mpls", put_vxlan_gpe_mpls, 0, 4, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
	{ "geneve", put_geneve, 0, 4, WS_TUNNEL_GENEVE, ID(8, 8), { 0 } },
	{ "geneve-ip", put_geneve_ip, 0, 4, WS_TUNNEL_GENEVE, ID(8, 8), { 0 } },
	{ "gtp", put_gtp, 0, 4, WS_TUNNEL_GTP_U, ID(0x1001, 0x2002), { 0 } },
	{ "gtp-extended", put_gtp_extended, 0, 4, WS_TUNNEL_GTP_U, ID(0x1001, 0x2002), { 0 } },
	{ "teredo", put_teredo, 6, 4, WS_TUNNEL_TEREDO, NO_ID, { 0 } },
	{ "teredo-all", put_teredo_all, 6, 4, WS_TUNNEL_TEREDO, NO_ID, { 0 } },
	{ "l2tp", put_l2tp, 0, 4, WS_TUNNEL_L2TP, ID(0x00010011, 0x00020022), { 0 } },
	{ "l2tp-short", put_l2tp_short, 0, 4, WS_TUNNEL_L2TP, ID(0x00010011, 0x00020022), { 0 } },
	{ "mpls-in-udp", put_mpls_in_udp, 0, 4, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
	{ "vlan", put_vlan, 0, 0, WS_TUNNEL_NONE, NO_ID, { 12 } },
	{ "qinq", put_qinq, 0, 0, WS_TUNNEL_NONE, NO_ID, { 13, 12 } },
	{ "mpls", put_mpls, 0, 0, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
	{ "pseudowire", put_pseudowire, 0, 0, WS_TUNNEL_MPLS, ID(19, 19), { 14 } },
	{ "pseudowire-bare", put_pseudowire_bare, 0, 0, WS_TUNNEL_MPLS, ID(19, 19), { 0 } },
	{ "pppoe", put_pppoe, 0, 0, WS_TUNNEL_PPPOE, ID(0x1234, 0x1234), { 0 } },
};
/* clang-format on */

const size_t wrap_kinds_len = sizeof(wrap_kinds) / sizeof(wrap_kinds[0]);

const struct wrap_kind *wrap_kind_named(const char *name)
{
	for (size_t i = 0; i < wrap_kinds_len; i++)
		if (strcmp(wrap_kinds[i].name, name) == 0)
			return &wrap_kinds[i];
	writer_die("no such tunnel");
}

void wrap_init(struct wrap *wrap, uint8_t *buffer, size_t size, const void *data, size_t len, size_t missing,
	       bool is_back)
{
	*wrap = (struct wrap){ .buffer = buffer, .at = size, .end = size, .missing = missing, .is_back = is_back };
	push(wrap, data, len);
	wrap->family = buffer[wrap->at] >> 4;
}

void wrap_finish(struct wrap *wrap)
{
	if (!wrap->has_ethernet)
		push_frame(wrap);
	wrap->has_ethernet = true;
}
