#include "track/connection.h"

static bool is_reset(const struct endpoint *e)
{
	return endpoint_stands(e, FSM_SND_RST) || endpoint_stands(e, FSM_RCV_RST);
}

/* Was the handshake over at the responder, as far as is known? */
static bool is_complete(const struct pair *pair)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *responder = &pair->side[i];
		const struct endpoint *opener = &pair->side[!i];

		if (endpoint_stands(responder, FSM_RCV_SYN) && endpoint_stands(responder, FSM_RCV_ACK_OF_SYN))
			return true;
		if (endpoint_is_proven(opener, FSM_RCV_SYN_ACK) && endpoint_stands(responder, FSM_RCV_SYN))
			return true;
	}
	return false;
}

enum ws_handshake verdict_handshake(const struct pair *pair)
{
	const struct endpoint *a = &pair->side[0];
	const struct endpoint *b = &pair->side[1];

	if (!endpoint_stands(a, FSM_SND_SYN) && !endpoint_stands(b, FSM_SND_SYN))
		return WS_HANDSHAKE_MIDSTREAM;
	if (pair->is_split)
		return WS_HANDSHAKE_IRREGULAR;
	if (a->saw_bare_syn && b->saw_bare_syn)
		return WS_HANDSHAKE_SIMULTANEOUS;
	if (pair->is_refused)
		return WS_HANDSHAKE_REFUSED;
	if (pair->is_fast_open)
		return WS_HANDSHAKE_FAST_OPEN;
	if (is_complete(pair))
		return WS_HANDSHAKE_COMPLETE;
	if (is_reset(a) || is_reset(b))
		return WS_HANDSHAKE_RESET;
	if (a->saw_syn_ack || b->saw_syn_ack)
		return WS_HANDSHAKE_HALF_OPEN;
	return pair->syn_acks > 0 ? WS_HANDSHAKE_IRREGULAR : WS_HANDSHAKE_NO_ANSWER;
}

/* Which side's FIN was first: by what each had received when it sent its own, else by capture time. */
static unsigned first_fin(const struct pair *pair)
{
	if (!pair->side[0].has_fin || !pair->side[1].has_fin)
		return pair->side[0].has_fin ? 0 : 1;
	if (pair->side[0].fin_order != pair->side[1].fin_order)
		return pair->side[0].fin_order == OWN_FIN_FIRST ? 0 : 1;
	return pair->side[0].at[FSM_SND_FIN].earliest <= pair->side[1].at[FSM_SND_FIN].earliest ? 0 : 1;
}

unsigned verdict_reset_by(const struct pair *pair)
{
	const struct endpoint *a = &pair->side[0];
	const struct endpoint *b = &pair->side[1];

	if (pair->is_refused)
		return 2;
	if (endpoint_is_proven(a, FSM_RCV_FIN) && endpoint_is_proven(b, FSM_RCV_FIN))
		return 2;
	if (endpoint_stands(a, FSM_SND_RST) && endpoint_stands(b, FSM_SND_RST))
		return a->at[FSM_SND_RST].earliest <= b->at[FSM_SND_RST].earliest ? 0 : 1;
	if (endpoint_stands(a, FSM_SND_RST))
		return 0;
	return endpoint_stands(b, FSM_SND_RST) ? 1 : 2;
}

static enum ws_close fin_close(const struct pair *pair)
{
	const struct endpoint *a = &pair->side[0];
	const struct endpoint *b = &pair->side[1];

	if (!a->has_fin && !b->has_fin)
		return WS_CLOSE_NONE;
	if (!a->has_fin || !b->has_fin)
		return WS_CLOSE_HALF_CLOSED;
	return a->fin_order == OWN_FIN_FIRST && b->fin_order == OWN_FIN_FIRST ? WS_CLOSE_SIMULTANEOUS : WS_CLOSE_FIN;
}

enum ws_close verdict_close(const struct pair *pair, bool *has_first, unsigned *first)
{
	enum ws_close kind = fin_close(pair);
	unsigned reset_by = verdict_reset_by(pair);

	if (reset_by < 2) {
		bool had_closed = pair->side[reset_by].has_fin && first_fin(pair) == reset_by;

		*has_first = true;
		*first = kind == WS_CLOSE_NONE ? reset_by : first_fin(pair);
		return had_closed ? WS_CLOSE_ABORTED : WS_CLOSE_RESET;
	}
	*has_first = kind != WS_CLOSE_NONE;
	*first = *has_first ? first_fin(pair) : 0;
	return kind;
}

bool verdict_lacks_syn(const struct pair *pair)
{
	for (unsigned i = 0; i < 2; i++)
		if (pair->side[i].saw_syn_ack && !pair->side[!i].saw_syn)
			return true;
	return false;
}

bool verdict_is_one_way(const struct pair *pair)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *seen = &pair->side[i];

		/* It acknowledges a peer that the capture does not show. */
		if (pair->side[!i].packets == 0 && (seen->sent_other || seen->saw_syn_ack))
			return true;
	}
	return false;
}
