#!/bin/bash
# Which findings count: --only, --ignore, and a baseline of accepted ones, which holds for another capture of the same hosts.
# And that a finding that comes often does not bury the report.
. tests/lib/shell.sh
. tests/lib/packets.sh

demo=pcaps/demo.pcap
list=$work/accepted

# ids: of the findings that the audit told last (TSV), sorted.
ids() { awk -F '\t' '$1 == "finding" { print $9 }' "$work/out" | sort -u | paste -sd ,; }
ids_are() { [ "$(ids)" = "$1" ]; }

wirestat audit -r $demo --tsv
all=$(ids)
check 'without choice: several' eval '[[ $all == *,*,* ]]'

wirestat audit -r $demo --tsv --only simultaneous-close,syn-retransmitted
check '--only: these' ids_are simultaneous-close,syn-retransmitted
wirestat audit -r $demo --tsv --only simultaneous-close --only syn-retransmitted
check '--only: again for more' ids_are simultaneous-close,syn-retransmitted
wirestat audit -r $demo --tsv --only simultaneous-close,syn-retransmitted --ignore simultaneous-close
check '--ignore takes from --only' ids_are syn-retransmitted
wirestat audit -r $demo --tsv --ignore "$all"
check '--ignore: none is left' ids_are ''
wirestat audit -r $demo --ignore "$all"
check '--ignore: nor in the verdicts' all_of 'out_lacks simultaneous-close' 'out_has "findings 0"'

wirestat audit -r $demo --fail-on warn
check '--fail-on: without choice' has_status 1
wirestat audit -r $demo --fail-on warn --only simultaneous-close
check '--fail-on: of --only' has_status 0
wirestat audit -r $demo --fail-on note --only simultaneous-close
check '--fail-on: of --only, lower' has_status 1

# ---- The baseline ---------------------------------------------------------------------------------------------------

wirestat audit -r $demo --write-baseline "$list"
check 'written' all_of 'has_status 0' '[ -s "$list" ]' '[ ! -e "$list.new" ]'
check 'without frames, times or client ports' eval '! grep -vE "^#|^[a-z0-9-]+ 10\.9\.0\.1 10\.9\.0\.2:500[01]$" "$list"'
all=$("$WIRESTAT" audit -q --json -r $demo | jq -s 'map(select(.type == "finding")) | length')
syns=$("$WIRESTAT" audit -q --json -r $demo --only syn-retransmitted,syn-ack-retransmitted | jq -s 'map(select(.type == "finding")) | length')
check 'the demo has findings' [ "$all" -gt "$syns" ]
wirestat audit -r $demo --baseline "$list" --fail-on info
check 'accepted: nothing fails' all_of 'has_status 0' "out_has \"findings 0, $all accepted by the baseline\"" \
	'out_lacks "syn-retransmitted"'

# The same hosts another day: another time, another client port, other frames.
connection >"$work/monday.pcap"
wirestat audit -r "$work/monday.pcap" --write-baseline "$work/monday" --fail-on note
check 'a capture with a finding' has_status 1
eval "$(declare -f segment | sed 's/9c40/9c55/g')"
eval "$(declare -f pcap_record | sed 's/1700000000/1700100000/')"
{ connection && segment 800000 c 16 1002 5002; } >"$work/tuesday.pcap"
wirestat audit -r "$work/tuesday.pcap" --fail-on note --only syn-retransmitted
check 'the next one has it again' all_of 'has_status 1' 'out_has 10.0.0.1:40021'
wirestat audit -r "$work/tuesday.pcap" --fail-on note --only syn-retransmitted --baseline "$work/monday"
check 'and it is accepted there' all_of 'has_status 0' 'out_has "1 accepted by the baseline"'

grep -v '^syn-' "$list" >"$work/part"
wirestat audit -r $demo --tsv --baseline "$work/part"
check 'a part accepted: the rest counts' ids_are syn-ack-retransmitted,syn-retransmitted
wirestat audit -r $demo --json --baseline "$work/part"
check 'JSON tells how many were accepted' grep -q '"type":"summary".*"accepted":'$((all - syns)) "$work/out"

# line TEXT STATUS: with a baseline of this one line, --fail-on note on the finding simultaneous-close.
line() {
	printf '%s\n' "$1" >"$work/one"
	wirestat audit -r $demo --only simultaneous-close --fail-on note --baseline "$work/one"
	check "line: $1" has_status "$2"
}
line 'simultaneous-close 10.9.0.1 10.9.0.2:5000' 0
line 'simultaneous-close	10.9.0.1   10.9.0.2:5000  # looked at' 0
line 'simultaneous-close * *' 0
line 'simultaneous-close 10.9.0.0/24 *:5000' 0
line 'simultaneous-close 10.9.0.1:40005 10.9.0.2' 0
line 'simultaneous-close 10.9.0.2 10.9.0.1:5000' 1
line 'simultaneous-close * *:5001' 1
line 'simultaneous-close 10.9.1.0/24 *' 1
line 'simultaneous-close [2001:db8::1] *' 1
line 'syn-retransmitted * *' 1
line '# simultaneous-close * *' 1
line 'simultaneuos-close * *' 2
line 'simultaneous-close *' 2
line 'simultaneous-close * * *' 2
line 'simultaneous-close here *' 2
line 'simultaneous-close * *:http:80' 2

printf '# fine\n\nsimultaneous-close * *\nsimultaneuos-close * *\n' >"$work/one"
wirestat audit -r $demo --baseline "$work/one"
check 'a wrong line is named' all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has "line 4"' \
	'err_has "did you mean simultaneous-close"'
wirestat audit -r $demo --baseline "$work/nowhere"
check 'no such file' all_of 'has_status 2' 'is_empty out' 'err_is_lines 1' 'err_has "$work/nowhere"'
head -c 5000 /dev/zero >"$work/zero"
wirestat audit -r $demo --baseline "$work/zero"
check 'not a text' all_of 'has_status 2' 'err_is_lines 1' 'err_has "not a text"'

# Renewing: what somebody wrote stays as it stands, only what is new is added.
printf '# ours\nsimultaneous-close * *   # a test of the load balancer' >"$list"
wirestat audit -r $demo --baseline "$list" --write-baseline "$list"
check 'renewed: comments stay' all_of 'has_status 0' 'grep -qx "# ours" "$list"' 'grep -q "load balancer" "$list"' \
	'[ "$(grep -c simultaneous-close "$list")" -eq 1 ]' '[ "$(grep -c "^syn-retransmitted " "$list")" -eq 1 ]'
cp "$list" "$work/again"
wirestat audit -r $demo --baseline "$list" --write-baseline "$list"
check 'renewed again: the same' cmp -s "$list" "$work/again"
wirestat audit -r $demo --write-baseline "$work/no/such/place"
check 'cannot be written' all_of 'has_status 4' 'err_has "no/such/place"'
wirestat audit -i lo --write-baseline "$list"
check 'not while capturing' all_of 'has_status 2' 'err_has "needs a capture file"'

wirestat audit -r pcaps/real/close-by-client-v6.middle.pcap --write-baseline "$work/six" --only time-wait-lingering
check 'none: an empty baseline' eval '! grep -qv "^#" "$work/six"'

# ---- Many of the same -----------------------------------------------------------------------------------------------

# A client that sends its SYN 151 times, 100 ms apart: 150 repetitions.
{
	pcap_header 1
	for ((i = 0; i <= 150; i++)); do segment $((i * 100000)) c 2 1000 0; done
} >"$work/many.pcap"
wirestat audit -r "$work/many.pcap" --only syn-retransmitted
check 'people: three of them, the rest counted' all_of '[ "$(grep -c "^note .*#" "$work/out")" -eq 4 ]' \
	'out_has "and 147 more up to #151"' 'out_has "findings syn-retransmitted x150"'
wirestat audit -r "$work/many.pcap" --only syn-retransmitted --json
check 'JSON: a hundred, and the sum in the verdict' all_of '[ "$(grep -c "\"type\":\"finding\"" "$work/out")" -eq 100 ]' \
	'grep -q "\"count\":150,\"first_frame\":2,\"last_frame\":151,\"told\":100" "$work/out"' \
	'grep -q "\"type\":\"summary\".*\"syn-retransmitted\":150" "$work/out"'

conclude
