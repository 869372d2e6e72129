#!/bin/bash
# The states of real kernels against ours. First the captures in pcaps/real, for which nothing is needed but jq; then whether
# the comparison can fail at all; then, where this machine allows it, real stacks that talk now (every scenario over IPv4;
# `make kernel` has IPv6 and the soak).
. tests/lib/shell.sh

command -v jq >/dev/null || {
	echo 'there is no jq here'
	exit 77
}

# verdicts WORD...: each line of tests/kernel/run as a test. The last line is the totals.
verdicts() {
	local verdict scenario endpoint tap what own
	while IFS=$'\t' read -r verdict scenario endpoint tap what own; do
		case $verdict in
		equal | unsure) pass "$scenario, $endpoint, at the $tap${own:+, its own tap}" ;;
		DIFFERS | WRONG) fail "$scenario, $endpoint, at the $tap: $verdict: $what" ;;
		*) echo "# $verdict" ;;
		esac
	done
}

# ---- Captures with their truth ----------------------------------------------------------------------------------------

# Two lines for each endpoint and tap would be twelve hundred: what is equal counts, what is not is shown.
tests/kernel/run -c pcaps/real >"$work/real"
verdicts <"$work/real"

# audited DIR NAME: whether the audit finds what scripts did wrong, and nothing else of that weight.
audited() {
	local status=0
	tests/kernel/audit "$1" >"$work/audited" || status=1
	grep '^wrong' "$work/audited"
	check "$2: $(tail -n 1 "$work/audited")" [ "$status" -eq 0 ]
}
audited pcaps/real 'captures with their truth'

# ---- Can it fail? -----------------------------------------------------------------------------------------------------

# judge JQ: the first word of the verdict on the server of a normal close at its own tap, its truth changed by JQ.
normal=pcaps/real/close-by-server-v4
judge() {
	rm -rf "$work/judge"
	mkdir "$work/judge"
	cp $normal.*.pcap "$work/judge"
	jq "$1" $normal.truth.json >"$work/judge/${normal##*/}.truth.json"
	tests/kernel/run -c "$work/judge" | awk -F '\t' '$4 == "server" && $6 == "own" { print $1 }'
}

# judge_path JQ: the same, of its path.
judge_path() { judge ".endpoints |= map(if .role == \"server\" then .path |= ($1) else . end)"; }

check 'the truth as it is: equal' [ "$(judge .)" = equal ]
check 'a state less: WRONG, for ours is proven' [ "$(judge_path 'map(select(.state != "FIN-WAIT-1"))')" = WRONG ]
check 'another state: WRONG' [ "$(judge_path '.[-1].state = "CLOSING"')" = WRONG ]
check 'a state more: DIFFERS' [ "$(judge_path '.[:2] + [.[1] | .state = "CLOSE-WAIT"] + .[2:]')" = DIFFERS ]
check 'a silent end more: equal' \
	[ "$(judge_path '.[:2] + [.[1] | .state = "CLOSED" | .cause = "timer"] + .[2:]')" = equal ]
check 'a reset more: DIFFERS' [ "$(judge_path '.[:2] + [.[1] | .state = "CLOSED" | .cause = "reset"] + .[2:]')" = DIFFERS ]
check 'an excuse at this tap: unsure' \
	[ "$(judge '.endpoints |= map(.unsure = [{ tap: "server", why: "x" }] | .path |= .[:2] + [.[1] | .state = "CLOSE-WAIT"] + .[2:])')" = unsure ]
check 'an excuse at another tap excuses nothing' \
	[ "$(judge '.endpoints |= map(.unsure = [{ tap: "client", why: "x" }] | .path |= .[:2] + [.[1] | .state = "CLOSE-WAIT"] + .[2:])')" = DIFFERS ]

# ---- Real stacks, now -------------------------------------------------------------------------------------------------

# Once is enough: the sanitizers look at the program, not at the stacks.
if [ "${BUILD:-release}" = asan ]; then
	skip 'real stacks, now' 'the release build has met them'
	conclude
fi
harness=${B:-build}/kernel/kernel
if ! MAKEFLAGS='' make -s BUILD="${BUILD:-release}" B="${B:-build}" CC="${CC:-cc}" "$harness" >"$work/out" 2>"$work/err"; then
	fail 'the harness builds'
	conclude
fi
KERNEL=$(realpath "$harness")
export KERNEL
status=0
tests/kernel/run -4 -o "$work/live" >"$work/verdicts" 2>"$work/err" || status=$?
if [ "$status" -eq 77 ]; then
	skip 'real stacks, now' "$(tail -n 1 "$work/err")"
else
	grep -v $'\t' "$work/verdicts"
	grep $'\t' "$work/verdicts" | verdicts
	check 'real stacks, now: all equal where packets decide' [ "$status" -eq 0 ]
	audited "$work/live" 'real stacks, now'
fi
conclude
