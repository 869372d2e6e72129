#!/bin/bash
# Packets are taken many at a time where nobody looks between them, and one at a time up to a frame that --at names. Named is
# the last one, so every view that tells the same at that moment as at the end must print the same text both ways, whatever
# it does with time: hold back rows, repeat itself, remember what time it is.
. tests/lib/shell.sh
. tests/lib/packets.sh

# 24 connections of one 4-tuple, 4.1 s apart: closed ones are held back and printed several times, moments pass between.
capture=$work/series.pcap
frames=0
one_connection() { # MICROSECONDS SEQ
	local t=$1 a=$2 b=$(($2 + 5000))
	segment "$t" c 2 "$a" 0
	segment $((t + 1000)) s 18 "$b" $((a + 1))
	segment $((t + 2000)) c 16 $((a + 1)) $((b + 1))
	segment $((t + 300000)) c 17 $((a + 1)) $((b + 1))
	segment $((t + 301000)) s 17 $((b + 1)) $((a + 2))
	segment $((t + 302000)) c 16 $((a + 2)) $((b + 2))
	frames=$((frames + 6))
}
pcap_header 1 >"$capture"
for ((i = 0; i < 24; i++)); do one_connection $((i * 4100000)) $((1000 + i * 100000)) >>"$capture"; done

same() {
	wirestat "$@" -q -r "$capture" --at frame:$frames
	cp "$work/out" "$work/singly"
	wirestat "$@" -q -r "$capture"
	check "$*" all_of 'has_status 0' '[ -s "$work/out" ]' 'diff "$work/singly" "$work/out"'
}

same table --all
same table --all --timers
same table --every 3s
same table --every 7s --all
same table --every 500ms --all --tsv
same count --every 1s
same count --every 2s --where 'state established'
same table --as ss --every 2s --all
same table --as netstat --every 5s --all
same table --all --zeek
same table --all --zeek --where 'state closed'
same events
wirestat table --all -q -r "$capture"
check 'none is left out' [ "$(grep -c 10.0.0.1:40000 "$work/out")" -eq 24 ]

# Closed connections are held back for ten seconds of capture time, no longer: one that ended a minute ago, as is found out
# by the first packet after a long silence, is shown with the second.
mkfifo "$work/pipe"
"$WIRESTAT" table --all -l -q -r "$work/pipe" >"$work/out" &
reader=$!
exec 3>"$work/pipe"
{
	pcap_header 1
	segment 0 c 2 1000 0
	segment 1000 s 18 5000 1001
	segment 2000 c 16 1001 5001
	segment 3000 c 4 1001 0
	segment 300000000 c 2 90000 0
} >&3
sleep 0.3
cp "$work/out" "$work/first"
segment 300001000 s 18 70000 90001 >&3
for ((i = 0; i < 50; i++)); do
	grep -q CLOSED "$work/out" && break
	sleep 0.1
done
check 'rows are held back no longer than they should' all_of '[ ! -s "$work/first" ]' 'out_has CLOSED'
exec 3>&-
wait $reader

# -c counts exactly, wherever a batch ends, and so does what it read.
for n in 1 2 63 64 65 66 100; do
	wirestat -r "$capture" -c $n --json
	check "-c $n" all_of 'out_has "\"packets\":$n,"' 'out_has "\"frames\":$n}"'
done
wirestat -r "$capture" -c 30 --json 'tcp[tcpflags] & tcp-syn != 0'
check '-c with a filter: the frame that was the thirtieth is the last one read' \
	all_of 'out_has "\"packets\":30,"' 'out_has "\"frames\":86}"'

conclude
