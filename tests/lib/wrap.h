/*
 * A packet put into a tunnel, a label stack or a session, written from the RFCs alone: headers are put in front of it from
 * the inside out, each kind as one function, so that kinds nest.
 */
#ifndef TESTS_WRAP_H
#define TESTS_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirestat.h"

/* Bytes in front of which there is room. */
struct wrap {
	uint8_t *buffer;
	size_t at; /* where they begin */
	size_t end;
	size_t missing;    /* bytes behind them that the capture left out; length fields count them */
	uint8_t family;    /* of the packet inside: 4 or 6 */
	bool is_back;      /* from the outer 192.0.2.9 to .8 (2001:db8:f::9 to ::8), else the other way */
	bool has_ethernet; /* there is a link header in front: what is made is a frame, no packet */
};

struct wrap_kind {
	const char *name;
	void (*put)(struct wrap *wrap);
	uint8_t inside;  /* the family it carries; 0: either */
	uint8_t outside; /* that of its own IP header; 0: it has none, and makes a frame */
	enum ws_tunnel tunnel;
	bool has_id;
	uint32_t id[2];    /* there, and back */
	uint16_t vlans[4]; /* up to a 0 */
};

extern const struct wrap_kind wrap_kinds[];
extern const size_t wrap_kinds_len;

/* The one of that name; aborts when there is none. */
const struct wrap_kind *wrap_kind_named(const char *name);

/* buffer[0..size) becomes room with the IP packet data[0..len) at its end, behind which `missing` more
 * were sent. */
void wrap_init(struct wrap *wrap, uint8_t *buffer, size_t size, const void *data, size_t len, size_t missing,
	       bool is_back);

/* An Ethernet header, unless there is a link header already. */
void wrap_finish(struct wrap *wrap);

static inline const uint8_t *wrap_data(const struct wrap *wrap)
{
	return wrap->buffer + wrap->at;
}

static inline size_t wrap_len(const struct wrap *wrap)
{
	return wrap->end - wrap->at;
}

/* The addresses of the outer headers, there and back. */
struct ws_addr wrap_addr(uint8_t family, bool is_back);

#endif
