#!/bin/bash
# --where over the captures, with jq as a second opinion on what it selects, in every view; and beside ss itself, on real
# sockets in a network namespace, where both understand the same words.
. tests/lib/shell.sh

demo=pcaps/demo.pcap

# ---- Wrong expressions ----------------------------------------------------------------------------------------------

wirestat -r $demo --where 'state estblished and dport = :80'
check 'a wrong word is pointed at: exit 2' all_of 'has_status 2' 'is_empty out' 'err_is_lines 3' \
	'err_has "did you mean established?"' '[ "$(sed -n 2p "$work/err")" = "  state estblished and dport = :80" ]' \
	'[ "$(sed -n 3p "$work/err")" = "        ^~~~~~~~~~" ]'
wirestat -r "$work/no-file" --where 'dport = :80 and'
check 'before any file is opened' all_of 'has_status 2' 'is_empty out' '! err_has no-file'
for view in count events audit ladder; do
	wirestat $view -r $demo --where 'nonsense'
	check "wrong: $view" all_of 'has_status 2' 'is_empty out' 'err_is_lines 3'
done

# ---- jq's opinion ---------------------------------------------------------------------------------------------------

has_jq() { command -v jq >/dev/null; }

# What a connection object is to jq, by the words of ss.
definitions='def sides: [.client.state, .server.state];
	def either($s): sides | any(. as $x | $s | index($x));
	def neither($s): either($s) | not;'

# All captures one after the other, closed connections too.
files=()
for file in pcaps/real/*.middle.pcap $demo; do files+=(-r "$file"); done

# compare WHERE CONDITION: what jq selects of them all. At least one connection must be selected, and one left out.
compare() {
	wirestat "${files[@]}" --all --json --where "$1"
	jq -r 'select(.type == "connection") | .uid' "$work/out" >"$work/ours"
	jq -r "$definitions select(.type == \"connection\") | select($2) | .uid" "$work/whole" >"$work/theirs"
	check "jq agrees: $1" all_of 'has_status 0' 'cmp "$work/ours" "$work/theirs"' '[ -s "$work/ours" ]' \
		'[ "$(wc -l <"$work/ours")" -lt "$(wc -l <"$work/all")" ]'
}

if has_jq; then
	wirestat "${files[@]}" --all --json
	cp "$work/out" "$work/whole"
	grep '^{"type":"connection"' "$work/whole" >"$work/all"
	while IFS='#' read -r where condition; do
		compare "${where%%$'\t'*}" "$condition"
	done <<-'END'
		state time-wait			# either(["TIME-WAIT"])
		state closed			# either(["CLOSED"])
		exclude closed			# neither(["CLOSED"])
		state bucket			# either(["TIME-WAIT", "SYN-RECEIVED"])
		state connected exclude established	# either(["SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK"]) and neither(["ESTABLISHED"])
		client:TIME_WAIT		# .client.state == "TIME-WAIT"
		server:close-wait		# .server.state == "CLOSE-WAIT"
		client:connected and server:closed	# .server.state == "CLOSED" and .client.state != "CLOSED"
		dport = :5001			# .server.port == 5001
		dport != :5000 and dport < :6000	# .server.port != 5000 and .server.port < 6000
		sport geq 40003			# .client.port >= 40003
		src 10.9.0.1:40005		# .client.addr == "10.9.0.1" and .client.port == 40005
		src 10.9/16			# .client.addr | startswith("10.9.")
		not src 10.9/16			# .client.addr | startswith("10.9.") | not
		finding simultaneous-close	# .findings | index("simultaneous-close")
		packets >= 9			# .client.packets + .server.packets >= 9
		bytes = 0 or bytes > 1000	# .client.bytes + .server.bytes | . == 0 or . > 1000
		state time-wait or state closed and bytes > 0	# (either(["TIME-WAIT"]) or either(["CLOSED"])) and .client.bytes + .server.bytes > 0
		state time-wait or (state closed and bytes > 0)	# either(["TIME-WAIT"]) or either(["CLOSED"]) and .client.bytes + .server.bytes > 0
	END
else
	skip "jq's opinion" 'there is no jq here'
fi

# ---- Every view -----------------------------------------------------------------------------------------------------

# The connections that a view speaks of.
uids() { jq -r '.uid // empty' "$work/out" | sort -u; }

if has_jq; then
	where='dport = :5001 or sport = :40005'
	wirestat -r $demo --all --json --where "$where"
	uids >"$work/table"
	check 'two connections' [ "$(wc -l <"$work/table")" -eq 2 ]
	for view in events audit ladder; do
		wirestat $view -r $demo --json --where "$where"
		uids >"$work/view"
		check "$view speaks of the same" cmp -s "$work/view" "$work/table"
	done
	for where in 'client:time-wait' 'age > 1s' 'dport = :5001'; do
		wirestat -r $demo --json --where "$where"
		uids >"$work/table"
		wirestat count -r $demo --json --where "$where"
		check "count counts the same: $where" \
			[ "$(jq 'select(.type == "count") | .connections' "$work/out")" -eq "$(wc -l <"$work/table")" ]
		wirestat ladder -r $demo --json --where "$where"
		if [[ $where != dport* ]]; then
			uids >"$work/view"
			check "ladder draws the same: $where" cmp -s "$work/view" "$work/table"
		fi
	done

	# Each line of the series is the table of that moment.
	wirestat count -r $demo --every 300ms --json --where 'client:time-wait or packets > 8'
	cp "$work/out" "$work/series"
	while read -r at n; do
		wirestat -r $demo --json --at "$at" --where 'client:time-wait or packets > 8'
		echo "$at $n $(grep -c '^{"type":"connection"' "$work/out")"
	done < <(jq -r 'select(.type == "count") | "\(.at) \(.connections)"' "$work/series" | awk '!seen[$2]++') >"$work/moments"
	check 'count --every: each line as the table then' all_of '[ "$(wc -l <"$work/moments")" -ge 3 ]' \
		"awk '\$2 != \$3 { exit 1 }' '$work/moments'"

	# A ladder is drawn whole, whatever held while it grew.
	wirestat ladder -r $demo --where 'client:time-wait and finding simultaneous-close'
	cp "$work/out" "$work/chosen"
	wirestat ladder -r $demo port 40005
	check 'ladder: whole' all_of '[ "$(grep -c "^#" "$work/out")" -eq 11 ]' \
		'diff <(grep -v "^#" "$work/chosen") <(grep -v "^#" "$work/out")' \
		'diff <(grep "^#" "$work/chosen" | cut -c 5-) <(grep "^#" "$work/out" | cut -c 5-)'
fi

wirestat events -r $demo --where 'server:established'
check 'events: as it stands at each' all_of 'has_status 0' 'out_has ESTABLISHED' \
	'! grep -E "server  .* -> (CLOSED|FIN-WAIT-1|TIME-WAIT|CLOSE-WAIT)" "$work/out"'

wirestat -r $demo --where 'dport = :1'
check 'nothing selected: the heading alone, exit 0' all_of 'has_status 0' '[ "$(wc -l <"$work/out")" -eq 1 ]'

for view in table audit ladder; do
	wirestat $view -r $demo --fail-on warn --where 'sport = :40001'
	check "--fail-on, $view: of the connections chosen" has_status 1
	wirestat $view -r $demo --fail-on warn --where 'sport = :40005'
	check "--fail-on, $view: of no other" has_status 0
done

# ---- ss -------------------------------------------------------------------------------------------------------------

# Connections over lo on ports 7001 and 7002, IPv4 and IPv6: established, in TIME-WAIT, and half-closed.
write_holder() {
	cat <<-'END'
		#include <arpa/inet.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>

		union addr { struct sockaddr any; struct sockaddr_in v4; struct sockaddr_in6 v6; };

		static int must(int result)
		{
			if (result < 0) { perror("hold"); exit(1); }
			return result;
		}

		static socklen_t set(union addr *a, int family, int port)
		{
			memset(a, 0, sizeof(*a));
			a->any.sa_family = (sa_family_t)family;
			inet_pton(family, family == AF_INET ? "127.0.0.1" : "::1",
				  family == AF_INET ? (void *)&a->v4.sin_addr : (void *)&a->v6.sin6_addr);
			a->v4.sin_port = htons((unsigned short)port);
			return family == AF_INET ? sizeof(a->v4) : sizeof(a->v6);
		}

		static void hold(int family, int port)
		{
			union addr a;
			socklen_t len = set(&a, family, port);
			int listener = must(socket(family, SOCK_STREAM, 0));
			int i, one = 1;

			setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
			must(bind(listener, &a.any, len));
			must(listen(listener, 8));
			for (i = 0; i < 4; i++) {
				int client = must(socket(family, SOCK_STREAM, 0));
				int server;

				must(connect(client, &a.any, len));
				server = must(accept(listener, NULL, NULL));
				must((int)write(client, "hello", 5));
				if (i >= 2) {
					usleep(100000);
					must((int)read(server, (char[8]){ 0 }, 8));
					shutdown(client, SHUT_WR);
					usleep(100000);
				}
				if (i == 3) {
					close(server);
					close(client);
				}
			}
		}

		int main(void)
		{
			hold(AF_INET, 7001);
			hold(AF_INET6, 7001);
			hold(AF_INET, 7002);
			hold(AF_INET6, 7002);
			puts("ready");
			fflush(stdout);
			sleep(120);
			return 0;
		}
	END
}

space=wirestat-where-$$
holder='' dumper=''
in_space() { ip netns exec "$space" "$@"; }
leave() {
	[ -z "$holder" ] || kill "$holder" 2>/dev/null
	[ -z "$dumper" ] || kill "$dumper" 2>/dev/null
	ip netns delete "$space" 2>/dev/null
	rm -rf "$work"
}

wait_for() { # wait_for FILE WORD: until the word stands in it
	for _ in $(seq 100); do
		grep -q "$2" "$1" 2>/dev/null && return
		sleep 0.1
	done
	return 1
}

# What the ends have, each line "CLIENT SERVER": of the rows of ss without listeners, the server being where the known ports are.
ends_of() {
	awk -v only_client="$1" '$NF !~ /\*$/ {
		# The column of the state is left out where it would always be the same.
		here = $(NF - 1)
		if (here !~ /:700[12]$/) print here, $NF
		else if (!only_client) print $NF, here
	}' | sort -u
}

# beside_ss WHICH EXPRESSION: `client`: the client's socket, to which src is local; `either`: the socket of either end.
beside_ss() {
	local only=''
	[ "$1" = either ] || only=1
	# The expression is several words to ss, none of which may become the name of a file.
	# shellcheck disable=SC2086
	(set -f && in_space ss -Htan $2) 2>"$work/err" | ends_of "$only" >"$work/theirs"
	wirestat -r "$work/lo.pcap" --json --where "$2"
	jq -r 'def text: if (.addr | contains(":")) then "[\(.addr)]:\(.port)" else "\(.addr):\(.port)" end;
		select(.type == "connection") | "\(.client | text) \(.server | text)"' "$work/out" | sort -u >"$work/ours"
	check "ss agrees: $2" all_of 'has_status 0' 'is_empty err || ! grep -qi error "$work/err"' 'diff "$work/theirs" "$work/ours"'
	wc -l <"$work/ours" >>"$work/sizes"
}

compare_with_ss() {
	local expression
	trap leave EXIT
	ip netns add "$space" 2>"$work/err" || { skip 'ss' "no network namespace: $(head -n 1 "$work/err")" && return; }
	write_holder >"$work/hold.c"
	"${CC:-cc}" -o "$work/hold" "$work/hold.c" || { fail 'the holder compiles' && return; }
	in_space ip link set lo up
	ip netns exec "$space" tcpdump --immediate-mode -q -U -i lo -s 128 -w "$work/lo.pcap" tcp 2>"$work/dump" &
	dumper=$!
	wait_for "$work/dump" 'listening on' || { fail 'tcpdump listens' && return; }
	ip netns exec "$space" "$work/hold" >"$work/ready" &
	holder=$!
	wait_for "$work/ready" ready || { fail 'the connections are there' && return; }
	sleep 0.5
	kill $dumper && wait $dumper
	dumper=''
	while read -r expression; do
		beside_ss client "$expression"
	done <<-'END'
		dport = :7001
		dport 7002
		dport != :7001
		not dport = :7001
		! dport = :7001
		dport > :7001
		dport lt 7002
		dport >= 7002 and dport leq :7002
		sport >= :1024
		sport < 1024
		dst 127.0.0.1
		dst = 127.0.0.1
		dst 127.0.0.1:7002
		dst 127/8
		dst 127.0.0.0/255.0.0.0
		dst 128.0.0.0/1
		dst [::1]
		dst [::1]:7001
		dst *:7002
		dst any
		dst inet6:[::1]
		dst 127.0.0.1/8:7002
		dport = :7001 or dport = :7002 and dst [::1]
		dport = :7001 or ( dport = :7002 and dst [::1] )
		( dport = :7001 | dport = :7002 ) & dst 127.0.0.1
		dst [::1] dport = :7001 || dst 127.0.0.1 dport = :7002
		not dport = :7001 or dst 127.0.0.1
		not ( dport = :7001 or dst 127.0.0.1 )
		state established dport = :7001
		state established ( dport = :7001 or dport = :7003 )
		state time-wait dst 127.0.0.1
		state connected exclude established dst [::1]
		exclude established exclude time-wait dport = :7002
	END
	while read -r expression; do
		beside_ss either "$expression"
	done <<-'END'
		state established
		state time-wait
		state fin-wait-2
		state close-wait
		state syn-sent
		state connected
		state synchronized
		state bucket
		state established state time-wait
		state connected exclude established
		state synchronized exclude established exclude time-wait
		excl established
	END
	check 'they were not always all, or none' [ "$(sort -u "$work/sizes" | wc -l)" -ge 6 ]
}

if [ "$(id -u)" -ne 0 ]; then
	skip 'ss' 'not root: no network namespace can be made'
elif ! command -v ss >/dev/null || ! command -v tcpdump >/dev/null || ! has_jq; then
	skip 'ss' 'ss, tcpdump or jq is not there'
else
	compare_with_ss
fi

conclude
