#!/bin/bash
# The views against each other, over every capture in pcaps/: each tells the same facts in its own way, so what one says can
# be worked out from what another says. jq does that, sharing no line with the program.
. tests/lib/shell.sh
. tests/lib/packets.sh

command -v jq >/dev/null || {
	echo 'there is no jq here'
	exit 77
}

views='table count events audit ladder'

# Every line is JSON that begins with type and schema; the capture object is the last, and the only one.
is_ndjson() {
	jq -es 'map(keys_unsorted[0:2] == ["type", "schema"] and .schema == 1) | all' "$work/out" >/dev/null &&
		jq -es 'map(.type) | index("capture") == length - 1' "$work/out" >/dev/null
}

# Each line of TSV has as many fields as the first, names are not repeated.
is_tsv() {
	awk -F '\t' 'NR == 1 { n = NF; for (i = 1; i <= NF; i++) if (seen[$i]++) exit 1 } NF != n { exit 1 }' "$work/out"
}

# Nothing for people has a tab or an escape, or ends in a blank.
is_plain() { ! LC_ALL=C grep -qP '[\x00-\x09\x0B-\x1F\x7F-\xFF]| $' "$work/out"; }

# in_terminal COLUMNS WORD...: people's output, as wide as it gets.
in_terminal() {
	local columns=$1
	shift
	COLUMNS=$columns script -qec "$WIRESTAT $* 2>/dev/null" /dev/null </dev/null | tr -d '\r' >"$work/out"
	status=${PIPESTATUS[0]}
}

fits() { awk -v most="$1" 'length > most { exit 1 }' "$work/out"; }

# states OF VIEW: {uid: [client, server]} of the connections.
table_states='[inputs | select(.type == "connection") | {(.uid): [.client.state, .server.state]}] | add'
event_states='reduce (inputs | select(.type == "state" or .type == "retract")) as $e ({};
	.[$e.uid][if $e.side == "client" then 0 else 1 end] = $e.to)'

# Each side's last event is the state that the table shows, but for sides of which no event told.
agrees_on_states() {
	jq -n "$table_states" "$work/table" >"$work/states"
	jq -en --slurpfile table "$work/states" "$event_states"' | to_entries
		| map($table[0][.key] as $t | .value | to_entries | map(.value == null or .value == $t[.key]) | all) | all' \
		"$work/events" >/dev/null
}

count_of_table='[inputs | select(.type == "connection") | select(.client.state != "CLOSED" or .server.state != "CLOSED")]
	| { connections: length,
	    client: (group_by(.client.state) | map({(.[0].client.state): length}) | add // {}),
	    server: (group_by(.server.state) | map({(.[0].server.state): length}) | add // {}),
	    pairs: (group_by([.client.state, .server.state])
	            | map({(.[0] | .client.state + "/" + .server.state): length}) | add // {}),
	    services: (group_by(.server.port) | map({(.[0].server.port | tostring): length}) | add // {}),
	    hosts: (map(.client.addr, .server.addr) | group_by(.) | map({(.[0]): length}) | add // {}) }'
count_of_count='[inputs | select(.type == "count")] | last
	| { connections, client: .states.client, server: .states.server, pairs,
	    services: (.services | map({(.port | tostring): .connections}) | add // {}),
	    hosts: (.hosts | map({(.addr): .connections}) | add // {}) }'

# same FILTER FILE FILTER FILE
same() {
	[ "$(jq -Sn "$1" "$2")" = "$(jq -Sn "$3" "$4")" ]
}

# No connection twice in the table; as many as the capture object counts; as many verdicts.
names_each_connection_once() {
	jq -es '(map(select(.type == "connection").uid) | length == (unique | length)) and
		(map(select(.type == "connection")) | length) == (last | .connections)' "$work/table" >/dev/null &&
		jq -es '(map(select(.type == "verdict")) | length) == (last | .connections)' "$work/audit" >/dev/null
}

counts_its_findings() {
	jq -es '(map(select(.type == "finding")) | group_by(.id) | map({(.[0].id): length}) | add // {}) ==
		(map(select(.type == "summary")) | .[0].findings)' "$work/audit" >/dev/null &&
		same '[inputs | select(.type == "finding")]' "$work/audit" '[inputs | select(.type == "finding")]' "$work/events"
}

draws_every_segment() {
	jq -es '(map(select(.type == "ladder") | .rows[] | select(.segment)) | length) == (last | .decoded)' \
		"$work/ladder" >/dev/null
}

one_capture() {
	local capture=$1 name=$2 view more
	for view in $views; do
		case $view in
		table) more='--all --path' ;;
		count) more='--top 65536' ;;
		events) more='--audit' ;;
		*) more='' ;;
		esac
		# shellcheck disable=SC2086
		wirestat "$view" --json $more -r "$capture"
		cp "$work/out" "$work/$view"
		check "$name: $view --json" is_ndjson
		# shellcheck disable=SC2086
		wirestat "$view" $more -r "$capture"
		check "$name: $view for people" is_plain
		[ "$view" != ladder ] || continue
		# shellcheck disable=SC2086
		wirestat "$view" --tsv $more -r "$capture"
		check "$name: $view --tsv" is_tsv
	done
	check "$name: events lead to the states of the table" agrees_on_states
	check "$name: count counts the table" same "$count_of_table" "$work/table" "$count_of_count" "$work/count"
	check "$name: each connection once" names_each_connection_once
	check "$name: audit and events have the same findings" counts_its_findings
	check "$name: the ladder has every segment" draws_every_segment
}

# A line of the series is what the table at that moment has, for a moment between two packets.
series_agrees() {
	local capture=$1 at
	wirestat count --json --every 7s -r "$capture"
	cp "$work/out" "$work/series"
	for at in $(jq -r 'select(.type == "count").at' "$work/series" | head -n -1); do
		wirestat table --json -r "$capture" --at "$at"
		[ "$(jq -Sn "$count_of_table | del(.hosts, .services)" "$work/out")" = \
			"$(jq -S --arg at "$at" 'select(.type == "count" and .at == $at)
			| {connections, client: .states.client, server: .states.server, pairs}' "$work/series")" ] ||
			{ echo "# at $at" && return 1; }
	done
}

for capture in pcaps/demo.pcap pcaps/real/*.middle.pcap; do
	one_capture "$capture" "$(basename "$capture" .pcap)"
done
check 'demo: the series is the table at each moment' series_agrees pcaps/demo.pcap

# ---- The series -----------------------------------------------------------------------------------------------------

# A tick at each multiple of the interval, packets or none; the last line is the end of the capture.
{ pcap_header 1 && segment 500000 c 2 1000 0 && segment 5500000 s 18 5000 1001; } >"$work/quiet.pcap"
wirestat count --json --every 2s -r "$work/quiet.pcap"
jq -r 'select(.type == "count") | [.at[17:], .states.server["SYN-RECEIVED"]] | @tsv' "$work/out" >"$work/ticks"
printf '%s\t1\n' 22.000000000Z 24.000000000Z 25.500000000Z >"$work/expected"
check 'count --every: one line for each multiple' cmp "$work/ticks" "$work/expected"

# A week of silence is not a week of lines, and what is left out is told.
{ pcap_header 1 && segment 0 c 2 1000 0 && segment 604800000000 s 18 5000 1001; } >"$work/week.pcap"
wirestat count --tsv --every 1s -r "$work/week.pcap"
check 'count --every: silence has its limit' all_of '[ "$(wc -l <"$work/out")" -eq 100003 ]' 'err_has "left out"' is_tsv

# ---- Other words ----------------------------------------------------------------------------------------------------

wirestat findings --json
jq -r .id "$work/out" >"$work/ids"
sed -nE 's/^FINDING\((\w+),.*/\1/p' include/wirestat_findings.def | tr _ - >"$work/expected"
check 'findings: every row of the catalogue' all_of 'cmp "$work/ids" "$work/expected"' '! is_empty ids'
wirestat findings simultaneous-close
check 'findings ID: explains one' all_of 'out_has 9293' 'out_has CLOSING'

wirestat events --json --evidence -r pcaps/demo.pcap
check 'events --evidence: proofs too' out_has '"type":"proof"'
wirestat events --json -r pcaps/demo.pcap
check 'events: no proofs unless asked for' out_lacks '"type":"proof"'

wirestat ladder --json -r pcaps/demo.pcap
uid=$(jq -r 'select(.type == "ladder").uid' "$work/out" | sed -n 3p)
wirestat ladder --json --uid "$uid" -r pcaps/demo.pcap
check 'ladder --uid: that connection alone' [ "$(jq -r 'select(.type == "ladder").uid' "$work/out")" = "$uid" ]

wirestat table --json -r pcaps/demo.pcap
cp "$work/out" "$work/open"
wirestat table --json --all -r pcaps/demo.pcap
tail -n "$(wc -l <"$work/open")" "$work/out" >"$work/tail"
check 'table: --all adds the closed before the open' all_of 'cmp "$work/tail" "$work/open"' \
	'[ "$(wc -l <"$work/out")" -gt "$(wc -l <"$work/open")" ]'

# ---- In a terminal --------------------------------------------------------------------------------------------------

if command -v script >/dev/null; then
	for capture in pcaps/demo.pcap pcaps/real/*-v6.middle.pcap; do
		for columns in 70 80 132; do
			name="$(basename "$capture" .pcap) in $columns columns"
			in_terminal $columns table --all --path --color never -r "$capture"
			check "$name: table" all_of 'has_status 0' "fits $columns" is_plain
			in_terminal $columns ladder --color never -r "$capture"
			check "$name: ladder" all_of 'has_status 0' "fits $columns" is_plain
			in_terminal $columns count --color never -r "$capture"
			check "$name: count" all_of 'has_status 0' "fits $columns" is_plain
		done
	done
else
	skip 'in a terminal' 'there is no script(1)'
fi

conclude
