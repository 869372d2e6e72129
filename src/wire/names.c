/*
 * The link types that can be decoded, the names of tunnels, of the reasons why a packet could not be decoded, and of what
 * is odd about it. Numbers and names of link types are those of the registry at tcpdump.org, without the LINKTYPE_ prefix.
 */
#include "wirestat.h"

#include "base/dashed.h"
#include "wire/link.h"

bool ws_linktype_known(uint32_t linktype)
{
	return ws_linktype_name(linktype) != NULL;
}

const char *ws_linktype_name(uint32_t linktype)
{
	switch (linktype) {
	case LINKTYPE_NULL:
		return "NULL";
	case LINKTYPE_ETHERNET:
		return "EN10MB";
	case LINKTYPE_PPP:
		return "PPP";
	case LINKTYPE_RAW_BSD:
	case LINKTYPE_RAW_OPENBSD:
	case LINKTYPE_RAW:
		return "RAW";
	case LINKTYPE_PPP_HDLC:
		return "PPP_HDLC";
	case LINKTYPE_PPP_ETHER:
		return "PPP_ETHER";
	case LINKTYPE_C_HDLC:
		return "C_HDLC";
	case LINKTYPE_LOOP:
		return "LOOP";
	case LINKTYPE_LINUX_SLL:
		return "LINUX_SLL";
	case LINKTYPE_IPV4:
		return "IPV4";
	case LINKTYPE_IPV6:
		return "IPV6";
	case LINKTYPE_LINUX_SLL2:
		return "LINUX_SLL2";
	default:
		return NULL;
	}
}

const char *ws_tunnel_name(enum ws_tunnel kind)
{
	static const char *const names[WS_TUNNEL_COUNT] = {
		[WS_TUNNEL_NONE] = "none",     [WS_TUNNEL_IPIP] = "ipip",   [WS_TUNNEL_6IN4] = "6in4",
		[WS_TUNNEL_4IN6] = "4in6",     [WS_TUNNEL_6IN6] = "6in6",   [WS_TUNNEL_ETHERIP] = "etherip",
		[WS_TUNNEL_GRE] = "gre",       [WS_TUNNEL_NVGRE] = "nvgre", [WS_TUNNEL_PPTP] = "pptp",
		[WS_TUNNEL_ERSPAN] = "erspan", [WS_TUNNEL_VXLAN] = "vxlan", [WS_TUNNEL_VXLAN_GPE] = "vxlan-gpe",
		[WS_TUNNEL_GENEVE] = "geneve", [WS_TUNNEL_GTP_U] = "gtp-u", [WS_TUNNEL_L2TP] = "l2tp",
		[WS_TUNNEL_TEREDO] = "teredo", [WS_TUNNEL_MPLS] = "mpls",   [WS_TUNNEL_PPPOE] = "pppoe",
	};

	return names[kind];
}

const char *ws_undecoded_name(enum ws_undecoded reason)
{
	static const char names[WS_UNDECODED_COUNT][DASHED_MAX] = {
#define UNDECODED(id, text) DASHED(id),
#include "wirestat_undecoded.def"
#undef UNDECODED
	};
#define UNDECODED(id, text) _Static_assert(DASHED_FITS(id), "name too long");
#include "wirestat_undecoded.def"
#undef UNDECODED

	return names[reason];
}

const char *ws_undecoded_text(enum ws_undecoded reason)
{
	static const char *const texts[WS_UNDECODED_COUNT] = {
#define UNDECODED(id, text) text,
#include "wirestat_undecoded.def"
#undef UNDECODED
	};

	return texts[reason];
}

_Static_assert(WS_NOTICED_COUNT <= 64, "each has a bit: NOTICED_BIT");

const char *ws_noticed_name(enum ws_noticed oddity)
{
	static const char names[WS_NOTICED_COUNT][DASHED_MAX] = {
#define NOTICED(id, level, text) DASHED(id),
#include "wirestat_noticed.def"
#undef NOTICED
	};
#define NOTICED(id, level, text) _Static_assert(DASHED_FITS(id), "name too long");
#include "wirestat_noticed.def"
#undef NOTICED

	return names[oddity];
}

enum ws_level ws_noticed_level(enum ws_noticed oddity)
{
	static const enum ws_level levels[WS_NOTICED_COUNT] = {
#define NOTICED(id, level, text) WS_##level,
#include "wirestat_noticed.def"
#undef NOTICED
	};

	return levels[oddity];
}

const char *ws_noticed_text(enum ws_noticed oddity)
{
	static const char *const texts[WS_NOTICED_COUNT] = {
#define NOTICED(id, level, text) text,
#include "wirestat_noticed.def"
#undef NOTICED
	};

	return texts[oddity];
}
