/*
 * What there is to capture from, and the addresses of this host.
 */
#ifndef CAPTURE_DEVICES_H
#define CAPTURE_DEVICES_H

#include <stdio.h>

#include "wirestat.h"

/* Lists the interfaces on `out`, one a line: name, state, addresses. False, with the reason on stderr, when it cannot. */
bool devices_print(FILE *out);

/* The addresses of this host, all interfaces together, without duplicates; free() them. NULL when none are known. */
struct ws_addr *devices_addresses(size_t *len);

#endif
