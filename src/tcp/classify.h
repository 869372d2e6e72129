/*
 * A segment held against what is known of both sides: is it one that its sender can have sent, and would the receiver
 * take it (INFERENCE 4)? All the arithmetic of sequence numbers that needs no memory of its own happens here.
 */
#ifndef TCP_CLASSIFY_H
#define TCP_CLASSIFY_H

#include "tcp/endpoint.h"

enum segment_kind {
	KIND_VOID, /* nothing a receiver would look at: bad checksum, no flag that counts, not signed as its connection is */
	KIND_SYN,
	KIND_SYN_ACK,
	KIND_RST,
	KIND_ORDINARY, /* ACK, with or without data or FIN */
};

/* Where the segment's sequence space lies in the receiver's window (RFC 9293 table 6). */
enum place { PLACE_OLD, PLACE_WINDOW, PLACE_BEYOND };

/* What is worth a look by the audit; infer_*.c and the tracker set them. */
enum mark {
	MARK_SYN_REPEATED = 1u << 0,
	MARK_SYN_ACK_REPEATED = 1u << 1,
	MARK_SYN_ACK_WRONG_ACK = 1u << 2,
	MARK_HANDSHAKE_WRONG_ACK = 1u << 3,
	MARK_SYN_TO_SYNCHRONISED = 1u << 4,
	MARK_SYN_FIN = 1u << 5,
	MARK_SPLIT_HANDSHAKE = 1u << 7,
	MARK_REFUSED = 1u << 8,
	MARK_FIN_REPEATED = 1u << 9,
	MARK_DATA_AFTER_FIN = 1u << 10,
	MARK_RST_OUT_OF_WINDOW = 1u << 11,
	MARK_RST_INEXACT = 1u << 12,
	MARK_TIME_WAIT_KILLED = 1u << 13,
	MARK_REPEATED = 1u << 15,   /* sequence space sent before */
	MARK_REORDERED = 1u << 16,  /* fills a hole at once */
	MARK_GAP = 1u << 17,        /* shows that the capture missed something */
	MARK_COPY = 1u << 18,       /* made by the capture */
	MARK_LATE_SYN = 1u << 20,   /* an old copy of the SYN of the incarnation before */
	MARK_GAP_FILLED = 1u << 21, /* what it had missed came late */
	MARK_REPLAYED = 1u << 19,   /* was told of before, with the incarnation before */
};

struct facts {
	enum segment_kind kind;
	enum place place;
	enum novelty novelty; /* of its sequence space; infer.c finds out */
	uint32_t end;         /* SEG.SEQ + SEG.LEN */
	bool is_ack_beyond;   /* acknowledges what was never seen */
	bool is_ack_old;      /* below SND.UNA - MAX.SND.WND (RFC 5961 5) */
	bool is_stale;        /* fails PAWS (RFC 7323 5.3) */
	bool is_believable;   /* its sender can have sent it, so its numbers tell of the sender */
	bool is_acceptable;   /* and the receiver would take it */
	uint32_t marks;       /* enum mark */
	uint64_t expected;    /* for the finding, in the unit of its row */
	uint64_t seen;
};

/* `x` sent `s` to `y`. Fills `facts`; changes nothing. */
void classify(const struct endpoint *x, const struct endpoint *y, const struct segment *s, struct facts *facts);

/* A wrong checksum counts only from a side that has sent right ones: where all are wrong, the capture was taken before
 * the sending host filled them in, or they were changed afterwards. */
static inline bool is_damaged(const struct endpoint *x, const struct segment *s)
{
	return s->checksum == CHECKSUM_BAD && x->has_good_checksum;
}

/* Whether `ack` acknowledges the SYN, or the FIN, of `e`. */
static inline bool acks_syn(const struct endpoint *e, uint32_t ack)
{
	return e->has_iss && seq_gt(ack, e->iss);
}

static inline bool acks_fin(const struct endpoint *e, uint32_t ack)
{
	return e->has_fin && seq_gt(ack, e->fin_seq);
}

/* The highest right edge in the SACK of `s`; 0 when it has none. */
uint32_t sack_edge_of(const struct segment *s);

/* What passed towards `x` after this time can still have been on its way when x sent a segment that passed at `now`. */
ws_time under_way_since(const struct endpoint *x, ws_time now);

#endif
