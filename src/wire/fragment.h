/*
 * Datagrams under way in fragments (RFC 791 3.2, RFC 8200 4.5), in bounded memory. No payload is kept: only the first
 * fragment's place in the capture, the bytes that can be TCP header, and which ranges have been seen.
 *
 * A fragment within what was seen is a copy and changes nothing; one that overlaps in part spoils the datagram (RFC
 * 5722, and Linux for IPv4 too). Fragments without their first for FRAGMENT_TIMEOUT are counted as incomplete, those that
 * were pushed out by others before that as ignored.
 */
#ifndef WIRE_FRAGMENT_H
#define WIRE_FRAGMENT_H

#include "wire/ip.h"
#include "wire/segment.h"
#include "wire/tcp.h"

#define FRAGMENT_TIMEOUT INT64_C(30000000000) /* ns; as Linux */

#define FRAGMENT_SETS 128
#define FRAGMENT_WAYS 8
#define FRAGMENT_RANGES_MAX 32
#define FRAGMENT_RETIRED_MAX 64

/* Half open, in bytes of the part that is cut up. */
struct fragment_range {
	uint32_t start;
	uint32_t end;
};

enum fragment_state {
	FRAGMENT_FREE,
	FRAGMENT_OPEN,
	FRAGMENT_DONE, /* completed; copies of its fragments may still come */
	FRAGMENT_SPOILT,
};

struct fragment_entry {
	enum fragment_state state;
	enum ws_undecoded spoilt_by; /* once spoilt: what all its fragments count as */
	bool has_first;
	bool has_last;
	bool is_truncated;
	uint32_t id;
	ws_time since;           /* its first fragment in the capture; when done, its last */
	uint32_t frames;         /* counted as undecoded on its account */
	uint32_t total;          /* bytes, once has_last */
	uint32_t ip_len;         /* of all fragments, added up */
	uint32_t upper_offset;   /* where TCP begins, once has_first */
	uint32_t copied_options; /* as in ip_packet, of the fragment seen first */
	uint64_t header_bytes;   /* bit i: header[i] was captured */
	uint8_t header[TCP_HEADER_MAX];
	uint8_t ranges_len;
	struct fragment_range ranges[FRAGMENT_RANGES_MAX]; /* sorted, apart from each other */
	struct segment first; /* all but TCP's own members; before has_first only the addresses count */
};

/* All zero is an empty table. */
struct fragment_table {
	struct fragment_entry entries[FRAGMENT_SETS][FRAGMENT_WAYS];
	uint32_t used;       /* entries that are not free */
	ws_time oldest;      /* none of them is older; counts while `used` is not 0 */
	uint64_t incomplete; /* frames whose first fragment never came, not yet asked for */
	uint64_t ignored;    /* and those that there was no room for */
	uint32_t retired_at; /* ring of first fragments that were pushed out */
	uint32_t retired_len;
	struct segment retired[FRAGMENT_RETIRED_MAX];
};

/* Takes one fragment; `segment` holds what link and IP headers told of it. True when it completes its datagram: then
 * *segment is the whole one. Else *reason says what the frame counts as. */
bool fragment_add(struct fragment_table *table, const struct ip_packet *ip, struct segment *segment,
		  enum ws_undecoded *reason);

/* As decoder_flush. */
bool fragment_flush(struct fragment_table *table, ws_time before, struct segment *out);

#endif
