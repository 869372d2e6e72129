#!/bin/bash
# audit --coverage from outside: its counts against those that jq makes of `table --path --json`, sums of several runs, and
# the picture, read back by xmllint and drawn by rsvg-convert.
. tests/lib/shell.sh

command -v jq >/dev/null || { echo 'there is no jq here' && exit 77; }

demo=pcaps/demo.pcap
captures=("$demo")
for name in open-refused-v4 open-simultaneous-v4 open-crash-v4 close-by-client-v6 close-half-data-v4 close-fin-with-ack-v4 \
	odd-begun-close-v4; do
	captures+=("pcaps/real/$name.middle.pcap")
done

# From one state to the next, on either side, how often, and how often proven. States before the first are not in the table.
steps='[inputs | select(.type == "connection") | (.client, .server) | .path | range(1; length) as $i
	| { key: (.[$i - 1].state + " " + .[$i].state), proven: (.[$i].evidence != "presumed") }]
	| group_by(.key) | map("\(.[0].key) \(length) \(map(select(.proven)) | length)") | .[]'
# The same from the coverage: more than one event leads to CLOSED.
counts='select(.type == "coverage") | .arrows | map(select(.count > 0 and (.arrow | IN("1", "2", "3") | not))) | group_by([.from, .to])
	| map("\(.[0].from) \(.[0].to) \(map(.count) | add) \(map(.proven) | add)") | .[]'

for capture in "${captures[@]}"; do
	wirestat table -r "$capture" --all --path --json
	jq -rn "$steps" "$work/out" | sort >"$work/table"
	connections=$(grep -c '"type":"connection"' "$work/out")
	wirestat audit -r "$capture" --coverage --json
	jq -r "$counts" "$work/out" | sort >"$work/coverage"
	check "${capture##*/}: the steps of the table" all_of 'has_status 0' 'cmp -s "$work/coverage" "$work/table"'
	check "${capture##*/}: its connections" \
		[ "$(jq -r 'select(.type == "coverage").connections' "$work/out")" -eq "$connections" ]
	check "${capture##*/}: the capture object is last" eval '[ "$(tail -n 1 "$work/out" | jq -r .type)" = capture ]'
done

# One side of the demo was in FIN-WAIT-1 until its FIN was acknowledged: the median of one is itself, within 9.1 %.
wirestat table -r $demo --all --path --json
held=$(jq -r 'select(.client) | (.client, .server).path | . as $p | range(1; length)
	| select($p[. - 1].state == "FIN-WAIT-1" and $p[.].state == "FIN-WAIT-2")
	| ($p[.].earliest | .[17:29] | tonumber * 1e9) - ($p[. - 1].earliest | .[17:29] | tonumber * 1e9) | floor' "$work/out")
wirestat audit -r $demo --coverage --json
check 'the median of one' jq -es --argjson held "$held" \
	'$held > 0 and (.[0].arrows[9].median_ns / $held | . > 0.909 and . < 1.1)' "$work/out"

wirestat audit -r $demo --coverage
check 'people: each arrow of the figure' all_of 'has_status 0' '[ "$(grep -cE "^[0-9]+ +[A-Z]" "$work/out")" -eq 16 ]' \
	'grep -qE "^3 .*a call, not seen on the wire$" "$work/out"' 'grep -qE "^16 .*never$" "$work/out"'

# ---- Sums -----------------------------------------------------------------------------------------------------------

merge=()
for capture in "${captures[@]}"; do
	"$WIRESTAT" audit -q -r "$capture" --coverage --tsv >"$work/${capture##*/}.tsv"
	merge+=(--merge "$work/${capture##*/}.tsv")
done
wirestat audit --coverage "${merge[@]}" --json
cp "$work/out" "$work/merged"
check 'merged without a capture' all_of 'has_status 0' 'is_empty err' '[ -s "$work/merged" ]'
sum() { jq -sr '[.[] | select(.type == "coverage") | .arrows[] | .count] | add' "$@"; }
all=0
for capture in "${captures[@]}"; do
	all=$((all + $("$WIRESTAT" audit -q -r "$capture" --coverage --json | sum)))
done
check 'merged: as many steps as all of them have' [ "$(sum "$work/merged")" -eq $all ]
last=${captures[-1]}
wirestat audit --coverage "${merge[@]:0:$((${#merge[@]} - 2))}" -r "$last" --json
check 'merged with a capture: the same' eval \
	'[ "$(jq -c "select(.type == \"coverage\")" "$work/out")" = "$(cat "$work/merged")" ]'
wirestat audit --coverage "${merge[@]}" --tsv
cp "$work/out" "$work/sum.tsv"
wirestat audit --coverage --merge "$work/sum.tsv" --json
check 'a sum of sums' cmp -s "$work/out" "$work/merged"

# bad WHAT: what is in $work/bad.tsv is refused.
bad() {
	wirestat audit --coverage --merge "$work/bad.tsv" -r $demo
	check "refused: $1" all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has bad.tsv'
}
rm -f "$work/bad.tsv"
bad 'no such file'
: >"$work/bad.tsv"
bad 'an empty file'
head -n 10 "$work/sum.tsv" >"$work/bad.tsv"
bad 'cut short'
sed '5s/SYN-SENT/SYN-GONE/' "$work/sum.tsv" >"$work/bad.tsv"
bad 'another state'
cp $demo "$work/bad.tsv"
bad 'a capture'
cp "$work/merged" "$work/bad.tsv"
bad 'JSON'

for words in '--svg' '--merge x.tsv' '--coverage --sarif' '--coverage --svg --json' '--coverage --ignore midstream-pickup'; do
	# shellcheck disable=SC2086
	wirestat audit -r $demo $words
	check "audit $words" all_of 'has_status 2' 'is_empty out' 'err_is_lines 1'
done

# ---- The picture ----------------------------------------------------------------------------------------------------

wirestat audit --coverage "${merge[@]}" --svg
cp "$work/out" "$work/figure.svg"
check 'svg: each arrow is drawn in full or dashed' eval \
	'[ "$(sed -nE "s/^<g id=\"arrow-([0-9]+)\"><path class=\"seen\".*/\1/p" "$work/figure.svg" | paste -sd " ")" = "$(jq -r "[.arrows[:16][] | select(.count > 0).arrow] | join(\" \")" "$work/merged")" ]'
check 'svg: sixteen arrows, twelve boxes' all_of '[ "$(grep -c "<g id=\"arrow-" "$work/figure.svg")" -eq 16 ]' \
	'[ "$(grep -c "<rect class=\"box\"" "$work/figure.svg")" -eq 12 ]'
if command -v xmllint >/dev/null; then
	check 'svg: well-formed' xmllint --noout "$work/figure.svg"
	check 'svg: counts' eval \
		'[ "$(xmllint --xpath "string(//*[@id=\"arrow-1\"]/*[3])" "$work/figure.svg")" = "$(jq -r ".arrows[0].count" "$work/merged")" ]'
else
	skip 'svg: well-formed' 'xmllint is not there'
fi
if command -v rsvg-convert >/dev/null; then
	check 'svg: can be drawn' eval 'rsvg-convert "$work/figure.svg" >"$work/figure.png" 2>"$work/drawn" && [ ! -s "$work/drawn" ] && [ "$(wc -c <"$work/figure.png")" -gt 20000 ]'
else
	skip 'svg: can be drawn' 'rsvg-convert is not there'
fi

conclude
