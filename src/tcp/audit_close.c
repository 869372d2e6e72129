#include "tcp/audit.h"

/* RFC 9293 3.6, case 3: neither FIN acknowledges the other. */
static bool is_simultaneous_close(const struct pair *pair)
{
	return pair->side[0].fin_order == OWN_FIN_FIRST && pair->side[1].fin_order == OWN_FIN_FIRST &&
	       endpoint_is_proven(&pair->side[0], FSM_SND_FIN) && endpoint_is_proven(&pair->side[1], FSM_SND_FIN);
}

void audit_close(const struct pair *pair, unsigned who, const struct segment *s, const struct facts *facts,
		 struct audit *out)
{
	const struct endpoint *x = &pair->side[who];
	const struct endpoint *y = &pair->side[!who];
	enum ws_side side = (enum ws_side)who;

	if (x->has_fin && y->has_fin && is_simultaneous_close(pair))
		audit_add(out, &(struct finding){ WS_FINDING_simultaneous_close, WS_BOTH, UNIT_NUMBER, true,
						  (uint64_t)(uint32_t)(y->fin_seq + 1), x->fin_ack_min });
	if (facts->marks & MARK_FIN_REPEATED)
		audit_add(out, &(struct finding){ WS_FINDING_fin_retransmitted, side, UNIT_NANOSECONDS, false, 0,
						  (uint64_t)(s->ts - x->at[FSM_SND_FIN].earliest) });
	if (facts->marks & MARK_DATA_AFTER_FIN)
		audit_add(out,
			  &(struct finding){ WS_FINDING_data_after_fin, side, UNIT_NUMBER, true, x->fin_seq, s->seq });
	if (facts->marks & MARK_RST_OUT_OF_WINDOW)
		audit_add(out, &(struct finding){ WS_FINDING_rst_out_of_window, side, UNIT_NUMBER, true,
						  facts->expected, facts->seen });
	if (facts->marks & MARK_RST_INEXACT)
		audit_add(out, &(struct finding){ WS_FINDING_rst_in_window_not_exact, side, UNIT_NUMBER, true,
						  facts->expected, facts->seen });
	if (facts->marks & MARK_TIME_WAIT_KILLED)
		audit_add(out, &(struct finding){ WS_FINDING_time_wait_assassination, (enum ws_side) !who, UNIT_FLAGS,
						  false, 0, s->flags });
}
