#include "cli/option_rows.h"

#include "cli/options.h"

enum {
	TABLE = VIEW_BIT_TABLE,
	COUNT = VIEW_BIT_COUNT,
	EVENTS = VIEW_BIT_EVENTS,
	AUDIT = VIEW_BIT_AUDIT,
	LADDER = VIEW_BIT_LADDER,
	FINDINGS = VIEW_BIT_FINDINGS,
	TOP = VIEW_BIT_TOP,
	TRACKING = TABLE | COUNT | EVENTS | AUDIT | LADDER | TOP,
	ANY = TRACKING | FINDINGS,
	PRINTING = ANY & ~TOP,
};

/* clang-format off */
const struct view_row view_rows[] = {
	{ "table", &view_table, TABLE },
	{ "count", &view_count, COUNT },
	{ "events", &view_events, EVENTS },
	{ "audit", &view_audit, AUDIT },
	{ "ladder", &view_ladder, LADDER },
	{ "top", &view_top, TOP },
	{ "findings", NULL, FINDINGS },
};

#define TO(member) offsetof(struct options, member)

const struct option_row option_rows[] = {
	{ 'r', "read", "FILE", OPTION_FILE, TO(files), TRACKING, 0,
	  "read the packets of FILE, pcap or pcapng; - is standard input, a directory all captures in it, @FILE those "
	  "that FILE names; again for more files; all are merged by time" },
	{ 'i', "interface", "NAME", OPTION_TEXT, TO(live.interface), TRACKING, 0,
	  "capture from the interface NAME; any is all of them" },
	{ 'D', "list-interfaces", NULL, OPTION_FLAG, TO(lists_interfaces), TRACKING, 0,
	  "list the interfaces" },
	{ 0, "for", "DURATION", OPTION_DURATION, TO(live.for_ns), TRACKING, 0,
	  "with -i: stop after DURATION" },
	{ '1', "once", NULL, OPTION_FLAG, TO(live.is_once), TRACKING & ~TOP, 0,
	  "with -i: listen for 2s, or --for, and print once" },
	{ 's', "snaplen", "BYTES", OPTION_SNAPLEN, TO(live.snaplen), TRACKING, 0,
	  "with -i: take BYTES of each packet (256); 0 takes all" },
	{ 'B', "buffer", "KIB", OPTION_BUFFER, TO(live.buffer_kib), TRACKING, 0,
	  "with -i: size of the kernel's buffer (32768)" },
	{ 'p', "no-promiscuous", NULL, OPTION_FLAG, TO(live.is_quiet), TRACKING, 0,
	  "with -i: only what is for this host" },
	{ 'Q', "direction", "WAY", OPTION_DIRECTION, TO(live.direction), TRACKING, 0,
	  "with -i: only packets coming in, going out, or inout (the default)" },
	{ 'Z', "user", "USER", OPTION_TEXT, TO(live.user), TRACKING, 0,
	  "with -i: be USER once the interface is open (who called sudo, else nobody); root stays root" },
	{ 0, "check-kernel", NULL, OPTION_FLAG, TO(live.checks_kernel), TRACKING & ~TOP, 0,
	  "with -i: compare the states of this host's own ends with those its kernel has, every second" },
	{ 0, "wait", "DURATION", OPTION_DURATION, TO(live.patience_ns), TRACKING, 0,
	  "with -i: how long to wait for an interface that was removed (10s)" },
	{ 'c', "packets", "N", OPTION_NUMBER, TO(packets_max), TRACKING, 0,
	  "stop after N packets" },
	{ 0, "at", "WHEN", OPTION_MOMENT, TO(at), TRACKING, 0,
	  "as it stood at WHEN: a time (2026-01-02T03:04:05.6Z, or seconds since 1970), +DURATION from the first "
	  "packet, or frame:N of the file named first" },
	{ 'a', "all", NULL, OPTION_FLAG, TO(all), TABLE, 0,
	  "table: closed connections too; with --as also listeners" },
	{ 0, "path", NULL, OPTION_FLAG, TO(path), TABLE, 0,
	  "table: the states each side went through" },
	{ 0, "timers", NULL, OPTION_FLAG, TO(timers), TABLE, 0,
	  "table: time left in TIME-WAIT, in other states the time spent in them; also with --as" },
	{ 0, "as", "TOOL", OPTION_TOOL, TO(tool), TABLE, 0,
	  "table: one host's connections as netstat or ss prints them" },
	{ 0, "host", "ADDR", OPTION_HOST, TO(hosts), TABLE, 0,
	  "table: whose list --as, --summary and --zeek mean (the address most connections have); again for more" },
	{ 0, "listening", NULL, OPTION_FLAG, TO(listening), TABLE, 0,
	  "table: addresses and ports that answered SYN-ACK, or refused, or kept silent; with --as only listeners" },
	{ 0, "summary", NULL, OPTION_FLAG, TO(summary), TABLE, 0,
	  "table: one host's counts, as ss -s prints them" },
	{ 0, "zeek", NULL, OPTION_FLAG, TO(zeek), TABLE, 0,
	  "table: connections as they end, in the form of Zeek's conn.log" },
	{ 'W', "wide", NULL, OPTION_FLAG, TO(wide), TABLE, 0,
	  "table: with --as netstat, do not cut long addresses" },
	{ 0, "every", "DURATION", OPTION_DURATION, TO(every_ns), COUNT | TABLE, 0,
	  "count: one line per DURATION of capture time; table: the list again, as netstat -c shows it" },
	{ 0, "top", "N", OPTION_NUMBER, TO(top), COUNT, 0,
	  "count: how many hosts and services to show (10)" },
	{ 0, "evidence", NULL, OPTION_FLAG, TO(evidence), EVENTS, 0,
	  "events: also tell when a presumed state becomes proven" },
	{ 0, "uid", "UID", OPTION_TEXT, TO(uid), LADDER, 0,
	  "ladder: only the connection with this UID" },
	{ 0, "where", "EXPR", OPTION_TEXT, TO(where), TRACKING, 0,
	  "only the connections that EXPR holds for, in the filter language of ss: 'state time-wait and dport = :443'; "
	  "also client:STATE, server:STATE, finding ID, age, packets, bytes" },
	{ 0, "audit", NULL, OPTION_FLAG, TO(full_audit), TRACKING & ~AUDIT, 0,
	  "raise every finding of the catalogue, as the view audit does, not only those about states" },
	{ 0, "fail-on", "LEVEL", OPTION_LEVEL, TO(fail_on), TRACKING, 0,
	  "exit with 1 when there is a finding of LEVEL (info, note, warn, alert) or above" },
	{ 0, "only", "IDS", OPTION_FINDINGS, TO(audit.only), AUDIT, 0,
	  "audit: only these findings, names joined by commas; again for more" },
	{ 0, "ignore", "IDS", OPTION_FINDINGS, TO(audit.ignored), AUDIT, 0,
	  "audit: all but these findings, names joined by commas; again for more" },
	{ 0, "baseline", "FILE", OPTION_TEXT, TO(audit.baseline), AUDIT, 0,
	  "audit: findings that FILE accepts do not count; a line of it is a finding, a client and a server" },
	{ 0, "write-baseline", "FILE", OPTION_TEXT, TO(audit.write_baseline), AUDIT, 0,
	  "audit: write FILE, which accepts what --baseline does and all findings of this run" },
	{ 0, "explain", "UID", OPTION_TEXT, TO(audit.explain), AUDIT, 0,
	  "audit: one connection step by step: frame, clause of the RFC, evidence, and what would have changed it" },
	{ 0, "coverage", NULL, OPTION_FLAG, TO(audit.coverage), AUDIT, 0,
	  "audit: which arrows of RFC 9293 figure 5 were gone along, how often, and how long the states before lasted" },
	{ 0, "svg", NULL, OPTION_FLAG, TO(audit.svg), AUDIT, 0,
	  "audit: --coverage as a picture of the figure" },
	{ 0, "merge", "FILE", OPTION_MERGED, TO(audit.merged), AUDIT, 0,
	  "audit: add to --coverage what FILE has, written by --coverage --tsv before; again for more" },
	{ 0, "sarif", NULL, OPTION_FLAG, TO(audit.sarif), AUDIT, 0,
	  "audit: the findings as a SARIF 2.1.0 log" },
	{ 0, "junit", NULL, OPTION_FLAG, TO(audit.junit), AUDIT, 0,
	  "audit: JUnit XML, a test case for each file and finding of the catalogue; --fail-on (warn) says which fail" },
	{ 0, "tap", NULL, OPTION_FLAG, TO(audit.tap), AUDIT, 0,
	  "audit: the same test cases in the Test Anything Protocol" },
	{ 0, "man", NULL, OPTION_FLAG, TO(audit.man), FINDINGS, 0,
	  "findings: the catalogue as the manual page wirestat-findings(7)" },
	{ 0, "json", NULL, OPTION_FORMAT, TO(format), PRINTING, VIEW_JSON,
	  "one JSON object a line" },
	{ 0, "tsv", NULL, OPTION_FORMAT, TO(format), PRINTING, VIEW_TSV,
	  "tab-separated values below a header line" },
	{ 'o', "output", "FILE", OPTION_TEXT, TO(output), PRINTING, 0,
	  "write to FILE instead of standard output; the signal HUP opens it anew" },
	{ 'l', "line-buffered", NULL, OPTION_FLAG, TO(line_buffered), PRINTING, 0,
	  "write each line at once, as events does anyway of what is not a file" },
	{ 'q', "quiet", NULL, OPTION_FLAG, TO(quiet), TRACKING, 0,
	  "no summary of what was read" },
	{ 'v', "verbose", NULL, OPTION_FLAG, TO(verbose), TRACKING, 0,
	  "tell of each file, and of what filters left out" },
	{ 0, "color", "WHEN", OPTION_COLOR, TO(color), ANY, 0,
	  "auto (the default: on a terminal, unless NO_COLOR is set), always or never" },
	{ 0, "time-wait", "DURATION", OPTION_DURATION, TO(time_wait_ns), TRACKING, 0,
	  "how long TIME-WAIT lasts (60s, as on Linux)" },
	{ 0, "key", "KEY", OPTION_KEY, TO(key), TRACKING, 0,
	  "what tells connections apart: 4tuple (the default), vlan (VLAN tags and tunnel ids too), outer (and the "
	  "addresses of the tunnel)" },
	{ 0, "max-memory", "SIZE", OPTION_SIZE, TO(memory_max), TRACKING, 0,
	  "bytes that connections may take (no limit but --max-connections); k, M and G are understood" },
	{ 0, "max-connections", "N", OPTION_NUMBER, TO(connections_max), TRACKING, 0,
	  "connections held at a time (1000000); beyond that half-open ones go first" },
	{ 0, "threads", "N", OPTION_NUMBER, TO(threads), TRACKING, 0,
	  "work with N threads, as far as they help; 1 is none but the one (default: those the machine has)" },
	{ 0, "seed", "N", OPTION_NUMBER, TO(seed), TRACKING, 0,
	  "hash with N instead of a random number, for tests; no output depends on it" },
	{ 0, "completion", "SHELL", OPTION_SHELL, TO(completion), ANY, 0,
	  "print the completions of this command line for bash, zsh or fish" },
	{ 'n', "numeric", NULL, OPTION_FLAG, TO(numeric), ANY, 0,
	  "accepted for the habit: addresses are never resolved to names" },
	{ 'h', "help", NULL, OPTION_FLAG, TO(help), ANY, 0,
	  "this text" },
	{ 'V', "version", NULL, OPTION_FLAG, TO(version), ANY, 0,
	  "the versions of wirestat and libpcap" },
};
/* clang-format on */

const struct option_row *option_row_of_letter(char letter)
{
	size_t i;

	for (i = 0; i < option_rows_len; i++)
		if (option_rows[i].letter == letter)
			return &option_rows[i];
	return NULL;
}

bool option_row_is_live(const struct option_row *row)
{
	return row->offset >= TO(live) && row->offset < TO(live) + sizeof(struct live_options);
}

const size_t view_rows_len = sizeof(view_rows) / sizeof(view_rows[0]);
const size_t option_rows_len = sizeof(option_rows) / sizeof(option_rows[0]);

_Static_assert(sizeof(option_rows) / sizeof(option_rows[0]) <= OPTION_ROWS_MAX, "OPTION_ROWS_MAX is too small");
