/*
 * What one side of a connection is known to have sent and received.
 *
 * Sequence numbers are the side's own send space (RFC 9293 3.3.1) as the tap saw it: `snd_max` is beyond the newest byte
 * captured, `edge` beyond the last byte of the stream without a hole. `ack_max` is the highest acknowledgement the side
 * has sent, so it is also a lower bound of its RCV.NXT.
 *
 * A moment is one event of the state machine at this side and how it is known. The moments are all that the path of
 * states is made from (path.c); infer_*.c keeps them true.
 */
#ifndef TCP_ENDPOINT_H
#define TCP_ENDPOINT_H

#include "base/seq.h"
#include "tcp/fsm.h"
#include "wire/segment.h"

/* How an event is known. DENIED: it was presumed, and later evidence contradicted it. */
enum standing { NEVER, DENIED, PENDING, PROVEN };

struct moment {
	ws_time earliest; /* the segment that brings it passed the tap, or was sent */
	ws_time latest;   /* by then it had happened, if PROVEN; if PENDING, another copy of what brings it passed */
	uint32_t frame;   /* of the segment that brings it */
	uint32_t frame_latest; /* of the copy at `latest`, if PENDING */
	uint8_t standing;
	uint8_t denials; /* times it was contradicted, at most 255 */
	uint8_t flags;   /* of the segment that brings it */
};

/* Which came first at this side, its own FIN or the peer's (INFERENCE 3). */
enum fin_order { FIN_ORDER_OPEN, OWN_FIN_FIRST, PEER_FIN_FIRST };

#define HOLES_MAX 4

/* Sequence space beyond a hole, [start, end). */
struct stretch {
	uint32_t start;
	uint32_t end;
};

/* A segment that acknowledges what the capture has not (yet) shown: set aside until something tells. */
struct deferred {
	bool is_set;
	uint8_t flags;
	uint16_t window;
	uint32_t seq;
	uint32_t ack;
	uint32_t len;
	uint32_t tsval;
	uint32_t tsecr;
	bool has_timestamps;
	ws_time ts;
	uint64_t frame;
};

struct endpoint {
	uint8_t state;  /* presumed, by path_derive */
	uint8_t proven; /* the furthest proven */
	bool is_dirty;  /* a moment or their order has changed since */
	ws_time since;  /* in `state`; WS_TIME_NONE: from the beginning */
	struct moment at[FSM_EVENT_COUNT];

	uint32_t iss;
	uint32_t first_seq; /* of the first segment captured, SYN included */
	uint32_t snd_max;
	uint32_t edge;
	uint32_t ack_max;
	uint32_t right_last; /* right edge of its newest window */
	uint32_t right_max;  /* right edge of the widest window it has offered */
	uint32_t win_max;    /* widest window it has offered, bytes */
	uint32_t fin_seq;    /* sequence number of its FIN */
	struct stretch ahead[HOLES_MAX];
	uint8_t ahead_len;

	uint32_t ack_last;    /* of its newest segment, right or wrong */
	uint16_t window_last; /* of its newest segment, as it stands there */
	uint32_t ack_before;  /* ack_max before it last moved */

	bool has_good_checksum;
	bool has_seq; /* some segment of it was captured, or its peer's ACK tells where it stands */
	bool has_iss;
	bool has_ack;
	bool has_window;
	bool has_fin;
	bool is_fin_presumed; /* no FIN was captured; numbers suggest one */
	bool saw_syn;         /* SYN or SYN-ACK captured */
	bool are_options_cut; /* of the SYN, by the snap length: what it does not show it may have had */
	bool saw_bare_syn;
	bool is_syn_an_answer; /* its bare SYN followed its ACK of the peer's (split handshake) */
	bool saw_syn_ack;
	bool sent_data;      /* payload at new sequence numbers */
	bool sent_other;     /* a segment that is neither SYN nor RST */
	bool is_signed;      /* TCP MD5 or AO in use (RFC 2385, RFC 5925) */
	bool has_wrong_ack;  /* its SYN-ACK acknowledged what was never sent ... */
	uint32_t wrong_ack;  /* ... namely this */
	bool has_repeated;   /* it has sent something again */
	bool has_paused;     /* before new data for as long as a retransmission timer runs */
	bool has_edge_doubt; /* it repeated what the peer had not acknowledged: `edge` may not be what arrived */

	/* Closing order. fin_ack_min: lowest ACK of a segment that holds or follows its FIN. pre_fin_ack: highest ACK of a
	 * segment sent before its FIN. */
	uint8_t fin_order;
	bool is_fin_order_proven;
	bool is_fin_first_seen; /* nothing of the side was captured before: the FIN may be a repetition */
	bool is_ack_after_fin;  /* it had the peer's FIN before any ACK of its own had passed */
	bool may_have_closed;   /* with data unsent, before the peer's FIN came */
	bool is_fin_doubtful;   /* it acknowledges one number more than was captured: a FIN of the peer, or a byte */
	bool has_fin_ack_min;
	bool has_pre_fin_ack;
	uint32_t fin_ack_min;
	uint32_t pre_fin_ack;
	bool is_fin_in_syn_received; /* fast open: FIN sent before the ACK of SYN can have come */

	/* The peer acknowledged one number that the capture does not show; ack_max at that time. */
	bool has_one_gap;
	uint32_t one_gap_ack;

	/* What the peer has acknowledged last and the capture had not shown by then: [gap_start, gap_end). */
	bool has_gap;
	uint32_t gap_start;
	uint32_t gap_end;
	ws_time gap_ts;

	/* A bare segment one beyond snd_max: a FIN or a byte that the capture missed (KERNEL 12). */
	bool has_jump;
	uint32_t jump_seq;
	uint32_t jump_ack;
	uint32_t jump_pre_ack;
	bool is_jump_late;  /* the peer had repeated its FIN by then */
	uint8_t fin_copies; /* FINs captured, at most 255 */

	/* Lemma (INFERENCE 2): bytes from cover_* on were first sent with an ACK that covers the peer's SYN or FIN. */
	bool has_cover_syn;
	bool has_cover_fin;
	bool has_cover_fin_tsval;
	uint32_t cover_fin_tsval; /* the first of them had this timestamp, and all before it a lower one */
	uint32_t cover_syn;
	uint32_t cover_fin;

	/* RCV FIN once more: the peer repeated what this side had not acknowledged, so it may have arrived only then. */
	struct moment fin_again;
	uint32_t fin_again_tsval;

	/* Options and timestamps */
	int32_t mss;
	int32_t wscale;
	bool sack_permitted;
	bool offers_timestamps;
	bool has_fast_open;
	bool has_tsval;
	uint32_t tsval_max;
	uint32_t ts_recent; /* what the peer's TS.Recent is taken to be (RFC 7323 4.3) */
	bool has_ts_recent;
	bool has_sack_edge;
	uint32_t sack_edge; /* highest right edge in its newest SACK */

	ws_time syn_ts;       /* first SYN or SYN-ACK; without one, first segment with ACK */
	int64_t rtt_ns;       /* shortest time from a segment of the peer to its answer, at the tap; -1 unknown */
	ws_time hole_ts;      /* the oldest hole was seen */
	ws_time uncovered_ts; /* newest segment that does not acknowledge the peer's FIN, though that had passed */
	ws_time edge_ts;      /* `edge` moved last */
	ws_time last_ts;
	ws_time time_wait_ts;       /* 2MSL counts from here: it acknowledged the peer's FIN */
	ws_time time_wait_first_ts; /* and did so for the first time here */
	bool is_restart_due;        /* the peer has repeated its FIN */

	/* Counters */
	uint64_t packets;
	uint64_t bytes;
	uint64_t ip_bytes;
	uint64_t retransmitted;
	uint64_t duplicates;
	uint32_t rsts;

	struct deferred deferred;
};

/* Both sides of a connection, by the order of the key; `client` is the index of the client. */
struct pair {
	struct endpoint side[2];
	uint8_t client;
	bool is_midstream;
	bool is_fast_open; /* data in the SYN was accepted, or the passive side spoke before its SYN was acknowledged */
	bool is_opener_stale; /* its SYN was an old copy: it did not open */
	bool is_refused;      /* SYN answered by RST */
	bool is_split;        /* the passive side answered SYN by SYN (split handshake) */
	uint32_t syns;
	uint32_t syn_acks;
	uint32_t syn_data_len; /* payload of the SYN */
};

void endpoint_init(struct endpoint *e);

/* An event that this side itself did, or that is otherwise certain. Keeps the first such moment. */
void endpoint_prove(struct endpoint *e, enum fsm_event event, const struct segment *s);

/* Something that brings `event` to this side has passed the tap. Never weakens what is PROVEN. */
void endpoint_pend(struct endpoint *e, enum fsm_event event, const struct segment *s);

/* Evidence of `s`, sent by this side, turns a pending (or never seen) event into a proven one. */
void endpoint_confirm(struct endpoint *e, enum fsm_event event, const struct segment *s);

/* It did not happen: whatever was known of it is taken back. */
void endpoint_forget(struct endpoint *e, enum fsm_event event);

/* At `since` or after, whatever brings `event` had not come to this side. A copy that passed later still may. */
void endpoint_deny_until(struct endpoint *e, enum fsm_event event, ws_time since);

/* Evidence contradicts a pending event. Returns whether there was one. */
bool endpoint_deny(struct endpoint *e, enum fsm_event event);

/* How far its windows are shifted (RFC 7323 2.2, 2.3). A scale that was not captured can be anything up to 14. */
static inline unsigned endpoint_shift(const struct endpoint *e)
{
	if (!e->saw_syn || e->are_options_cut)
		return 14;
	return e->wscale > 14 ? 14 : e->wscale > 0 ? (unsigned)e->wscale : 0;
}

static inline bool endpoint_stands(const struct endpoint *e, enum fsm_event event)
{
	return e->at[event].standing >= PENDING;
}

static inline bool endpoint_is_proven(const struct endpoint *e, enum fsm_event event)
{
	return e->at[event].standing == PROVEN;
}

/* Whether `seq` lies below `start`, a number of its beginning. Never when it has sent a quarter of the sequence space: the
 * numbers come round. */
static inline bool endpoint_is_below(const struct endpoint *e, uint32_t seq, uint32_t start)
{
	return e->bytes < UINT32_C(1) << 30 && seq_lt(seq, start);
}

/* Whether it is presumed to have no connection any more, by a reset or a timer. */
static inline bool endpoint_is_gone(const struct endpoint *e)
{
	return endpoint_stands(e, FSM_SND_RST) || endpoint_stands(e, FSM_RCV_RST) || endpoint_stands(e, FSM_TIMEOUT);
}

/* How a segment's sequence space relates to what was captured before. */
enum novelty {
	NOVEL_NOTHING,
	NOVEL_NEW,
	NOVEL_FILLS_HOLE,
	NOVEL_REPEATED,
	NOVEL_LATE, /* acknowledged before it passed (infer.c) */
};

/* Takes [seq, end) into snd_max, edge and the holes; payload bytes are counted by the caller. */
enum novelty endpoint_take(struct endpoint *e, uint32_t seq, uint32_t end, ws_time ts);

/* The peer has received everything below `ack`: whatever hole the tap saw there was the tap's own. */
void endpoint_reach(struct endpoint *e, uint32_t ack);

/* Starts the stream at `seq` where nothing of the side was seen before. */
void endpoint_start(struct endpoint *e, uint32_t seq);

#endif
