#!/bin/bash
# Streams and signals (DESIGN 3): lines that come at once, a named output that HUP opens anew, counters on USR1, the
# progress bar, and what -q, -v and NO_COLOR leave out or add.
. tests/lib/shell.sh
. tests/lib/packets.sh

good=$work/good.pcap
connection >"$good"
record=$((16 + 54))
demo=pcaps/demo.pcap

# wait_until COMMAND...: true within ten seconds.
wait_until() {
	local _
	for _ in $(seq 200); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

mkfifo "$work/fifo"
# start WORD...: reads the fifo, which stays open as descriptor 7; $pid is the program.
start() {
	env --default-signal=INT,TERM,HUP,USR1 "$WIRESTAT" "$@" -r - <"$work/fifo" >"$work/out" 2>"$work/err" &
	pid=$!
	exec 7>"$work/fifo"
}
send() { tail -c +$(($1 + 1)) "$good" | head -c "$2" >&7; } # send FROM COUNT: bytes of the capture
finish() {
	exec 7>&-
	status=0
	wait $pid || status=$?
}

# ---- Lines ----------------------------------------------------------------------------------------------------------

start events
send 0 $((24 + 3 * record))
check 'events: lines come while the pipe is open' wait_until grep -q SYN-RECEIVED "$work/out"
send $((24 + 3 * record)) $record
check 'events: and the next' wait_until grep -q ESTABLISHED "$work/out"
finish
check 'events: the end' has_status 0

start audit -l
send 0 $((24 + 3 * record))
check 'audit -l: a finding at once' wait_until grep -q syn-retransmitted "$work/out"
finish
start audit
send 0 $((24 + 3 * record))
sleep 0.7
check 'audit: else with others' is_empty out
finish
check 'audit: but not lost' out_has syn-retransmitted
start -l --as netstat --every 100ms
send 0 $((24 + 4 * record))
check '-l: the table, too, when it is repeated' wait_until grep -q SYN_RECV "$work/out"
finish

# ---- Signals --------------------------------------------------------------------------------------------------------

start events
send 0 $((24 + 3 * record))
wait_until grep -q SYN-RECEIVED "$work/out"
kill -USR1 $pid
check 'USR1: counters at once, though nothing comes' wait_until err_has '3 packets'
send $((24 + 3 * record)) $((5 * record))
check 'USR1: reading goes on' wait_until grep -q TIME-WAIT "$work/out"
kill -USR1 $pid
check 'USR1: and again' wait_until err_has '8 packets'
finish
check 'USR1: nothing else changed' all_of 'has_status 0' '[ "$(grep -c packets "$work/err")" -eq 3 ]'

start events
send 0 $((24 + 3 * record))
wait_until grep -q SYN-RECEIVED "$work/out"
kill -INT $pid
wait $pid
status=$?
exec 7>&-
check 'INT while nothing comes: ends cleanly' all_of 'has_status 0' 'err_has "3 packets"'

start events
send 0 $((24 + 3 * record))
wait_until grep -q SYN-RECEIVED "$work/out"
kill -HUP $pid
wait $pid 2>/dev/null
status=$?
exec 7>&-
check 'HUP without a named output: the terminal is gone' has_status $((128 + 1))

# ---- A named output -------------------------------------------------------------------------------------------------

wirestat events -r $demo
cp "$work/out" "$work/whole"
cp "$work/err" "$work/told"
echo 'what was there before' >"$work/log"
wirestat events -r $demo -o "$work/log"
check '-o: the same, in the file' all_of 'has_status 0' 'is_empty out' 'cmp "$work/log" "$work/whole"' 'cmp "$work/err" "$work/told"'
wirestat events -r $demo -o "$work/none/log"
check '-o: cannot be opened' all_of 'has_status 4' 'is_empty out' 'err_is_lines 1' 'err_has "No such file"'
wirestat -r $demo -o "$work/log" --color auto
check '-o: is no terminal' eval '! grep -q "$(printf "\033")" "$work/log"'
if [ -w /dev/full ]; then
	wirestat events -r $demo -o /dev/full
	check '-o: a full disk' all_of 'has_status 4' 'err_has "No space left"'
fi

rm -f "$work/log"
start events -o "$work/log"
send 0 $((24 + 3 * record))
wait_until grep -q SYN-RECEIVED "$work/log"
mv "$work/log" "$work/log.1"
send $((24 + 3 * record)) $record
check 'a renamed file is written on' wait_until grep -q 'SYN-RECEIVED -> ESTABLISHED' "$work/log.1"
kill -HUP $pid
check 'HUP: a new file, though nothing comes' wait_until [ -e "$work/log" ]
send $((24 + 4 * record)) $((4 * record))
finish
check 'HUP: what follows is in it' all_of 'has_status 0' 'grep -q TIME-WAIT "$work/log"' '! grep -q TIME-WAIT "$work/log.1"'
wirestat events -r "$good"
check 'HUP: nothing is lost' cmp <(cat "$work/log.1" "$work/log") "$work/out"

start events -o "$work/log"
send 0 $((24 + 3 * record))
wait_until grep -q SYN-RECEIVED "$work/log"
mkdir "$work/away"
mv "$work/log" "$work/away"
mkdir "$work/log"
kill -HUP $pid
check 'HUP: cannot be opened: told' wait_until err_has 'going on with the file that was open'
send $((24 + 3 * record)) $((5 * record))
finish
check 'HUP: and the old one written on' all_of 'has_status 0' 'grep -q TIME-WAIT "$work/away/log"'
rmdir "$work/log"

# ---- More and less --------------------------------------------------------------------------------------------------

wirestat -r $demo -q
check '-q: no summary' all_of 'has_status 0' 'is_empty err' 'out_has TIME-WAIT'
head -c $((24 + 3 * record + 5)) "$good" >"$work/cut.pcap"
wirestat -r "$work/cut.pcap" -q
check '-q: but trouble is told' all_of 'has_status 3' 'err_is_lines 1' 'err_has "frame 4"'
wirestat -r $demo -r "$good" -v port 40005
check '-v: each file, and the filter' all_of 'has_status 0' "err_has '$demo: 50 frames'" "err_has '$good: 8 frames'" \
	"err_has \"47 frames left out by the filter 'port 40005'\""

if ! command -v script >/dev/null; then
	skip 'on a terminal' 'script(1) of util-linux is not there'
	conclude
fi

# on_terminal COMMAND: what a terminal gets to see.
on_terminal() { script -qec "$1" /dev/null </dev/null | tr -d '\r'; }
escape=$(printf '\033')

export TERM=xterm
unset NO_COLOR
on_terminal "$WIRESTAT -r $demo -q" >"$work/out"
check 'colours on a terminal' out_has "${escape}["
for value in 1 yes; do
	NO_COLOR=$value on_terminal "$WIRESTAT -r $demo -q" >"$work/out"
	check "NO_COLOR=$value" all_of 'out_lacks "${escape}["' 'out_has TIME-WAIT'
done
NO_COLOR='' on_terminal "$WIRESTAT -r $demo -q" >"$work/out"
check 'NO_COLOR empty is not set' out_has "${escape}["
COLUMNS=60 on_terminal "$WIRESTAT -r $demo -q --color never" >"$work/out"
check 'cut to the terminal' awk 'length > 60 { exit 1 }' "$work/out"
"$WIRESTAT" -r $demo -q >"$work/out"
check 'in a pipe: not padded, not cut' all_of '! grep -q "   " "$work/out"' \
	'out_has half-open-handshake,syn-retransmitted,syn-ack-retransmitted'

# ---- The bar --------------------------------------------------------------------------------------------------------

# members SECOND: three frames of that second, two thousand times, packed as a piece of a gzip file.
members() {
	{ segment $(($1 * 1000000)) c 2 1000 0 && segment $(($1 * 1000000 + 1)) s 18 5000 1001 &&
		segment $(($1 * 1000000 + 2)) c 16 1001 5001; } >"$work/members"
	for _ in $(seq 11); do cat "$work/members" "$work/members" >"$work/twice" && mv "$work/twice" "$work/members"; done
	gzip -c "$work/members"
}

# long_files COUNT: twenty files, one after the other in time, of so many pieces.
long_files() {
	local i pieces
	for i in $(seq 20); do
		pieces=()
		for _ in $(seq "$1"); do pieces+=("$work/members.$i"); done
		cat "$work/header" "${pieces[@]}" >"$work/long/$i"
	done
}

# Reading them takes longer than a second: as many pieces as that needs.
mkdir "$work/long"
pcap_header 1 | gzip -c >"$work/header"
for i in $(seq 20); do members "$i" >"$work/members.$i"; done
count=20 took_ms=0
while [ $took_ms -lt 2000 ]; do
	count=$((took_ms > 0 ? count * 2600 / took_ms + 1 : count))
	long_files $count
	start_ns=$(date +%s%N)
	"$WIRESTAT" -q count -r "$work/long" >/dev/null || { skip 'a bar' 'gzip is not read here' && conclude; }
	took_ms=$((($(date +%s%N) - start_ns) / 1000000 + 1))
done
files=(-r "$work/long")

on_terminal "$WIRESTAT count ${files[*]} -q >$work/count" >"$work/out"
check 'a bar when it takes long' all_of 'grep -qE "reading +[0-9]+% \[#*-*\] [0-9.]+ of [0-9.]+ [kMGT]B" "$work/out"' \
	'[ -s "$work/count" ]'
percents() { grep -oE 'reading +[0-9]+%' "$work/out" | grep -oE '[0-9]+'; }
check 'that only grows' all_of '[ "$(percents | wc -l)" -ge 3 ]' 'percents | sort -nc'
check 'and goes' eval 'tail -c 4 "$work/out" | grep -q "$escape\\[K"'
on_terminal "$WIRESTAT count ${files[*]} -q" >"$work/out"
check 'also where the result goes to the same terminal' all_of 'out_has reading' 'out_has connections'
on_terminal "$WIRESTAT events ${files[*]} -q | tail -n 1 >/dev/null; $WIRESTAT -q -r $demo" >"$work/out"
check 'also for a pipe of events' all_of 'out_has reading' 'out_has TIME-WAIT'
TERM=dumb on_terminal "$WIRESTAT count ${files[*]} -q >$work/count" >"$work/out"
check 'none on a dumb terminal' is_empty out
"$WIRESTAT" count "${files[@]}" >/dev/null 2>"$work/out"
check 'none where standard error is no terminal' out_lacks reading
on_terminal "$WIRESTAT count -r $demo -q >$work/count" >"$work/out"
check 'none when it is quick' is_empty out

conclude
