#!/usr/bin/env bash
# tshark's counts of every capture in pcaps/, as a second opinion: packets, TCP streams, and bytes in each direction of each.
set -u

program=${WIRESTAT:-build/wirestat}
failed=0

command -v tshark >/dev/null || { echo "skipped: tshark is not installed"; exit 77; }
command -v jq >/dev/null || { echo "skipped: jq is not installed"; exit 77; }

# A line for each direction of each stream: sender, receiver, packets, IP bytes. A new incarnation is a stream to both.
ours() {
	"$program" table --all --json -r "$1" 2>/dev/null | jq -r 'select(.type == "connection")
		| (.client, .server) as $a | (if $a == .client then .server else .client end) as $b
		| select($a.packets + $a.duplicates > 0)
		| "\($a.addr) \($a.port) \($b.addr) \($b.port) \($a.packets + $a.duplicates) \($a.ip_bytes) \($a.duplicates)"'
}

# Copies made by the capture are packets to tshark; their bytes are left out here as wirestat leaves them out, by name.
theirs() {
	tshark -n -r "$1" -o tcp.desegment_tcp_streams:FALSE -Y tcp -T fields -E separator=' ' -e tcp.stream -e ip.src \
		-e ipv6.src -e tcp.srcport -e ip.dst -e ipv6.dst -e tcp.dstport -e ip.len -e ipv6.plen 2>/dev/null |
		awk '{ if (NF == 6) key = $1 " " $2 " " $3 " " $4 " " $5; n[key]++; b[key] += index($2, ":") ? $6 + 40 : $6 }
			END { for (key in n) { split(key, p, " "); print p[2], p[3], p[4], p[5], n[key], b[key] } }'
}

check() {
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1"
		diff <(echo "$2") <(echo "$3") | sed 's/^/# /'
		failed=1
	fi
}

sum() { awk '{ key = $1 " " $2 " " $3 " " $4; n[key] += $5; b[key] += $6 } END { for (k in n) print k, n[k], b[k] }' | sort; }

shopt -s globstar nullglob
for capture in pcaps/**/*.pcap pcaps/**/*.pcapng; do
	mine=$(ours "$capture")
	copies=$(echo "$mine" | awk '{ n += $7 } END { print n + 0 }')
	other=$(theirs "$capture")
	check "$capture: packets" "$(tshark -n -r "$capture" -Y tcp 2>/dev/null | wc -l)" \
		"$("$program" table --json -r "$capture" 2>/dev/null | jq -s '.[-1].decoded')"
	check "$capture: streams" "$(tshark -n -r "$capture" -Y tcp -T fields -e tcp.stream 2>/dev/null | sort -u | wc -l)" \
		"$("$program" table --all --json -r "$capture" 2>/dev/null | jq -s 'map(select(.type == "connection")) | length')"
	[ "$copies" -gt 0 ] && continue
	check "$capture: packets and bytes of each direction" "$(echo "$other" | sum)" "$(echo "$mine" | sum)"
done
exit "$failed"
