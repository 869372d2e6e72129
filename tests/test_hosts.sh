#!/bin/bash
# Findings about hosts: in every form of the audit, by captures made by hand; and those that real scanners (nmap, hping3) give
# rise to, in two network namespaces, each told by its own name and no other.
. tests/lib/shell.sh
. tests/lib/packets.sh

# between MICROSECONDS SRC:PORT DST:PORT FLAGS SEQ ACK: a record between any two, in hexadecimal digits.
between() {
	local src=${2%:*} sport=${2#*:} dst=${3%:*} dport=${3#*:} flags=$4 tcp ip
	tcp="$sport$dport$(be32 "$5")$(be32 "$6")50$(printf %02x "$flags")ffff"
	tcp="$tcp$(checksum "$src${dst}00060014${tcp}00000000")0000"
	ip="45000028$(be16 "$ip_id")40004006"
	ip="$ip$(checksum "${ip}0000$src$dst")$src$dst"
	ip_id=$((ip_id + 1))
	pcap_record "$1" "0200000000020200000000010800$ip$tcp"
}

# scan PORTS STEP [CLIENT]: each port is refused; so many microseconds apart.
scan() {
	local i port
	pcap_header 1
	for ((i = 0; i < $1; i++)); do
		port=$(be16 $((100 + i)))
		between $((i * $2)) "${3:-0a000001}:9c40" "0a000002:$port" 2 1000 0
		between $((i * $2 + 10)) "0a000002:$port" "${3:-0a000001}:9c40" 20 0 1001
	done
}

# ---- Every form -----------------------------------------------------------------------------------------------------

scan 20 1000 >"$work/scan.pcap"
wirestat audit -r "$work/scan.pcap"
# Different ports are counted by a sketch: one or two may be taken for one that was there before.
check 'people: when the limit is reached' eval 'grep -qE "^alert +portscan +#3[0-6]  10.0.0.1 -> 10.0.0.2  ports: expected fewer than 15, seen 15 ports" "$work/out"'
check 'people: the section on hosts' eval 'sed -n "/^hosts$/,/^$/p" "$work/out" | grep -qE "^alert +portscan  10.0.0.1 -> 10.0.0.2  (1[89]|20) ports; 20 connections in 19"'
check 'people: counted once' eval 'grep -qE "^alert +1  portscan: " "$work/out"'

if command -v jq >/dev/null; then
	# says FILTER: it is true of all that was written last.
	says() { jq -se "$1" "$work/out" >/dev/null; }

	wirestat audit --json -r "$work/scan.pcap"
	check 'json: one finding, then its last numbers' says '[.[] | select(.id == "portscan")] | map(.type) == ["finding", "host"]'
	check 'json: whom it is about' says '[.[] | select(.id == "portscan")] | all(.schema == 1 and .scope == "host" and
		.addr == "10.0.0.1" and .peer_addr == "10.0.0.2" and .level == "alert")'
	check 'json: and no side of a connection' says '[.[] | select(.id == "portscan") | keys[]] |
		index("uid", "side", "port", "peer_port") | not'
	check 'json: numbers' says '[.[] | select(.id == "portscan")] | .[0].ports == 15 and .[0].count == 15 and
		.[0].frame == 2 * .[0].connections and .[0].connections >= 15 and .[0].connections < 19 and
		.[1].connections == 20 and .[1].ports >= 18 and .[1].ports <= 20'
	check 'json: the summary counts it once' says '.[] | select(.type == "summary") |
		.findings.portscan == 1 and .levels.alert == 1'
	wirestat audit --sarif -r "$work/scan.pcap"
	check 'sarif' says '[.[0].runs[0].results[] | select(.ruleId == "portscan")] | length == 1 and
		.[0].partialFingerprints["finding/v1"] == "portscan 10.0.0.1 10.0.0.2" and
		(.[0].message.text | contains("10.0.0.1 -> 10.0.0.2"))'
else
	skip 'json' 'jq is not there'
fi

# column NAME: of the lines of TSV about the scan.
column() { awk -F '\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $at["id"] == "portscan" { print $at[name] }' "$work/out"; }
column_is() { [ "$(column "$1" | paste -sd ,)" = "$2" ]; }
wirestat audit --tsv -r "$work/scan.pcap"
check 'tsv' all_of 'column_is type finding,host,summary' 'column_is addr 10.0.0.1,10.0.0.1,' \
	'column_is peer_addr 10.0.0.2,10.0.0.2,' 'column_is scope host,host,'
check 'tsv: every line has every column' eval '[ "$(awk -F "\t" "{ print NF }" "$work/out" | sort -u | wc -l)" -eq 1 ]'

wirestat audit --junit -r "$work/scan.pcap"
check 'junit' out_has 'portscan'
wirestat audit --tap -r "$work/scan.pcap"
check 'tap' eval 'grep -qE "^not ok [0-9]+ - .*portscan$" "$work/out"'

# ---- Which count ----------------------------------------------------------------------------------------------------

wirestat audit -r "$work/scan.pcap" --fail-on alert
check '--fail-on' has_status 1
wirestat table -r "$work/scan.pcap" --fail-on alert
check '--fail-on: in other views too' has_status 1
wirestat audit -r "$work/scan.pcap" --fail-on alert --ignore portscan
check '--ignore' all_of 'has_status 0' 'out_lacks portscan'
wirestat audit -r "$work/scan.pcap" --fail-on alert --where 'dst 10.0.0.2'
check '--where: they are about all connections' all_of 'has_status 0' 'out_lacks portscan'
wirestat audit -r "$work/scan.pcap" --fail-on alert --write-baseline "$work/accepted"
check '--write-baseline' grep -qx 'portscan 10.0.0.1 10.0.0.2' "$work/accepted"
wirestat audit -r "$work/scan.pcap" --fail-on alert --baseline "$work/accepted"
check '--baseline' all_of 'has_status 0' 'out_lacks "alert  portscan"'
scan 20 1000 0a000003 >"$work/other.pcap"
wirestat audit -r "$work/other.pcap" --fail-on alert --baseline "$work/accepted"
check '--baseline: not of another host' has_status 1

# The limits are about capture time, however fast it is read.
scan 14 1000 >"$work/few.pcap"
wirestat audit -r "$work/few.pcap" --fail-on alert
check 'one port too few' has_status 0
scan 60 60000000 >"$work/slow.pcap"
wirestat audit -r "$work/slow.pcap" --fail-on alert
check 'a port a minute' has_status 0

# ---- Real scanners --------------------------------------------------------------------------------------------------

near=wsscan$$ far=wsseen$$
pids=()
clean() {
	[ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null
	wait 2>/dev/null
	for namespace in $near $far; do ip netns del "$namespace" 2>/dev/null; done
	rm -rf "$work"
}
trap clean EXIT

without() {
	skip 'real scanners' "$1"
	conclude
}
[ "$(id -u)" -eq 0 ] || without 'needs root'
for tool in ip jq nmap; do command -v $tool >/dev/null || without "$tool is not there"; done
{ ip netns add $near && ip netns add $far; } 2>/dev/null || without 'no network namespace can be made here'

ip link add n0 netns $near type veth peer name f0 netns $far || without 'no wire can be laid'
ip -n $near addr add 10.73.0.1/24 dev n0
ip -n $near link set n0 up
ip -n $far link set lo up
for ((i = 2; i < 50; i++)); do ip -n $far addr add 10.73.0.$i/24 dev f0; done
ip -n $far link set f0 up

# watch COMMAND...: which findings about hosts the command gives rise to, as "ID ADDR", sorted; into $found.
watch() {
	ip netns exec $far "$WIRESTAT" audit --json -q -Z root --for 25s -i f0 -o "$work/live" >/dev/null 2>&1 &
	local pid=$!
	pids+=("$pid")
	sleep 1
	ip netns exec $near "$@" >"$work/scanner" 2>&1
	sleep 1.2
	kill -TERM $pid
	if ! wait $pid; then found='the program failed' && return; fi
	found=$(jq -r 'select(.type == "finding" and .scope == "host" and .level != "note" and .level != "info") | "\(.id) \(.addr)"' "$work/live" |
		sort -u | paste -sd ,)
}

# finds WHAT EXPECTED COMMAND...
finds() {
	local what=$1 expected=$2
	shift 2
	watch "$@"
	if [ "$found" = "$expected" ]; then pass "$what"; else fail "$what" "found: $found, expected: $expected"; fi
}

quick=(nmap -n -Pn -T5 --max-retries 0 --host-timeout 20s -e n0)
finds 'nmap -sS' 'portscan 10.73.0.1' "${quick[@]}" -sS -p 1-200 10.73.0.2
finds 'nmap -sT' 'portscan 10.73.0.1' "${quick[@]}" -sT -p 1-200 10.73.0.2
finds 'nmap -sF' 'scan-fin-null-xmas 10.73.0.1' "${quick[@]}" -sF -p 1-100 10.73.0.2
finds 'nmap -sX' 'scan-fin-null-xmas 10.73.0.1' "${quick[@]}" -sX -p 1-100 10.73.0.2
finds 'nmap -sA' 'scan-ack 10.73.0.1' "${quick[@]}" -sA -p 1-100 10.73.0.2
finds 'nmap, a sweep' 'portsweep 10.73.0.1' "${quick[@]}" -sS -p 22 10.73.0.2-49
finds 'nmap, few ports of few hosts' '' "${quick[@]}" -sS -p 22,80,443 10.73.0.2-9
ip -n $far route add blackhole 10.73.0.1/32
finds 'nmap, filtered' 'portscan-filtered 10.73.0.1' "${quick[@]}" -sS -p 1-40 10.73.0.2
ip -n $far route del blackhole 10.73.0.1/32
if command -v hping3 >/dev/null; then
	finds 'hping3, a flood of SYNs' 'syn-flood 10.73.0.2' hping3 -q -S -p 80 -i u500 -c 3000 --rand-source 10.73.0.2
else
	skip 'hping3' 'hping3 is not there'
fi
conclude
