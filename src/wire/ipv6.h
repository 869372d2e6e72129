/*
 * The extension headers of IPv6 (RFC 8200 section 4), and the authentication header of both versions (RFC 4302).
 */
#ifndef WIRE_IPV6_H
#define WIRE_IPV6_H

#include "base/bytes.h"
#include "wire/ip.h"

#define IPV6_HEADER 40
#define IPV6_ROUTING 43
#define IPV6_FRAGMENT 44
#define IPV6_DESTINATION 60
#define IP_PROTOCOL_AUTHENTICATION 51

/* The longest frames that Ethernet hardware sends are near 16 kB; what is longer was not yet cut up, or was put
 * together again. */
#define IP_WIRE_LENGTH_MAX 16384

/* Where the walk over the headers stands. `in` holds what was captured of the `left` bytes that the sender sent. */
struct ip_walk {
	struct bytes in;
	uint32_t left;
	uint8_t next;  /* protocol number of what is at the cursor */
	uint8_t rank;  /* of the header that stands furthest behind in the order of RFC 8200 4.1 */
	uint8_t seen;  /* bit n: one of rank n */
	bool is_jumbo; /* its length stood in an option */
	uint64_t noticed;
};

/* The fixed header and all that follows it. */
bool ipv6_decode(const struct link_payload *link, struct ip_packet *out, enum ws_undecoded *reason);

/* Steps over an authentication header. WS_UNDECODED_ipv6_extension_truncated: the capture has cut it. */
bool ip_walk_authentication(struct ip_walk *walk, enum ws_undecoded *reason);

/* ipv6_oddity.c: before the header at the cursor is taken, whether it stands there rightly; and at the end, all that is odd
 * about the packet, into out->noticed and has_loopback. `reason`: why it is not TCP, if so. */
void ipv6_note_order(struct ip_walk *walk);
void ipv6_note(const struct link_payload *link, const struct ip_walk *walk, enum ws_undecoded reason,
	       struct ip_packet *out);

/* Says where the walk ended. */
void ip_walk_end(const struct ip_walk *walk, struct ip_packet *out);

#endif
