#!/bin/bash
# A hundred thousand connections of normal traffic (tests/bench/generate.c), many at once, opened and closed in the usual way:
# no finding of level warn or alert. A million of them, by hand: generate web 13000000 | wirestat audit -r - --fail-on warn
. tests/lib/shell.sh

command -v jq >/dev/null || {
	echo 'there is no jq here'
	exit 77
}
generate=${B:-build}/bench/generate
if ! MAKEFLAGS='' make -s BUILD="${BUILD:-release}" B="${B:-build}" CC="${CC:-cc}" "$generate" >"$work/out" 2>"$work/err"; then
	fail 'the generator builds'
	conclude
fi
segments=1300000
[ "${BUILD:-release}" = release ] || segments=130000

# found: connections, by the summary. truth: by the generator.
found() { jq 'select(.type == "summary") | .connections' "$work/soak"; }
truth() { sed -nE 's/^connections ([0-9]+)$/\1/p' "$work/truth"; }

status=0
"$generate" web "$segments" 0 "$work/truth" | "$WIRESTAT" audit --json -q --fail-on warn -r - >"$work/soak" || status=$?
check 'nothing of level warn or alert' [ "$status" -eq 0 ]
check 'all segments were taken' [ "$(jq 'select(.type == "capture") | .decoded' "$work/soak")" = "$segments" ]
check 'of as many connections as there are' [ "$(found)" = "$(truth)" ]
"$generate" churn 100000 0 "$work/truth" | "$WIRESTAT" audit --json -q --fail-on alert -r - >"$work/soak"
check 'nor of level alert where ports are used again at once' [ $? -eq 0 ]
check 'each of them a connection of its own' [ "$(found)" = "$(truth)" ]
"$generate" reuse 100000 0 "$work/truth" | "$WIRESTAT" audit --json -q --fail-on alert -r - >"$work/soak"
check 'nor where they are used again after seconds' [ $? -eq 0 ]
check 'those too' [ "$(found)" = "$(truth)" ]
conclude
