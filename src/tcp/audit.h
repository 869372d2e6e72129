/*
 * From facts to findings: one table of rules a subject, each rule with its citation in the catalogue, over what inference
 * has left in the pair. They change nothing that inference knows, so they can be left out without harm to any state.
 *
 * The rules of audit_open.c and audit_close.c are about states and are always asked. The others make up the full audit:
 * they compare with how things stood before the segment, and keep a memory of their own for each connection
 * (audit_memory.h).
 */
#ifndef TCP_AUDIT_H
#define TCP_AUDIT_H

#include "tcp/audit_memory.h"
#include "tcp/classify.h"

/* How `expected` and `seen` of a finding are to be read. */
enum finding_unit {
	UNIT_NONE,
	UNIT_NUMBER,
	UNIT_FLAGS,
	UNIT_NANOSECONDS,
	UNIT_ICMP /* type * 256 + code */
};

struct finding {
	enum ws_finding_id id;
	enum ws_side side; /* in the terms of the key: 0 or 1, WS_BOTH */
	enum finding_unit unit;
	bool has_expected;
	uint64_t expected;
	uint64_t seen;
};

#define AUDIT_FINDINGS_MAX 32

/* What one segment gives rise to. */
struct audit {
	struct finding finding[AUDIT_FINDINGS_MAX];
	unsigned len;
};

/* What a segment is about: a rule is asked only when one of its topics is up. */
enum topic {
	ON_MARK = 1u << 0, /* inference has marked something */
	ON_SYN = 1u << 1,  /* with or without ACK */
	ON_FIN = 1u << 2,
	ON_RST = 1u << 3,
	ON_DATA = 1u << 4,     /* payload, on whatever flags */
	ON_BARE_ACK = 1u << 5, /* ACK, and neither SYN, FIN, RST nor payload */
	/* URG, ECE, CWR, reserved bits, an urgent pointer; or neither ACK, SYN nor RST; or two of SYN, FIN, RST */
	ON_ODD_FLAGS = 1u << 6,
	ON_OPTIONS = 1u << 7,  /* an option other than time stamps */
	ON_OPENING = 1u << 8,  /* before the segment, a side was not yet synchronised */
	ON_TWO_FINS = 1u << 9, /* both sides have sent a FIN */
	ON_CROSSED_SYNS = 1u << 10,
	ON_CLOSING = 1u << 11,     /* a side has sent FIN or RST */
	ON_END = 1u << 12,         /* no segment: the connection leaves, or the input ended */
	ON_CHECKSUM = 1u << 13,    /* not right, or all ones; the only topic of a segment that was damaged */
	ON_ODD_OPTIONS = 1u << 14, /* `wire` found something odd about the options */
	/* How it compares with what was there before: each is told by the subject whose rules need it. */
	ON_NO_PORT = 1u << 15,     /* one of the ports is 0 */
	ON_STAMPS = 1u << 16,      /* time stamps as not agreed, of 0, or ahead of what they echo */
	ON_OTHER_WAY = 1u << 17,   /* another link address or TTL than the segment before */
	ON_AHEAD = 1u << 18,       /* begins beyond what was captured of its sender */
	ON_BELOW = 1u << 19,       /* begins below its sender's SYN */
	ON_ACK_OF_ZERO = 1u << 20, /* acknowledges the number 0 */
	ON_AGAIN = 1u << 21,       /* has data that were sent before */
	ON_UNSEEN = 1u << 22,      /* acknowledges what was not captured, or there is a hole */
	ON_NO_ROOM = 1u << 23,     /* its window is 0 */
	ON_SHUT = 1u << 24,        /* the receiver's was, when it spoke last */
	ON_PROBE = 1u << 25,       /* is a keep-alive, or a probe of a closed window */
	ON_PROBED = 1u << 26,      /* what the receiver sent last was one */
};

/* What a rule may look at: the segment, what inference made of it, and how things stood before. */
struct sight {
	const struct pair *pair;   /* with the segment */
	const struct pair *before; /* without it; counts only in the full audit */
	const struct endpoint *x;  /* who sent it, */
	const struct endpoint *y;  /* and to whom; with the segment. At the end: client and server */
	const struct segment *s;   /* NULL at the end */
	const struct facts *facts; /* NULL at the end */
	const struct audit_memory *memory;
	unsigned who; /* index of x */
	ws_time now;
	uint32_t tags;   /* enum ws_tag: what the capture of this connection lacks */
	uint32_t topics; /* enum topic */
};

/* Who a finding is about. */
enum rule_side { OF_SENDER, OF_RECEIVER, OF_BOTH };

struct rule {
	enum ws_finding_id id;
	uint32_t topics;
	enum finding_unit unit;
	enum rule_side side;
	/* Whether there is something to say. May set expected, has_expected and seen, and another side. */
	bool (*holds)(const struct sight *sight, struct finding *finding);
};

struct rules {
	const struct rule *rule;
	size_t len;
	uint32_t topics; /* of any of them: else none needs to be asked */
};

#define RULE_TABLE(table, topics)                                 \
	{                                                         \
		table, sizeof(table) / sizeof((table)[0]), topics \
	}

/* The rules of each subject. */
extern const struct rules audit_open_rules;
extern const struct rules audit_close_rules;
/* Header and options. */
extern const struct rules audit_header_rules;
extern const struct rules audit_options_rules;
extern const struct rules audit_agreed_rules;
/* Capture, network. */
extern const struct rules audit_capture_rules;
extern const struct rules audit_network_rules;
/* Handshake. */
extern const struct rules audit_handshake_rules;
extern const struct rules audit_third_rules;
extern const struct rules audit_unanswered_rules;
extern const struct rules audit_answer_rules;
extern const struct rules audit_resyn_rules;
/* Sequence, acknowledgement, window. */
extern const struct rules audit_data_rules;
extern const struct rules audit_again_rules;
extern const struct rules audit_ack_rules;
extern const struct rules audit_sack_rules;
extern const struct rules audit_window_rules;
extern const struct rules audit_probe_rules;
/* Close, reset, time. */
extern const struct rules audit_teardown_rules;
extern const struct rules audit_reset_rules;
extern const struct rules audit_abort_rules;
extern const struct rules audit_timing_rules;

/* Within a rule: what was expected and what came instead; true. */
bool finding_values(struct finding *finding, uint64_t expected, uint64_t seen);
bool finding_seen(struct finding *finding, uint64_t seen);

/* Side `who` of `pair` has sent `s`, and infer_segment made `facts` of it. The rest as in struct sight; `memory` NULL: only
 * what is always asked. Updates the memory. */
struct audit_input {
	const struct pair *pair;
	const struct pair *before;
	const struct segment *s;
	const struct facts *facts;
	struct audit_memory *memory;
	unsigned who;
	uint32_t tags;
};
void audit_segment(const struct audit_input *input, struct audit *out);

/* The connection leaves, or the input ended, at `now`. */
void audit_end(const struct audit_input *input, ws_time now, struct audit *out);

/* For those that time raises (track/expire.c). */
void audit_add(struct audit *audit, const struct finding *finding);

#endif
