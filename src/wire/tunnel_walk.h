/*
 * The headers of tunnels as steps of the walk of link_walk.h: each takes one header off the cursor, says in walk->outer
 * what the tunnel is, and names what follows. STEP_NOT_IP: it carries no packet, or is no tunnel. A header that ends
 * early leaves the cursor failed.
 */
#ifndef WIRE_TUNNEL_WALK_H
#define WIRE_TUNNEL_WALK_H

#include "wire/link_walk.h"

/* GRE and PPTP. `vlan` becomes the tag that ERSPAN has taken off the frame, or stays as it is. */
enum link_step gre_walk(struct link_walk *walk, uint16_t *vlan);

/* UDP, by its ports. `is_whole`: false for a first fragment, which is shorter than its header says. */
enum link_step udp_walk(struct link_walk *walk, bool is_whole);

/* The header just read says that only `len` bytes follow. */
static inline void walk_limit(struct link_walk *walk, size_t len)
{
	if (len >= walk_left(walk))
		return;
	walk->cut = len > walk->in.len ? (uint32_t)(len - walk->in.len) : 0;
	walk->in.len = len < walk->in.len ? len : walk->in.len;
}

/* IP of the version that its first byte says. */
static inline enum link_step walk_any_ip(struct link_walk *walk)
{
	uint8_t version = bytes_peek_u8(&walk->in) >> 4;

	return version == 4 || version == 6 ? step_ip(walk, version) : STEP_NOT_IP;
}

#endif
