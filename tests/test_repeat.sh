#!/bin/bash
# --every: the table again and again. Each repetition must be what --at shows of that moment, in every form of the table,
# the last one what is shown at the end; and each object must tell its moment.
. tests/lib/shell.sh

demo=pcaps/demo.pcap
# The multiples of 20 s in the capture, which begins at 02:15:47.1 and ends at 02:16:53.5.
moments=(2026-11-21T02:16:00Z 2026-11-21T02:16:20Z 2026-11-21T02:16:40Z)
end=2026-11-21T02:16:53.467316007Z

# The tables of the moments, one after the other, as --at has them.
expected() { # WORD...
	local moment
	for moment in "${moments[@]}"; do
		"$WIRESTAT" -q -r $demo --at "$moment" "$@"
	done
	"$WIRESTAT" -q -r $demo "$@"
}

wirestat -r $demo --every 20s
cp "$work/out" "$work/people"
: >"$work/expected"
for moment in "${moments[@]}"; do
	echo "$moment"
	"$WIRESTAT" -q -r $demo --at "$moment"
	echo
done >"$work/expected"
{ echo $end && "$WIRESTAT" -q -r $demo; } >>"$work/expected"
check 'table: each moment, and its table' all_of 'has_status 0' 'diff "$work/expected" "$work/people"'

for words in '--as netstat --all' '--as ss' '--summary' '--listening'; do
	# shellcheck disable=SC2086
	wirestat -r $demo --every 20s $words
	# shellcheck disable=SC2086
	expected $words >"$work/expected" 2>/dev/null
	check "$words: the list of each moment" all_of 'has_status 0' 'diff "$work/expected" "$work/out"'
done

wirestat -r $demo --every 20s --where 'state time-wait'
check '--where: as in the table' all_of '[ "$(grep -c TIME-WAIT "$work/out")" -eq 2 ]' '! grep -q CLOSE-WAIT "$work/out"'

# Columns are told by the head of the table, which has one more.
for words in '' --listening; do
	# shellcheck disable=SC2086
	wirestat -r $demo --every 20s --tsv $words
	# shellcheck disable=SC2086
	expected --tsv $words >"$work/expected"
	check "--tsv $words: a moment, then the rest" all_of '[ "$(head -n 1 "$work/out" | cut -f 1)" = at ]' \
		'diff <(sed 1d "$work/out" | cut -f 2- | sort) <(grep -v "^uid\|^addr" "$work/expected" | sort)' \
		'[ "$(sed 1d "$work/out" | cut -f 1 | sort -u | wc -l)" -eq 4 ]'
done

if command -v jq >/dev/null; then
	wirestat -r $demo --every 20s --json --all
	jq -r 'select(.type == "connection" and .final) | [.at, .end_reason] | @tsv' "$work/out" >"$work/got"
	jq -r 'select(.type == "connection" and (.final | not)) | .at' "$work/out" | sort -u | sed 's/\.000000000//' >"$work/open"
	check '--json: open ones at each moment' all_of 'diff <(printf "%s\n" "${moments[@]}" "$end") "$work/open"'
	"$WIRESTAT" -q -r $demo --json --all | jq -r 'select(.type == "connection" and .final) | .end_reason' >"$work/expected"
	check '--json --all: closed ones once' all_of '! is_empty got' 'diff "$work/expected" <(cut -f 2 "$work/got")'
	wirestat -r $demo --json
	check '--json: without --every no moment' [ "$(jq -c 'select(.at)' "$work/out")" = '' ]
else
	skip '--json' 'jq is not there'
fi

conclude
