/*
 * The kinds of tunnels, and those of them that are no more than a header or two.
 */
#include "wrap_push.h"

#include <string.h>

#include "writer.h"

/* ---- IP in IP (RFC 2003, 4213, 2473), EtherIP (RFC 3378), MPLS in IP (RFC 4023) ---------------------------------- */

static void put_in_ipv4(struct wrap *wrap)
{
	wrap_push_ipv4(wrap, wrap->family == 4 ? 4 : 41);
}

static void put_in_ipv6(struct wrap *wrap)
{
	wrap_push_ipv6(wrap, wrap->family == 4 ? 4 : 41);
}

static void put_etherip(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_u16(wrap, 0x3000);
	wrap_push_ipv4(wrap, 97);
}

static void put_mpls_in_ip(struct wrap *wrap)
{
	wrap_push_label(wrap, 18, true);
	wrap_push_ipv4(wrap, 137);
}

/* ---- Without an IP header of their own ----------------------------------------------------------------------------- */

static void put_vlan(struct wrap *wrap)
{
	wrap_push_tagged_frame(wrap, 0xA000 | 12);
	wrap->has_ethernet = true;
}

static void put_qinq(struct wrap *wrap)
{
	wrap_push_tag(wrap, 12, wrap_ethertype(wrap));
	wrap_push_tag(wrap, 13, 0x8100);
	wrap_push_ethernet(wrap, 0x88A8);
	wrap->has_ethernet = true;
}

static void put_mpls(struct wrap *wrap)
{
	wrap_push_label(wrap, 18, true);
	wrap_push_label(wrap, 16001, false);
	wrap_push_ethernet(wrap, 0x8847);
	wrap->has_ethernet = true;
}

/* RFC 4448, with the control word and without. */
static void put_pseudowire(struct wrap *wrap)
{
	wrap_push_tagged_frame(wrap, 14);
	wrap_push_u32(wrap, 0);
	wrap_push_label(wrap, 19, true);
	wrap_push_ethernet(wrap, 0x8847);
	wrap->has_ethernet = true;
}

static void put_pseudowire_bare(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_label(wrap, 19, true);
	wrap_push_ethernet(wrap, 0x8847);
	wrap->has_ethernet = true;
}

static void put_pppoe(struct wrap *wrap)
{
	unsigned len;

	wrap_push_u16(wrap, wrap_ppp_type(wrap));
	len = wrap_sent_len(wrap);
	wrap_push_u16(wrap, len);
	wrap_push_u16(wrap, 0x1234);
	wrap_push_u16(wrap, 0x1100);
	wrap_push_ethernet(wrap, 0x8864);
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
	{ "gre", wrap_put_gre, 0, 4, WS_TUNNEL_GRE, NO_ID, { 0 } },
	{ "gre-in-ipv6", wrap_put_gre_in_ipv6, 0, 6, WS_TUNNEL_GRE, ID(42, 42), { 0 } },
	{ "gre-all", wrap_put_gre_all, 0, 4, WS_TUNNEL_GRE, ID(0xDEADBEEF, 0xDEADBEEF), { 0 } },
	{ "gre-ethernet", wrap_put_gre_ethernet, 0, 4, WS_TUNNEL_GRE, NO_ID, { 0 } },
	{ "gre-ethernet-key", wrap_put_gre_ethernet_key, 0, 4, WS_TUNNEL_GRE, ID(42, 42), { 30 } },
	{ "gre-mpls", wrap_put_gre_mpls, 0, 4, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
	{ "gre-ppp", wrap_put_gre_ppp, 0, 4, WS_TUNNEL_GRE, NO_ID, { 0 } },
	{ "nvgre", wrap_put_nvgre, 0, 4, WS_TUNNEL_NVGRE, ID(0x1234, 0x1234), { 0 } },
	{ "pptp", wrap_put_pptp, 0, 4, WS_TUNNEL_PPTP, ID(100, 200), { 0 } },
	{ "erspan-1", wrap_put_erspan_1, 0, 4, WS_TUNNEL_ERSPAN, NO_ID, { 0 } },
	{ "erspan-2", wrap_put_erspan_2, 0, 4, WS_TUNNEL_ERSPAN, ID(77, 77), { 20 } },
	{ "erspan-2-tagged", wrap_put_erspan_2_tagged, 0, 4, WS_TUNNEL_ERSPAN, ID(77, 77), { 21 } },
	{ "erspan-3", wrap_put_erspan_3, 0, 4, WS_TUNNEL_ERSPAN, ID(78, 78), { 22 } },
	{ "erspan-3-platform", wrap_put_erspan_3_platform, 0, 4, WS_TUNNEL_ERSPAN, ID(78, 78), { 22 } },
	{ "vxlan", wrap_put_vxlan, 0, 4, WS_TUNNEL_VXLAN, ID(0x123456, 0x123456), { 0 } },
	{ "vxlan-old-port", wrap_put_vxlan_old_port, 0, 4, WS_TUNNEL_VXLAN, ID(5, 5), { 31 } },
	{ "vxlan-in-ipv6-tagged", wrap_put_vxlan_in_ipv6_tagged, 0, 6, WS_TUNNEL_VXLAN, ID(6, 6), { 32, 33 } },
	{ "vxlan-gpe", wrap_put_vxlan_gpe, 0, 4, WS_TUNNEL_VXLAN_GPE, ID(7, 7), { 0 } },
	{ "vxlan-gpe-ethernet", wrap_put_vxlan_gpe_ethernet, 0, 4, WS_TUNNEL_VXLAN_GPE, ID(7, 7), { 0 } },
	{ "vxlan-gpe-mpls", wrap_put_vxlan_gpe_mpls, 0, 4, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
	{ "geneve", wrap_put_geneve, 0, 4, WS_TUNNEL_GENEVE, ID(8, 8), { 0 } },
	{ "geneve-ip", wrap_put_geneve_ip, 0, 4, WS_TUNNEL_GENEVE, ID(8, 8), { 0 } },
	{ "gtp", wrap_put_gtp, 0, 4, WS_TUNNEL_GTP_U, ID(0x1001, 0x2002), { 0 } },
	{ "gtp-extended", wrap_put_gtp_extended, 0, 4, WS_TUNNEL_GTP_U, ID(0x1001, 0x2002), { 0 } },
	{ "teredo", wrap_put_teredo, 6, 4, WS_TUNNEL_TEREDO, NO_ID, { 0 } },
	{ "teredo-all", wrap_put_teredo_all, 6, 4, WS_TUNNEL_TEREDO, NO_ID, { 0 } },
	{ "l2tp", wrap_put_l2tp, 0, 4, WS_TUNNEL_L2TP, ID(0x00010011, 0x00020022), { 0 } },
	{ "l2tp-short", wrap_put_l2tp_short, 0, 4, WS_TUNNEL_L2TP, ID(0x00010011, 0x00020022), { 0 } },
	{ "mpls-in-udp", wrap_put_mpls_in_udp, 0, 4, WS_TUNNEL_MPLS, ID(18, 18), { 0 } },
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
	wrap_push(wrap, data, len);
	wrap->family = buffer[wrap->at] >> 4;
}

void wrap_finish(struct wrap *wrap)
{
	if (!wrap->has_ethernet)
		wrap_push_frame(wrap);
	wrap->has_ethernet = true;
}
