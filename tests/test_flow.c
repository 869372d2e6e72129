/*
 * The key of a connection: one for both directions, canonical whichever comes first, and another for anything that
 * differs in an address, a port or the family.
 */
#include <check.h>
#include <string.h>

#include "lib/packet.h"
#include "lib/suite.h"
#include "track/flow.h"

/* The first is the lower one, compared as unsigned bytes; then by ports. */
static const struct {
	const char *low;
	uint16_t low_port;
	const char *high;
	uint16_t high_port;
} pairs[] = {
	{ "10.0.0.1", 40000, "10.0.0.2", 80 },   { "10.0.0.1", 80, "10.0.0.2", 80 },
	{ "10.0.0.1", 80, "10.0.0.1", 40000 },   { "127.0.0.1", 255, "127.0.0.1", 256 },
	{ "1.0.0.255", 1, "2.0.0.0", 1 },        { "127.255.255.255", 65535, "128.0.0.0", 0 },
	{ "10.0.0.2", 65535, "192.168.0.1", 1 }, { "::1", 80, "::1", 81 },
	{ "2001:db8::1", 443, "fe80::1", 22 },   { "2001:db8::7fff", 1, "2001:db8::8000", 2 },
};
#define PAIRS ((int)(sizeof(pairs) / sizeof(pairs[0])))

static struct segment segment(const char *src, uint16_t sport, const char *dst, uint16_t dport)
{
	return (struct segment){
		.src = packet_addr(src), .dst = packet_addr(dst), .sport = sport, .dport = dport, .seq = 1
	};
}

static bool is_same_addr(const struct ws_addr *a, const struct ws_addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

START_TEST(both_directions)
{
	struct segment up = segment(pairs[_i].low, pairs[_i].low_port, pairs[_i].high, pairs[_i].high_port);
	struct segment down = segment(pairs[_i].high, pairs[_i].high_port, pairs[_i].low, pairs[_i].low_port);
	struct flow_key a;
	struct flow_key b;

	memset(&a, 0x55, sizeof a);
	memset(&b, 0xaa, sizeof b);
	ck_assert_uint_eq(flow_key_of(&up, &a), 0);
	ck_assert_uint_eq(flow_key_of(&down, &b), 1);
	ck_assert_mem_eq(&a, &b, sizeof a);
}
END_TEST

START_TEST(addresses_come_back)
{
	struct segment up = segment(pairs[_i].low, pairs[_i].low_port, pairs[_i].high, pairs[_i].high_port);
	struct flow_key key;
	struct ws_addr side[2];

	flow_key_of(&up, &key);
	side[0] = flow_addr(&key, 0);
	side[1] = flow_addr(&key, 1);
	ck_assert(is_same_addr(&side[0], &up.src));
	ck_assert(is_same_addr(&side[1], &up.dst));
	ck_assert_uint_eq(key.port[0], pairs[_i].low_port);
	ck_assert_uint_eq(key.port[1], pairs[_i].high_port);
}
END_TEST

/* A host that connects to itself on one port (RFC 9293 3.9.1.1 does not forbid it): one key, and always the same side. */
START_TEST(itself)
{
	struct segment s = segment("10.0.0.1", 80, "10.0.0.1", 80);
	struct flow_key a;
	struct flow_key b;

	ck_assert_uint_eq(flow_key_of(&s, &a), flow_key_of(&s, &b));
	ck_assert_mem_eq(&a, &b, sizeof a);
}
END_TEST

/* No two of these share a key: not when the ports are exchanged, nor for IPv4 and IPv6 addresses of the same bytes. */
START_TEST(told_apart)
{
	struct segment all[] = {
		segment("10.0.0.1", 1000, "10.0.0.2", 2000), segment("10.0.0.1", 2000, "10.0.0.2", 1000),
		segment("10.0.0.1", 1000, "10.0.0.3", 2000), segment("10.0.0.3", 1000, "10.0.0.2", 2000),
		segment("10.0.0.1", 1001, "10.0.0.2", 2000), segment("10.0.0.1", 1000, "10.0.0.2", 2001),
		segment("a00:1::", 1000, "a00:2::", 2000),   segment("10.0.0.1", 1000, "10.0.0.1", 2000),
	};
	struct flow_key keys[sizeof(all) / sizeof(all[0])];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		flow_key_of(&all[i], &keys[i]);
		for (size_t k = 0; k < i; k++)
			ck_assert_mem_ne(&keys[i], &keys[k], sizeof keys[i]);
	}
}
END_TEST

/* Nothing but the 4-tuple. */
START_TEST(nothing_else_counts)
{
	struct segment a = segment("10.0.0.1", 1000, "10.0.0.2", 2000);
	struct segment b = a;
	struct flow_key keys[2];

	b.seq = 77;
	b.flags = WS_FLAG_RST;
	b.ttl = 3;
	outer_add_vlan(&b.outer, 7);
	b.ts = 12345;
	flow_key_of(&a, &keys[0]);
	flow_key_of(&b, &keys[1]);
	ck_assert_mem_eq(&keys[0], &keys[1], sizeof keys[0]);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("flow", &t);

	tcase_add_loop_test(t, both_directions, 0, PAIRS);
	tcase_add_loop_test(t, addresses_come_back, 0, PAIRS);
	tcase_add_test(t, itself);
	tcase_add_test(t, told_apart);
	tcase_add_test(t, nothing_else_counts);
	return suite_run(suite);
}
