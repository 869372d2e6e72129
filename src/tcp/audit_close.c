#include "tcp/audit.h"

/* RFC 9293 3.6, case 3: neither FIN acknowledges the other. */
static bool simultaneous_close(const struct sight *sight, struct finding *finding)
{
	const struct endpoint *x = sight->x;
	const struct endpoint *y = sight->y;

	return x->fin_order == OWN_FIN_FIRST && y->fin_order == OWN_FIN_FIRST && endpoint_is_proven(x, FSM_SND_FIN) &&
	       endpoint_is_proven(y, FSM_SND_FIN) &&
	       finding_values(finding, (uint32_t)(y->fin_seq + 1), x->fin_ack_min);
}

static bool fin_retransmitted(const struct sight *sight, struct finding *finding)
{
	return (sight->facts->marks & MARK_FIN_REPEATED) &&
	       finding_seen(finding, (uint64_t)(sight->now - sight->x->at[FSM_SND_FIN].earliest));
}

static bool data_after_fin(const struct sight *sight, struct finding *finding)
{
	return (sight->facts->marks & MARK_DATA_AFTER_FIN) && finding_values(finding, sight->x->fin_seq, sight->s->seq);
}

static bool rst_out_of_window(const struct sight *sight, struct finding *finding)
{
	return (sight->facts->marks & MARK_RST_OUT_OF_WINDOW) &&
	       finding_values(finding, sight->facts->expected, sight->facts->seen);
}

static bool rst_in_window_not_exact(const struct sight *sight, struct finding *finding)
{
	return (sight->facts->marks & MARK_RST_INEXACT) &&
	       finding_values(finding, sight->facts->expected, sight->facts->seen);
}

static bool time_wait_assassination(const struct sight *sight, struct finding *finding)
{
	return (sight->facts->marks & MARK_TIME_WAIT_KILLED) && finding_seen(finding, sight->s->flags);
}

static const struct rule rules[] = {
	{ WS_FINDING_simultaneous_close, ON_TWO_FINS, UNIT_NUMBER, OF_BOTH, simultaneous_close },
	{ WS_FINDING_fin_retransmitted, ON_MARK, UNIT_NANOSECONDS, OF_SENDER, fin_retransmitted },
	{ WS_FINDING_data_after_fin, ON_MARK, UNIT_NUMBER, OF_SENDER, data_after_fin },
	{ WS_FINDING_rst_out_of_window, ON_MARK, UNIT_NUMBER, OF_SENDER, rst_out_of_window },
	{ WS_FINDING_rst_in_window_not_exact, ON_MARK, UNIT_NUMBER, OF_SENDER, rst_in_window_not_exact },
	{ WS_FINDING_time_wait_assassination, ON_MARK, UNIT_FLAGS, OF_RECEIVER, time_wait_assassination },
};

const struct rules audit_close_rules = RULE_TABLE(rules, ON_MARK | ON_TWO_FINS);
