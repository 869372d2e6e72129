/*
 * The record of a connection: what the SYNs said, how the sides stand and since when, and when it is final. Absent is -1
 * or false, never 0 or "".
 */
#include <check.h>
#include <string.h>

#include "lib/exchange.h"
#include "lib/packet.h"
#include "lib/suite.h"

#define SECOND INT64_C(1000000000)
#define MS INT64_C(1000000)

static struct exchange x;
static struct ws_record r;

static const struct ws_endpoint *client = &r.endpoint[WS_CLIENT];
static const struct ws_endpoint *server = &r.endpoint[WS_SERVER];

static void look(void)
{
	ck_assert(exchange_record(&x, 1, &r));
}

/* ---- Options ------------------------------------------------------------------------------------------------------- */

static struct ws_record taken;

static int take(void *user, ws_connection *connection)
{
	(void)user;
	ws_connection_record(connection, &taken);
	return 0;
}

/* A SYN of IPv6 with all options, answered by a SYN-ACK with a few. */
static void feed_syn(ws_tracker *tracker, bool is_answer)
{
	struct packet packet;
	uint8_t frame[256];
	struct ws_packet p = { .ts = EXCHANGE_START + (is_answer ? 25 * MS : 0),
			       .frame = 1u + is_answer,
			       .data = frame };

	packet_init(&packet, is_answer ? "2001:db8::2" : "2001:db8::1", is_answer ? 443 : 50000,
		    is_answer ? "2001:db8::1" : "2001:db8::2", is_answer ? 50000 : 443);
	packet.flags = is_answer ? WS_FLAG_SYN | WS_FLAG_ACK : WS_FLAG_SYN;
	packet.seq = is_answer ? 0xfffffff0 : 77;
	packet.ack = is_answer ? 78 : 0;
	packet_option_mss(&packet.options, is_answer ? 1220 : 1440);
	packet_option_wscale(&packet.options, is_answer ? 9 : 7);
	if (!is_answer) {
		packet_option_sack_permitted(&packet.options);
		packet_option_timestamps(&packet.options, 1, 0);
	}
	p.caplen = (uint32_t)packet_build(&packet, frame, sizeof frame);
	p.len = p.caplen;
	p.linktype = packet_linktype(&packet);
	ck_assert_int_eq(ws_tracker_feed(tracker, &p), WS_OK);
}

START_TEST(options)
{
	ws_tracker *tracker = ws_tracker_new(NULL);
	char text[WS_ADDR_TEXT_MAX];

	ck_assert_ptr_nonnull(tracker);
	feed_syn(tracker, false);
	ws_tracker_each(tracker, take, NULL);
	ck_assert(!taken.endpoint[WS_SERVER].has_isn);
	ck_assert(!taken.endpoint[WS_SERVER].saw_syn);
	ck_assert_int_eq(taken.endpoint[WS_SERVER].mss, -1);
	ck_assert_int_eq(taken.endpoint[WS_SERVER].wscale, -1);
	ck_assert_int_eq(taken.server_rtt_ns, -1);
	feed_syn(tracker, true);
	ws_tracker_each(tracker, take, NULL);
	ck_assert_str_eq(ws_addr_text(&taken.endpoint[WS_CLIENT].addr, text), "2001:db8::1");
	ck_assert_uint_eq(taken.endpoint[WS_CLIENT].port, 50000);
	ck_assert_uint_eq(taken.endpoint[WS_CLIENT].isn, 77);
	ck_assert_uint_eq(taken.endpoint[WS_SERVER].isn, 0xfffffff0);
	ck_assert_int_eq(taken.endpoint[WS_CLIENT].mss, 1440);
	ck_assert_int_eq(taken.endpoint[WS_SERVER].mss, 1220);
	ck_assert_int_eq(taken.endpoint[WS_CLIENT].wscale, 7);
	ck_assert_int_eq(taken.endpoint[WS_SERVER].wscale, 9);
	ck_assert(taken.endpoint[WS_CLIENT].sack && taken.endpoint[WS_CLIENT].timestamps);
	ck_assert(!taken.endpoint[WS_SERVER].sack && !taken.endpoint[WS_SERVER].timestamps);
	ck_assert_int_eq(taken.server_rtt_ns, 25 * MS);
	ck_assert_int_eq(taken.client_rtt_ns, -1);
	ws_tracker_free(tracker);
}
END_TEST

/* ---- The course of a connection --------------------------------------------------------------------------------------- */

START_TEST(a_syn)
{
	exchange_init(&x, NULL);
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	look();
	ck_assert_int_eq(client->state, WS_SYN_SENT);
	ck_assert_int_eq(client->proven, WS_SYN_SENT);
	ck_assert_int_eq(server->state, WS_SYN_RECEIVED);
	ck_assert_int_ne(server->proven, WS_SYN_RECEIVED);
	ck_assert_int_eq(client->since, EXCHANGE_START);
	ck_assert_uint_eq(r.syns, 1);
	ck_assert_uint_eq(r.syn_acks, 0);
	ck_assert_int_eq(r.end_reason, WS_END_OPEN);
	ck_assert(!r.final && !r.has_close_first);
	ck_assert_uint_eq(strlen(r.uid), 18);
	ck_assert_int_eq(strncmp(r.community_id, "1:", 2), 0);
	ck_assert_str_eq(r.history, "S");
	ck_assert_str_eq(r.conn_state, "S0");
	ck_assert_uint_eq(r.findings_len, 0);
	exchange_fini(&x);
}
END_TEST

/* Every step with the frame that brought it and the time. */
START_TEST(path)
{
	static const enum ws_state states[] = { WS_SYN_SENT, WS_ESTABLISHED, WS_FIN_WAIT_1, WS_TIME_WAIT };
	static const uint64_t frames[] = { 1, 2, 7, 8 };

	exchange_init(&x, NULL);
	exchange_open(&x, 1);
	exchange_close(&x, 1);
	look();
	ck_assert_uint_eq(client->path_len, 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(client->path[i].state, states[i]);
		ck_assert_int_eq(client->path[i].evidence, WS_PROVEN);
		ck_assert_uint_eq(client->path[i].frame, frames[i]);
		ck_assert_int_eq(client->path[i].earliest, EXCHANGE_START + (ws_time)(frames[i] - 1) * MS);
		ck_assert_int_ge(client->path[i].latest, client->path[i].earliest);
	}
	ck_assert_int_eq(client->since, client->path[3].earliest);
	ck_assert_str_eq(r.conn_state, "SF");
	ck_assert_int_eq(r.close_first, WS_CLIENT);
	ck_assert(r.has_close_first);
	exchange_fini(&x);
}
END_TEST

START_TEST(midstream)
{
	exchange_init(&x, NULL);
	exchange_feed(&x, 1, CLIENT, "P.", 1, 1, 10);
	look();
	ck_assert_int_eq(client->state, WS_ESTABLISHED);
	ck_assert_int_eq(server->state, WS_UNKNOWN);
	ck_assert_int_eq(server->since, WS_TIME_NONE);
	ck_assert(!client->has_isn && !client->saw_syn);
	ck_assert_uint_eq(r.tags, WS_TAG_MIDSTREAM | WS_TAG_ONE_WAY);
	ck_assert_uint_eq(r.findings_len, 1);
	ck_assert_int_eq(r.findings[0].id, WS_FINDING_midstream_pickup);
	ck_assert_uint_eq(r.findings[0].first_frame, 1);
	exchange_feed(&x, 1, SERVER, ".", 1, 11, 0);
	look();
	ck_assert_uint_eq(r.tags, WS_TAG_MIDSTREAM);
	exchange_fini(&x);
}
END_TEST

/* What is lost when a connection is over: payload that the peer has not acknowledged, and whether the FIN was. */
START_TEST(lost)
{
	exchange_init(&x, NULL);
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	look();
	ck_assert_int_eq(client->outstanding, -1);
	ck_assert_int_eq(client->outstanding_bytes, -1);
	exchange_fini(&x);

	exchange_init(&x, NULL);
	exchange_open(&x, 1);
	look();
	ck_assert_int_eq(client->outstanding_bytes, 0);
	exchange_feed(&x, 1, CLIENT, "P.", 11, 11, 100);
	exchange_feed(&x, 1, CLIENT, "F.", 111, 11, 0);
	look();
	ck_assert_int_eq(client->outstanding, 101);
	ck_assert_int_eq(client->outstanding_bytes, 100);
	exchange_feed(&x, 1, SERVER, ".", 11, 51, 0);
	look();
	ck_assert_int_eq(client->outstanding, 61);
	ck_assert_int_eq(client->outstanding_bytes, 60);
	ck_assert(!r.has_reset_by);
	exchange_feed(&x, 1, SERVER, "R.", 11, 111, 0);
	look();
	ck_assert_int_eq(client->outstanding_bytes, 0);
	ck_assert_int_eq(client->outstanding, 1);
	ck_assert(r.has_reset_by);
	ck_assert_int_eq(r.reset_by, WS_SERVER);
	ck_assert_int_eq(r.close_first, WS_CLIENT);
	exchange_fini(&x);
}
END_TEST

/* ---- Final ------------------------------------------------------------------------------------------------------------- */

static struct ws_record last;

static void note_end(void *user, const struct ws_event *event)
{
	(void)user;
	ws_connection_record(event->connection, &last);
}

static void begin(void)
{
	struct ws_config config = { .on_event = note_end, .events = WS_MASK(WS_EVENT_END) };

	exchange_init(&x, &config);
}

/* No more can come of what has closed; of what is open when the input ends, more may. */
START_TEST(final)
{
	begin();
	exchange_open(&x, 1);
	exchange_close(&x, 1);
	look();
	ck_assert(!r.final);
	ws_tracker_advance(x.tracker, x.now + 1000 * SECOND);
	ck_assert(last.final);
	ck_assert_int_eq(last.end_reason, WS_END_CLOSED);
	ck_assert_int_eq(last.endpoint[WS_CLIENT].state, WS_CLOSED);
	exchange_fini(&x);

	begin();
	exchange_open(&x, 1);
	ws_tracker_finish(x.tracker);
	ck_assert(!last.final);
	ck_assert_int_eq(last.end_reason, WS_END_OPEN);
	exchange_fini(&x);

	begin();
	exchange_feed(&x, 1, CLIENT, "S", 0, 0, 0);
	exchange_feed(&x, 1, SERVER, "R.", 0, 1, 0);
	ws_tracker_finish(x.tracker);
	ck_assert(last.final);
	ck_assert_int_eq(last.end_reason, WS_END_CLOSED);
	exchange_fini(&x);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("record", &t);

	tcase_add_test(t, options);
	tcase_add_test(t, a_syn);
	tcase_add_test(t, path);
	tcase_add_test(t, midstream);
	tcase_add_test(t, lost);
	tcase_add_test(t, final);
	return suite_run(suite);
}
