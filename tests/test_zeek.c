/*
 * Zeek's letters and conn_state values by Zeek's own rules (conn/main.zeek and its TCP analyzer). A script is one word
 * per segment: the side (c or s), '.', the flags in tcpdump's letters (S F R P, '.' for ACK), '@' and the sequence
 * number counted from the side's ISN, '+' and the length: "c.S@0", "s.S.@0", "c..@1", "c.P.@1+10". At the end of a word
 * '!' is a bad checksum, '%' a zero window, '?' an ACK of data that the capture does not hold.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "tcp/zeek.h"

#define CLIENT_ISN UINT32_C(0xfffffff0)
#define SERVER_ISN UINT32_C(0xffffff00)

/* What each side has sent so far, so that every ACK acknowledges it all. */
struct play {
	struct zeek zeek;
	uint32_t end[2];
};

static uint8_t flag_of(char letter)
{
	switch (letter) {
	case 'S':
		return WS_FLAG_SYN;
	case 'F':
		return WS_FLAG_FIN;
	case 'R':
		return WS_FLAG_RST;
	case 'P':
		return WS_FLAG_PSH;
	case '.':
		return WS_FLAG_ACK;
	default:
		ck_abort_msg("no such flag: %c", letter);
	}
	return 0;
}

static void play_word(struct play *play, const char *word)
{
	bool from_client = word[0] == 'c';
	uint32_t isn = from_client ? CLIENT_ISN : SERVER_ISN;
	struct segment s = { .window = 65535, .ack = play->end[from_client] };
	bool acks_uncaptured = false;
	char *at = NULL;

	for (word += 2; *word && strchr("SFRP.", *word); word++)
		s.flags |= flag_of(*word);
	s.seq = isn;
	if (*word == '@') {
		s.seq += (uint32_t)strtoul(word + 1, &at, 10);
		word = at;
	}
	if (*word == '+') {
		s.len = (uint32_t)strtoul(word + 1, &at, 10);
		word = at;
	}
	for (; *word; word++) {
		if (*word == '!')
			s.checksum = CHECKSUM_BAD;
		else if (*word == '%')
			s.window = 0;
		else if (*word == '?')
			acks_uncaptured = true;
		else
			ck_abort_msg("no such mark: %c", *word);
	}
	play->end[!from_client] = s.seq + segment_space(&s);
	zeek_segment(&play->zeek, from_client, &s, acks_uncaptured);
}

static void play_script(struct play *play, const char *script)
{
	char copy[1024];
	char *rest = NULL;

	ck_assert_uint_lt(strlen(script), sizeof(copy));
	strcpy(copy, script);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		play_word(play, word);
}

#define OPEN "c.S@0 s.S.@0 c..@1 "

/* ---- conn_state: a row of the decision table each ------------------------------------------------------------ */

static const struct {
	const char *script;
	const char *history;
	const char *conn_state;
} rows[] = {
	/* 12: an attempt without a reply, also when only the client's direction was captured */
	{ "c.S@0", "S", "S0" },
	{ "c.S@0 c.S@0", "S", "S0" },
	{ "c.S@0 c..@1 c.P.@1+5", "SAD", "S0" },
	/* 13: a SYN-ACK makes both established, the handshake's last ACK or not */
	{ "c.S@0 s.S.@0", "Sh", "S1" },
	{ OPEN, "ShA", "S1" },
	{ OPEN "c.P.@1+10 s..@1 s.P.@1+20 c..@11", "ShADad", "S1" },
	/* a bare SYN of the responder (simultaneous open) does so as well, and its SYN-ACK is no new letter */
	{ "c.S@0 s.S@0 c.S.@0 s.S.@0", "Ss", "S1" },
	/* 7: both FINs */
	{ OPEN "c.P.@1+10 s..@1 s.P.@1+20 c..@11 c.F.@11 s.F.@21 c..@12", "ShADadFf", "SF" },
	{ OPEN "s.F.@1 c.F.@1 s..@2", "ShAfFa", "SF" },
	/* and a RST after them changes nothing any more */
	{ OPEN "c.F.@1 s.F.@1 c.R@2", "ShAFfR", "SF" },
	/* FIN and RST of one side, then the FIN of the other: a normal end */
	{ OPEN "c.F.@1 c.R.@2 s.F.@1", "ShAFRf", "SF" },
	/* 9, 11: one FIN; 8, 10: and the other side was never seen */
	{ OPEN "c.F.@1 s..@1", "ShAFa", "S2" },
	{ OPEN "s.F.@1", "ShAf", "S3" },
	{ "c.S@0 c..@1 c.F.@1", "SAF", "SH" },
	{ "s.S.@0 s.F.@1", "^hf", "SHR" },
	/* 1: refused; also when the refused one answers with a RST and neither side had data */
	{ "c.S@0 s.R.@0", "Sr", "REJ" },
	{ "c.S@0 s.S.@0 c.R@1 s.R@1", "ShRr", "REJ" },
	{ OPEN "c.P.@1+10 s.R.@1 c.R.@11", "ShADrR", "RSTR" },
	/* 2, 3: the responder aborts, without and after a SYN of the originator */
	{ "s.S.@0 s.R@1", "^hr", "RSTRH" },
	{ OPEN "s.R.@1", "ShAr", "RSTR" },
	{ OPEN "c.F.@1 s.R.@1", "ShAFr", "RSTR" },
	/* 4, 5, 6: the originator aborts */
	{ "c.S@0 c.R@1", "SR", "RSTOS0" },
	{ "c.S@0 c.S@0! c.R@1", "SCR", "RSTOS0" },
	{ "c.S@0 c..@1 c.R@1", "SAR", "OTH" },
	{ "c.R@1", "R", "OTH" },
	{ "c.S@0 s.S.@0 c.R@1", "ShR", "RSTO" },
	{ OPEN "c.R.@1", "ShAR", "RSTO" },
	/* 14: midstream */
	{ "c.P.@1+10 s..@1", "Da", "OTH" },
	{ "s.P.@1+10 c..@1", "^dA", "OTH" },
	{ "s.S.@0", "^h", "OTH" },
	/* the SYN-ACK came before its SYN */
	{ "s.S.@0 c.S@0 c..@1", "^hSA", "S1" },
	/* the SYN was not captured: an ACK of the other side establishes it */
	{ "s.S.@0 c..@1 c.P.@1+5", "^hAD", "S1" },
	/* an ACK of the SYN before the SYN-ACK makes no partial connection */
	{ "c.S@0 s..@0", "Sa", "S0" },
	/* a SYN after data without one */
	{ "c.P.@1+5 c.S@0", "DS", "S0" },
};

START_TEST(decision)
{
	struct play play = { .end = { CLIENT_ISN, SERVER_ISN } };
	char history[WS_HISTORY_MAX];

	play_script(&play, rows[_i].script);
	ck_assert_str_eq(zeek_history(&play.zeek, history), rows[_i].history);
	ck_assert_str_eq(zeek_conn_state(&play.zeek), rows[_i].conn_state);
}
END_TEST

/* ---- Letters ------------------------------------------------------------------------------------------------- */

static const char *const letters[][2] = {
	/* a d i q: once per direction */
	{ OPEN "c..@1 c..@1 s..@1", "ShAa" },
	{ OPEN "c.P.@1+5 c.P.@6+5 s.P.@1+5 s.P.@6+5", "ShADd" },
	{ OPEN "c.FR@1 c.FR@1", "ShAI" },
	{ "c.SF@0 c.SF@0 c.SR@0", "Q" },
	/* SYN, FIN and RST together count as FIN and RST */
	{ "c.SFR@0", "I" },
	/* s h f r again only at another place; a FIN stands where its data end */
	{ OPEN "c.F.@1 c.F.@1", "ShAF" },
	{ OPEN "c.P.@1+10 c.F.@11 c.F.@1+10", "ShADFT" },
	{ OPEN "c.F.@1 c.F.@5", "ShAFF" },
	{ OPEN "s.R@1 s.R@1 s.R@9", "ShArr" },
	/* t: payload that is not new, at the 1st, 10th */
	{ OPEN "c.P.@1+5 c.P.@1+5 c.P.@1+5", "ShADT" },
	{ OPEN "c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5 c.P.@1+5",
	  "ShADTT" },
	/* a FIN or SYN sent again without payload is no such one */
	{ OPEN "c.F.@1 c.F.@1 s.S.@0", "ShAF" },
	/* payload of a SYN stands at the end it has itself set */
	{ "c.S@0+5 s.S.@0", "STh" },
	/* w: a zero window; not on a RST, nor when the peer has sent its FIN, nor after the own RST */
	{ OPEN "s..@1% s..@1%", "ShAaw" },
	{ OPEN "s.R@1%", "ShAr" },
	{ OPEN "c.F.@1 s..@1%", "ShAFa" },
	{ OPEN "s.F.@1% s..@2%", "ShAfwa" },
	/* c: and the segment is ignored */
	{ OPEN "c.F.@1! s..@1", "ShACa" },
	/* g: of the side whose data are missing, in a clean connection only */
	{ OPEN "s..@1?", "ShAaG" },
	{ OPEN "c..@1?", "ShAg" },
	{ "c.P.@1+5 s..@1?", "Da" },
	{ OPEN "c.R@1 s..@1?", "ShARa" },
	{ OPEN "c.F.@9 s..@1?", "ShAFaG" },
};

START_TEST(letter)
{
	struct play play = { .end = { CLIENT_ISN, SERVER_ISN } };
	char history[WS_HISTORY_MAX];

	play_script(&play, letters[_i][0]);
	ck_assert_str_eq(zeek_history(&play.zeek, history), letters[_i][1]);
}
END_TEST

/* "One hundredth" is a matter of counting. */
START_TEST(scaled_by_ten)
{
	struct play play = { .end = { CLIENT_ISN, SERVER_ISN } };
	char history[WS_HISTORY_MAX];

	play_script(&play, OPEN);
	for (int i = 0; i < 99; i++)
		play_word(&play, "s..@1%");
	ck_assert_str_eq(zeek_history(&play.zeek, history), "ShAaww");
	play_word(&play, "s..@1%");
	ck_assert_str_eq(zeek_history(&play.zeek, history), "ShAawww");
	for (int i = 100; i < 300000; i++)
		play_word(&play, "s..@1%");
	ck_assert_str_eq(zeek_history(&play.zeek, history), "ShAawwwww");
}
END_TEST

/* A FIN and a RST at ever new places fill the letters; what comes then is left out and nothing is overwritten. */
START_TEST(letters_full)
{
	struct play play = { .end = { CLIENT_ISN, SERVER_ISN } };
	char history[WS_HISTORY_MAX];

	play_script(&play, "s.F.@1");
	for (int i = 0; i < 50; i++) {
		char word[32];

		snprintf(word, sizeof(word), "%c.F.@%d", i % 2 ? 's' : 'c', i + 2);
		play_word(&play, word);
	}
	zeek_history(&play.zeek, history);
	ck_assert_str_eq(history, "^fFfFfFfFfFfFfFfFfFfFfFfFfFfFfF");
	ck_assert_uint_eq(strlen(history), WS_HISTORY_MAX - 1);
	ck_assert_str_eq(zeek_conn_state(&play.zeek), "SF");
	zeek_flip(&play.zeek);
	ck_assert_str_eq(zeek_history(&play.zeek, history), "FfFfFfFfFfFfFfFfFfFfFfFfFfFfFf");
}
END_TEST

/* The same segments with the roles told wrongly at first: after the flip the letters are those of the right roles, and
 * '^' tells that the first segment was not the client's. */
START_TEST(flip)
{
	struct play play = { .end = { CLIENT_ISN, SERVER_ISN } };
	char history[WS_HISTORY_MAX];

	play_script(&play, "c.P.@1+5 s..@1 s.F.@1");
	ck_assert_str_eq(zeek_history(&play.zeek, history), "Daf");
	ck_assert_str_eq(zeek_conn_state(&play.zeek), "SHR");
	zeek_flip(&play.zeek);
	ck_assert_str_eq(zeek_history(&play.zeek, history), "^dAF");
	ck_assert_str_eq(zeek_conn_state(&play.zeek), "SH");
	zeek_flip(&play.zeek);
	ck_assert_str_eq(zeek_history(&play.zeek, history), "Daf");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("zeek");
	TCase *t = tcase_create("conn_state");

	tcase_add_loop_test(t, decision, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, t);
	t = tcase_create("history");
	tcase_add_loop_test(t, letter, 0, sizeof(letters) / sizeof(letters[0]));
	tcase_add_test(t, scaled_by_ten);
	tcase_add_test(t, letters_full);
	tcase_add_test(t, flip);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_run(suite());
}
