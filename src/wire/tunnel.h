/*
 * From a packet that is not TCP to the packet it carries: IP in IP (RFC 2003, 2473, 4213), EtherIP (RFC 3378), MPLS in IP
 * (RFC 4023), GRE and what is built upon it (gre.c), and tunnels over UDP (udp.c). One level at a time; whoever asks
 * counts them.
 */
#ifndef WIRE_TUNNEL_H
#define WIRE_TUNNEL_H

#include "wire/ip.h"

/* How many IP headers may lie around the one that is looked for. */
#define TUNNELS_MAX 8

/* The packet that `ip`, which has another protocol than TCP, carries; `outer` becomes what this tunnel is, its tags added
 * to those that are there. False, with *reason and inner->noticed, when there is none: WS_UNDECODED_not_tcp when it is no tunnel at all. */
bool tunnel_enter(const struct ip_packet *ip, struct outer *outer, struct link_payload *inner,
		  enum ws_undecoded *reason);

/* The reason why the packet in a tunnel was no IP packet, or none that leads further, as the one that counts for all of
 * it. */
enum ws_undecoded tunnel_reason(const struct link_payload *inner, enum ws_undecoded reason);

#endif
