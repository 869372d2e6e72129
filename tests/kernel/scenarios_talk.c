/*
 * Every way to talk, and what a path or an attacker can do to it meanwhile.
 */
#include "scenarios.h"
#include "verbs.h"

#define IS_DATA .want = ACK, .mask = SYN | RST | ACK, .load = DATA
#define IS_SYN .want = SYN, .mask = SYN | ACK
#define IS_SYN_ACK .want = SYN | ACK, .mask = SYN | ACK
#define IS_FIN .want = FIN, .mask = FIN

static void chat(struct bed *b)
{
	say(b, CLIENT, 40);
	hear(b, SERVER, 40);
	say(b, SERVER, 60);
	hear(b, CLIENT, 60);
}

static void send_both_ways(struct bed *b, size_t bytes)
{
	say(b, CLIENT, bytes);
	hear(b, SERVER, bytes);
	say(b, SERVER, bytes);
	hear(b, CLIENT, bytes);
}

/* ---- A bad path ---- */

static void loss(struct bed *b)
{
	rule(b, .from = CLIENT, IS_DATA, .act = DROP, .nth = 2, .count = 2);
	rule(b, .from = SERVER, IS_DATA, .act = DROP, .nth = 3, .place = AFTER_TAP);
	meet(b);
	send_both_ways(b, 12000);
	part(b);
}

static void reordered(struct bed *b)
{
	rule(b, .from = CLIENT, IS_DATA, .act = BEHIND, .arg = 2, .nth = 1, .count = 2);
	rule(b, .from = SERVER, IS_DATA, .act = BEHIND, .arg = 3, .nth = 2, .place = AFTER_TAP);
	meet(b);
	send_both_ways(b, 15000);
	part(b);
}

static void duplicated(struct bed *b)
{
	rule(b, .from = CLIENT, IS_DATA, .act = DUPLICATE, .count = 3);
	rule(b, .from = SERVER, IS_DATA, .act = DUPLICATE, .arg = 10, .count = 3, .place = AFTER_TAP);
	meet(b);
	send_both_ways(b, 5000);
	quiet(b, 60);
	part(b);
}

static void fragmented(struct bed *b)
{
	rule(b, .from = CLIENT, IS_DATA, .act = FRAGMENT, .count = ALWAYS, .place = AFTER_TAP, .arg = 104);
	rule(b, .from = SERVER, IS_DATA, .act = FRAGMENT, .count = ALWAYS, .arg = 48);
	rule(b, .from = CLIENT, IS_FIN, .act = FRAGMENT);
	rule(b, .from = SERVER, IS_FIN, .act = FRAGMENT, .place = AFTER_TAP);
	meet(b);
	send_both_ways(b, 900);
	say(b, CLIENT, 300);
	part(b);
}

/* ---- Windows ---- */

static void zero_window(struct bed *b)
{
	listener_option(b, SOL_SOCKET, SO_RCVBUF, 4096);
	meet(b);
	size_t poured = pour(b, CLIENT, 200000);
	rest(1200);
	hear(b, SERVER, poured);
	quiet(b, 60);
	part(b);
}

static void zero_window_forever(struct bed *b)
{
	listener_option(b, SOL_SOCKET, SO_RCVBUF, 4096);
	meet(b);
	pour(b, CLIENT, 200000);
	rest(1500);
}

/* ---- Silence ---- */

static void keep_alive(struct bed *b)
{
	option(b, CLIENT, SOL_SOCKET, SO_KEEPALIVE, 1);
	option(b, CLIENT, IPPROTO_TCP, TCP_KEEPIDLE, 1);
	option(b, CLIENT, IPPROTO_TCP, TCP_KEEPINTVL, 1);
	option(b, CLIENT, IPPROTO_TCP, TCP_KEEPCNT, 2);
}

static void kept_alive(struct bed *b)
{
	meet(b);
	keep_alive(b);
	rest(2300);
	part(b);
}

static void keepalive_unanswered(struct bed *b)
{
	meet(b);
	chat(b);
	quiet(b, 60);
	keep_alive(b);
	rule(b, .from = CLIENT, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void user_timeout(struct bed *b)
{
	meet(b);
	chat(b);
	quiet(b, 60);
	option(b, CLIENT, IPPROTO_TCP, TCP_USER_TIMEOUT, 700);
	rule(b, .from = CLIENT, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	say(b, CLIENT, 40);
	gone(b, CLIENT);
	quiet(b, 60);
}

static void retransmission_give_up(struct bed *b)
{
	tune(b, CLIENT, "tcp_retries2", "3");
	meet(b);
	chat(b);
	quiet(b, 60);
	rule(b, .from = SERVER, .act = DROP, .count = ALWAYS, .place = AFTER_TAP);
	say(b, CLIENT, 40);
	gone(b, CLIENT);
	quiet(b, 60);
}

/* ---- Options ---- */

static struct packet *without_options(const struct packet *p)
{
	return packet_with_options(p, NULL, 0);
}

static void no_options(struct bed *b)
{
	rule(b, .from = CLIENT, IS_SYN, .act = EDIT, .edit = without_options, .count = ALWAYS);
	rule(b, .from = SERVER, IS_SYN_ACK, .act = EDIT, .edit = without_options, .count = ALWAYS);
	meet(b);
	send_both_ways(b, 3000);
	part(b);
}

static void no_timestamps(struct bed *b)
{
	tune(b, CLIENT, "tcp_timestamps", "0");
	meet(b);
	chat(b);
	part(b);
}

static void no_sack(struct bed *b)
{
	tune(b, SERVER, "tcp_sack", "0");
	loss(b);
}

static void ecn(struct bed *b)
{
	tune(b, CLIENT, "tcp_ecn", "1");
	tune(b, SERVER, "tcp_ecn", "1");
	meet(b);
	send_both_ways(b, 5000);
	part(b);
}

static void tiny_mss(struct bed *b)
{
	listener_option(b, IPPROTO_TCP, TCP_MAXSEG, 100);
	meet(b);
	send_both_ways(b, 2500);
	part(b);
}

static void urgent(struct bed *b)
{
	meet(b);
	option(b, SERVER, SOL_SOCKET, SO_OOBINLINE, 1);
	say(b, CLIENT, 10);
	say_urgent(b, CLIENT);
	say(b, CLIENT, 10);
	hear(b, SERVER, 21);
	part(b);
}

static void super_frames(struct bed *b)
{
	meet(b);
	send_both_ways(b, 300000);
	part(b);
}

/* ---- Attackers; the endpoints must stay as they are ---- */

static void attacked(struct bed *b, const struct fake *f)
{
	meet(b);
	chat(b);
	quiet(b, 60);
	inject(b, f);
	quiet(b, 60);
	chat(b);
	part(b);
}

static void blind_rst_in_window(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = RST, .seq = 500 });
}

static void blind_rst_outside(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = RST, .seq = -5000, .place = AFTER_TAP });
}

static void blind_syn(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = SYN, .seq = 500 });
}

static void bad_checksum_rst(struct bed *b)
{
	attacked(b, &(struct fake){ .from = SERVER, .flags = RST | ACK, .bad_checksum = true });
}

static void bad_checksum_fin(struct bed *b)
{
	attacked(b, &(struct fake){ .from = SERVER, .flags = FIN | ACK, .bad_checksum = true });
}

static void fin_without_ack(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = FIN });
}

static void fin_out_of_window(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = FIN | ACK, .seq = 10000000 });
}

static void fin_paws(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = FIN | ACK, .tsval = -100000 });
}

static void fin_ack_beyond(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = FIN | ACK, .ack = 5000 });
}

static void fin_behind_hole(struct bed *b)
{
	attacked(b, &(struct fake){ .from = CLIENT, .flags = FIN | ACK, .seq = 100 });
}

static void rst_exact(struct bed *b)
{
	meet(b);
	chat(b);
	quiet(b, 60);
	fake(b, .from = CLIENT, .flags = RST);
	gone(b, SERVER);
	say(b, CLIENT, 40);
	gone(b, CLIENT);
	quiet(b, 60);
}

const struct scenario scenarios_talk[] = {
	{ "talk-loss", "data lost both ways", loss, 0 },
	{ "talk-reordered", "data out of order both ways", reordered, 0 },
	{ "talk-duplicated", "data twice both ways", duplicated, 0 },
	{ "talk-fragmented", "data and FINs in IP fragments", fragmented, 0 },
	{ "talk-zero-window", "the window closes, probes, opens", zero_window, 0 },
	{ "talk-zero-window-forever", "the window never opens again", zero_window_forever, 0 },
	{ "talk-keepalive", "keepalives are answered", kept_alive, 0 },
	{ "talk-keepalive-unanswered", "keepalives are not answered: RST", keepalive_unanswered, 0 },
	{ "talk-user-timeout", "TCP_USER_TIMEOUT ends it silently", user_timeout, 0 },
	{ "talk-give-up", "no acknowledgement comes; the client gives up", retransmission_give_up, 0 },
	{ "talk-no-options", "no options on the SYNs", no_options, 0 },
	{ "talk-no-timestamps", "no timestamps", no_timestamps, 0 },
	{ "talk-no-sack", "loss without SACK", no_sack, 0 },
	{ "talk-ecn", "ECN negotiated", ecn, 0 },
	{ "talk-tiny-mss", "an MSS of 100", tiny_mss, 0 },
	{ "talk-urgent", "urgent data", urgent, 0 },
	{ "talk-super-frames", "offload: frames of 60 kB, checksums unfilled", super_frames, OFFLOAD },
	{ "talk-blind-rst-in-window", "a forged RST in the window: challenge ACK", blind_rst_in_window, 0 },
	{ "talk-blind-rst-outside", "a forged RST outside the window", blind_rst_outside, 0 },
	{ "talk-blind-syn", "a forged SYN into ESTABLISHED: challenge ACK", blind_syn, 0 },
	{ "talk-bad-checksum-rst", "an exact RST with a wrong checksum", bad_checksum_rst, 0 },
	{ "talk-bad-checksum-fin", "an exact FIN with a wrong checksum", bad_checksum_fin, 0 },
	{ "talk-fin-without-ack", "a forged FIN without ACK flag", fin_without_ack, 0 },
	{ "talk-fin-out-of-window", "a forged FIN far outside the window", fin_out_of_window, 0 },
	{ "talk-fin-paws", "a forged FIN with an old timestamp", fin_paws, 0 },
	{ "talk-fin-ack-beyond", "a forged FIN that acknowledges what was never sent", fin_ack_beyond, 0 },
	{ "talk-fin-behind-hole", "a forged FIN behind a hole", fin_behind_hole, 0 },
	{ "talk-rst-exact", "a forged RST with the exact number kills the server", rst_exact, 0 },
	{ 0 },
};
