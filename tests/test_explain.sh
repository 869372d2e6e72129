#!/bin/bash
# audit --explain UID: every step of the settled path, with its frame, a clause, its evidence and what would have changed it,
# in step with what `table --path` and `events --evidence` say of the same connection; and the verdicts in words.
. tests/lib/shell.sh
. tests/lib/packets.sh

command -v jq >/dev/null || { echo 'there is no jq here' && exit 77; }

# The steps as the text has them: "client SYN-SENT proven 29", in order.
steps_of_text() {
	awk '/^client |^server / { side = $1 }
		/^taken back|^findings/ { side = "" }
		side && /^  [A-Z]/ {
			state = $1; sure = sub(/\?$/, "", state) ? "presumed" : "proven"
			frame = match($0, /#[0-9]+/) ? substr($0, RSTART + 1, RLENGTH - 1) : "-"
			print side, state, sure, frame
		}' "$1"
}
steps_of_table() {
	jq -r --arg uid "$2" 'select(.uid == $uid) | ("client", "server") as $side | .[$side].path[]
		| [$side, .state, (if .evidence == "presumed" then "presumed" else "proven" end), (.frame // "-" | tostring)] | join(" ")' "$1"
}
retractions_of_text() { sed -n '/^taken back/,/^$/p' "$1" | sed -nE 's/^  (client|server)  ([A-Z0-9-]+) -> ([A-Z0-9-]+).*/\1 \2 \3/p'; }
retractions_of_events() { jq -r --arg uid "$2" 'select(.uid == $uid and .type == "retract") | [.side, .from, .to] | join(" ")' "$1"; }

# Each step has one clause (but one that was there before the capture), its evidence, and what would have changed it.
is_complete() {
	[ "$(grep -c 'Otherwise:' <<<"$1")" -ge 1 ] && [ "$2" -eq "$(grep -o 'Otherwise:' <<<"$1" | wc -l)" ] &&
		[ "$2" -eq "$(grep -oE '(Proven|Presumed|Known)[ :]' <<<"$1" | wc -l)" ] &&
		[ "$2" -eq "$(grep -oE '\((RFC 9293 3\.[0-9.]+)\)\. (Proven|Presumed|Known)|midstream: ' <<<"$1" | wc -l)" ]
}

explain_all() {
	local capture=$1 name=${1##*/} uid text
	"$WIRESTAT" table -r "$capture" --all --path --json >"$work/table" 2>/dev/null
	"$WIRESTAT" events -r "$capture" --evidence --json >"$work/events" 2>/dev/null
	for uid in $(jq -r 'select(.type == "connection").uid' "$work/table"); do
		wirestat audit -r "$capture" --explain "$uid"
		cp "$work/out" "$work/text"
		check "$name $uid: the steps of the table" all_of 'has_status 0' \
			'steps_of_text "$work/text" >"$work/a"; steps_of_table "$work/table" "$uid" >"$work/b"; [ -s "$work/b" ] && cmp -s "$work/a" "$work/b"'
		check "$name $uid: what was taken back" eval \
			'[ "$(retractions_of_text "$work/text")" = "$(retractions_of_events "$work/events" "$uid")" ]'
		text=$(sed -n '/^client /,/^\(taken back\|findings\)/p' "$work/text" | tr -s ' \n' ' ')
		check "$name $uid: clause, evidence, otherwise" is_complete "$text" "$(wc -l <"$work/b")"
	done
}

explain_all pcaps/demo.pcap
for name in open-refused-v4 open-simultaneous-v4 open-crash-v4 close-by-client-v6 close-abort-by-client-v4 close-fin-lost-v4 \
	close-half-data-v4 talk-blind-rst-in-window-v4 odd-begun-close-v4; do
	explain_all "pcaps/real/$name.middle.pcap"
done

# ---- The verdicts ---------------------------------------------------------------------------------------------------

# says CAPTURE REGEX...: a line of the audit for each.
says() {
	local capture=$1 regex
	shift
	wirestat audit -r "$capture"
	for regex; do
		check "${capture##*/}: $regex" grep -qE -- "$regex" "$work/out"
	done
}
says pcaps/demo.pcap 'handshake complete: numbers right;.*MSS 1460/1460; window scale 10/10; SACK; timestamps$' \
	'handshake half-open: SYN sent 2 times, after 1\.0s; SYN-ACK sent 2 times, after 1\.0s' \
	'close half-closed by client: the server is in CLOSE-WAIT; all acknowledged' 'close simultaneous: all acknowledged'

# The round trips say where the tap is: the same connection, captured at both ends.
says pcaps/real/close-by-client-v6.client.pcap 'tap near the client'
says pcaps/real/close-by-client-v6.server.pcap 'tap near the server'

# RFC 6298: SYNs after 1, 2, 4 s, and after 1, 1, 1 s, and after 0.2 s. Nothing but SYNs.
syns() {
	pcap_header 1
	local time
	for time; do segment "$time" c 2 1000 0; done
}
syns 0 1000000 3000000 7000000 >"$work/doubled.pcap"
says "$work/doubled.pcap" 'handshake no-answer: SYN sent 4 times, after 1\.0s and doubled each time'
syns 0 1000000 2000000 3000000 >"$work/linear.pcap"
says "$work/linear.pcap" 'SYN sent 4 times, after 1\.0s and not doubled \(RFC 6298 5\.5\)'
syns 0 200000 >"$work/early.pcap"
says "$work/early.pcap" 'SYN sent 2 times, after 200ms \(RFC 6298 2\.1 asks for 1 s\)'

# What was sent and never acknowledged: the FIN, one sequence number.
{
	pcap_header 1
	segment 0 c 2 1000 0
	segment 100000 s 18 5000 1001
	segment 200000 c 16 1001 5001
	segment 300000 c 17 1001 5001
	segment 400000 s 20 5001 1001
} >"$work/lost.pcap"
says "$work/lost.pcap" 'close reset by server: the client had closed first; client .*; FIN of the client not acknowledged$'

# ---- Words ----------------------------------------------------------------------------------------------------------

wirestat audit -r pcaps/demo.pcap --explain Cnobody
check 'nobody: a word' all_of 'has_status 0' 'is_empty out' 'err_has "no connection has the UID Cnobody"'
for word in --json --sarif --tap; do
	wirestat audit -r pcaps/demo.pcap --explain C1P07A31bZ5wQvLw1j $word
	check "--explain $word" all_of 'has_status 2' 'is_empty out' 'err_has --explain'
done
wirestat audit -r pcaps/demo.pcap --explain C1P07A31bZ5wQvLw1j --fail-on note
check '--fail-on: findings of any connection' has_status 1

conclude
