/*
 * The words of output and input: the states as RFC 9293, netstat, ss and the kernel spell them (netstat(8) of net-tools
 * and BSD, ss(8), include/net/tcp_states.h, include/uapi/linux/bpf.h), and the lists of the machine output.
 */
#include <check.h>
#include <ctype.h>
#include <string.h>

#include "lib/suite.h"
#include "wirestat.h"

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- States ----------------------------------------------------------------------------------------------------- */

/* RFC 9293 3.3.2. */
static const char *const rfc[WS_STATE_COUNT] = {
	[WS_UNKNOWN] = "UNKNOWN",
	[WS_CLOSED] = "CLOSED",
	[WS_LISTEN] = "LISTEN",
	[WS_SYN_SENT] = "SYN-SENT",
	[WS_SYN_RECEIVED] = "SYN-RECEIVED",
	[WS_ESTABLISHED] = "ESTABLISHED",
	[WS_FIN_WAIT_1] = "FIN-WAIT-1",
	[WS_FIN_WAIT_2] = "FIN-WAIT-2",
	[WS_CLOSING] = "CLOSING",
	[WS_TIME_WAIT] = "TIME-WAIT",
	[WS_CLOSE_WAIT] = "CLOSE-WAIT",
	[WS_LAST_ACK] = "LAST-ACK",
};

static const struct {
	const char *text;
	enum ws_state state;
} spellings[] = {
	/* netstat of net-tools */
	{ "ESTABLISHED", WS_ESTABLISHED },
	{ "SYN_SENT", WS_SYN_SENT },
	{ "SYN_RECV", WS_SYN_RECEIVED },
	{ "FIN_WAIT1", WS_FIN_WAIT_1 },
	{ "FIN_WAIT2", WS_FIN_WAIT_2 },
	{ "TIME_WAIT", WS_TIME_WAIT },
	{ "CLOSE", WS_CLOSED },
	{ "CLOSE_WAIT", WS_CLOSE_WAIT },
	{ "LAST_ACK", WS_LAST_ACK },
	{ "LISTEN", WS_LISTEN },
	{ "CLOSING", WS_CLOSING },
	{ "UNKNOWN", WS_UNKNOWN },
	/* netstat of BSD and macOS, of Windows */
	{ "SYN_RCVD", WS_SYN_RECEIVED },
	{ "FIN_WAIT_1", WS_FIN_WAIT_1 },
	{ "FIN_WAIT_2", WS_FIN_WAIT_2 },
	{ "CLOSED", WS_CLOSED },
	{ "LISTENING", WS_LISTEN },
	{ "SYN_RECEIVED", WS_SYN_RECEIVED },
	/* ss, as it prints and as its filter is written */
	{ "ESTAB", WS_ESTABLISHED },
	{ "SYN-SENT", WS_SYN_SENT },
	{ "SYN-RECV", WS_SYN_RECEIVED },
	{ "FIN-WAIT-1", WS_FIN_WAIT_1 },
	{ "FIN-WAIT-2", WS_FIN_WAIT_2 },
	{ "TIME-WAIT", WS_TIME_WAIT },
	{ "UNCONN", WS_CLOSED },
	{ "CLOSE-WAIT", WS_CLOSE_WAIT },
	{ "LAST-ACK", WS_LAST_ACK },
	{ "established", WS_ESTABLISHED },
	{ "syn-sent", WS_SYN_SENT },
	{ "syn-recv", WS_SYN_RECEIVED },
	{ "fin-wait-1", WS_FIN_WAIT_1 },
	{ "fin-wait-2", WS_FIN_WAIT_2 },
	{ "time-wait", WS_TIME_WAIT },
	{ "closed", WS_CLOSED },
	{ "close-wait", WS_CLOSE_WAIT },
	{ "last-ack", WS_LAST_ACK },
	{ "listening", WS_LISTEN },
	{ "closing", WS_CLOSING },
	/* the kernel: tcp_states.h, and the same for BPF and its tracepoints */
	{ "TCP_ESTABLISHED", WS_ESTABLISHED },
	{ "TCP_SYN_SENT", WS_SYN_SENT },
	{ "TCP_SYN_RECV", WS_SYN_RECEIVED },
	{ "TCP_FIN_WAIT1", WS_FIN_WAIT_1 },
	{ "TCP_FIN_WAIT2", WS_FIN_WAIT_2 },
	{ "TCP_TIME_WAIT", WS_TIME_WAIT },
	{ "TCP_CLOSE", WS_CLOSED },
	{ "TCP_CLOSE_WAIT", WS_CLOSE_WAIT },
	{ "TCP_LAST_ACK", WS_LAST_ACK },
	{ "TCP_LISTEN", WS_LISTEN },
	{ "TCP_CLOSING", WS_CLOSING },
	{ "TCP_NEW_SYN_RECV", WS_SYN_RECEIVED },
	{ "BPF_TCP_ESTABLISHED", WS_ESTABLISHED },
	{ "BPF_TCP_SYN_SENT", WS_SYN_SENT },
	{ "BPF_TCP_SYN_RECV", WS_SYN_RECEIVED },
	{ "BPF_TCP_NEW_SYN_RECV", WS_SYN_RECEIVED },
	{ "BPF_TCP_FIN_WAIT1", WS_FIN_WAIT_1 },
	{ "BPF_TCP_FIN_WAIT2", WS_FIN_WAIT_2 },
	{ "BPF_TCP_TIME_WAIT", WS_TIME_WAIT },
	{ "BPF_TCP_CLOSE", WS_CLOSED },
	{ "BPF_TCP_CLOSE_WAIT", WS_CLOSE_WAIT },
	{ "BPF_TCP_LAST_ACK", WS_LAST_ACK },
	{ "BPF_TCP_LISTEN", WS_LISTEN },
	{ "BPF_TCP_CLOSING", WS_CLOSING },
};

static void ck_parses(const char *text, enum ws_state expected)
{
	enum ws_state state = WS_STATE_COUNT;

	ck_assert_msg(ws_state_parse(text, &state), "%s", text);
	ck_assert_msg(state == expected, "%s is taken for %s", text, ws_state_name(state));
}

static void ck_parses_in_any_case(const char *text, enum ws_state expected)
{
	char other[40];

	ck_assert_uint_lt(strlen(text), sizeof other);
	ck_parses(text, expected);
	for (size_t i = 0; i <= strlen(text); i++)
		other[i] = (char)(i % 2 ? toupper((unsigned char)text[i]) : tolower((unsigned char)text[i]));
	ck_parses(other, expected);
}

START_TEST(state)
{
	ck_assert_str_eq(ws_state_name((enum ws_state)_i), rfc[_i]);
	ck_parses_in_any_case(rfc[_i], (enum ws_state)_i);
}
END_TEST

START_TEST(spelling)
{
	ck_parses_in_any_case(spellings[_i].text, spellings[_i].state);
}
END_TEST

static const char *const no_states[] = { "",        " ",    "FIN",        "FIN-WAIT",  "FIN-WAIT-3", "ESTABLISHED ",
					 " LISTEN", "TCP_", "ESTABLISHE", "connected", "?",          "CLOSED?" };

START_TEST(no_state)
{
	enum ws_state out = WS_STATE_COUNT;

	ck_assert_msg(!ws_state_parse(no_states[_i], &out), "\"%s\"", no_states[_i]);
	ck_assert_int_eq(out, WS_STATE_COUNT);
}
END_TEST

/* ---- The other lists, as the contract of machine output has them -------------------------------------------------- */

static const char *const sides[] = { "client", "server", "both" };
static const char *const evidences[] = { "proven", "presumed", "timer" };
static const char *const levels[] = { "info", "note", "warn", "alert" };
static const char *const role_sources[] = { "syn", "syn-ack", "ack-pattern", "port", "first-packet" };
static const char *const confidences[] = { "high", "medium", "low" };
static const char *const handshakes[] = { "complete",     "half-open", "refused",   "reset",    "no-answer",
					  "simultaneous", "fast-open", "midstream", "irregular" };
static const char *const closes[] = { "none", "fin", "simultaneous", "half-closed", "reset", "aborted" };
static const char *const end_reasons[] = { "open", "closed", "timeout", "evicted", "reused", "end-of-input" };
static const char *const tags[] = { "one-way",   "midstream", "truncated",       "offload", "duplicates", "gaps",
				    "reordered", "fragments", "vlan-asymmetric", "clock",   "syn-missing" };
static const char *const undecoded[] = {
#define UNDECODED(id, text) #id,
#include "wirestat_undecoded.def"
#undef UNDECODED
};

_Static_assert(LENGTH(levels) == WS_LEVEL_COUNT, "a name for each level");
_Static_assert(LENGTH(tags) == WS_TAG_COUNT, "a name for each tag");
_Static_assert(LENGTH(handshakes) == WS_HANDSHAKE_IRREGULAR + 1, "a name for each verdict");
_Static_assert(LENGTH(closes) == WS_CLOSE_ABORTED + 1, "a name for each kind");
_Static_assert(LENGTH(end_reasons) == WS_END_OF_INPUT + 1, "a name for each reason");

#define ck_names(function, type, list)                                  \
	do {                                                            \
		for (int i = 0; i < LENGTH(list); i++)                  \
			ck_assert_str_eq(function((type)i), (list)[i]); \
	} while (0)

START_TEST(lists)
{
	ck_names(ws_side_name, enum ws_side, sides);
	ck_names(ws_evidence_name, enum ws_evidence, evidences);
	ck_names(ws_level_name, enum ws_level, levels);
	ck_names(ws_role_source_name, enum ws_role_source, role_sources);
	ck_names(ws_confidence_name, enum ws_confidence, confidences);
	ck_names(ws_handshake_name, enum ws_handshake, handshakes);
	ck_names(ws_close_name, enum ws_close, closes);
	ck_names(ws_end_reason_name, enum ws_end_reason, end_reasons);
	for (unsigned bit = 0; bit < WS_TAG_COUNT; bit++)
		ck_assert_str_eq(ws_tag_name((enum ws_tag)(1u << bit)), tags[bit]);
}
END_TEST

/* The id with dashes. */
START_TEST(reasons)
{
	for (int i = 0; i < LENGTH(undecoded); i++) {
		const char *name = ws_undecoded_name((enum ws_undecoded)i);

		ck_assert_uint_eq(strlen(name), strlen(undecoded[i]));
		ck_assert_ptr_null(strchr(name, '_'));
		for (size_t k = 0; name[k]; k++)
			ck_assert(name[k] == undecoded[i][k] || (name[k] == '-' && undecoded[i][k] == '_'));
	}
}
END_TEST

START_TEST(level_leads_back)
{
	enum ws_level level = WS_LEVEL_COUNT;

	ck_assert(ws_level_parse(levels[_i], &level));
	ck_assert_int_eq(level, _i);
	level = WS_LEVEL_COUNT;
	ck_assert(!ws_level_parse("", &level) && !ws_level_parse("warning", &level) && !ws_level_parse("inf", &level));
	ck_assert_int_eq(level, WS_LEVEL_COUNT);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("names", &t);

	tcase_add_loop_test(t, state, 0, WS_STATE_COUNT);
	tcase_add_loop_test(t, spelling, 0, LENGTH(spellings));
	tcase_add_loop_test(t, no_state, 0, LENGTH(no_states));
	tcase_add_test(t, lists);
	tcase_add_test(t, reasons);
	tcase_add_loop_test(t, level_leads_back, 0, WS_LEVEL_COUNT);
	return suite_run(suite);
}
