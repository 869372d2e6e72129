/*
 * One IP packet on its way through the relay: read its TCP header, judge it, change it, cut it, make one.
 *
 * A packet keeps the virtio header it came with, so that super-frames with unfilled checksums pass a TUN device to the
 * other side as they are. Packets are allocated to their size and owned by whoever holds the pointer.
 */
#ifndef KERNEL_PACKET_H
#define KERNEL_PACKET_H

#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum flag { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10, URG = 0x20, ECE = 0x40, CWR = 0x80 };

#define PACKET_MAX 65535

struct packet {
	struct virtio_net_hdr vnet;
	size_t len;
	uint8_t bytes[];
};

/* The TCP part of a packet. Offsets count from the start of the IP header. */
struct segment {
	int family;
	size_t tcp;     /* where the TCP header starts */
	size_t payload; /* where the data starts */
	size_t data;    /* bytes of data */
	uint16_t sport, dport;
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t window;
	bool has_timestamps;
	uint32_t tsval, tsecr;
};

/* An address of either family. */
struct address {
	int family;
	uint8_t bytes[16];
};

/* What a forged segment says. Options other than timestamps are not forged. */
struct forgery {
	struct address src, dst;
	uint16_t sport, dport;
	uint8_t flags;
	uint32_t seq, ack;
	uint16_t window;
	size_t data;
	bool has_timestamps;
	uint32_t tsval, tsecr;
	bool bad_checksum;
};

/* NULL when out of memory. The packet has `len` zero bytes. */
struct packet *packet_new(size_t len);
struct packet *packet_copy(const struct packet *p);

/* False when it is no complete, unfragmented TCP segment. */
bool packet_segment(const struct packet *p, struct segment *out);

bool packet_is_from(const struct packet *p, const struct address *a);

/* TCP, perhaps behind an IPv6 extension header, or an ICMP error: what the bed lets through. */
bool packet_is_wanted(const uint8_t *bytes, size_t len);

/* Fills in IP length, IPv4 header checksum and TCP checksum after a change. */
void packet_seal(struct packet *p);

struct packet *packet_forge(const struct forgery *f);

/* A copy whose TCP options are these `len` bytes (a multiple of 4, at most 40). */
struct packet *packet_with_options(const struct packet *p, const uint8_t *options, size_t len);

/* A copy with other numbers. */
struct packet *packet_shifted(const struct packet *p, int32_t seq, int32_t ack);

/* The answer of a router that cannot deliver it: ICMP or ICMPv6 host unreachable, from the packet's destination. */
struct packet *packet_unreachable(const struct packet *p);

/* Cuts a packet in two IP fragments; the first holds `first` bytes (a multiple of 8) after the IP header. */
bool packet_fragment(const struct packet *p, size_t first, struct packet *out[2]);

#endif
