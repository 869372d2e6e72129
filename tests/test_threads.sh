#!/bin/bash
# --threads: with 2 and with 4 every view prints, byte for byte, what it prints with 1, over captures one by one and all
# together, whole, cut short, up to a moment and as a pipe; so do signals, and what else looks at a run while it goes on.
. tests/lib/shell.sh

shopt -s nullglob
captures=(pcaps/demo.pcap pcaps/real/*.pcap*)
views=(
	'table' 'table --all' 'table --all --path --json' 'table --all --tsv' 'table --timers' 'table --every 700ms'
	'table --all --every 1s --json' 'table --where server:ESTABLISHED' 'table --as netstat --all' 'table --as ss --every 1s'
	'table --summary' 'table --listening --json' 'table --zeek' 'table --zeek --where sport<60000' 'count' 'count --every 1s --json'
	'events' 'events --json --evidence' 'events --audit' 'audit' 'audit --json' 'audit --sarif' 'audit --junit --fail-on note'
	'audit --coverage' 'ladder' 'ladder --json' 'table --at +1s --all' 'table --at frame:7' 'events -c 11' 'table --all tcp[tcpflags]&2=0'
	'events --key vlan --max-connections 3' 'audit --json --max-memory 40k' 'table --all --fail-on warn'
)

# same WORD...: what 2 and 4 threads print, on both streams, and the exit status, is what 1 does.
same() {
	local n
	wirestat --threads 1 "$@"
	mv "$work/out" "$work/out1"
	mv "$work/err" "$work/err1"
	echo "$status" >"$work/status1"
	for n in 2 4; do
		wirestat --threads $n "$@"
		[ "$status" = "$(cat "$work/status1")" ] && cmp "$work/out1" "$work/out" && cmp "$work/err1" "$work/err" ||
			return 1
	done
}

# All together, merged by time; by themselves one in nine (under ThreadSanitizer fewer), each time another one.
stride=9
[ "${BUILD:-}" != tsan ] || stride=60
next=0
for view in "${views[@]}"; do
	read -ra words <<<"$view"
	broken=()
	same "${words[@]}" -r pcaps/real || broken+=(all)
	for ((i = next; i < ${#captures[@]}; i += stride)); do
		same "${words[@]}" -r "${captures[i]}" || broken+=("${captures[i]}")
	done
	next=$(((next + 1) % stride))
	check "$view: the same" [ "${#broken[@]}" -eq 0 ]
done

# Something is printed, so that the same is not nothing.
wirestat --threads 2 events -r pcaps/real
check 'events: there are some' [ "$(wc -l <"$work/out")" -gt 400 ]

# ---- Captures that are not whole --------------------------------------------------------------------------------------

head -c 3001 pcaps/demo.pcap >"$work/cut.pcap"
check 'a capture that was cut short' same events -r "$work/cut.pcap"
check 'its trouble is told between what came before and after' all_of \
	'"$WIRESTAT" --threads 1 events -l -r "$work/cut.pcap" -r pcaps/demo.pcap >"$work/both1" 2>&1; [ $? = 3 ]' \
	'"$WIRESTAT" --threads 2 events -l -r "$work/cut.pcap" -r pcaps/demo.pcap >"$work/both2" 2>&1; [ $? = 3 ]' \
	'cmp "$work/both1" "$work/both2"' 'grep -q cut.pcap "$work/both2"'
check 'a pipe' all_of '"$WIRESTAT" -q --threads 2 events --json -r - <pcaps/demo.pcap >"$work/pipe"' \
	'"$WIRESTAT" -q --threads 1 events --json -r - <pcaps/demo.pcap | cmp - "$work/pipe"'
check 'who stops reading ends it quietly' all_of \
	'"$WIRESTAT" -q --threads 2 events --json -r pcaps/demo.pcap 2>"$work/err" | head -n 3 >"$work/out"' '[ "$(wc -l <"$work/out")" = 3 ]' \
	'is_empty err'

# ---- Signals, while a pipe is read ------------------------------------------------------------------------------------

size=$(stat -c %s pcaps/demo.pcap)
mkfifo "$work/fifo"
"$WIRESTAT" --threads 2 audit --json -r - -o "$work/log" <"$work/fifo" 2>"$work/err" &
pid=$!
exec 5>"$work/fifo"
head -c $((size / 2)) pcaps/demo.pcap >&5
for ((try = 0; try < 50; try++)); do
	[ ! -e "$work/log" ] || break
	sleep 0.1
done
sleep 0.4
mv "$work/log" "$work/log1"
kill -HUP $pid
for ((try = 0; try < 50; try++)); do
	[ ! -e "$work/log" ] || break
	sleep 0.1
done
kill -USR1 $pid
sleep 0.3
tail -c +$((size / 2 + 1)) pcaps/demo.pcap >&5
exec 5>&-
status=0
wait $pid || status=$?
"$WIRESTAT" --threads 1 audit --json -r - -q <pcaps/demo.pcap >"$work/whole" 2>/dev/null
check 'HUP: lines before and after, none in two pieces, none missing' all_of 'has_status 0' '[ -s "$work/log1" ]' '[ -s "$work/log" ]' \
	'cat "$work/log1" "$work/log" | cmp - "$work/whole"'
check 'USR1: the counters' [ "$(grep -c 'packets from' "$work/err")" -ge 1 ]

# ---- The option -------------------------------------------------------------------------------------------------------

wirestat --threads 0 -r pcaps/demo.pcap
check '--threads 0: 2' all_of 'has_status 2' 'err_has "--threads"'
wirestat --threads two -r pcaps/demo.pcap
check '--threads two: 2' all_of 'has_status 2' 'err_has "--threads"'
wirestat --threads 1000000 -r pcaps/demo.pcap
check 'more than there are' has_status 0
conclude
