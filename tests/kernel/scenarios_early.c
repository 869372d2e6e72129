/*
 * Handshakes that are cut short, and what else can ride on one: MPTCP, MD5, IP options.
 */
#include "scenarios.h"
#include "verbs.h"

#include <arpa/inet.h>
#include <string.h>

#define IS_SYN .want = SYN, .mask = SYN | ACK
#define IS_SYN_ACK .want = SYN | ACK, .mask = SYN | ACK
#define IS_ACK .want = ACK, .mask = SYN | FIN | RST | ACK, .load = NO_DATA
#define IS_FIN .want = FIN, .mask = FIN

static void chat(struct bed *b)
{
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	say(b, SERVER, 60);
	hear(b, CLIENT, 60);
}

/* ---- Closed as soon as open ---- */

static void server_leaves_at_once(struct bed *b)
{
	serve(b, 8);
	dial(b);
	answer(b);
	leave(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	leave(b, CLIENT);
	quiet(b, 60);
}

static void client_leaves_at_once(struct bed *b)
{
	serve(b, 8);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	answer(b);
	leave(b, SERVER);
	quiet(b, 60);
}

/* The client's FIN is the first to acknowledge the SYN-ACK that arrives: SYN-RECEIVED, then CLOSE-WAIT. */
static void fin_for_ack(struct bed *b)
{
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .place = AFTER_TAP);
	client_leaves_at_once(b);
}

static void fin_for_ack_unseen(struct bed *b)
{
	rule(b, .from = CLIENT, IS_ACK, .act = DROP);
	client_leaves_at_once(b);
}

static void rst_for_ack(struct bed *b)
{
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .place = AFTER_TAP);
	serve(b, 8);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	slam(b, CLIENT);
	quiet(b, 60);
	gone(b, SERVER);
}

static void rst_to_syn_received(struct bed *b)
{
	serve(b, 8);
	rule(b, .from = CLIENT, IS_ACK, .act = LATE, .arg = 60);
	dial(b);
	reach(b, SERVER, K_SYN_RECV);
	fake(b, .from = CLIENT, .flags = RST, .place = AFTER_TAP);
	gone(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void rst_beside_syn_received(struct bed *b)
{
	serve(b, 8);
	rule(b, .from = CLIENT, IS_ACK, .act = LATE, .arg = 60);
	dial(b);
	reach(b, SERVER, K_SYN_RECV);
	fake(b, .from = CLIENT, .flags = RST, .seq = 700000);
	answer(b);
	chat(b);
	part(b);
}

/* The listener gets an ACK that acknowledges too much; it answers RST and waits on. */
static void wrong_ack_to_syn_received(struct bed *b)
{
	serve(b, 8);
	rule(b, .from = CLIENT, IS_ACK, .act = LATE, .arg = 60);
	dial(b);
	reach(b, SERVER, K_SYN_RECV);
	rule(b, .from = SERVER, .want = RST, .mask = RST, .act = DROP);
	fake(b, .from = CLIENT, .flags = ACK, .ack = 5000, .place = AFTER_TAP);
	answer(b);
	chat(b);
	part(b);
}

/* ---- Slow paths ---- */

static void slow(struct bed *b)
{
	delay(b, CLIENT, 600);
	delay(b, SERVER, 600);
	serve(b, 8);
	dial(b);
	answer(b);
	reach(b, CLIENT, K_ESTABLISHED);
	quiet(b, 700);
}

static void slow_and_closed(struct bed *b)
{
	delay(b, CLIENT, 300);
	delay(b, SERVER, 300);
	serve(b, 8);
	dial(b);
	answer(b);
	reach(b, CLIENT, K_ESTABLISHED);
	leave(b, CLIENT);
	reach(b, SERVER, K_CLOSE_WAIT);
	leave(b, SERVER);
	gone(b, SERVER);
	quiet(b, 700);
}

/* ---- Crossing SYNs, cut short ---- */

static void cross(struct bed *b)
{
	delay(b, CLIENT, 30);
	delay(b, SERVER, 30);
	dial(b);
	dial_back(b);
}

static void simultaneous_both(struct bed *b)
{
	cross(b);
	reach(b, CLIENT, K_ESTABLISHED);
	reach(b, SERVER, K_ESTABLISHED);
	quiet(b, 100);
	leave(b, CLIENT);
	leave(b, SERVER);
	quiet(b, 200);
}

/* The server closes in SYN-RECEIVED: FIN-WAIT-1 without ESTABLISHED. */
static void simultaneous_left(struct bed *b)
{
	rule(b, .from = CLIENT, IS_SYN_ACK, .act = LATE, .arg = 100);
	cross(b);
	reach(b, SERVER, K_SYN_RECV);
	rest(5);
	half_close(b, SERVER);
	reach(b, CLIENT, K_CLOSE_WAIT);
	leave(b, CLIENT);
	quiet(b, 300);
}

static void simultaneous_abort(struct bed *b)
{
	rule(b, .from = CLIENT, IS_SYN_ACK, .act = LATE, .arg = 100);
	cross(b);
	reach(b, SERVER, K_SYN_RECV);
	rest(5);
	slam(b, SERVER);
	gone(b, CLIENT);
	quiet(b, 200);
}

/* ---- A full queue, and data for it ---- */

static void overflow_talking(struct bed *b)
{
	serve(b, 1);
	delay(b, CLIENT, 20);
	delay(b, SERVER, 20);
	dial(b);
	reach(b, SERVER, K_ESTABLISHED);
	dial(b);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	say(b, CLIENT, 40);
	rest(300);
	turn_to(b, 0);
	answer(b);
	turn_to(b, 2);
	reach(b, SERVER, K_ESTABLISHED);
	quiet(b, 300);
}

static void deferred_left(struct bed *b)
{
	listener_option(b, IPPROTO_TCP, TCP_DEFER_ACCEPT, 30);
	serve(b, 8);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	quiet(b, 60);
	leave(b, CLIENT);
	answer(b);
	hear_end(b, SERVER);
	leave(b, SERVER);
	quiet(b, 60);
}

static void refused_then_served(struct bed *b)
{
	dial(b);
	gone(b, CLIENT);
	quiet(b, 60);
	leave(b, CLIENT);
	serve(b, 8);
	dial_to(b, FIRST_PORT, SERVER_PORT);
	answer(b);
	chat(b);
	part(b);
}

/* ---- Other things on board ---- */

/* The subflow's FINs follow when both have sent their DATA_FIN. */
static void mptcp(struct bed *b, enum side first)
{
	b->protocol = IPPROTO_MPTCP;
	meet(b);
	chat(b);
	quiet(b, 60);
	leave(b, first);
	quiet(b, 60);
	leave(b, other(first));
	quiet(b, 200);
}

static void mptcp_by_client(struct bed *b)
{
	mptcp(b, CLIENT);
}

static void mptcp_by_server(struct bed *b)
{
	mptcp(b, SERVER);
}

static void set_md5(struct bed *b, enum side side, int fd)
{
	struct tcp_md5sig key = { .tcpm_keylen = 8, .tcpm_key = "wirestat" };
	struct sockaddr_storage peer;

	host_sockaddr(&b->host[other(side)], 0, &peer);
	memcpy(&key.tcpm_addr, &peer, sizeof key.tcpm_addr);
	if (setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &key, sizeof key) < 0)
		broken("TCP_MD5SIG");
}

static void md5(struct bed *b)
{
	b->prepare = set_md5;
	meet(b);
	chat(b);
	quiet(b, 60);
	fake(b, .from = CLIENT, .flags = FIN | ACK);
	fake(b, .from = CLIENT, .flags = RST);
	quiet(b, 60);
	chat(b);
	part(b);
}

static void set_ip_options(struct bed *b, enum side side, int fd)
{
	static const uint8_t four[] = { 1, 1, 1, 1, 1, 1, 1, 0 };
	static const uint8_t six[] = { 0, 0, 1, 4, 0, 0, 0, 0 };
	int failed = b->family == AF_INET ? setsockopt(fd, IPPROTO_IP, IP_OPTIONS, four, sizeof four)
					  : setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, six, sizeof six);

	(void)side;
	if (failed)
		broken("IP options");
}

static void ip_options(struct bed *b)
{
	b->prepare = set_ip_options;
	meet(b);
	chat(b);
	part(b);
}

const struct scenario scenarios_early[] = {
	{ "early-server-leaves", "the server closes as soon as it has accepted", server_leaves_at_once, UNSEEN },
	{ "early-client-leaves", "the client closes as soon as it is connected", client_leaves_at_once, UNSEEN },
	{ "early-fin-for-ack", "the handshake's ACK is lost; the client's FIN stands in", fin_for_ack, UNSEEN },
	{ "early-fin-for-ack-unseen", "the ACK is lost before the middle; the FIN stands in", fin_for_ack_unseen,
	  UNSEEN },
	{ "early-rst-for-ack", "the handshake's ACK is lost; the client's RST comes", rst_for_ack, UNSEEN },
	{ "early-rst-forged", "a forged RST comes to SYN-RECEIVED", rst_to_syn_received, UNSEEN },
	{ "early-rst-beside", "a forged RST comes to SYN-RECEIVED, outside the window", rst_beside_syn_received,
	  UNSEEN },
	{ "early-wrong-ack", "a forged ACK of what was never sent comes to SYN-RECEIVED", wrong_ack_to_syn_received,
	  UNSEEN },
	{ "early-slow", "1.2 s there and back: SYN and SYN-ACK are repeated", slow, UNSEEN },
	{ "early-slow-closed", "0.6 s there and back: FINs are repeated", slow_and_closed, UNSEEN },
	{ "early-crossing-both", "crossing SYNs, then crossing FINs", simultaneous_both, UNSEEN },
	{ "early-crossing-left", "crossing SYNs; the server closes in SYN-RECEIVED", simultaneous_left, UNSEEN },
	{ "early-crossing-abort", "crossing SYNs; the server aborts in SYN-RECEIVED", simultaneous_abort, UNSEEN },
	{ "early-overflow-talking", "accept queue full, the client talks meanwhile", overflow_talking, UNSEEN },
	{ "early-deferred-left", "deferred accept; the client closes without a word", deferred_left, UNSEEN },
	{ "early-refused-served", "refused, then served from the same port", refused_then_served, UNSEEN },
	{ "early-mptcp-by-client", "MPTCP, the client closes", mptcp_by_client, UNSEEN },
	{ "early-mptcp-by-server", "MPTCP, the server closes", mptcp_by_server, UNSEEN },
	{ "early-md5", "MD5 signatures; unsigned FIN and RST are forged", md5, UNSEEN },
	{ "early-ip-options", "IPv4 options, IPv6 destination options", ip_options, UNSEEN },
	{ 0 },
};
