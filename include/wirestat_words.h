/*
 * The words of wirestat.h, which includes this: time, addresses, states, evidence, verdicts, tags, and the catalogue of
 * findings; each with its name as output prints it. Names are static storage.
 */
#ifndef WIRESTAT_WORDS_H
#define WIRESTAT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Time, addresses ---------------------------------------------------------------------------------------- */

/* Nanoseconds since 1970-01-01 00:00:00 UTC, in capture time. */
typedef int64_t ws_time;
#define WS_TIME_NONE INT64_MIN

/* family is 4 or 6; an IPv4 address stands in bytes[0..3], the rest is zero. */
struct ws_addr {
	uint8_t family;
	uint8_t bytes[16];
};

#define WS_ADDR_TEXT_MAX 46

/* Canonical text (RFC 5952). `out` holds WS_ADDR_TEXT_MAX bytes; returns `out`. */
const char *ws_addr_text(const struct ws_addr *addr, char *out);

/* ---- Vocabulary --------------------------------------------------------------------------------------------- */

enum ws_error { WS_OK = 0, WS_ERROR_MEMORY = -1, WS_ERROR_ARGUMENT = -2 };

/* RFC 9293 section 3.3.2. UNKNOWN: nothing was seen that tells. */
enum ws_state {
	WS_UNKNOWN,
	WS_CLOSED,
	WS_LISTEN,
	WS_SYN_SENT,
	WS_SYN_RECEIVED,
	WS_ESTABLISHED,
	WS_FIN_WAIT_1,
	WS_FIN_WAIT_2,
	WS_CLOSING,
	WS_TIME_WAIT,
	WS_CLOSE_WAIT,
	WS_LAST_ACK,
	WS_STATE_COUNT
};

/* RFC 9293 spelling, e.g. "FIN-WAIT-1". */
const char *ws_state_name(enum ws_state state);

/* Accepts the spellings of RFC 9293, netstat, ss and the kernel, in any case; false when it is none of them. */
bool ws_state_parse(const char *text, enum ws_state *out);

enum ws_side { WS_CLIENT, WS_SERVER, WS_BOTH };
enum ws_evidence { WS_PROVEN, WS_PRESUMED, WS_TIMER };

/* What makes a side change its state, seen from that side: the events of RFC 9293 figure 5. */
enum ws_cause {
	WS_CAUSE_SND_SYN,
	WS_CAUSE_SND_SYN_ACK,
	WS_CAUSE_RCV_SYN,
	WS_CAUSE_RCV_SYN_ACK,
	WS_CAUSE_RCV_ACK_OF_SYN,
	WS_CAUSE_SND_FIN,
	WS_CAUSE_RCV_FIN,
	WS_CAUSE_RCV_ACK_OF_FIN,
	WS_CAUSE_SND_RST,
	WS_CAUSE_RCV_RST,
	WS_CAUSE_TIMEOUT,   /* 2MSL in TIME-WAIT, the user timeout elsewhere */
	WS_CAUSE_MIDSTREAM, /* it was in that state when it was first seen */
	WS_CAUSE_COUNT
};
enum ws_level { WS_INFO, WS_NOTE, WS_WARN, WS_ALERT, WS_LEVEL_COUNT };

/* By what the client was told from the server, of the first segment seen, unless a SYN or a SYN-ACK comes later.
 * `confidence` follows from it, and is no more than medium where the capture lacks a direction, the SYN, or segments that
 * were acknowledged. */
enum ws_role_source {
	WS_ROLE_SYN,
	WS_ROLE_SYN_ACK,
	WS_ROLE_ACK_PATTERN, /* a RST that can only answer a SYN: its number is 0 */
	WS_ROLE_PORT,        /* one port is that of a service */
	WS_ROLE_FIRST_PACKET
};
enum ws_confidence { WS_CONFIDENCE_HIGH, WS_CONFIDENCE_MEDIUM, WS_CONFIDENCE_LOW };

enum ws_handshake {
	WS_HANDSHAKE_COMPLETE,
	WS_HANDSHAKE_HALF_OPEN,
	WS_HANDSHAKE_REFUSED,
	WS_HANDSHAKE_RESET,
	WS_HANDSHAKE_NO_ANSWER,
	WS_HANDSHAKE_SIMULTANEOUS,
	WS_HANDSHAKE_FAST_OPEN,
	WS_HANDSHAKE_MIDSTREAM,
	WS_HANDSHAKE_IRREGULAR
};

enum ws_close {
	WS_CLOSE_NONE,
	WS_CLOSE_FIN,
	WS_CLOSE_SIMULTANEOUS,
	WS_CLOSE_HALF_CLOSED,
	WS_CLOSE_RESET,
	WS_CLOSE_ABORTED /* reset by the side that had closed first */
};

/* What connections met at an address and port: SYN-ACK, RST, or no answer. */
enum ws_port_state { WS_PORT_LISTENING, WS_PORT_REFUSING, WS_PORT_SILENT, WS_PORT_STATE_COUNT };

enum ws_end_reason { WS_END_OPEN, WS_END_CLOSED, WS_END_TIMEOUT, WS_END_EVICTED, WS_END_REUSED, WS_END_OF_INPUT };

/* Bits of ws_record.tags. */
enum ws_tag {
	WS_TAG_ONE_WAY = 1u << 0,    /* one direction only was captured */
	WS_TAG_MIDSTREAM = 1u << 1,  /* begun before the capture */
	WS_TAG_TRUNCATED = 1u << 2,  /* frames shorter than the packets they hold */
	WS_TAG_OFFLOAD = 1u << 3,    /* unfilled checksums, length 0 or super-frames of the sending host */
	WS_TAG_DUPLICATES = 1u << 4, /* copies made by the capture */
	WS_TAG_GAPS = 1u << 5,       /* acknowledged segments that were not captured */
	WS_TAG_REORDERED = 1u << 6,  /* segments were shown in another order than sent, or before what they answer */
	WS_TAG_FRAGMENTS = 1u << 7,
	WS_TAG_VLAN_ASYMMETRIC = 1u << 8, /* one direction had tags, or ids of tunnels, that the other lacked */
	WS_TAG_CLOCK = 1u << 9,           /* time stamps ran backwards and were held */
	WS_TAG_SYN_MISSING = 1u << 10,    /* the SYN was not captured, its answer was */
	WS_TAG_COUNT = 11
};

/* Names as OUTPUT prints them ("one-way", "half-open", "syn-ack", ...). `ws_tag_name` takes one bit. */
const char *ws_side_name(enum ws_side side);
const char *ws_evidence_name(enum ws_evidence evidence);
const char *ws_cause_name(enum ws_cause cause); /* "snd SYN", "rcv ACK of FIN", "timeout", "midstream" */
const char *ws_level_name(enum ws_level level);
bool ws_level_parse(const char *text, enum ws_level *out);
const char *ws_role_source_name(enum ws_role_source source);
const char *ws_confidence_name(enum ws_confidence confidence);
const char *ws_handshake_name(enum ws_handshake verdict);
const char *ws_close_name(enum ws_close kind);
const char *ws_end_reason_name(enum ws_end_reason reason);
const char *ws_port_state_name(enum ws_port_state state); /* "listening", "refusing", "silent" */
const char *ws_tag_name(enum ws_tag tag);

/* ---- The catalogue of findings ------------------------------------------------------------------------------ */

enum ws_finding_id {
#define FINDING(id, level, scope, source, values, title, meaning, peers) WS_FINDING_##id,
#include "wirestat_findings.def"
#undef FINDING
	WS_FINDING_COUNT
};

struct ws_finding_info {
	const char *id; /* "simultaneous-close" */
	enum ws_level level;
	const char *scope;   /* "endpoint", "connection", "host", "capture" */
	const char *source;  /* document and section, e.g. "9293 3.6" */
	const char *values;  /* what `expected` and `seen` are, e.g. "ack" */
	const char *title;   /* the fact, at most 60 characters */
	const char *meaning; /* why it matters, and the usual innocent cause */
	const char *peers;   /* what others call it, "Zeek bad_SYN_ack, Snort 129:1"; "" when nobody has it */
};

/* The row of a finding; `id` below WS_FINDING_COUNT. Static storage. */
const struct ws_finding_info *ws_finding_info(enum ws_finding_id id);

/* By name ("simultaneous-close"); false when there is none. */
bool ws_finding_parse(const char *name, enum ws_finding_id *out);

#ifdef __cplusplus
}
#endif
#endif
