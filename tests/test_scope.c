/*
 * Scopes: a number for each network, the same for both directions, given back when nobody is in it; and trackers that use
 * them, with any allocation failing.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "lib/wrap.h"
#include "track/flow.h"
#include "track/scope.h"

static struct scopes scopes;

static void setup(void)
{
	scopes_init(&scopes, 7);
}

static void teardown(void)
{
	scopes_fini(&scopes);
}

static struct outer outer_of(enum ws_tunnel kind, uint32_t id, uint16_t vlan, bool is_back)
{
	struct outer outer;

	memset(&outer, 0xA5, sizeof(outer));
	outer_clear(&outer);
	if (kind != WS_TUNNEL_NONE) {
		outer_set_id(&outer, kind, id);
		outer.family = 4;
		memcpy(outer.src, wrap_addr(4, is_back).bytes, 16);
		memcpy(outer.dst, wrap_addr(4, !is_back).bytes, 16);
	}
	outer_add_vlan(&outer, vlan);
	return outer;
}

static uint32_t enter(enum ws_key key, struct outer outer)
{
	return scopes_enter(&scopes, key, &outer);
}

START_TEST(nothing_is_no_scope)
{
	ck_assert_uint_eq(enter(WS_KEY_VLAN, outer_of(WS_TUNNEL_NONE, 0, 0, false)), 0);
	ck_assert_uint_eq(enter(WS_KEY_OUTER, outer_of(WS_TUNNEL_NONE, 0, 0, false)), 0);
	scopes_hold(&scopes, 0);
	scopes_leave(&scopes, 0);
	ck_assert_uint_eq(scopes.used, 0);
}
END_TEST

START_TEST(tags)
{
	uint32_t one = enter(WS_KEY_VLAN, outer_of(WS_TUNNEL_NONE, 0, 10, false));
	uint32_t two = enter(WS_KEY_VLAN, outer_of(WS_TUNNEL_NONE, 0, 20, false));
	struct outer both = outer_of(WS_TUNNEL_NONE, 0, 10, false);
	struct outer swapped = outer_of(WS_TUNNEL_NONE, 0, 20, false);

	outer_add_vlan(&both, 20);
	outer_add_vlan(&swapped, 10);
	ck_assert_uint_gt(one, 0);
	ck_assert_uint_ne(one, two);
	ck_assert_uint_eq(enter(WS_KEY_VLAN, outer_of(WS_TUNNEL_NONE, 0, 10, true)), one);
	ck_assert_uint_ne(enter(WS_KEY_VLAN, both), one);
	ck_assert_uint_ne(enter(WS_KEY_VLAN, both), enter(WS_KEY_VLAN, swapped));
	ck_assert_uint_eq(scopes.used, 4);
}
END_TEST

/* Which ids both directions have in common: those of a network, not those that a receiver chose for itself. */
START_TEST(ids)
{
	for (int i = WS_TUNNEL_NONE + 1; i < WS_TUNNEL_COUNT; i++) {
		enum ws_tunnel kind = (enum ws_tunnel)i;
		uint32_t one = enter(WS_KEY_VLAN, outer_of(kind, 1, 0, false));
		bool is_common = kind == WS_TUNNEL_GRE || kind == WS_TUNNEL_NVGRE || kind == WS_TUNNEL_VXLAN ||
				 kind == WS_TUNNEL_VXLAN_GPE || kind == WS_TUNNEL_GENEVE || kind == WS_TUNNEL_PPPOE;

		ck_assert_int_eq(one != 0, is_common);
		ck_assert_int_eq(enter(WS_KEY_VLAN, outer_of(kind, 2, 0, false)) != one, is_common);
		ck_assert_uint_eq(enter(WS_KEY_VLAN, outer_of(kind, 1, 0, true)), one);
		/* With the addresses the kind counts too, whichever direction it is. */
		ck_assert_uint_ne(enter(WS_KEY_OUTER, outer_of(kind, 1, 0, false)), one);
		ck_assert_uint_eq(enter(WS_KEY_OUTER, outer_of(kind, 1, 0, false)),
				  enter(WS_KEY_OUTER, outer_of(kind, is_common ? 1 : 2, 0, true)));
	}
}
END_TEST

/* A scope lives as long as somebody is in it; then its number is free, and numbers stay low. */
START_TEST(come_and_go)
{
	uint32_t number[1000];

	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 1000; i++) {
			number[i] = enter(WS_KEY_VLAN, outer_of(WS_TUNNEL_VXLAN, round * 1000 + i, 0, false));
			ck_assert_uint_ge(number[i], 1);
			ck_assert_uint_le(number[i], 1024);
			for (unsigned k = 0; k < i; k++)
				ck_assert_uint_ne(number[k], number[i]);
			scopes_hold(&scopes, number[i]);
			scopes_leave(&scopes, number[i]);
		}
		ck_assert_uint_eq(scopes.used, 1000);
		for (unsigned i = 0; i < 1000; i++)
			scopes_leave(&scopes, number[(i * 7) % 1000]);
		ck_assert_uint_eq(scopes.used, 0);
	}
}
END_TEST

START_TEST(key_keeps_the_number)
{
	struct flow_key key = { .family = 4 };
	struct flow_key same = { .family = 4 };

	flow_set_scope(&key, FLOW_SCOPE_MAX);
	ck_assert_uint_eq(flow_scope(&key), FLOW_SCOPE_MAX);
	ck_assert_mem_ne(&key, &same, sizeof(key));
	flow_set_scope(&key, 0);
	ck_assert_mem_eq(&key, &same, sizeof(key));
}
END_TEST

START_TEST(out_of_memory)
{
	size_t live = alloc_live();
	unsigned failures = 0;

	for (size_t n = 1; n < 200; n++) {
		struct scopes poor;
		uint32_t number[40];

		alloc_fail_at(n);
		scopes_init(&poor, 7);
		for (unsigned i = 0; i < 40; i++) {
			struct outer outer = outer_of(WS_TUNNEL_VXLAN, i, 0, false);

			number[i] = scopes_enter(&poor, WS_KEY_VLAN, &outer);
			failures += number[i] == SCOPE_NONE;
		}
		for (unsigned i = 0; i < 40; i++)
			if (number[i] != SCOPE_NONE)
				scopes_leave(&poor, number[i]);
		scopes_fini(&poor);
		alloc_fail_at(0);
	}
	ck_assert_uint_eq(alloc_live(), live);
	ck_assert_uint_ge(failures, 40);
}
END_TEST

/* ---- A whole tracker ------------------------------------------------------------------------------------------------ */

#define FRAMES 5

static uint8_t bytes[FRAMES][512];
static struct ws_packet frames[FRAMES];

/* A SYN or the answer to it. */
static void make_frame(unsigned n, bool is_back, const char *kind)
{
	static uint8_t inner[PACKET_MAX];
	struct packet packet;
	struct wrap wrap;

	packet_init(&packet, is_back ? "10.0.0.2" : "10.0.0.1", is_back ? 80 : 40000, is_back ? "10.0.0.1" : "10.0.0.2",
		    is_back ? 40000 : 80);
	packet.framing = FRAMING_IP;
	packet.flags = is_back ? WS_FLAG_SYN | WS_FLAG_ACK : WS_FLAG_SYN;
	packet.seq = is_back ? 500 : 100;
	packet.ack = is_back ? 101 : 0;
	wrap_init(&wrap, bytes[n], sizeof(bytes[n]), inner, packet_build(&packet, inner, sizeof(inner)), 0, is_back);
	wrap_kind_named(kind)->put(&wrap);
	wrap_finish(&wrap);
	frames[n] = (struct ws_packet){ .ts = (ws_time)n * 1000000,
					.frame = n + 1,
					.linktype = 1,
					.data = wrap_data(&wrap),
					.caplen = (uint32_t)wrap_len(&wrap),
					.len = (uint32_t)wrap_len(&wrap) };
}

/* A connection in one network, one whose halves are in two, and one that has no room. */
static void make_frames(void)
{
	make_frame(0, false, "vlan");
	make_frame(1, true, "vlan");
	make_frame(2, false, "vxlan");
	make_frame(3, true, "geneve");
	make_frame(4, false, "qinq");
}

struct life {
	bool has_failed;
	bool is_told;
	bool is_clean;
};

static struct life live_with_failure(size_t n, enum ws_key key)
{
	struct ws_config config = { .key = key, .max_connections = 2 };
	size_t live = alloc_live();
	struct life life = { .is_told = true };
	ws_tracker *tracker;

	alloc_fail_at(n);
	tracker = ws_tracker_new(&config);
	if (tracker) {
		int error = WS_OK;

		for (unsigned i = 0; i < FRAMES; i++)
			error |= ws_tracker_feed(tracker, &frames[i]);
		ws_tracker_finish(tracker);
		ws_tracker_free(tracker);
		life.is_told = error == WS_OK || alloc_has_failed();
	}
	life.has_failed = alloc_has_failed();
	alloc_fail_at(0);
	life.is_clean = alloc_live() == live;
	return life;
}

START_TEST(every_allocation_fails_once)
{
	struct life life;
	size_t n = 0;

	make_frames();
	do {
		life = live_with_failure(++n, (enum ws_key)_i);
		ck_assert_msg(life.is_told, "allocation %zu failed and nobody was told", n);
		ck_assert_msg(life.is_clean, "allocation %zu failed and something was not freed", n);
	} while (life.has_failed && n < 1000);
	ck_assert_uint_gt(n, 5);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("scope", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_is_no_scope);
	tcase_add_test(tcase, tags);
	tcase_add_test(tcase, ids);
	tcase_add_test(tcase, come_and_go);
	tcase_add_test(tcase, key_keeps_the_number);
	tcase_add_test(tcase, out_of_memory);
	tcase_add_loop_test(tcase, every_allocation_fails_once, 0, 3);
	return suite_run(suite);
}
