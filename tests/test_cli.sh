#!/bin/bash
# The command line from outside: exit codes (DESIGN 3), each bad input, standard input, closed and full outputs, signals.
. tests/lib/shell.sh
. tests/lib/packets.sh

good=$work/good.pcap
connection >"$good"
bad=$work/bad.pcap
record=$((16 + 54))

# ---- Words ----------------------------------------------------------------------------------------------------------

wirestat --help
check 'help: exit 0, on stdout' all_of 'has_status 0' 'is_empty err' 'out_has Usage:'
for word in table count events audit ladder findings --read --at --json; do
	check "help: names $word" out_has "$word"
done
check 'help: no line is longer than 80 columns' awk 'length > 80 { exit 1 }' "$work/out"

wirestat --version
check 'version' all_of 'has_status 0' 'is_empty err' 'out_has "wirestat "' 'out_has libpcap'

wirestat
check 'nothing to read: usage on stderr, exit 2' all_of 'has_status 2' 'is_empty out' 'err_has Usage:' 'err_has -r'

# One line each, that names the word.
while read -r word arguments; do
	# shellcheck disable=SC2086
	wirestat $arguments
	check "usage: $arguments" all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' "err_has \"$word\""
done <<-END
	--frobnicate --frobnicate -r $good
	--jsno --jsno -r $good
	FILE -r
	WHEN -r $good --at
	noon -r $good --at noon
	many -r $good -c many
	tabel tabel -r $good
	--every audit --every 1s -r $good
	nonsense findings nonsense
END

# ---- Good input -----------------------------------------------------------------------------------------------------

wirestat -r "$good" --all
check 'table: the connection, exit 0' all_of 'has_status 0' 'out_has 10.0.0.1:40000' 'out_has TIME-WAIT'
cp "$work/out" "$work/table"

wirestat -r "$good" --all
check 'table: the same again' cmp -s "$work/out" "$work/table"

status=0
"$WIRESTAT" -r - --all <"$good" >"$work/out" 2>"$work/err" || status=$?
check 'standard input' all_of 'has_status 0' 'cmp -s "$work/out" "$work/table"'

# shellcheck disable=SC2002
cat "$good" | "$WIRESTAT" -r - --all >"$work/out" 2>"$work/err"
check 'a pipe' cmp -s "$work/out" "$work/table"

wirestat -r "$good" --all tcp port 80
check 'a filter that fits' all_of 'has_status 0' 'cmp -s "$work/out" "$work/table"'
wirestat -r "$good" --all tcp port 81
check 'a filter that does not' all_of 'has_status 0' 'out_lacks 10.0.0.1'

wirestat -r "$good" -c 1
check '-c 1: the SYN alone' all_of 'has_status 0' 'out_has SYN-SENT' 'out_lacks ESTABLISHED'

# By frame, by offset and by time the same moment: the SYN-ACK has passed.
for when in frame:3 +0.2 +250ms 1700000000.2 2023-11-14T22:13:20.25Z; do
	wirestat -r "$good" --at $when
	check "--at $when" all_of 'has_status 0' 'out_has SYN-RECEIVED' 'out_lacks TIME-WAIT'
done
wirestat -r "$good" --at frame:4 tcp port 81
check '--at frame: filtered out' all_of 'has_status 0' 'out_lacks 10.0.0.1'
wirestat -r "$good" --at frame:99
check '--at frame: beyond the end' all_of 'has_status 0' 'out_has TIME-WAIT' 'err_has "8 frames"'
wirestat -r "$good" --at +59 --all
check '--at: TIME-WAIT is still there' all_of 'has_status 0' 'out_has TIME-WAIT'
wirestat -r "$good" --at +61
check '--at: and is over after 2MSL' all_of 'has_status 0' 'out_lacks TIME-WAIT'
wirestat -r "$good" --at +10 --time-wait 5s
check '--at: sooner with --time-wait' all_of 'has_status 0' 'out_lacks TIME-WAIT'
wirestat -r "$good" --at 1000
check '--at: before the capture' all_of 'has_status 0' 'out_lacks 10.0.0.1' 'err_has "begins only after"'

wirestat -r "$good" --all --color always
check 'colour when asked for' out_has "$(printf '\033[')"
NO_COLOR=1 wirestat -r "$good" --all --color auto
check 'none in a file' out_lacks "$(printf '\033[')"

for level in info note; do
	wirestat audit -r "$good" --fail-on $level
	check "--fail-on $level: the SYN sent twice" all_of 'has_status 1' 'out_has syn-retransmitted'
done
wirestat -r "$good" --fail-on note
check '--fail-on: in a view that judges nothing' has_status 1
for level in warn alert; do
	wirestat audit -r "$good" --fail-on $level
	check "--fail-on $level: nothing that bad" has_status 0
done

wirestat findings simultaneous-close
check 'findings: one explained' all_of 'has_status 0' 'out_has simultaneous-close' 'is_empty err'
wirestat findings
check 'findings: the catalogue' all_of 'has_status 0' 'out_has one-way' 'out_has syn-retransmitted'

if command -v jq >/dev/null; then
	for view in table count events audit ladder; do
		wirestat $view -r "$good" --json
		check "$view --json: JSON, the capture last" all_of 'has_status 0' 'jq -e . "$work/out" >/dev/null' \
			'tail -n 1 "$work/out" | jq -e ".type == \"capture\"" >/dev/null'
	done
else
	skip 'JSON' 'jq is not there'
fi

# As with a filter that nothing passes: no error, but a word.
wirestat ladder -r "$good" --uid Cnobody
check 'ladder --uid: of nobody' all_of 'has_status 0' 'is_empty out' \
	'[ "$(grep -c "no connection has the UID Cnobody" "$work/err")" -eq 1 ]'

# ---- Bad input ------------------------------------------------------------------------------------------------------

# bad_input WHAT WORD...: exit 3, one line with each WORD, nothing on stdout.
bad_input() {
	local what=$1
	shift
	wirestat -r "$bad"
	check "$what" all_of 'has_status 3' 'is_empty out' 'err_is_lines 1' "$(printf 'err_has "%s"\n' "$bad" "$@")"
	wirestat -r "$bad" -r "$good" --all
	check "$what: the next file is read all the same" all_of 'has_status 3' 'out_has TIME-WAIT' "err_has '$bad'"
}

rm -f "$bad"
bad_input missing 'No such file'
mkdir "$bad"
bad_input 'a directory' 'directory'
rmdir "$bad"
: >"$bad"
bad_input empty empty
echo 'This is a text, and not a short one, that somebody took for a capture.' >"$bad"
bad_input foreign 'not a capture'
{ printf 'BZh9' && tail -c 100 "$good"; } >"$bad"
bad_input packed bzip2
head -c 10 "$good" >"$bad"
bad_input 'cut in the file header' 'middle of its header'
head -c $((24 + 30)) "$good" >"$bad"
bad_input 'cut in the first frame' 'frame 1'

if [ "$(id -u)" -ne 0 ]; then
	cp "$good" "$bad" && chmod 000 "$bad"
	bad_input 'not permitted' 'ermission'
fi

# What came before is reported: the SYN-ACK is the third frame.
for cut in 1 20 69; do
	head -c $((24 + 3 * record + cut)) "$good" >"$bad"
	wirestat -r "$bad"
	check "cut short after $cut bytes of frame 4" all_of 'has_status 3' 'out_has SYN-RECEIVED' 'err_has "frame 4"'
done

{ head -c $((24 + 3 * record)) "$good" && bytes 00f153650000000000ffffff00ffffff && tail -c 200 "$good"; } >"$bad"
wirestat -r "$bad"
check 'corrupt record' all_of 'has_status 3' 'out_has SYN-RECEIVED' 'err_has "frame 4"'
wirestat -r "$bad" -r "$good" --all
check 'corrupt record: the next file follows' all_of 'has_status 3' 'out_has TIME-WAIT'
wirestat -r "$bad" --fail-on info
check 'corrupt record: says more than the findings before it' has_status 3

{ pcap_header && seq 2000; } >"$bad"
wirestat -r "$bad"
check 'noise behind a good header' all_of 'has_status 3' 'err_has "frame "'

{ pcap_header 147 && tail -c +25 "$good"; } >"$bad"
wirestat -r "$bad"
check 'link type not known' all_of 'has_status 3' 'err_has 147' 'err_has "not known"' 'out_lacks 10.0.0.1'
if command -v jq >/dev/null; then
	wirestat -r "$bad" --json
	check 'link type not known: counted' all_of 'has_status 3' \
		'jq -e "select(.type == \"capture\") | tostring | test(\"linktype-unsupported\\\":8\")" "$work/out" >/dev/null'
fi

pcap_header >"$work/none.pcap"
wirestat -r "$work/none.pcap"
check 'a capture of no packets is no error' has_status 0

wirestat -r "$good" 'tcp and (port'
check 'bad filter: exit 2, one line' all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has "tcp and (port"'
wirestat -r "$good" "$work/none.pcap"
check 'a file without -r is recognised' all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has "its own -r"'

# ---- Output ---------------------------------------------------------------------------------------------------------

if [ -w /dev/full ]; then
	for words in "-r $good --all" '--help' '--version' 'findings' "events -r $good --json"; do
		status=0
		# shellcheck disable=SC2086
		"$WIRESTAT" $words >/dev/full 2>"$work/err" || status=$?
		: >"$work/out"
		check "full disk: ${words/$work/}" all_of 'has_status 4' 'err_has "No space left"'
	done
else
	skip 'full disk' 'there is no /dev/full'
fi

# Far more than a pipe holds, so that the reader is gone before the end.
long=()
for file in pcaps/real/*.pcap; do long+=(-r "$file"); done
"$WIRESTAT" events "${long[@]}" --json 2>"$work/err" | head -n 1 >"$work/out"
check 'closed pipe: ends quietly' all_of '[ "$(wc -l <"$work/out")" -eq 1 ]' 'is_empty err'

# ---- Signals --------------------------------------------------------------------------------------------------------

# Half a capture comes through a pipe that stays open; the program waits for the rest.
mkfifo "$work/fifo"
for signal in INT TERM; do
	env --default-signal=INT,TERM "$WIRESTAT" -r - <"$work/fifo" >"$work/out" 2>"$work/err" &
	pid=$!
	exec 7>"$work/fifo"
	head -c $((24 + 3 * record)) "$good" >&7
	# It sleeps in read(2) once it has taken all there is.
	for _ in $(seq 100); do
		read -r _ _ state _ <"/proc/$pid/stat" && [ "$state" = S ] && break
		sleep 0.05
	done
	sleep 0.2
	kill -$signal $pid
	status=0
	wait $pid || status=$?
	exec 7>&-
	check "$signal: ends cleanly with the table" all_of 'has_status 0' 'out_has SYN-RECEIVED'
done

# Nobody reads the output: it fills the pipe and waits. $pid is the program then.
start_blocked() {
	mkfifo "$work/pipe"
	exec 8<>"$work/pipe"
	env --default-signal=INT,TERM "$WIRESTAT" events "${long[@]}" --json >"$work/pipe" 2>"$work/err" 8>&- &
	pid=$!
	for _ in $(seq 100); do
		read -r _ _ state _ <"/proc/$pid/stat" && [ "$state" = S ] && grep -q pipe "/proc/$pid/wchan" && break
		sleep 0.05
	done
}

start_blocked
kill -INT $pid
sleep 0.2
check 'INT while nobody reads: still there' kill -0 $pid
kill -INT $pid
status=0
wait $pid || status=$?
check 'INT twice: ends at once' has_status 130
exec 8>&-
rm "$work/pipe"

start_blocked
kill -INT $pid
# A reader is there before the end that kept the pipe open goes.
exec 9<"$work/pipe"
cat <&9 >"$work/out" 8>&- 9<&- &
reader=$!
exec 8>&- 9<&-
status=0
wait $pid || status=$?
wait $reader
check 'INT while nobody reads: nothing is lost' all_of 'has_status 0' 'tail -n 1 "$work/out" | grep -q "^{\"type\":\"capture\".*}$"'
rm "$work/pipe"

conclude
