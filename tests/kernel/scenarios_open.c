/*
 * Every way to open, and to fail to.
 */
#include "scenarios.h"
#include "verbs.h"

#define IS_SYN .want = SYN, .mask = SYN | ACK
#define IS_SYN_ACK .want = SYN | ACK, .mask = SYN | ACK
#define IS_ACK .want = ACK, .mask = SYN | FIN | RST | ACK

static void chat(struct bed *b)
{
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	say(b, SERVER, 60);
	hear(b, CLIENT, 60);
}

/* ---- Plain ---- */

static void normal(struct bed *b)
{
	meet(b);
	quiet(b, 60);
}

static void refused(struct bed *b)
{
	dial_to(b, FIRST_PORT, CLOSED_PORT);
	quiet(b, 60);
}

static void unreachable(struct bed *b)
{
	rule(b, .from = CLIENT, IS_SYN, .act = REFUSE, .place = AFTER_TAP);
	dial(b);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void black_hole(struct bed *b)
{
	tune(b, CLIENT, "tcp_syn_retries", "1");
	rule(b, .from = CLIENT, IS_SYN, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	dial(b);
	gone(b, CLIENT);
}

static void quit_while_opening(struct bed *b)
{
	serve(b, 8);
	delay(b, SERVER, 40);
	dial(b);
	rest(20);
	leave(b, CLIENT);
	quiet(b, 100);
}

/* ---- Crossing SYNs ---- */

static void simultaneous(struct bed *b)
{
	delay(b, CLIENT, 20);
	delay(b, SERVER, 20);
	dial(b);
	dial_back(b);
	reach(b, CLIENT, K_ESTABLISHED);
	reach(b, SERVER, K_ESTABLISHED);
	chat(b);
	part(b);
}

static void simultaneous_syn_lost(struct bed *b)
{
	delay(b, CLIENT, 20);
	delay(b, SERVER, 20);
	rule(b, .from = SERVER, IS_SYN, .act = DROP, .place = AFTER_TAP);
	dial(b);
	dial_back(b);
	reach(b, CLIENT, K_ESTABLISHED);
	reach(b, SERVER, K_ESTABLISHED);
	quiet(b, 60);
}

/* ---- One of the three segments lost, late or twice ---- */

static void syn_lost(struct bed *b)
{
	rule(b, .from = CLIENT, IS_SYN, .act = DROP, .place = AFTER_TAP);
	meet(b);
	part(b);
}

static void syn_ack_lost(struct bed *b)
{
	rule(b, .from = SERVER, IS_SYN_ACK, .act = DROP, .place = AFTER_TAP);
	meet(b);
	part(b);
}

static void last_ack_lost_silent(struct bed *b)
{
	serve(b, 8);
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .place = AFTER_TAP);
	meet(b);
	quiet(b, 100);
	part(b);
}

static void last_ack_lost_talking(struct bed *b)
{
	rule(b, .from = CLIENT, IS_ACK, .load = NO_DATA, .act = DROP);
	serve(b, 8);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	rest(20);
	say(b, CLIENT, 40);
	answer(b);
	hear(b, SERVER, 40);
	part(b);
}

static void last_ack_lost_forever(struct bed *b)
{
	tune(b, SERVER, "tcp_synack_retries", "1");
	rule(b, .from = CLIENT, IS_ACK, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	serve(b, 8);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	reach(b, SERVER, K_SYN_RECV);
	gone(b, SERVER);
}

static void syn_twice(struct bed *b)
{
	rule(b, .from = CLIENT, IS_SYN, .act = DUPLICATE, .arg = 1);
	meet(b);
	chat(b);
	part(b);
}

static void syn_late_copy(struct bed *b)
{
	rule(b, .from = CLIENT, IS_SYN, .act = DUPLICATE, .arg = 100, .place = AFTER_TAP);
	meet(b);
	chat(b);
	quiet(b, 150);
	part(b);
}

static void syn_ack_late_copy(struct bed *b)
{
	rule(b, .from = SERVER, IS_SYN_ACK, .act = DUPLICATE, .arg = 60);
	meet(b);
	chat(b);
	quiet(b, 100);
	part(b);
}

static void ack_behind_data(struct bed *b)
{
	rule(b, .from = CLIENT, IS_ACK, .act = BEHIND, .arg = 1, .place = AFTER_TAP);
	serve(b, 8);
	dial(b);
	reach(b, CLIENT, K_ESTABLISHED);
	say(b, CLIENT, 40);
	answer(b);
	hear(b, SERVER, 40);
	part(b);
}

/* ---- Wrong answers ---- */

static struct packet *with_wrong_ack(const struct packet *p)
{
	return packet_shifted(p, 0, 1000);
}

static void syn_ack_wrong(struct bed *b)
{
	rule(b, .from = SERVER, IS_SYN_ACK, .act = EDIT, .edit = with_wrong_ack);
	meet(b);
	chat(b);
	part(b);
}

static void rst_without_ack(struct bed *b)
{
	serve(b, 8);
	rule(b, .from = SERVER, IS_SYN_ACK, .act = LATE, .arg = 60);
	dial(b);
	rest(10);
	fake(b, .from = SERVER, .flags = RST, .place = AFTER_TAP);
	fake(b, .from = SERVER, .flags = RST | ACK, .ack = 77);
	answer(b);
	chat(b);
	part(b);
}

static void rst_forged(struct bed *b)
{
	serve(b, 8);
	rule(b, .from = SERVER, IS_SYN_ACK, .act = LATE, .arg = 60);
	dial(b);
	rest(10);
	fake(b, .from = SERVER, .flags = RST | ACK);
	gone(b, CLIENT);
	quiet(b, 100);
}

static void syn_fin(struct bed *b)
{
	serve(b, 8);
	dial(b);
	answer(b);
	b->now = NULL;
	wire_fake(b->wire, 44444, SERVER_PORT, &(struct fake){ .from = CLIENT, .flags = SYN | FIN, .seq = 1000 });
	quiet(b, 100);
}

static void blind_syn(struct bed *b)
{
	serve(b, 8);
	tune(b, SERVER, "tcp_synack_retries", "1");
	wire_fake(b->wire, 44444, SERVER_PORT, &(struct fake){ .from = CLIENT, .flags = SYN, .seq = 1000 });
	quiet(b, 100);
}

const struct scenario scenarios_open[] = {
	{ "open-normal", "three segments, nothing said", normal, 0 },
	{ "open-refused", "nothing listens: SYN, RST", refused, 0 },
	{ "open-unreachable", "a router answers the SYN with ICMP unreachable", unreachable, 0 },
	{ "open-black-hole", "no SYN arrives; the client gives up", black_hole, 0 },
	{ "open-quit", "the client gives up before the SYN-ACK comes", quit_while_opening, 0 },
	{ "open-simultaneous", "crossing SYNs", simultaneous, 0 },
	{ "open-simultaneous-lost", "crossing SYNs, one lost", simultaneous_syn_lost, 0 },
	{ "open-syn-lost", "the first SYN is lost", syn_lost, 0 },
	{ "open-syn-ack-lost", "the first SYN-ACK is lost", syn_ack_lost, 0 },
	{ "open-last-ack-lost-silent", "the handshake's ACK is lost, the client says nothing", last_ack_lost_silent,
	  0 },
	{ "open-last-ack-lost-talking", "the handshake's ACK is lost, the client's data stands in",
	  last_ack_lost_talking, 0 },
	{ "open-last-ack-lost-forever", "no ACK arrives; the server gives up", last_ack_lost_forever, 0 },
	{ "open-syn-twice", "the SYN arrives twice", syn_twice, 0 },
	{ "open-syn-late-copy", "a copy of the SYN arrives in ESTABLISHED", syn_late_copy, 0 },
	{ "open-syn-ack-late-copy", "a copy of the SYN-ACK arrives in ESTABLISHED", syn_ack_late_copy, 0 },
	{ "open-ack-behind-data", "the client's data overtakes the handshake's ACK", ack_behind_data, 0 },
	{ "open-syn-ack-wrong", "a SYN-ACK acknowledges what was never sent", syn_ack_wrong, 0 },
	{ "open-rst-ignored", "RSTs without ACK and with a wrong ACK come to SYN-SENT", rst_without_ack, 0 },
	{ "open-rst-forged", "a right RST comes to SYN-SENT before the SYN-ACK", rst_forged, 0 },
	{ "open-syn-fin", "SYN and FIN in one segment come to a listener", syn_fin, 0 },
	{ "open-blind-syn", "a forged SYN opens a request nobody will complete", blind_syn, MOVES_ON },
	{ 0 },
};
