#!/bin/bash
# The catalogue from outside: searching it by our words and by those of others, and its manual page, which has every finding
# and which man(1) has nothing to say against.
. tests/lib/shell.sh

wirestat findings --tsv
cut -f 1 "$work/out" | tail -n +2 >"$work/ids"
check 'the catalogue: all of it' all_of 'has_status 0' \
	'[ "$(wc -l <"$work/ids")" -eq "$(grep -c "^FINDING(" include/wirestat_findings.def)" ]'

# found WORDS ID...: these and no others.
found() {
	local words=$1
	shift
	# shellcheck disable=SC2086
	wirestat findings $words --tsv
	printf '%s\n' "$@" | sort >"$work/wanted"
	check "findings $words" eval 'has_status 0 && cut -f 1 "$work/out" | tail -n +2 | sort | cmp -s - "$work/wanted"'
}

found simultaneous-close simultaneous-close
found 116:420 flags-syn-fin
found Bad_SYN_Ack syn-ack-wrong-ack
found BAD-SYN-ACK syn-ack-wrong-ack
found 'both FINs crossed' simultaneous-close
found 'crossed NEITHER' simultaneous-close

# Each name that others have leads to its finding.
wirestat findings --tsv
awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
	{ n = split($column["peers"], peers, ", "); for (i = 1; i <= n; i++) { sub(/^[^ ]+ /, "", peers[i]); print $1 "\t" peers[i] } }' \
	"$work/out" >"$work/peers"
missed=0
while IFS=$'\t' read -r id name; do
	# shellcheck disable=SC2086
	"$WIRESTAT" findings $name --tsv | cut -f 1 | grep -qx "$id" || missed=$((missed + 1))
done <"$work/peers"
check 'the names that others have' all_of '[ -s "$work/peers" ]' '[ $missed -eq 0 ]'

wirestat findings simultaneous-clos
check 'a part of a name is looked for' all_of 'has_status 0' 'out_has simultaneous-close'
wirestat findings simultaneuos-close
check 'a slip: the nearest name' all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has "did you mean simultaneous-close"'
wirestat findings no-such-thing --json
check 'nothing found' all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has no-such-thing'
for list in "only no-such-thing" "ignore one,two" "only ,"; do
	# shellcheck disable=SC2086
	wirestat audit --${list% *} "${list#* }" -r pcaps/demo.pcap
	check "--$list" all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has "there is no finding"'
done

# ---- The manual page ------------------------------------------------------------------------------------------------

wirestat findings --man
cp "$work/out" "$work/page.7"
check 'man: made' all_of 'has_status 0' 'is_empty err'
sed -nE 's/^\.It Cm //p' "$work/page.7" | sort >"$work/on_page"
check 'man: every finding once, no other' eval 'sort "$work/ids" | cmp -s - "$work/on_page"'
check 'man: no line ends in a blank' eval \
	'! grep -qE " $" "$work/page.7"'
if command -v man >/dev/null && man --version 2>/dev/null | grep -q '^man '; then
	check 'man: man(1) has no warning' eval \
		'[ -z "$(LC_ALL=C.UTF-8 MANROFFSEQ="" MANWIDTH=80 man --warnings -E UTF-8 -l "$work/page.7" 2>&1 >"$work/shown")" ]'
	missed=0
	while read -r id; do
		grep -qE "^ +$id\$" "$work/shown" || missed=$((missed + 1))
	done <"$work/ids"
	check 'man: each has its entry as man(1) shows it' [ $missed -eq 0 ]
else
	skip 'man: man(1) has no warning' 'man is not there'
fi
if command -v mandoc >/dev/null; then
	check 'man: mandoc finds nothing' mandoc -T lint -W warning "$work/page.7"
fi

conclude
