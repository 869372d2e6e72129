#!/bin/bash
# No output depends on the seed of the hash: each scenario of pcaps/ by itself, and all captures together in every
# view, under seeds given and under random ones.
. tests/lib/shell.sh

seeds=(1 2 18446744073709551615)

# same_under WHAT WORD...: the same bytes on both outputs and the same exit status under every seed.
same_under() {
	local what=$1 seed
	shift
	wirestat "$@"
	cat "$work/out" "$work/err" <(echo "$status") >"$work/random"
	for seed in "${seeds[@]}"; do
		wirestat "$@" --seed "$seed"
		cat "$work/out" "$work/err" <(echo "$status") >"$work/seeded"
		cmp -s "$work/random" "$work/seeded" || {
			diff "$work/random" "$work/seeded" | head -n 10 | sed 's/^/# /'
			fail "$what: under seed $seed"
			return
		}
	done
	pass "$what"
}

files=()
for capture in pcaps/*.pcap pcaps/real/*.pcap; do
	files+=(-r "$capture")
	[[ $capture == *.client.pcap || $capture == *.server.pcap ]] ||
		same_under "${capture##*/}" audit -r "$capture" --json
done
check 'there are captures' [ "${#files[@]}" -gt 100 ]

# Few connections at a time: who has to go is a matter of age, never of the table's order.
for words in 'table --all --path' 'table --all --json' 'table --tsv' 'table --listening' 'table --summary' \
	'table --zeek' 'table --as ss --all' 'table --as netstat --timers' 'count' 'count --every 1s' 'events --json --evidence' \
	'audit' 'ladder' 'table --all --max-connections 3' 'events --max-connections 2'; do
	read -ra arguments <<<"$words"
	same_under "all captures: $words" "${arguments[@]}" "${files[@]}"
done

wirestat -r pcaps/demo.pcap --seed none
check 'a seed is a number' all_of 'has_status 2' 'err_has --seed'

conclude
