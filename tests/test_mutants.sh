#!/bin/bash
# Damaged captures through the program: it ends by itself with 0 or 3, and says one line for each file that it could
# not read to its end, and nothing else. The damage comes from fixed seeds. tests/test_mutants.c does many more, in
# one process.
. tests/lib/shell.sh

demo=pcaps/demo.pcap
bad=$work/bad.pcap
size=$(wc -c <"$demo")
views=('table --all --path' 'table --all --json' 'count' 'events --json' 'audit' 'ladder' 'table --zeek' 'table --tsv')

# Overwrites the byte at $1 by $2.
poke() {
	printf '%b' "\\x$(printf %02x "$2")" | dd of="$bad" bs=1 seek="$1" conv=notrunc status=none
}

# behaves SEED WORD...
behaves() {
	local seed=$1
	shift
	wirestat "$@" -q -r "$bad"
	if [ "$status" -ne 0 ] && [ "$status" -ne 3 ]; then
		fail "seed $seed: exit status $status" "$*"
	elif [ "$status" -eq 3 ] && [ "$(grep -vc 'its packets are counted' "$work/err")" -gt 1 ]; then
		fail "seed $seed: one line for one damage" "$*"
	elif [ "$status" -eq 3 ] && ! err_has "$bad"; then
		fail "seed $seed: the line names the file" "$*"
	elif [ "$status" -eq 0 ] && ! is_empty err; then
		fail "seed $seed: all is well, but something is said" "$*"
	else
		return 0
	fi
	return 1
}

good=0
damaged=0
for seed in {1..200}; do
	RANDOM=$seed
	cp "$demo" "$bad"
	for ((i = RANDOM % 4; i >= 0; i--)); do
		poke $((RANDOM % (RANDOM % 2 ? size : 200))) $((RANDOM % 256))
	done
	((seed % 10)) || truncate -s $((RANDOM % size)) "$bad"
	read -ra arguments <<<"${views[seed % ${#views[@]}]}"
	behaves "$seed" "${arguments[@]}" && good=$((good + 1))
	[ "$status" -ne 3 ] || damaged=$((damaged + 1))
done
check '200 mutants: each well or told of' [ "$good" -eq 200 ]
check 'some were damaged, some were not' [ $((damaged > 20 && damaged < 190)) -eq 1 ]

conclude
