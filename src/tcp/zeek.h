/*
 * A connection as Zeek sees it, for the values that join its conn.log: the letters of `history` and `conn_state`. Zeek's
 * endpoint states tell what a side has sent, never what it has received, and its rules check no acknowledgement; they
 * are kept here as they are (TCPSessionAdapter and main.zeek of the conn scripts) and have no part in our own states.
 * Fixed size, no allocation; all zero is a connection of which nothing was seen.
 */
#ifndef TCP_ZEEK_H
#define TCP_ZEEK_H

#include "wire/segment.h"

/* In Zeek's numeric order. */
enum zeek_state {
	ZEEK_INACTIVE,
	ZEEK_SYN_SENT,
	ZEEK_SYN_ACK_SENT, /* by an originator: its SYN was not seen */
	ZEEK_PARTIAL,      /* something, but no SYN */
	ZEEK_ESTABLISHED,
	ZEEK_CLOSED, /* a FIN was sent */
	ZEEK_RESET,
};

/* One side. What is kept is what the letters and the decision ask for, and no more: there is one of these for every
 * connection of a million. */
struct zeek_endpoint {
	uint32_t end;      /* one past the furthest sent */
	uint16_t last_syn; /* where in the stream the newest letter of that kind stood, modulo 2^16 */
	uint16_t last_fin;
	uint16_t last_rst;
	uint16_t retransmissions; /* these four stop at their largest value */
	uint16_t zero_windows;
	uint16_t bad_checksums;
	uint16_t gaps;
	uint8_t state : 4;    /* enum zeek_state */
	uint8_t previous : 4; /* enum zeek_state */
	uint8_t seen : 7;     /* letters that come once, and first ones */
	uint8_t has_data : 1; /* Zeek's size of this side is not 0 */
};

#define ZEEK_LETTERS_MAX (WS_HISTORY_MAX - 2)

struct zeek {
	struct zeek_endpoint endpoint[2];      /* originator, responder */
	uint32_t by_server;                    /* bit n: letter n is the responder's */
	uint8_t letters[ZEEK_LETTERS_MAX / 2]; /* two to a byte; what comes when they are full is left out */
	uint8_t len;
	bool is_flipped; /* the originator is not who sent the first segment */
};

/* Takes one segment, copies made by the capture left out. `from_client` by the roles as they are now; `acks_uncaptured`:
 * it acknowledges payload of the peer that the capture does not hold. */
void zeek_segment(struct zeek *zeek, bool from_client, const struct segment *segment, bool acks_uncaptured);

/* Whether the side has had this letter, one of those that come once: 'A' or 'D'. */
bool zeek_has_said(const struct zeek_endpoint *endpoint, char letter);

/* Client and server change places: what was told of the one holds of the other. */
void zeek_flip(struct zeek *zeek);

/* "ShADadFf"; it begins with '^' when the client is not who sent the first segment. `out` holds WS_HISTORY_MAX bytes;
 * returns it. */
const char *zeek_history(const struct zeek *zeek, char *out);

/* "SF", "S0", "RSTOS0"; at most six letters, static storage. */
const char *zeek_conn_state(const struct zeek *zeek);

#endif
