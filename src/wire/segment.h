/*
 * A TCP segment as it passed the tap: what `wire` makes of a packet and all that `tcp` and `track` ever see of it.
 * Lengths come from the IP header, never from the captured length. Numbers are in host byte order.
 */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include <stddef.h>
#include <string.h>

#include "wire/noticed.h"
#include "wire/outer.h"

enum segment_checksum {
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
	CHECKSUM_OFFLOAD,    /* not yet filled in by the sending host */
	CHECKSUM_UNVERIFIED, /* not all bytes were captured, or a fragment */
};

/* Bits of tcp_options.present; an option with an impossible length is OPTION_MALFORMED and else left out. */
enum option_bit {
	OPTION_MSS = 1u << 0,
	OPTION_WSCALE = 1u << 1,
	OPTION_SACK_PERMITTED = 1u << 2,
	OPTION_SACK = 1u << 3,
	OPTION_TIMESTAMPS = 1u << 4,
	OPTION_FAST_OPEN = 1u << 5, /* kind 34, or kind 254/253 with magic 0xF989 */
	OPTION_MD5 = 1u << 6,
	OPTION_AO = 1u << 7,
	OPTION_MPTCP = 1u << 8,
	OPTION_UNKNOWN = 1u << 9,
	OPTION_MALFORMED = 1u << 10,
	OPTION_FAST_OPEN_EXPERIMENTAL = 1u << 11,
};

/* What is odd about the options; each has a value in tcp_options.odd_value. */
enum option_oddity {
	/* Lengths that cannot be: the length. */
	ODD_LENGTH,    /* less than 2, more than all options together, or not for a kind without a row here */
	ODD_TRUNCATED, /* more than is left of the header */
	ODD_MSS_LENGTH,
	ODD_WSCALE_LENGTH,
	ODD_SACK_PERMITTED_LENGTH,
	ODD_SACK_LENGTH,
	ODD_TIMESTAMPS_LENGTH,
	ODD_QUICK_START_LENGTH,
	ODD_USER_TIMEOUT_LENGTH,
	ODD_AO_LENGTH,
	ODD_MD5_LENGTH,
	ODD_FAST_OPEN_LENGTH,
	/* How they stand. */
	ODD_DUPLICATE, /* the kind */
	ODD_AFTER_END, /* the first byte that is not 0 */
	ODD_NOP_RUN,   /* four or more: how many */
	/* What hardly anyone sends: the kind. */
	ODD_OBSOLETE,
	ODD_EXPERIMENTAL, /* or not assigned */
	ODD_TTCP,
	ODD_SNACK,
	ODDITY_COUNT
};

#define ODD_BIT(oddity) (UINT32_C(1) << (oddity))

#define SACK_BLOCKS_MAX 4
#define UNKNOWN_OPTIONS_MAX 4

struct tcp_options {
	uint32_t present;
	uint32_t odd; /* ODD_BIT() of enum option_oddity */
	uint32_t tsecr;
	uint32_t tsval;
	uint16_t mss;
	uint8_t wscale; /* as sent; RFC 7323 section 2.3 caps it to 14 in use */
	uint8_t sack_len;
	uint8_t fast_open_len; /* cookie bytes; 0 is a request (RFC 7413 section 4.1.1) */
	uint8_t mptcp_subtype;
	uint8_t unknown_len; /* entries used below */
	/* What few segments have. */
	uint8_t unknown[UNKNOWN_OPTIONS_MAX][2]; /* kind, length */
	uint32_t sack[SACK_BLOCKS_MAX][2];       /* left edge, right edge (RFC 2018 section 3) */
	uint8_t odd_value[ODDITY_COUNT];         /* of the first of each, where its bit is set */
};

/* From outer.kind to options.unknown_len every member of every segment is set. What stands before and behind that is
 * set only as far as these say: outer.family, vlans_len, and of the options unknown_len, sack_len and odd. */
struct segment {
	struct outer outer;
	uint32_t interface;
	uint32_t file;
	uint32_t payload_caplen;
	ws_time ts;
	uint64_t frame;
	const uint8_t *payload; /* what was captured of it, borrowed; NULL when none */
	uint64_t noticed;       /* NOTICED_BIT() of its packet; of one in fragments, of the last */
	uint32_t len;           /* payload bytes (a fragmented one: of the whole), SYN and FIN not counted */
	uint32_t ip_len; /* IP total length, header included, all fragments together; super-frames by their real length */
	/* In the order in which a little-endian machine has a header once its bytes were swapped eight at a time. */
	uint32_t seq;
	uint16_t dport;
	uint16_t sport;
	uint16_t window;       /* not scaled */
	uint8_t flags;         /* enum ws_flag */
	uint8_t reserved;      /* the four bits between data offset and CWR (the lowest was NS) */
	uint32_t ack;          /* as it stands, even without the ACK flag */
	uint16_t urgent;       /* as it stands, even without the URG flag */
	uint16_t tcp_checksum; /* as it stands; with the other fields it tells copies apart */
	struct ws_addr src;
	struct ws_addr dst;
	uint16_t ip_id;
	bool has_ip_id;
	uint8_t ttl;        /* TTL or hop limit */
	uint8_t checksum;   /* enum segment_checksum */
	bool is_offload;    /* IPv4 length 0, or longer than any wire allows */
	bool is_truncated;  /* the frame was cut short by the snap length */
	bool is_header_cut; /* and options with it: an option that is not there may have been */
	bool is_fragmented;
	struct tcp_options options;
};

/* The same segment; its payload is borrowed from where that of the other is. */
static inline void segment_copy(struct segment *to, const struct segment *from)
{
	const size_t begin = offsetof(struct segment, outer.kind);
	const size_t end = offsetof(struct segment, options.unknown);

	memcpy((char *)to + begin, (const char *)from + begin, end - begin);
	if (from->outer.family != 0 || from->outer.vlans_len > 0)
		memcpy(to, from, begin);
	if (from->options.unknown_len > 0 || from->options.sack_len > 0 || from->options.odd != 0)
		memcpy((char *)to + end, (const char *)from + end, sizeof(*to) - end);
}

/* Sequence space the segment takes, SEG.LEN of RFC 9293 section 3.3.1: payload, and one each for SYN and FIN. */
static inline uint32_t segment_space(const struct segment *s)
{
	return s->len + ((s->flags & WS_FLAG_SYN) != 0) + ((s->flags & WS_FLAG_FIN) != 0);
}

#endif
