/*
 * Test packets, built from a plain struct: a TCP segment in IPv4 or IPv6, in any framing the decoder knows. Lengths and
 * checksums are right unless the struct asks for something else. Written from the RFCs alone, without the code under
 * test. Building a packet that does not fit aborts: a test never sees half of one.
 */
#ifndef TESTS_PACKET_H
#define TESTS_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirestat.h"

/* Room enough for any packet but a jumbogram. */
#define PACKET_MAX 66000

/* The order is that of packet_framing_name and nothing else; loop from 0 to FRAMING_COUNT to try them all. */
enum packet_framing {
	FRAMING_ETHERNET,
	FRAMING_VLAN,            /* 802.1Q */
	FRAMING_QINQ,            /* 802.1ad outside, 802.1Q inside */
	FRAMING_LLC_SNAP,        /* 802.3 with LLC and SNAP (RFC 1042) */
	FRAMING_MPLS,            /* two labels */
	FRAMING_MPLS_PSEUDOWIRE, /* control word and Ethernet (RFC 4448) */
	FRAMING_PPPOE,
	FRAMING_NULL_LITTLE, /* LINKTYPE_NULL written on a little-endian host */
	FRAMING_NULL_BIG,
	FRAMING_LOOP,
	FRAMING_PPP,      /* without HDLC framing */
	FRAMING_PPP_HDLC, /* FF 03 first */
	FRAMING_PPP_ETHER,
	FRAMING_C_HDLC,
	FRAMING_RAW,
	FRAMING_SLL,
	FRAMING_SLL2,
	FRAMING_IP, /* LINKTYPE_IPV4 or LINKTYPE_IPV6, by the address family */
	FRAMING_COUNT
};

enum packet_checksum {
	PACKET_CHECKSUM_RIGHT,
	PACKET_CHECKSUM_WRONG,        /* one bit off */
	PACKET_CHECKSUM_PSEUDO,       /* as a host leaves it for its network card: pseudo-header sum */
	PACKET_CHECKSUM_PSEUDO_NO_LEN /* the same with length 0, as for segmentation offload */
};

/* One IPv6 extension header: all its bytes; the first (next header) is filled in by the builder. For IPv4 only an
 * authentication header (51) makes sense. */
struct packet_extension {
	uint8_t type; /* protocol number: 0, 43, 44, 60, 51, ... */
	const uint8_t *data;
	size_t len;
};

#define PACKET_OPTIONS_MAX 40
#define PACKET_EXTENSIONS_MAX 20

struct packet_options {
	uint8_t data[PACKET_OPTIONS_MAX];
	size_t len;
};

struct packet {
	enum packet_framing framing;
	uint16_t vlan; /* outermost; FRAMING_VLAN and FRAMING_QINQ */
	struct ws_addr src;
	struct ws_addr dst; /* of the same family */
	uint8_t ttl;
	uint16_t ip_id;            /* IPv4 */
	bool is_length_zero;       /* IPv4 total length or IPv6 payload length left at 0 */
	size_t padding;            /* bytes after the IP packet */
	const uint8_t *ip_options; /* IPv4; a multiple of 4 */
	size_t ip_options_len;
	struct packet_extension extensions[PACKET_EXTENSIONS_MAX];
	size_t extensions_len;
	uint16_t sport;
	uint16_t dport;
	uint32_t seq;
	uint32_t ack;
	uint8_t flags;    /* enum ws_flag */
	uint8_t reserved; /* 4 bits */
	uint16_t window;
	uint16_t urgent;
	int data_offset;               /* in words; 0: the right one */
	struct packet_options options; /* padded with end-of-list to a multiple of 4 */
	const void *payload;           /* NULL: a pattern */
	size_t payload_len;
	enum packet_checksum checksum;
};

/* A plain segment: Ethernet, TTL 64, window 65535, no flags, no payload. Addresses as text, of the same family. */
void packet_init(struct packet *packet, const char *src, uint16_t sport, const char *dst, uint16_t dport);

/* Options, appended in the order of the calls. */
void packet_option_raw(struct packet_options *options, const void *data, size_t len);
void packet_option_nop(struct packet_options *options);
void packet_option_mss(struct packet_options *options, uint16_t mss);
void packet_option_wscale(struct packet_options *options, uint8_t shift);
void packet_option_sack_permitted(struct packet_options *options);
void packet_option_sack(struct packet_options *options, const uint32_t (*blocks)[2], size_t count);
void packet_option_timestamps(struct packet_options *options, uint32_t tsval, uint32_t tsecr);
void packet_option_fast_open(struct packet_options *options, const void *cookie, size_t len);

/* Writes the frame into out[0..size) and returns its length. */
size_t packet_build(const struct packet *packet, uint8_t *out, size_t size);

/* The same, one fragment of it: bytes [offset, offset + len) of the IP payload (for IPv6: of what follows the
 * extension headers); `more` is the flag, `id` the identification. `offset` is a multiple of 8. */
size_t packet_build_fragment(const struct packet *packet, uint32_t id, size_t offset, size_t len, bool more,
			     uint8_t *out, size_t size);

/* Length of the TCP segment, header included: what packet_build_fragment cuts up. */
size_t packet_tcp_len(const struct packet *packet);

/* LINKTYPE_ value of the frames built; the bytes before the IP header. */
uint32_t packet_linktype(const struct packet *packet);
size_t packet_link_len(const struct packet *packet);

/* Why a frame of which only `caplen` bytes are there leads to no IP packet, if it is cut within what stands before it: the
 * header that the cut lies in. Under labels the first byte of the packet is needed as well. */
bool packet_link_is_cut(const struct packet *packet, size_t caplen, enum ws_undecoded *why);

const char *packet_framing_name(enum packet_framing framing);

/* A dotted or colon address; aborts when it is none. */
struct ws_addr packet_addr(const char *text);

#endif
