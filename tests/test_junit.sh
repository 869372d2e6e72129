#!/bin/bash
# audit --junit and --tap: the same test cases in both, read by tools that are not ours (xmllint, prove), and by jq against
# what the audit says as NDJSON.
. tests/lib/shell.sh

demo=pcaps/demo.pcap
cp $demo "$work/a & <b> \"c\".pcap"
odd="$work/a & <b> \"c\".pcap"
catalogue=$(grep -c '^FINDING(' include/wirestat_findings.def)

# ---- JUnit ----------------------------------------------------------------------------------------------------------

if command -v xmllint >/dev/null; then
	# xpath EXPRESSION: of what was written last.
	xpath() { xmllint --xpath "$1" "$work/out" 2>/dev/null; }
	holds() { [ "$(xpath "boolean($1)")" = true ]; }

	# What all readers of JUnit XML rely on: names, and counts that are those of the cases.
	is_sound() {
		xmllint --noout "$work/out" && holds 'count(/testsuites/testsuite) > 0' &&
			holds 'count(//testcase[not(@name) or not(@classname)]) = 0' &&
			holds '/testsuites/@tests = count(//testcase)' &&
			holds '/testsuites/@failures = count(//failure)' &&
			holds '/testsuites/@errors = count(//error)' &&
			holds '/testsuites/@skipped = count(//skipped)' &&
			holds 'count(//testsuite[@tests != count(testcase)]) = 0' &&
			holds 'count(//testsuite[@failures != count(testcase/failure)]) = 0' &&
			holds 'count(//failure[not(@message) or not(@type)]) = 0'
	}

	wirestat audit --junit -r $demo
	check 'junit: sound' all_of 'has_status 0' is_sound
	check 'junit: a case for each finding' holds "count(//testsuite[@name='$demo']/testcase) = $catalogue"
	check 'junit: fails from warn up' all_of 'holds "//testcase[@name=\"close-wait-lingering\"]/failure[@type=\"warn\"]"' \
		'holds "//testcase[@name=\"simultaneous-close\"][not(failure)]/system-out"' \
		'holds "//testcase[@name=\"flags-syn-fin\"][not(*)]"'
	check 'junit: the frame is told' eval 'xpath "//testcase[@name=\"simultaneous-close\"]" | grep -q "#37"'
	xmllint --xpath '//failure/../@name' "$work/out" | grep -oE '"[a-z0-9-]+"' | tr -d '"' | sort >"$work/failed"
	wirestat audit --json -r $demo
	if command -v jq >/dev/null; then
		check 'junit: fails what the audit warns of' eval \
			'jq -r "select(.type == \"finding\" and (.level == \"warn\" or .level == \"alert\")).id" "$work/out" | sort -u | cmp -s - "$work/failed"'
	fi

	wirestat audit --junit -r $demo --fail-on note
	check 'junit: --fail-on note' all_of 'has_status 1' is_sound 'holds "//testcase[@name=\"simultaneous-close\"]/failure"'
	wirestat audit --junit -r $demo --only simultaneous-close
	check 'junit: --only skips the others' all_of is_sound "holds 'count(//skipped) = $((catalogue - 1))'"
	wirestat audit --junit -r $demo -r "$odd"
	check 'junit: a suite for each file, whatever its name' all_of is_sound 'holds "count(//testsuite) = 3"' \
		'[ "$(xpath "string(//testsuite[2]/@name)")" = "$odd" ]'
	head -c 3000 $demo >"$work/cut.pcap"
	wirestat audit --junit -r "$work/cut.pcap"
	check 'junit: cut short is an error' all_of 'has_status 3' is_sound 'holds "/testsuites/@errors = 1"'
	wirestat audit --junit -r "$work/nowhere"
	check 'junit: no such file' all_of 'has_status 3' is_sound 'holds "/testsuites/@errors = 1"'
	"$WIRESTAT" audit -r $demo --write-baseline "$work/list" >/dev/null 2>&1
	wirestat audit --junit -r $demo --baseline "$work/list"
	check 'junit: accepted ones fail nothing' all_of is_sound 'holds "/testsuites/@failures = 0"' \
		'holds "//testcase[@name=\"close-wait-lingering\"]/system-out"'
else
	skip 'junit' 'xmllint is not there'
fi

# ---- TAP ------------------------------------------------------------------------------------------------------------

wirestat audit --tap -r $demo
check 'tap: version and plan' all_of 'has_status 0' '[ "$(head -n 1 "$work/out")" = "TAP version 13" ]' \
	"grep -qx '1..$((catalogue + 1))' '$work/out'"
check 'tap: numbered in order' eval \
	'grep -oE "^(not )?ok [0-9]+" "$work/out" | grep -oE "[0-9]+" | cmp -s - <(seq 1 $((catalogue + 1)))'
[ ! -e "$work/failed" ] || check 'tap: fails what JUnit fails' eval \
	'sed -nE "s/^not ok .* //p" "$work/out" | sort | cmp -s - "$work/failed"'

if command -v prove >/dev/null; then
	# prove EXPECTED: what TAP's own reader makes of it.
	prove_says() { prove -e cat "$work/tap" >"$work/proved" 2>&1; grep -qF "$1" "$work/proved"; }
	tap() {
		wirestat audit --tap "$@"
		cp "$work/out" "$work/tap"
	}
	no_parse_errors() { ! grep -qi 'parse errors' "$work/proved"; }

	tap -r $demo
	check 'prove: two fail' all_of 'prove_says "Failed: 2)"' no_parse_errors 'grep -q "Tests: $((catalogue + 1))" "$work/proved"'
	tap -r $demo --fail-on alert
	check 'prove: none of that level' all_of 'prove_says "Result: PASS"' no_parse_errors
	tap -r $demo -r pcaps/real/open-refused-v4.middle.pcap --only simultaneous-close,connection-refused --fail-on note
	check 'prove: two files, the others skipped' all_of 'prove_says "Failed: 3)"' no_parse_errors \
		'[ "$(grep -c "^not ok .*open-refused" "$work/tap")" -eq 1 ]'
	cp $demo "$work/#1 \\x.pcap"
	tap -r "$work/#1 \\x.pcap"
	check 'prove: a name with a directive' all_of 'prove_says "Failed: 2)"' no_parse_errors
	tap -r "$work/nowhere"
	check 'prove: no such file' all_of 'has_status 3' 'prove_says "Failed: 1)"' no_parse_errors
else
	skip 'prove' 'prove is not there'
fi

wirestat audit --junit --tap -r $demo
check '--junit --tap' all_of 'has_status 2' 'is_empty out' 'err_is_lines 1'

conclude
