/*
 * Listeners: an address and port that answered SYN-ACK was in LISTEN (RFC 9293 3.10.7.2); one that answered RST was not
 * (3.10.7.1); and one that said nothing told nothing. They outlive their connections, and are bounded.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/exchange.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "track/listener.h"

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

static struct exchange x;

static struct {
	struct ws_listener all[64];
	size_t len;
} found;

static int note(void *user, const struct ws_listener *listener)
{
	(void)user;
	ck_assert_uint_lt(found.len, sizeof found.all / sizeof found.all[0]);
	found.all[found.len++] = *listener;
	return 0;
}

static void look(void)
{
	found.len = 0;
	ck_assert_int_eq(ws_tracker_listeners(x.tracker, note, NULL), 0);
}

/* The only one. Asking twice tells the same: asking changes nothing. */
static const struct ws_listener *only(void)
{
	struct ws_listener before;

	look();
	ck_assert_uint_eq(found.len, 1);
	before = found.all[0];
	look();
	ck_assert_uint_eq(found.len, 1);
	ck_assert_int_eq(before.state, found.all[0].state);
	ck_assert_uint_eq(before.accepted, found.all[0].accepted);
	ck_assert_uint_eq(before.half_open, found.all[0].half_open);
	ck_assert_uint_eq(before.refused, found.all[0].refused);
	ck_assert_uint_eq(before.unanswered, found.all[0].unanswered);
	return &found.all[0];
}

static void ck_only(enum ws_port_state state, uint64_t accepted, uint64_t half_open, uint64_t refused,
		    uint64_t unanswered)
{
	const struct ws_listener *l = only();

	ck_assert_str_eq(ws_port_state_name(l->state), ws_port_state_name(state));
	ck_assert_uint_eq(l->accepted, accepted);
	ck_assert_uint_eq(l->half_open, half_open);
	ck_assert_uint_eq(l->refused, refused);
	ck_assert_uint_eq(l->unanswered, unanswered);
}

static void setup(void)
{
	exchange_init(&x, NULL);
}

static void teardown(void)
{
	exchange_fini(&x);
}

static void pass(int64_t seconds)
{
	x.now += seconds * SECOND;
	ws_tracker_advance(x.tracker, x.now);
}

/* ---- What is met ------------------------------------------------------------------------------------------------- */

START_TEST(handshake)
{
	char text[WS_ADDR_TEXT_MAX];
	ws_time answered;

	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	look();
	ck_assert_uint_eq(found.len, 0); /* it may still answer */
	answered = x.now;
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	ck_only(WS_PORT_LISTENING, 0, 1, 0, 0);
	exchange_feed(&x, 1, CLIENT, ".", 1, 1, 0);
	ck_only(WS_PORT_LISTENING, 1, 0, 0, 0);
	ck_assert_str_eq(ws_addr_text(&only()->addr, text), "10.50.0.1");
	ck_assert_uint_eq(only()->port, 80);
	ck_assert_int_eq(only()->first_seen, answered);
	ck_assert_int_eq(only()->last_seen, answered);
}
END_TEST

/* Ten connections, each gone before the next comes, and then for long: they are counted, with the first and last time. */
START_TEST(outlives_connections)
{
	ws_time first = x.now + MILLISECOND;
	ws_time last = first;

	for (uint32_t n = 0; n < 10; n++) {
		last = x.now + MILLISECOND;
		exchange_open(&x, n);
		exchange_close(&x, n);
		ck_only(WS_PORT_LISTENING, n + 1, 0, 0, 0);
		pass(200);
		ck_only(WS_PORT_LISTENING, n + 1, 0, 0, 0);
	}
	pass(86400);
	ck_assert_int_eq(only()->first_seen, first);
	ck_assert_int_eq(only()->last_seen, last);
	ws_tracker_finish(x.tracker);
	ck_only(WS_PORT_LISTENING, 10, 0, 0, 0);
}
END_TEST

START_TEST(half_open_now)
{
	for (uint32_t n = 0; n < 5; n++) {
		exchange_feed(&x, n, CLIENT, "S", 0, 0, 0);
		exchange_feed(&x, n, SERVER, "S.", 0, 1, 0);
		ck_only(WS_PORT_LISTENING, 0, n + 1, 0, 0);
	}
	exchange_feed(&x, 0, CLIENT, "R", 1, 0, 0); /* a half-open scan ends its handshake */
	ck_only(WS_PORT_LISTENING, 0, 4, 0, 0);
	pass(600); /* the others time out: nothing is half open, nothing was accepted */
	ck_only(WS_PORT_LISTENING, 0, 0, 0, 0);
}
END_TEST

/* What it answered last counts: the service was stopped, and started again. */
START_TEST(refused_between)
{
	ws_time refused;

	exchange_open(&x, 1);
	refused = x.now + MILLISECOND;
	exchange_feed(&x, 2, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 2, SERVER, "R.", 0, 1, 0);
	ck_only(WS_PORT_REFUSING, 1, 0, 1, 0);
	ck_assert_int_eq(only()->first_seen, refused);
	pass(200);
	ck_only(WS_PORT_REFUSING, 1, 0, 1, 0);
	exchange_open(&x, 3);
	ck_only(WS_PORT_LISTENING, 2, 0, 1, 0);
}
END_TEST

START_TEST(refused_only)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, SERVER, "R.", 0, 1, 0);
	ck_only(WS_PORT_REFUSING, 0, 0, 1, 0);
	exchange_feed(&x, 2, CLIENT, "S", 0, 0, 0);
	pass(2);
	ck_only(WS_PORT_REFUSING, 0, 0, 1, 1); /* silence says nothing against it */
}
END_TEST

/* A SYN has a second to be answered; who answers later was only slow. */
START_TEST(silence)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	pass(1);
	ck_only(WS_PORT_SILENT, 0, 0, 0, 1);
	ck_assert_int_eq(only()->first_seen, EXCHANGE_START);
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	ck_only(WS_PORT_SILENT, 0, 0, 0, 1);
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	ck_only(WS_PORT_LISTENING, 0, 1, 0, 0);
	exchange_feed(&x, 2, CLIENT, "S", 0, 0, 0);
	pass(600); /* given up */
	ck_only(WS_PORT_LISTENING, 0, 0, 0, 1);
}
END_TEST

/* Only the client's half was captured: its ACK proves the SYN-ACK. */
START_TEST(one_way)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, CLIENT, ".", 1, 1, 0);
	exchange_feed(&x, 1, CLIENT, "P.", 1, 1, 10);
	look();
	ck_assert_uint_eq(found.len, 1);
	ck_assert_int_eq(found.all[0].state, WS_PORT_LISTENING);
}
END_TEST

/* Nobody listened where both began (RFC 9293 3.5, figure 7), and nothing tells who did before the capture began. A SYN-ACK
 * that answers nothing is no answer. */
START_TEST(no_listener)
{
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, SERVER, "S", 0, 0, 0);
	exchange_feed(&x, 1, CLIENT, "S.", 0, 1, 0);
	exchange_feed(&x, 1, SERVER, "S.", 0, 1, 0);
	exchange_feed(&x, 2, CLIENT, "P.", 1, 1, 10);
	exchange_feed(&x, 2, SERVER, ".", 1, 11, 0);
	exchange_feed(&x, 3, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 3, SERVER, "S.", 0, 77, 0);
	look();
	ck_assert_uint_eq(found.len, 0);
}
END_TEST

/* ---- Order ------------------------------------------------------------------------------------------------------- */

static void refuse(const char *server, uint16_t port)
{
	bool is_ipv6 = strchr(server, ':') != NULL;
	struct packet packet;
	uint8_t frame[256];

	for (int i = 0; i < 2; i++) {
		const char *client = is_ipv6 ? "2001:db8::99" : "10.0.0.99";
		struct ws_packet p = { .ts = x.now, .frame = ++x.frame, .data = frame };

		packet_init(&packet, i ? server : client, i ? port : 40000, i ? client : server, i ? 40000 : port);
		packet.framing = FRAMING_RAW;
		packet.flags = i ? WS_FLAG_RST | WS_FLAG_ACK : WS_FLAG_SYN;
		packet.seq = i ? 0 : 1000;
		packet.ack = i ? 1001 : 0;
		p.len = p.caplen = (uint32_t)packet_build(&packet, frame, sizeof frame);
		p.linktype = packet_linktype(&packet);
		ck_assert_int_eq(ws_tracker_feed(x.tracker, &p), 0);
		x.now += MILLISECOND;
	}
}

static int stop_at_second(void *user, const struct ws_listener *listener)
{
	(void)listener;
	return ++*(int *)user == 2 ? 77 : 0;
}

START_TEST(by_family_address_port)
{
	static const struct {
		const char *addr;
		uint16_t port;
	} sorted[] = { { "9.0.0.1", 443 },
		       { "10.0.0.1", 80 },
		       { "10.0.0.1", 443 },
		       { "2001:db8::1", 22 },
		       { "2001:db8::2", 21 } };
	int calls = 0;

	for (unsigned i = 0; i < 5; i++)
		refuse(sorted[i * 3 % 5].addr, sorted[i * 3 % 5].port);
	look();
	ck_assert_uint_eq(found.len, 5);
	for (unsigned i = 0; i < 5; i++) {
		char text[WS_ADDR_TEXT_MAX];

		ck_assert_str_eq(ws_addr_text(&found.all[i].addr, text), sorted[i].addr);
		ck_assert_uint_eq(found.all[i].port, sorted[i].port);
	}
	ck_assert_int_eq(ws_tracker_listeners(x.tracker, stop_at_second, &calls), 77);
	ck_assert_int_eq(calls, 2);
}
END_TEST

/* ---- Bounds ------------------------------------------------------------------------------------------------------ */

static struct listeners few;
static struct store none;

/* A connection to port `port` that ended as told. */
static void fold(uint16_t port, enum ws_port_state state)
{
	struct segment syn = { .ts = 1, .frame = 1, .sport = 40000, .dport = port, .flags = WS_FLAG_SYN };
	struct ws_connection c;
	struct detail detail;
	struct flow_key key;
	unsigned client;

	syn.src = packet_addr("10.0.0.1");
	syn.dst = packet_addr("10.0.0.2");
	client = flow_key_of(&syn, &key);
	connection_init(&c, &key, &syn);
	detail_init(&detail);
	c.detail = &detail;
	c.detail->pair.client = (uint8_t)client;
	c.detail->pair.side[client].saw_bare_syn = true;
	c.detail->pair.side[client].syn_ts = 1;
	c.detail->pair.is_refused = state == WS_PORT_REFUSING;
	if (state == WS_PORT_LISTENING)
		endpoint_prove(&c.detail->pair.side[!client], FSM_SND_SYN_ACK, &syn);
	listeners_fold(&few, &c, 1, true);
	connection_fini(&c);
}

/* "80 443": which ports are known. */
static const char *ports(void)
{
	static char text[256];
	size_t len = 0;

	found.len = 0;
	ck_assert_int_eq(listeners_each(&few, &none, 1, note, NULL), 0);
	text[0] = '\0';
	for (size_t i = 0; i < found.len; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%u", i ? " " : "",
					(unsigned)found.all[i].port);
	return text;
}

/* Ports that never listened go first, then the ones not used for longest. */
START_TEST(bounded)
{
	listeners_init(&few, 7, 4);
	store_init(&none, 7);
	fold(1, WS_PORT_LISTENING);
	fold(2, WS_PORT_SILENT);
	fold(3, WS_PORT_REFUSING);
	fold(4, WS_PORT_LISTENING);
	fold(2, WS_PORT_SILENT);
	ck_assert_str_eq(ports(), "1 2 3 4");
	ck_assert_uint_eq(few.evicted, 0);
	fold(5, WS_PORT_SILENT); /* 3 was touched before 2 */
	ck_assert_str_eq(ports(), "1 2 4 5");
	fold(2, WS_PORT_LISTENING); /* now one that listens */
	fold(6, WS_PORT_LISTENING);
	ck_assert_str_eq(ports(), "1 2 4 6");
	fold(1, WS_PORT_LISTENING);
	fold(7, WS_PORT_LISTENING);
	ck_assert_str_eq(ports(), "1 2 6 7");
	ck_assert_uint_eq(few.evicted, 3);
	for (uint16_t port = 1000; port < 9000; port++)
		fold(port, port % 2 ? WS_PORT_SILENT : WS_PORT_REFUSING);
	ck_assert_uint_eq(few.len, 4);
	ck_assert_uint_eq(few.evicted, 3 + 8000);
	listeners_fini(&few);
	store_fini(&none);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("listener", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, handshake);
	tcase_add_test(tcase, outlives_connections);
	tcase_add_test(tcase, half_open_now);
	tcase_add_test(tcase, refused_between);
	tcase_add_test(tcase, refused_only);
	tcase_add_test(tcase, silence);
	tcase_add_test(tcase, one_way);
	tcase_add_test(tcase, no_listener);
	tcase_add_test(tcase, by_family_address_port);
	tcase_add_test(tcase, bounded);
	return suite_run(suite);
}
