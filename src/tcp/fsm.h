/*
 * The state machine of RFC 9293 figure 5 as one dense table, states by events. It knows no sequence numbers: what a
 * segment means to a side has been worked out before (classify.c, infer_*.c).
 */
#ifndef TCP_FSM_H
#define TCP_FSM_H

#include "wirestat.h"

enum fsm_event {
	FSM_SND_SYN,
	FSM_SND_SYN_ACK,
	FSM_RCV_SYN,
	FSM_RCV_SYN_ACK,
	FSM_RCV_ACK_OF_SYN,
	FSM_SND_FIN,
	FSM_RCV_FIN,
	FSM_RCV_ACK_OF_FIN,
	FSM_SND_RST,
	FSM_RCV_RST,
	FSM_TIMEOUT, /* 2MSL in TIME-WAIT, the user timeout elsewhere */
	FSM_EVENT_COUNT
};

/* The state that `event` leads to from `state`; the same state where the figure has no arrow. */
enum ws_state fsm_next(enum ws_state state, enum fsm_event event);

#endif
