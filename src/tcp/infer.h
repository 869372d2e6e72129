/*
 * From a segment to the moments of both sides (INFERENCE 2 to 5): the sender's step first, then what passes towards the
 * receiver. infer.c takes ordinary segments; infer_open.c SYN, SYN-ACK and the rest of the handshake; infer_close.c FINs,
 * their acknowledgement and their order; infer_reset.c RSTs and what belies them.
 */
#ifndef TCP_INFER_H
#define TCP_INFER_H

#include "tcp/classify.h"

/* No stack's retransmission timer is shorter than this (Linux: 200 ms), and hardly any delays an ACK longer. */
#define ACK_DELAY_NS INT64_C(150000000)

/* What two taps, or two queues of a network card, hand on in the wrong order is not farther apart than this. */
#define DISORDER_NS INT64_C(50000000)

/* One segment and the two sides, as every rule needs them: `x` sent `s` to `y`. */
struct scene {
	struct pair *pair;
	struct endpoint *x;
	struct endpoint *y;
	const struct segment *s;
	struct facts *facts;
	uint32_t snd_max_before; /* of x, before this segment */
	bool had_seq;            /* x had sent something before */
	enum novelty novelty;
};

/* `pair->side[who]` sent `s`, which belongs to this connection. Updates both sides and fills `facts`. */
void infer_segment(struct pair *pair, unsigned who, const struct segment *s, struct facts *facts);

/* Within tcp/ only: the parts of infer_segment. */
/* Was the last that `e` has sent, as its peer acknowledges it, not captured? */
static inline bool infer_is_end_missing(const struct endpoint *e)
{
	return e->has_gap && e->gap_end == e->snd_max;
}

void infer_reached(struct endpoint *y, uint32_t ack, ws_time ts); /* the peer has all of y's stream below `ack` */
void infer_syn(struct scene *scene);
void infer_syn_ack(struct scene *scene);
void infer_handshake(struct scene *scene); /* what an ordinary segment tells of the opening */
void infer_wrong_handshake_ack(struct scene *scene);
void infer_options(struct endpoint *x, const struct segment *s);
void infer_fin(struct scene *scene);          /* x's own FIN, seen or told by a number */
void infer_fin_received(struct scene *scene); /* x's FIN on its way to y */
void infer_close_acks(struct scene *scene);   /* acknowledgements of FINs, both ways */
void infer_fin_order(struct pair *pair);
void infer_reset(struct scene *scene);
void infer_life_after_reset(struct scene *scene);

#endif
