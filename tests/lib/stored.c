#include "lib/stored.h"

#include <check.h>

struct store store;

struct segment stored_syn(unsigned n)
{
	struct segment s = { .frame = n + 1, .sport = (uint16_t)(n & 0xffff), .dport = 80, .flags = WS_FLAG_SYN };

	s.src = (struct ws_addr){ .family = 4, .bytes = { 10, 0, (uint8_t)(n >> 16), 1 } };
	s.dst = (struct ws_addr){ .family = 4, .bytes = { 10, 1, 0, 2 } };
	return s;
}

struct keyed stored_key(unsigned n)
{
	struct segment s = stored_syn(n);
	struct keyed keyed;

	flow_key_of(&s, &keyed.key);
	keyed.hash = store_hash(&store, &keyed.key);
	return keyed;
}

struct ws_connection *stored_add(unsigned n, struct ws_connection *older)
{
	struct segment s = stored_syn(n);
	struct keyed key = stored_key(n);
	struct ws_connection *c = store_add(&store, &key, &s, older);

	ck_assert_ptr_nonnull(c);
	return c;
}

struct ws_connection *stored_find(unsigned n)
{
	struct keyed key = stored_key(n);

	return store_find(&store, &key);
}
