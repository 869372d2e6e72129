/*
 * For the rules about opening (audit_handshake.c, audit_answer.c, audit_third.c, audit_unanswered.c, audit_resyn.c): who is
 * how far, as things stood before the segment.
 */
#ifndef TCP_OPENING_H
#define TCP_OPENING_H

#include "tcp/audit.h"
#include "tcp/infer.h"

static inline const struct endpoint *sender_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static inline const struct endpoint *receiver_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

/* SYN, and neither ACK, RST nor FIN. */
static inline bool is_bare_syn(const struct segment *s)
{
	return (s->flags & (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST | WS_FLAG_FIN)) == WS_FLAG_SYN;
}

/* A SYN of another number than those of the connection it came to: set aside, it may begin the next. */
static inline bool is_set_aside(const struct sight *sight)
{
	return is_bare_syn(sight->s) && sight->facts->kind == KIND_VOID;
}

/* Has sent a SYN, and nothing since that would show an answer to have come. */
static inline bool is_waiting(const struct endpoint *e)
{
	return e->saw_bare_syn && !e->saw_syn_ack && !e->sent_other && !endpoint_is_proven(e, FSM_RCV_SYN_ACK);
}

/* Has answered a SYN as figure 6 of RFC 9293 has it. */
static inline bool is_responder(const struct endpoint *e)
{
	return e->saw_syn_ack && !e->saw_bare_syn;
}

/* RFC 9293 figure 7. */
static inline bool have_syns_crossed(const struct pair *pair)
{
	return pair->side[0].saw_bare_syn && pair->side[1].saw_bare_syn;
}

/* Does `ack` lie within what `e` had sent by then? */
static inline bool acks_what_was_sent(const struct endpoint *e, uint32_t ack)
{
	return seq_gt(ack, e->iss) && seq_leq(ack, e->snd_max);
}

#endif
