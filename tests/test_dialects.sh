#!/bin/bash
# The lists of netstat and ss against the real tools, byte for byte: two network namespaces, sockets of the host `far` in
# every state netstat knows, a capture at its interface. What the tools print there at the end, and what wirestat makes of
# the capture, must be the same but for the queues, which no capture shows, and for the order of rows, which is that of the
# kernel's hash. Then the pipelines, conn.log, and the rest of what the options promise.
. tests/lib/shell.sh

for tool in ip tcpdump netstat ss jq; do
	command -v $tool >/dev/null || { echo "there is no $tool here" && exit 77; }
done
netstat --version 2>&1 | grep -q '^net-tools' || { echo 'the netstat here is not that of net-tools' && exit 77; }
near=wsn$$
far=wsf$$
alone=wsl$$
ip netns add $near 2>/dev/null || { echo 'no network namespaces can be made here' && exit 77; }

tcpdump=
holder=
clean_up() {
	[ -z "$tcpdump" ] || kill "$tcpdump" 2>/dev/null
	[ -z "$holder" ] || kill "$holder" 2>/dev/null
	for namespace in $near $far $alone; do ip netns del "$namespace" 2>/dev/null; done
	rm -rf "$work"
}
trap clean_up EXIT

# ---- Sockets in every state ------------------------------------------------------------------------------------------

# hold NEAR FAR, hold ALONE: makes the connections, writes a line when all stand, and holds them until it is killed.
cat >"$work/hold.c" <<'END'
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void enter(const char *namespace)
{
	char path[128];
	int fd;

	snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		die(path);
	close(fd);
}

static socklen_t address(struct sockaddr_storage *out, const char *text, int port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((unsigned short)port);
		return sizeof *four;
	}
	if (inet_pton(AF_INET6, text, &six->sin6_addr) != 1)
		die(text);
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((unsigned short)port);
	return sizeof *six;
}

static int bound(const char *text, int port, int flags)
{
	struct sockaddr_storage at;
	socklen_t len = address(&at, text, port);
	int one = 1;
	int fd = socket(at.ss_family, SOCK_STREAM | flags, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0)
		die(text);
	return fd;
}

static int listener(const char *text, int port)
{
	int fd = bound(text, port, 0);

	if (listen(fd, 16) != 0)
		die("listen");
	return fd;
}

/* A SYN on its way to where nobody answers. */
static void begin(const char *from, int from_port, const char *to, int to_port)
{
	struct sockaddr_storage at;
	socklen_t len = address(&at, to, to_port);
	int fd = bound(from, from_port, SOCK_NONBLOCK);

	if (connect(fd, (struct sockaddr *)&at, len) == 0 || errno != EINPROGRESS)
		die("connect");
}

struct pair {
	int client;
	int server;
};

static struct pair open_pair(const char *near, const char *far, int listening, const char *from, int from_port,
			     const char *to, int to_port)
{
	struct sockaddr_storage at;
	socklen_t len = address(&at, to, to_port);
	struct pair pair;

	if (near)
		enter(near);
	pair.client = bound(from, from_port, 0);
	if (connect(pair.client, (struct sockaddr *)&at, len) != 0)
		die(to);
	if (far)
		enter(far);
	pair.server = accept(listening, NULL, NULL);
	return pair;
}

static void pause_ms(int ms)
{
	usleep((useconds_t)ms * 1000);
}

/* What goes from `far` to this address is lost from now on. */
static void lose(const char *far, const char *to)
{
	char command[256];

	snprintf(command, sizeof command, "ip -n %s neigh replace %s lladdr 02:00:00:00:00:99 dev wire nud permanent", far,
		 to);
	if (system(command) != 0)
		die(command);
}

static void hold_two(const char *near, const char *far)
{
	static const char long_near[] = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", long_far[] = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:2";
	int four, six;
	struct pair p[9];

	enter(far);
	four = listener("10.77.0.2", 5000);
	six = listener(long_far, 443);
	p[1] = open_pair(near, far, six, long_near, 40002, long_far, 443);
	for (int i = 2; i < 9; i++)
		p[i] = open_pair(near, far, four, "10.77.0.1", 40000 + i, "10.77.0.2", 5000);
	shutdown(p[2].client, SHUT_WR); /* CLOSE-WAIT */
	shutdown(p[3].server, SHUT_WR); /* FIN-WAIT-2 */
	close(p[4].server);             /* TIME-WAIT */
	pause_ms(300);
	close(p[4].client);
	pause_ms(300);
	lose(far, "10.77.0.1");
	close(p[5].server); /* FIN-WAIT-1 */
	close(p[6].client); /* LAST-ACK */
	pause_ms(100);
	close(p[6].server);
	close(p[7].server); /* CLOSING */
	pause_ms(100);
	close(p[7].client);
	lose(far, "10.77.0.9");
	lose(far, "10.77.0.77");
	begin("10.77.0.2", 40020, "10.77.0.77", 81); /* SYN-SENT */
	enter(near);
	begin("10.77.0.9", 40021, "10.77.0.2", 5000); /* SYN-RECEIVED */
}

static void hold_alone(const char *alone)
{
	int four, six;
	struct pair p[4];

	enter(alone);
	four = listener("127.0.0.1", 5000);
	six = listener("::1", 6000);
	p[0] = open_pair(NULL, NULL, four, "127.0.0.1", 40001, "127.0.0.1", 5000);
	p[1] = open_pair(NULL, NULL, six, "::1", 40002, "::1", 6000);
	p[2] = open_pair(NULL, NULL, four, "127.0.0.1", 40003, "127.0.0.1", 5000);
	p[3] = open_pair(NULL, NULL, six, "::1", 40004, "::1", 6000);
	shutdown(p[0].client, SHUT_WR);
	close(p[3].client);
	pause_ms(100);
	close(p[3].server);
}

int main(int argc, char *argv[])
{
	if (argc > 2)
		hold_two(argv[1], argv[2]);
	else
		hold_alone(argv[1]);
	pause_ms(1300); /* a SYN is repeated, and what was lost */
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
END
"${CC:-cc}" -Wall -Wno-unused-result -o "$work/hold" "$work/hold.c" || exit 1

{
	ip netns add $far && ip netns add $alone && ip -n $alone link set lo up &&
		ip link add wire netns $near type veth peer name wire netns $far &&
		ip -n $near link set wire up && ip -n $far link set wire up &&
		ip -n $near addr add 10.77.0.1/24 dev wire && ip -n $near addr add 10.77.0.9/24 dev wire &&
		ip -n $far addr add 10.77.0.2/24 dev wire &&
		ip -n $near addr add 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1/112 dev wire nodad &&
		ip -n $far addr add 2001:db8:aaaa:bbbb:cccc:dddd:eeee:2/112 dev wire nodad
} 2>"$work/err" || { sed 's/^/# /' "$work/err" && echo 'the namespaces cannot be connected here' && exit 77; }

wait_for() { # TEXT FILE: ten seconds at most
	for _ in {1..100}; do
		! grep -qs "$1" "$2" || return 0
		sleep 0.1
	done
	return 1
}

# within NAMESPACE INTERFACE CAPTURE HOLD-ARGUMENT...: everything stands, and is in the capture.
within() {
	local namespace=$1 interface=$2 capture=$3
	shift 3
	rm -f "$work/tcpdump" "$work/ready" # of the time before
	ip netns exec "$namespace" tcpdump --immediate-mode -i "$interface" -U -s 0 -w "$capture" tcp 2>"$work/tcpdump" &
	tcpdump=$!
	wait_for 'listening on' "$work/tcpdump"
	"$work/hold" "$@" >"$work/ready" 2>"$work/hold.err" &
	holder=$!
	wait_for ready "$work/ready" || { sed 's/^/# /' "$work/hold.err" "$work/tcpdump" && echo 'not ok the sockets stand' && exit 1; }
}

# Takes what the tool shows on a terminal of so many columns (0: through a pipe) into the file.
real() { # NAMESPACE FILE COLUMNS WORD...
	local namespace=$1 file=$2 columns=$3
	shift 3
	if [ "$columns" -gt 0 ]; then
		script -qec "stty cols $columns; ip netns exec $namespace $*" /dev/null </dev/null | tr -d '\r' >"$work/$file"
	else
		ip netns exec "$namespace" "$@" >"$work/$file"
	fi
}

stop() { # the capture is whole, the sockets may go
	sleep 0.2
	kill -INT "$tcpdump" && wait "$tcpdump"
	kill "$holder" && wait "$holder" 2>/dev/null
	tcpdump='' holder=''
}

# ---- Comparing -------------------------------------------------------------------------------------------------------

# even FILE HEADINGS: the queues are 0 in the place they have, at the left or the right of it; rows sorted below the headings.
even() {
	head -n "$2" "$work/$1"
	tail -n "+$2" "$work/$1" | awk '
		function zero(line, at,    queue) {
			queue = substr(line, at, 6)
			return substr(line, 1, at - 1) (queue ~ /^[0-9]/ ? "0     " : "     0") substr(line, at + 6)
		}
		NR == 1 { received = index($0, "Recv-Q"); sent = index($0, "Send-Q"); next }
		{ print zero(zero($0, received), sent) }' | LC_ALL=C sort
}

# is_same FILE HEADINGS: what wirestat has shown is what the real tool showed.
is_same() {
	even "$1" "$2" >"$work/expected"
	even out "$2" >"$work/got"
	diff -u "$work/expected" "$work/got" | sed 's/^/# /'
	[ "$(wc -l <"$work/got")" -gt "$2" ] && cmp -s "$work/expected" "$work/got"
}

netstat_is() { # FILE WORD...
	local file=$1
	shift
	wirestat "$@"
	is_same "$file" 2
}

ss_is() { # FILE COLUMNS WORD...
	local file=$1 columns=$2
	shift 2
	if [ "$columns" -gt 0 ]; then
		script -qec "stty cols $columns; $(printf '%q ' "$WIRESTAT" "$@") 2>/dev/null" /dev/null </dev/null | tr -d '\r' >"$work/out"
	else
		wirestat "$@"
	fi
	is_same "$file" 1
}

# ---- Two hosts -------------------------------------------------------------------------------------------------------

capture=$work/far.pcap
within $far wire "$capture" $near $far
for flags in tn tan tln tanW tano; do real $far netstat-$flags 0 netstat -$flags; done
for flags in tan tln; do real $far ss-$flags 0 ss -$flags; done
real $far ss-tw 0 ss -tn state time-wait
real $far ss-s 0 ss -s
if command -v script >/dev/null; then
	for columns in 80 100 132 200; do real $far ss-$columns $columns ss -tan; done
fi
stop

check 'netstat -tan: all states' eval '[ "$(awk "/^tcp/ { print \$NF }" "$work/netstat-tan" | sort -u | wc -l)" -eq 10 ]'
check 'netstat -tn' netstat_is netstat-tn -r "$capture" --as netstat
check 'it is told whose list that is' all_of 'err_has "10.77.0.2 and 2001:db8:aaaa:bbbb:cccc:dddd:eeee:2"'
check 'netstat -tan' netstat_is netstat-tan -r "$capture" --as netstat --all
check 'netstat -tln' netstat_is netstat-tln -r "$capture" --as netstat --listening
check 'netstat -tanW' netstat_is netstat-tanW -r "$capture" --as netstat --all --wide
check 'netstat -tan, hosts given' netstat_is netstat-tan -r "$capture" --as netstat -a --host 10.77.0.2 \
	--host 2001:db8:aaaa:bbbb:cccc:dddd:eeee:2
check 'ss -tan' ss_is ss-tan 0 -r "$capture" --as ss --all
check 'ss -tln' ss_is ss-tln 0 -r "$capture" --as ss --listening
check 'ss state time-wait' ss_is ss-tw 0 -r "$capture" --as ss --where 'state time-wait'
if command -v script >/dev/null; then
	for columns in 80 100 132 200; do
		check "ss -tan in $columns columns" ss_is ss-$columns $columns -r "$capture" --as ss --all
	done
else
	skip 'ss in a terminal' 'there is no script(1)'
fi

# Only TIME-WAIT has a timer that can be known. Its layout, and its time to a second and a half.
timer_of() { grep TIME_WAIT "$work/$1" | sed -E 's/.*\(([0-9.]+).*/\1/'; }
wirestat -r "$capture" --as netstat --all --timers
check 'netstat -o: the heading' eval '[ "$(sed -n 2p "$work/out")" = "$(sed -n 2p "$work/netstat-tano")" ]'
check 'netstat -o: TIME-WAIT' eval '[ "$(grep TIME_WAIT "$work/out" | sed "s/(.*\\//(/")" = "$(grep TIME_WAIT "$work/netstat-tano" |
	sed "s/(.*\\//(/")" ]'
check 'netstat -o: the time left' awk -v a="$(timer_of out)" -v b="$(timer_of netstat-tano)" \
	'BEGIN { exit !(a > 50 && a - b < 1.5 && b - a < 1.5) }'

# Of the first two lines the rest is the whole machine's, not the namespace's.
evens_summary() { sed -E '1s/[0-9]+/N/; 2s/(TCP: +)[0-9]+/\1N/; 2s/(closed|orphaned) [0-9]+/\1 N/g' "$work/$1"; }
wirestat -r "$capture" --summary
check 'ss -s' eval 'diff <(evens_summary ss-s) <(evens_summary out)'

# ---- The pipelines ---------------------------------------------------------------------------------------------------

# piped FILE COMMAND: as people type it, on what netstat said and on what wirestat says.
states() { awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}' | sort; }
peers() { awk '/^tcp/ {print $5}' | awk -F: '{print $1}' | sort | uniq -c | sort -rn; }
wirestat -r "$capture" --as netstat
for pipe in states peers; do
	check "netstat | $pipe" eval "[ -s '$work/out' ] && diff <($pipe <'$work/netstat-tn') <($pipe <'$work/out')"
done
check 'ss state time-wait | wc -l' eval '[ "$("$WIRESTAT" -r "$capture" --as ss --where "state time-wait" 2>/dev/null | wc -l)" \
	= "$(wc -l <"$work/ss-tw")" ]'

# ---- One host, alone -------------------------------------------------------------------------------------------------

within $alone lo "$work/lo.pcap" $alone
real $alone netstat-lo 0 netstat -tn
real $alone netstat-lo-l 0 netstat -tln
real $alone ss-lo 0 ss -tln
stop
check 'loopback: both sides have a row' netstat_is netstat-lo -r "$work/lo.pcap" --as netstat
check 'loopback: listeners' netstat_is netstat-lo-l -r "$work/lo.pcap" --as netstat --listening
check 'loopback: ss -tln' ss_is ss-lo 0 -r "$work/lo.pcap" --as ss --listening

# ---- Listeners and other ports ---------------------------------------------------------------------------------------

wirestat -r "$capture" --listening --json
jq -r 'select(.type == "listener") | [.addr, .port, .state, .accepted, .half_open] | @csv' "$work/out" | tr -d '"' >"$work/got"
cat >"$work/expected" <<'END'
10.77.0.2,5000,listening,7,1
10.77.0.77,81,silent,0,0
2001:db8:aaaa:bbbb:cccc:dddd:eeee:2,443,listening,1,0
END
check '--listening: what was met where' diff "$work/expected" "$work/got"
check '--listening --json: the capture is the last' eval '[ "$(tail -n 1 "$work/out" | jq -r .type)" = capture ]'
wirestat -r "$capture" --listening --tsv
check '--listening --tsv' eval '[ "$(cut -f 3 "$work/out" | sort | uniq -c | tr -s " " | tr "\n" ,)" = \
	" 2 listening, 1 silent, 1 state," ]'
wirestat -r "$capture" --listening
check '--listening: a row each' eval '[ "$(wc -l <"$work/out")" -eq 4 ]'

# ---- Options ---------------------------------------------------------------------------------------------------------

# Each repetition is the list of that moment; the last one that of the end.
wirestat -r pcaps/demo.pcap --as netstat --every 30s
cp "$work/out" "$work/every"
: >"$work/expected"
for moment in --at=2026-11-21T02:16:00Z --at=2026-11-21T02:16:30Z --numeric; do
	"$WIRESTAT" -r pcaps/demo.pcap --as netstat $moment >>"$work/expected" 2>/dev/null
done
check '--every: the list of each moment' diff "$work/expected" "$work/every"

wirestat -r pcaps/demo.pcap --as netstat --host 10.9.0.3
check '--host: connections of others are counted' all_of '[ "$(wc -l <"$work/out")" -eq 2 ]' 'err_has "5 connections of other"'
wirestat -r pcaps/demo.pcap --as netstat --all --host 10.9.0.2 --at +2s
check '--all: what a host has nothing left of' eval 'grep -q "40002 .*CLOSE *$" "$work/out"'

# All names that netstat has for states (netstat(8)): ten of sockets held above, and two that only a capture has a use for.
printf '%s\n' CLOSE CLOSE_WAIT CLOSING ESTABLISHED FIN_WAIT1 FIN_WAIT2 LAST_ACK LISTEN SYN_RECV SYN_SENT TIME_WAIT UNKNOWN \
	>"$work/expected"
{
	cat "$work/out"
	"$WIRESTAT" -q -r "$capture" --as netstat --all
	"$WIRESTAT" -q -r pcaps/demo.pcap --as netstat --all --host 10.9.0.1 'src host 10.9.0.2 and tcp[tcpflags] == tcp-ack'
} 2>"$work/err" | awk '/^tcp/ { print $6 }' | sort -u >"$work/got"
check '--all: the twelve states of netstat' diff "$work/expected" "$work/got"

for words in '--as lsof' '--host nowhere --as ss' '--as ss --json' '--as ss --summary' '--wide' '--every 1s --zeek' \
	'--zeek --listening' '--timers --summary' '--host 10.0.0.1'; do
	# shellcheck disable=SC2086
	wirestat -r pcaps/demo.pcap $words
	check "refused: $words" all_of 'has_status 2' 'err_is_lines 1' 'is_empty out'
done

# ---- conn.log --------------------------------------------------------------------------------------------------------

# What zeek-cut does: the separator by its #separator line, columns by the names in #fields, which #types must follow; a
# line that has too few is an error.
cut_columns() {
	awk -v names="$*" '
		/^#separator / { if ($2 != "\\x09") exit 1; FS = "\t"; next }
		has_fields && !/^#types/ { print "no #types behind #fields"; exit 1 }
		{ has_fields = 0 }
		/^#fields/ { has_fields = 1; n = split(names, wanted, " "); for (i = 2; i <= NF; i++) at[$i] = i - 1; next }
		/^#/ { next }
		{
			for (i = 1; i <= n; i++) {
				if (!(wanted[i] in at) || at[wanted[i]] > NF) { print "no " wanted[i]; exit 1 }
				printf "%s%s", $at[wanted[i]], i < n ? "\t" : "\n"
			}
		}' "$work/out"
}
is_log() {
	awk -F '\t' '/^#(fields|types)/ { if (n && n != NF - 1) exit 1; n = NF - 1 } !/^#/ && NF != n { exit 1 }
		/^#close/ { closed = 1 } END { exit !(n == 21 && closed) }' "$work/out"
}
is_same_by_json() {
	cut_columns uid id.orig_h id.orig_p id.resp_h id.resp_p proto conn_state history orig_pkts resp_ip_bytes | LC_ALL=C sort >"$work/got"
	"$WIRESTAT" --all --json -r "$1" 2>/dev/null | jq -r 'select(.type == "connection") | [.uid, .client.addr, .client.port,
		.server.addr, .server.port, "tcp", .conn_state, (.history | if . == "" then "-" else . end), .client.packets,
		.server.ip_bytes] | @tsv' | LC_ALL=C sort >"$work/expected"
	diff "$work/expected" "$work/got" | sed 's/^/# /'
	[ -s "$work/got" ] && cmp -s "$work/expected" "$work/got"
}
for file in pcaps/demo.pcap "$capture"; do
	wirestat -r "$file" --zeek
	check "--zeek: a log, $(basename "$file")" is_log
	check "--zeek: what --json has, $(basename "$file")" is_same_by_json "$file"
done
wirestat -r pcaps/demo.pcap --zeek
check '--zeek: times as seconds' eval '[ "$(cut_columns ts duration conn_state | grep RSTR)" = \
	"$(printf "1795227347.158777\t0.013277\tRSTR")" ]'
check '--zeek: what is local is not known' eval '[ "$(cut_columns local_orig local_resp service tunnel_parents | sort -u | tr "\t" " ")" = "- - - -" ]'
wirestat -r pcaps/demo.pcap --zeek --host 10.9.0.2
check '--zeek --host: what is local' eval '[ "$(cut_columns local_orig local_resp | sort -u | tr "\t" " ")" = "F T" ]'

conclude
