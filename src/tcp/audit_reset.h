/*
 * What the full audit remembers for its rules about resets (audit_reset.c,
 * audit_abort.c): of each side the newest segment, and what comes in series.
 * Times are in milliseconds, modulo 2^32.
 */
#ifndef TCP_AUDIT_RESET_H
#define TCP_AUDIT_RESET_H

#include <stdbool.h>
#include <stdint.h>

struct sight;
struct audit_memory;

/* So many in a row, none more than a second after the one before, are a storm
 * (Zeek tcp_storm_thresh). */
#define STORM 1000
#define STORM_GAP_MS 1000

/* RSTs that miss, with numbers that no answer has, in a second each: somebody
 * guesses (RFC 5961 1.2). */
#define GUESSES 5

struct series {
	uint32_t last_ms;
	uint16_t len;
};

struct reset_side {
	uint32_t rst_seq;   /* highest of its RSTs */
	uint32_t guess_seq; /* of its newest RST that missed */
	struct series guesses;
	struct series fins;
	struct series rsts; /* that answer nothing */
	/* Segments, no RSTs, that the peer may still answer with a RST: sent since it has last acknowledged all there is, less
	 * its RSTs. */
	uint16_t unanswered;
	uint8_t flags;  /* of its newest segment */
	bool has_space; /* which has data, SYN or FIN */
	uint8_t probes; /* keep-alives in a row without a word from the peer */
	bool has_sent;
	bool has_reset;   /* sent a RST, */
	bool has_aborted; /* one with ACK, which tells how far it had sent */
};

struct reset_memory {
	struct reset_side side[2];
};

void audit_reset_note(const struct sight *sight, struct audit_memory *memory);

#endif
