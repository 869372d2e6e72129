/*
 * The framing of a test packet; for packet.c alone.
 */
#ifndef TESTS_PACKET_LINK_H
#define TESTS_PACKET_LINK_H

#include "packet.h"
#include "writer.h"

/* Writes the link header of a frame that holds `ip_len` bytes of IP. */
void packet_put_link(struct writer *w, const struct packet *packet, size_t ip_len);

static inline bool is_ipv6(const struct packet *packet)
{
	return packet->src.family == 6;
}

#endif
