#!/bin/bash
# Real captures through every view, compared with what stands in tests/golden/. With WS_GOLDEN=rewrite (`make golden`) the
# files there are rewritten instead: the difference in them is for a person to judge.
. tests/lib/shell.sh

golden=tests/golden

# compare NAME WORD...: what `wirestat WORD...` writes on both outputs, against the file NAME.
compare() {
	local name=$1
	shift
	"$WIRESTAT" "$@" >"$work/out" 2>"$work/err" || echo "exit status $?" >>"$work/out"
	cat "$work/out" "$work/err" >"$work/all"
	if [ "${WS_GOLDEN:-}" = rewrite ]; then
		cp "$work/all" "$golden/$name"
	elif diff -u "$golden/$name" "$work/all" >"$work/diff"; then
		pass "$name"
	else
		echo "not ok $name: wirestat $*"
		head -n 40 "$work/diff" | sed 's/^/# /'
		failures=$((failures + 1))
	fi
}

mkdir -p "$golden"
demo=pcaps/demo.pcap
for format in '' --json --tsv; do
	suffix=${format#--}
	suffix=${suffix:-txt}
	# Without a format there is no word.
	# shellcheck disable=SC2086
	{
		compare "demo.table.$suffix" table -r $demo --all --path $format
		compare "demo.at.$suffix" table -r $demo --at frame:30 $format
		compare "demo.count.$suffix" count -r $demo $format
		compare "demo.every.$suffix" count -r $demo --every 10s $format
		compare "demo.events.$suffix" events -r $demo --evidence $format
		compare "demo.audit.$suffix" audit -r $demo --fail-on alert $format
		compare "demo.ladder.$suffix" ladder -r $demo $format
		compare "findings.$suffix" findings $format
	}
done
for capture in pcaps/real/*.middle.pcap; do
	[ -e "$capture" ] || continue
	name=${capture##*/}
	compare "${name%.middle.pcap}.txt" ladder -r "$capture"
done

conclude
