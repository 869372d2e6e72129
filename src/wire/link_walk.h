/*
 * The walk over the headers before IP, from inside: each step takes one header off the cursor and names the kind of the
 * next. Nothing calls itself; a walk of more than LINK_HEADERS_MAX headers is given up.
 */
#ifndef WIRE_LINK_WALK_H
#define WIRE_LINK_WALK_H

#include "base/bytes.h"
#include "wire/link.h"

#define LINK_HEADERS_MAX 24

#define ETHERNET_HEADER 14
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IPV6 0x86DD
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88A8
#define ETHERTYPE_QINQ_OLD 0x9100
#define ETHERTYPE_MPLS 0x8847
#define ETHERTYPE_MPLS_MULTICAST 0x8848
#define ETHERTYPE_PPPOE_SESSION 0x8864
#define ETHERTYPE_JUMBO_LLC 0x8870
#define ETHERTYPE_MIN 0x0600 /* below: a length (IEEE 802.3 3.2.6) */
#define ETHERNET_LENGTH_MAX 1500
#define VLAN_ID_MASK 0x0FFF
#define ARPHRD_NETLINK 824 /* of Linux: what such a packet holds is no protocol of a network */

/* What comes next on the cursor. */
enum link_step {
	STEP_ETHERNET,
	STEP_TYPE, /* nothing: `type` is known and names what follows */
	STEP_LLC,
	STEP_MPLS,
	STEP_PPPOE,
	STEP_PPP,
	STEP_PPP_FRAMED, /* PPP, with or without HDLC-like framing */
	STEP_IP,         /* done; `family` is set */
	STEP_NOT_IP,     /* done */
	STEP_BAD,        /* done; `why` is set */
	STEP_UNKNOWN     /* done: a link type that is not decoded */
};

struct link_walk {
	struct bytes in;
	uint32_t cut; /* bytes that were sent behind those in `in`, but not captured */
	uint16_t type;
	uint8_t family;
	enum ws_undecoded why;
	uint64_t noticed;    /* NOTICED_BIT() */
	struct outer *outer; /* tags, labels and sessions met are put here */
};

static inline enum link_step step_ip(struct link_walk *walk, uint8_t family)
{
	walk->family = family;
	return STEP_IP;
}

static inline enum link_step step_type(struct link_walk *walk, uint16_t type)
{
	walk->type = type;
	return STEP_TYPE;
}

static inline enum link_step step_bad(struct link_walk *walk, enum ws_undecoded why)
{
	walk->why = why;
	return STEP_BAD;
}

/* The first header of a frame of that link type, taken where it can be nothing else (link_first.c). */
enum link_step link_walk_first(struct link_walk *walk, uint32_t linktype);

/* The reason when that header ended early. */
enum ws_undecoded link_first_cut(uint32_t linktype);

/* A type that leads to no IP packet (ethertype.c). */
enum link_step link_walk_other_type(struct link_walk *walk);

/* PPP behind FF 03, which may be left out (RFC 1662 section 3.1). */
enum link_step link_walk_ppp_framed(struct link_walk *walk);

/* One entry of a label stack, and behind the last one what it is that follows (mpls.c). */
enum link_step link_walk_mpls(struct link_walk *walk);

/* Bytes at the cursor and behind it that were sent. */
static inline size_t walk_left(const struct link_walk *walk)
{
	return walk->in.len + walk->cut;
}

/* Walks on from `step` to the IP header. False, with *reason and out->noticed, when there is none. */
bool link_walk_run(struct link_walk *walk, enum link_step step, struct link_payload *out, enum ws_undecoded *reason);

#endif
