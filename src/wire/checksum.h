/*
 * The checksum of TCP over pseudo-header, header and payload (RFC 9293 3.1, RFC 8200 8.1, RFC 1071).
 */
#ifndef WIRE_CHECKSUM_H
#define WIRE_CHECKSUM_H

#include "wire/ip.h"
#include "wire/segment.h"

/* Judges the whole segment in ip->payload, at least a TCP header of it captured. OFFLOAD: the field holds the sum of
 * the pseudo-header alone, with the segment's length or with 0, as a host leaves it for its network card to complete;
 * or it is wrong in a packet that no wire carried. */
enum segment_checksum checksum_judge(const struct ip_packet *ip);

#endif
