#!/bin/bash
# Capturing from interfaces, in network namespaces with real sockets: every state that can be held, against ss on both
# hosts; drops; permissions; interfaces that go down, come back, or do not; the check against the kernel.
. tests/lib/shell.sh

[ "$(id -u)" -eq 0 ] || { echo 'needs root' && exit 77; }
for tool in ip ss jq setpriv; do
	command -v $tool >/dev/null || { echo "$tool is not there" && exit 77; }
done
near=wsnear$$ middle=wsmid$$ far=wsfar$$
ip netns add $near 2>/dev/null || { echo 'no network namespace can be made here' && exit 77; }

pids=()
clean() {
	[ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null
	wait 2>/dev/null
	for namespace in $near $middle $far; do ip netns del "$namespace" 2>/dev/null; done
	rm -rf "$work"
}
trap clean EXIT

hold=$work/hold
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -o "$hold" tests/live/hold.c || { fail 'tests/live/hold.c compiles' && conclude; }
# Whoever is not root must be able to run it.
chmod 755 "$work"
cp "$WIRESTAT" "$work/wirestat"
WIRESTAT=$work/wirestat

# A build with sanitizers has no system call filter: its runtime needs more than the filter allows.
seccomp=2
case ${BUILD:-} in asan | tsan | fuzz) seccomp=0 ;; esac

# ---- Two hosts and a router -------------------------------------------------------------------------------------------

inside() { ip netns exec "$@"; }

lay_wires() {
	ip netns add $middle && ip netns add $far || return 1
	ip link add n0 netns $near type veth peer name n0 netns $middle || return 1
	ip link add f0 netns $far type veth peer name f0 netns $middle || return 1
	local namespace
	for namespace in $near $middle $far; do
		inside "$namespace" sh -c 'cd /proc/sys/net && echo 1 >ipv6/conf/all/forwarding && echo 1 >ipv4/ip_forward'
		ip -n "$namespace" link set lo up
	done
	ip -n $near addr add 10.71.0.1/24 dev n0 && ip -n $near addr add 10.71.0.3/24 dev n0
	ip -n $near addr add fd71::1/64 dev n0 nodad && ip -n $near addr add fd71::3/64 dev n0 nodad
	ip -n $far addr add 10.72.0.2/24 dev f0 && ip -n $far addr add 10.72.0.4/24 dev f0
	ip -n $far addr add fd72::2/64 dev f0 nodad && ip -n $far addr add fd72::4/64 dev f0 nodad
	ip -n $middle addr add 10.71.0.254/24 dev n0 && ip -n $middle addr add fd71::fe/64 dev n0 nodad
	ip -n $middle addr add 10.72.0.254/24 dev f0 && ip -n $middle addr add fd72::fe/64 dev f0 nodad
	ip -n $near link set n0 up && ip -n $far link set f0 up
	ip -n $middle link set n0 up && ip -n $middle link set f0 up
	ip -n $near route add default via 10.71.0.254 && ip -n $near -6 route add default via fd71::fe
	ip -n $far route add default via 10.72.0.254 && ip -n $far -6 route add default via fd72::fe
	ip -n $middle route add blackhole 10.71.0.3/32 && ip -n $middle -6 route add blackhole fd71::3/128
}

lay_wires 2>"$work/err" || { fail 'two namespaces and a router between them' && conclude; }

# capture NAME NAMESPACE WORD...: in the background, ready when this returns; its pid is $capture.
capture() {
	local name=$1 namespace=$2 try
	shift 2
	ip netns exec "$namespace" "$WIRESTAT" "$@" >"$work/$name.out" 2>"$work/$name.err" &
	capture=$!
	pids+=("$capture")
	for ((try = 0; try < 50; try++)); do
		grep -qs "^NoNewPrivs:	1" "/proc/$capture/status" && break
		sleep 0.1
	done
	sleep 0.1
}

# finish NAME PID: by TERM, for INT is ignored by what a script runs in the background. Output and status as after `wirestat`.
finish() {
	kill -TERM "$2" 2>/dev/null
	status=0
	wait "$2" || status=$?
	cp "$work/$1.out" "$work/out"
	cp "$work/$1.err" "$work/err"
}

# ---- Every state, held ------------------------------------------------------------------------------------------------

capture near $near -i n0 --json --check-kernel --threads 2
near_pid=$capture
capture far $far -i f0 --json --check-kernel
far_pid=$capture
capture any $near -i any --json
any_pid=$capture
capture blind $near -i n0 --check-kernel 'tcp[tcpflags] & tcp-fin = 0'
blind_pid=$capture
capture events $near events -i n0 --json --time-wait 1s port 8004
events_pid=$capture

# proc FIELD: of the process that captures on the near host.
proc() { sed -nE "s/^$1:\s*(.*)$/\1/p" "/proc/$near_pid/status" | tr '\t' ' '; }
nobody=$(id -u nobody 2>/dev/null || echo 65534)
check 'after the start it is nobody' [ "$(proc Uid)" = "$nobody $nobody $nobody $nobody" ]
check 'in no other group' [ -z "$(proc Groups | tr -d ' ')" ]
check 'without any capability, now or later' \
	[ "$(proc CapEff)$(proc CapPrm)$(proc CapInh)$(proc CapBnd)$(proc CapAmb)" = "$(printf '0%.0s' {1..80})" ]
check 'no new permissions' [ "$(proc NoNewPrivs)" = 1 ]
check 'and a filter on system calls' [ "$(proc Seccomp)" = $seccomp ]
# of_threads FIELD: what each thread has of it, sorted, each once.
of_threads() { sed -nE "s/^$1:\s*(.*)$/\1/p" "/proc/$near_pid/task/"*/status | tr '\t' ' ' | sort | uniq -c | awk '{ $1 = $1 } 1'; }
check 'all that for both threads' [ "$(of_threads Uid)/$(of_threads CapEff)/$(of_threads NoNewPrivs)/$(of_threads Seccomp)" = \
	"2 $nobody $nobody $nobody $nobody/2 0000000000000000/2 1/2 $seccomp" ]

# hold4 and hold6: what holds the sockets; words to it on descriptor 4 and 6, words from it on 14 and 16.
mkfifo "$work"/{to,from}{4,6}
"$hold" $near $far 10.71.0.1 10.71.0.3 10.72.0.2 10.72.0.4 <"$work/to4" >"$work/from4" &
pids+=($!)
"$hold" $near $far fd71::1 fd71::3 fd72::2 fd72::4 <"$work/to6" >"$work/from6" &
pids+=($!)
exec 4>"$work/to4" 14<"$work/from4" 6>"$work/to6" 16<"$work/from6"
heard() { # heard WORD: both say it
	local word4='' word6=''
	read -r -t 20 word4 <&14
	read -r -t 20 word6 <&16
	[ "$word4 $word6" = "$1 $1" ]
}
check 'connections over IPv4 and IPv6' heard connected
ip -n $middle route add blackhole 10.72.0.4/32
ip -n $middle -6 route add blackhole fd72::4/128
echo go >&4
echo go >&6
check 'every state is held' heard held
sleep 3

# Both as STATE OWN-END PEER, sorted. Listeners are sockets, but no connections.
by_ss() {
	inside "$1" ss -tanH | awk '$1 != "LISTEN" {
		sub("ESTAB", "ESTABLISHED", $1); sub("SYN-RECV", "SYN-RECEIVED", $1); print $1, $4, $5 }' | sort
}
by_wirestat() {
	jq -r --arg own "$2" --arg peer "$3" '
		def place: if .addr | contains(":") then "[\(.addr)]:\(.port)" else "\(.addr):\(.port)" end;
		select(.type == "connection" and .[$own].state != "CLOSED") | "\(.[$own].state) \(.[$own] | place) \(.[$peer] | place)"
	' "$work/$1.out" | sort
}
by_ss $near >"$work/near.ss"
by_ss $far >"$work/far.ss"
check 'events are written as they happen' grep -q '"to":"TIME-WAIT"' "$work/events.out"
check 'time goes by without packets' grep -q '"from":"TIME-WAIT","to":"CLOSED","evidence":"timer"' "$work/events.out"
kill -USR1 "$near_pid"
sleep 0.3
check 'USR1: the counters' grep -q 'packets from n0' "$work/near.err"
check 'and it goes on' kill -0 "$near_pid"

finish near "$near_pid"
check 'TERM: it ends well' has_status 0
check 'what was dropped is told when nothing was' err_has '0 packets dropped by the kernel, 0 by the interface'
check 'and in the capture object' \
	[ "$(jq -r 'select(.type == "capture") | "\(.kernel_drops) \(.interface_drops) \(.files[0].name)"' "$work/out")" = '0 0 n0' ]
by_wirestat near client server >"$work/near.ws"
check 'near: as many connections as there should be' [ "$(wc -l <"$work/near.ss")" -eq 18 ]
check 'near: the states that ss shows' diff "$work/near.ss" "$work/near.ws"
check 'near: the kernel agrees' all_of \
	'err_has "kernel check: 100.0 % agreement"' 'err_has "0 differed (0 divergences)"' \
	'[ "$(jq -s "map(select(.type == \"check\")) | length >= 4 and (.[-1].agreed == 18)" "$work/out")" = true ]'
finish far "$far_pid"
by_wirestat far server client >"$work/far.ws"
check 'far: as many connections as there should be' [ "$(wc -l <"$work/far.ss")" -eq 16 ]
check 'far: the states that ss shows' diff "$work/far.ss" "$work/far.ws"
check 'far: the kernel agrees' all_of 'err_has "kernel check: 100.0 % agreement"' \
	'[ "$(jq -s "map(select(.type == \"check\")) | .[-1].agreed == 16" "$work/out")" = true ]'
check 'every state was there' [ "$(cut -d ' ' -f 1 "$work/near.ws" "$work/far.ws" | sort -u | tr '\n' ' ')" = \
	'CLOSE-WAIT CLOSING ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 LAST-ACK SYN-RECEIVED SYN-SENT TIME-WAIT ' ]
finish any "$any_pid"
by_wirestat any client server >"$work/any.ws"
check 'any: the same' diff "$work/near.ss" "$work/any.ws"
check 'any: with the interface of each packet' \
	[ "$(jq -r 'select(.type == "capture").link_types[0]' "$work/out")" = LINUX_SLL2 ]
finish blind "$blind_pid"
check 'who sees no FIN disagrees with the kernel, and says where' all_of \
	'grep -qE "kernel check: 10.71.0.1:[0-9]+ to 10.72.0.2:8003: here ESTABLISHED.*, in the kernel CLOSE-WAIT" "$work/err"' \
	'[ "$(grep -c "to 10.72.0.2:8003:" "$work/err")" -eq 1 ]' '! err_has "100.0 % agreement"'
kill -TERM "$events_pid"
exec 4>&- 6>&-

# ---- Views on an interface that is silent -----------------------------------------------------------------------------

capture series $near count -i lo --every 1s --for 3500ms --json
series_pid=$capture
wirestat_near() {
	status=0
	inside $near "$WIRESTAT" "$@" >"$work/out" 2>"$work/err" || status=$?
}
# shellcheck disable=SC2034 # read by the check's own words
before=$(date +%s%N)
wirestat_near -i lo -1
check 'once: two seconds, and the heading' all_of 'has_status 0' 'out_has CLIENT' \
	'[ $((($(date +%s%N) - before) / 1000000)) -lt 4000 ]'
wait "$series_pid"
check 'count --every: a line for each second of silence' \
	[ "$(jq -s 'map(select(.type == "count")) | length >= 4' "$work/series.out")" = true ]
if command -v script >/dev/null; then
	inside $near env TERM=xterm SHELL=/bin/bash script -qec "$WIRESTAT -i lo --for 3s" /dev/null </dev/null >"$work/out" 2>&1
	check 'on a terminal the table is shown again and again' [ "$(grep -c $'\033\\[H.*connections open' "$work/out")" -ge 2 ]
else
	skip 'on a terminal the table is shown again and again' 'script(1) is not there'
fi
inside $near "$WIRESTAT" -D >"$work/out" 2>"$work/err"
check '-D: the interfaces and their addresses' all_of 'out_has "n0 "' 'out_has 10.71.0.1' 'out_has fd71::3' 'out_has "any "'

# With -o, HUP opens a file as the user that the process has become.
mkdir -m 777 "$work/log"
capture log $near -i lo events --json -o "$work/log/events" --for 4s tcp
mv "$work/log/events" "$work/log/old"
kill -HUP "$capture"
sleep 0.5
check 'HUP: the file is opened anew, not by root' [ "$(stat -c %u "$work/log/events")" = "$nobody" ]
kill -TERM "$capture"
wait "$capture"
check 'and written' grep -q '"type":"capture"' "$work/log/events"

# ---- Drops ------------------------------------------------------------------------------------------------------------

capture drops $near -i n0 -B 64 --json udp
kill -STOP "$capture"
"$hold" burst $near 10.71.0.254 20000
kill -CONT "$capture"
sleep 0.5
finish drops "$capture"
check 'drops are counted' [ "$(jq 'select(.type == "capture").kernel_drops > 1000' "$work/out")" = true ]
check 'every packet was either read or dropped' \
	[ "$(jq 'select(.type == "capture") | .packets + .kernel_drops' "$work/out")" -eq 20000 ]
check 'and told' grep -qE '^[0-9]+ packets dropped by the kernel, 0 by the interface$' "$work/err"
capture fits $near -i n0 --json udp
"$hold" burst $near 10.71.0.254 20000
sleep 0.5
finish fits "$capture"
check 'the buffer that is the default holds a burst' [ "$(jq -c 'select(.type == "capture") | [.packets, .kernel_drops]' "$work/out")" = '[20000,0]' ]

# ---- Permissions ------------------------------------------------------------------------------------------------------

unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups)
status=0
inside $near "${unprivileged[@]}" "$WIRESTAT" -i lo --for 1s >"$work/out" 2>"$work/err" || status=$?
check 'without permission: 5, and one line' all_of 'has_status 5' 'err_is_lines 1' 'err_has "no permission to capture"' 'is_empty out'

# started WORD...: wirestat on lo, by way of the words; then its Uid, CapEff and Seccomp.
started() {
	local line='' pid try
	ip netns exec $near "$@" -i lo --for 1500ms >"$work/out" 2>"$work/err" &
	pid=$!
	for ((try = 0; try < 8; try++)); do
		sleep 0.1
		line=$(awk '$1 == "Uid:" { u = $2 } $1 == "CapEff:" { c = $2 } $1 == "NoNewPrivs:" { n = $2 } $1 == "Seccomp:" { s = $2 }
			END { print u, c, s; exit !n }' "/proc/$pid/status" 2>/dev/null) && break
	done
	sleep 0.1
	line=$(awk '$1 == "Uid:" { u = $2 } $1 == "CapEff:" { c = $2 } $1 == "Seccomp:" { s = $2 } END { print u, c, s }' "/proc/$pid/status")
	status=0
	wait $pid || status=$?
	echo "$line $status" >"$work/started"
}
none=0000000000000000
started_is() { [ "$(cat "$work/started")" = "$1" ]; }
# Capabilities are enough; this is what setcap(8) makes of the program.
# shellcheck disable=SC2086 # words
started "${unprivileged[@]}" --inh-caps=+net_raw --ambient-caps=+net_raw "$WIRESTAT"
check 'a capability is enough, and it is given up' started_is "65534 $none $seccomp 0"
started env SUDO_UID=1234 SUDO_GID=1235 "$WIRESTAT"
check 'root by sudo: who called it' started_is "1234 $none $seccomp 0"
started env SUDO_UID=0 SUDO_GID=0 "$WIRESTAT"
check 'root by sudo, called by root: nobody' started_is "$nobody $none $seccomp 0"
started "$WIRESTAT" -Z root
check '-Z root: root' all_of '! started_is "0 $none $seccomp 0"' 'grep -qE "^0 [0-9a-f]+ $seccomp 0$" "$work/started"'
wirestat_near -i lo -Z no-such-user --for 1s
check '-Z with a user that is none: not a packet is read' all_of 'has_status 5' 'err_has "there is no user '\''no-such-user'\''"'

# ---- Interfaces that are not there ------------------------------------------------------------------------------------

wirestat_near -i nosuch0 --for 1s
check 'no such interface: 3' all_of 'has_status 3' 'err_is_lines 1' 'err_has "nosuch0: there is no such interface"'
wirestat_near -i lo --for 1s 'tcp and and'
check 'a wrong filter: 2' all_of 'has_status 2' 'err_has "filter '\''tcp and and'\''"'
wirestat_near -i lo -r x.pcap
check 'an interface and a file: 2' has_status 2
wirestat_near -r pcaps/demo.pcap --for 1s
check 'no interface, but --for: 2' all_of 'has_status 2' 'err_has "--for needs an interface"'

make_wire() {
	ip link add w0 netns $near type veth peer name w1 netns $middle
	ip -n $near addr add 10.73.0.1/24 dev w0
	ip -n $near link set w0 up
	ip -n $middle link set w1 up
	ip -n $near neigh replace 10.73.0.9 lladdr 02:00:00:00:00:09 dev w0 nud permanent
}
make_wire
ip -n $near link set w0 down
wirestat_near -i w0 --for 1s
check 'an interface that is down from the start: 3' all_of 'has_status 3' 'err_has "w0: the interface is down"'
ip -n $near link set w0 up
ip -n $near neigh replace 10.73.0.9 lladdr 02:00:00:00:00:09 dev w0 nud permanent

capture wire $near -i w0 --wait 2s --json udp port 9
ip -n $near link set w0 down
sleep 0.8
ip -n $near link set w0 up
ip -n $near neigh replace 10.73.0.9 lladdr 02:00:00:00:00:09 dev w0 nud permanent
sleep 0.8
"$hold" burst $near 10.73.0.9 5
sleep 0.4
ip -n $near link del w0
sleep 0.8
make_wire
sleep 0.8
"$hold" burst $near 10.73.0.9 7
sleep 0.4
ip -n $near link del w0
status=0
wait "$capture" || status=$?
cp "$work/wire.out" "$work/out"
cp "$work/wire.err" "$work/err"
check 'down and up again: told' all_of 'err_has "w0: the interface went down"' 'err_has "w0: the interface is up again"'
check 'removed and back: told' all_of 'err_has "w0: the interface was removed; waiting"' \
	'err_has "w0: the interface was removed and came back"'
check 'packets come after each return' [ "$(jq 'select(.type == "capture").packets' "$work/out")" = 12 ]
check 'removed for good: told, 3' all_of 'has_status 3' 'err_has "w0: the interface was removed and did not come back"'
conclude
