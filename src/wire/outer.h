/*
 * What lies around the IP packet of a segment: every VLAN tag of its frame, those of a frame in a tunnel included, and of
 * tunnels, label stacks and sessions the innermost one, with the addresses of the IP header next outside.
 */
#ifndef WIRE_OUTER_H
#define WIRE_OUTER_H

#include "wirestat.h"

/* What few packets have stands first, so that the rest is in a row with what follows in struct segment. */
struct outer {
	uint8_t src[16]; /* of IPv4 the first 4; the rest is zero */
	uint8_t dst[16];
	uint16_t vlans[WS_VLANS_MAX]; /* outermost first; a tag with identifier 0 is a priority only (IEEE 802.1Q 6.9) */
	uint8_t kind;                 /* enum ws_tunnel */
	uint8_t family;               /* of src and dst, which count only then; 0: there is no IP header outside */
	bool has_id;
	uint8_t vlans_len;
	uint32_t id;
	uint32_t link_src; /* of the Ethernet frame next outside the source address, folded; 0: there is none */
};

/* Nothing around it. */
static inline void outer_clear(struct outer *outer)
{
	outer->kind = WS_TUNNEL_NONE;
	outer->family = 0;
	outer->has_id = false;
	outer->vlans_len = 0;
	outer->id = 0;
	outer->link_src = 0;
}

static inline bool outer_is_clear(const struct outer *outer)
{
	return outer->kind == WS_TUNNEL_NONE && outer->vlans_len == 0;
}

/* Beyond WS_VLANS_MAX tags the inner ones are not kept. */
static inline void outer_add_vlan(struct outer *outer, uint16_t id)
{
	if (id != 0 && outer->vlans_len < WS_VLANS_MAX)
		outer->vlans[outer->vlans_len++] = id;
}

static inline void outer_set(struct outer *outer, enum ws_tunnel kind)
{
	outer->kind = (uint8_t)kind;
	outer->has_id = false;
	outer->id = 0;
}

static inline void outer_set_id(struct outer *outer, enum ws_tunnel kind, uint32_t id)
{
	outer->kind = (uint8_t)kind;
	outer->has_id = true;
	outer->id = id;
}

#endif
