/*
 * RFC 9293 figure 5 as a tap sees it. A tap sees segments pass: it never sees a call (OPEN, CLOSE) and never sees a
 * segment arrive. So an arrow of the figure is taken here when its segment was sent ("snd", by this side) or is known
 * or presumed to have been received ("rcv"). CLOSE calls show only as the FIN they send.
 *
 *                               +---------+  1 active OPEN, snd SYN
 *                               |  CLOSED |--------------------------+
 *                               +---------+                          |
 *                   passive OPEN |                                   v
 *                               +---------+   3 SEND, snd SYN   +---------+
 *                               |  LISTEN |-------------------->|   SYN-  |
 *                               +---------+                     |   SENT  |
 *              2 rcv SYN,        |        4 rcv SYN,            +---------+
 *                snd SYN-ACK     v          snd SYN-ACK              |
 *                  +---------+<----------------------------------+   |
 *                  |   SYN-  |                                       | 6 rcv SYN-ACK
 *                  |   RCVD  |                                       |
 *                  +---------+  5 rcv ACK of SYN    +---------+      |
 *                       |      -------------------->|  ESTAB  |<-----+
 *             7 snd FIN |                           +---------+
 *                       v         8 snd FIN          |       |   9 rcv FIN
 *                  +---------+<----------------------+       +---------->+---------+
 *                  |  FIN-   |                                           |  CLOSE- |
 *                  | WAIT-1  |-----------------+                         |   WAIT  |
 *                  +---------+   11 rcv FIN    |                         +---------+
 *   10 rcv ACK of FIN   |                      v                              | 12 snd FIN
 *                       v                 +---------+                         v
 *                  +---------+            | CLOSING |                    +---------+
 *                  |FINWAIT-2|            +---------+                    | LAST-ACK|
 *                  +---------+                 | 14 rcv ACK of FIN       +---------+
 *           13 rcv FIN  |                      v                              | 15 rcv ACK of FIN
 *                       +---------------->+---------+  16 2MSL timeout   +---------+
 *                                         |TIME WAIT|------------------->| CLOSED  |
 *                                         +---------+                    +---------+
 *
 * Departures from the figure:
 * - A RST closes its sender from every state. Note 3 of the figure lets it go to TIME-WAIT; deployed stacks close.
 * - FIN in SYN-RECEIVED leads to CLOSE-WAIT: text of RFC 9293 3.10.7.4, eighth; the figure leaves it out.
 * - RST in SYN-RECEIVED leads to CLOSED also after a passive open: a listener is not a connection that a tap can see.
 * - SYN-ACK in SYN-RECEIVED leads to ESTABLISHED: in a simultaneous open it is the segment that brings the ACK of SYN.
 * - The user timeout (RFC 9293 3.10.8) is the same event as 2MSL: both end the connection without a segment.
 * - From UNKNOWN, where the capture began too late, a FIN tells as if the side had been ESTABLISHED.
 */
#include "tcp/fsm.h"

_Static_assert((int)FSM_SND_SYN == (int)WS_CAUSE_SND_SYN && (int)FSM_RCV_ACK_OF_FIN == (int)WS_CAUSE_RCV_ACK_OF_FIN &&
		       (int)FSM_TIMEOUT == (int)WS_CAUSE_TIMEOUT,
	       "the public causes are these events, in this order");

/* clang-format off */
#define xx WS_STATE_COUNT /* stay */
#define CL WS_CLOSED
#define SS WS_SYN_SENT
#define SR WS_SYN_RECEIVED
#define ES WS_ESTABLISHED
#define F1 WS_FIN_WAIT_1
#define F2 WS_FIN_WAIT_2
#define CG WS_CLOSING
#define TW WS_TIME_WAIT
#define CW WS_CLOSE_WAIT
#define LA WS_LAST_ACK

static const uint8_t next_state[FSM_EVENT_COUNT][WS_STATE_COUNT] = {
	/*                         UN  CL  LI  SS  SR  ES  F1  F2  CG  TW  CW  LA */
	[FSM_SND_SYN] =          { SS, SS, SS, xx, xx, xx, xx, xx, xx, xx, xx, xx },
	/* CL->SS 1   LI->SS 3 */
	[FSM_SND_SYN_ACK] =      { SR, xx, SR, SR, xx, xx, xx, xx, xx, xx, xx, xx },
	/* LI->SR 2   SS->SR 4: the answer shows that the SYN was received */
	[FSM_RCV_SYN] =          { xx, xx, SR, SR, xx, xx, xx, xx, xx, xx, xx, xx },
	/* LI->SR 2   SS->SR 4 */
	[FSM_RCV_SYN_ACK] =      { xx, xx, xx, ES, ES, xx, xx, xx, xx, xx, xx, xx },
	/* SS->ES 6   SR->ES 5: simultaneous open */
	[FSM_RCV_ACK_OF_SYN] =   { xx, xx, xx, xx, ES, xx, xx, xx, xx, xx, xx, xx },
	/* SR->ES 5 */
	[FSM_SND_FIN] =          { F1, xx, xx, xx, F1, F1, xx, xx, xx, xx, LA, xx },
	/* SR->F1 7   ES->F1 8   CW->LA 12 */
	[FSM_RCV_FIN] =          { CW, xx, xx, xx, CW, CW, CG, TW, xx, xx, xx, xx },
	/* ES->CW 9   F1->CG 11   F2->TW 13   SR->CW: text of 3.10.7.4, not in the figure */
	[FSM_RCV_ACK_OF_FIN] =   { xx, xx, xx, xx, xx, xx, F2, xx, TW, xx, xx, CL },
	/* F1->F2 10   CG->TW 14   LA->CL 15 */
	[FSM_SND_RST] =          { CL, xx, xx, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	[FSM_RCV_RST] =          { CL, xx, xx, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	/* SR->CL: LISTEN in the figure, see above */
	[FSM_TIMEOUT] =          { CL, xx, xx, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	/* TW->CL 16 */
};
/* clang-format on */

enum ws_state fsm_next(enum ws_state state, enum fsm_event event)
{
	uint8_t next = next_state[event][state];

	return next == xx ? state : (enum ws_state)next;
}
