/*
 * A store and connections in it: the n-th 4-tuple, by its number.
 */
#ifndef TESTS_STORED_H
#define TESTS_STORED_H

#include "track/store.h"

/* Between store_init and store_fini. */
extern struct store store;

/* A SYN of the n-th 4-tuple. */
struct segment stored_syn(unsigned n);

/* Its key, and the hash in `store`. */
struct keyed stored_key(unsigned n);

/* A connection of it, which there must be memory for. */
struct ws_connection *stored_add(unsigned n, struct ws_connection *older);

struct ws_connection *stored_find(unsigned n);

#endif
