#!/bin/bash
# Each mark of tests/catalogue.tsv is in the JSON: what stands there, in jq, is true of a line about one of these captures.
. tests/lib/shell.sh
. tests/lib/packets.sh

if ! command -v jq >/dev/null; then
	echo 'jq is not there'
	exit 77
fi

# about WORD...: what the JSON says of a capture, all lines together.
about() { "$WIRESTAT" table --all --path --json "$@" 2>/dev/null >>"$work/lines"; }

# payload MICROSECONDS SEQ IP_LENGTH HEX: data of the client of `segment`, acknowledging 5001, checksum of TCP left at 0.
payload() {
	local ip
	ip="4500$(be16 "$3")$(be16 "$ip_id")40004006"
	ip="$ip$(checksum "${ip}00000a0000010a000002")0a0000010a000002"
	ip_id=$((ip_id + 1))
	pcap_record "$1" "0200000000020200000000010800${ip}9c400050$(be32 "$2")000013895010ffff00000000$4"
}

for capture in pcaps/demo.pcap pcaps/real/*.middle.pcap; do
	about -r "$capture"
done
about -r pcaps/demo.pcap 'tcp[13] != 2'
about -r pcaps/demo.pcap --max-connections 2
# The number runs over; time runs back; the length is left to the card.
{
	pcap_header 1
	segment 0 c 2 4294967290 0
	segment 100000 s 18 5000 4294967291
	payload 200000 4294967291 50 00010203040506070809
	payload 150000 4294967301 0 000102030405060708090a0b
} >"$work/made"
about -r "$work/made"
# A SYN that nobody answers, and another connection an hour later.
{
	pcap_header 1
	segment 0 c 2 1000 0
	segment 3600000000 s 2 1000 0
	segment 7200000000 s 2 1000 0
} >"$work/late"
about -r "$work/late" --time-wait 1
# A pcapng file of one raw interface that counts what was dropped (section, interface, statistics).
{
	bytes 0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000
	bytes 01000000 14000000 65000000 00000000 14000000
	bytes 05000000 34000000 000000000000000000000000 05000800 0900000000000000 07000800 0400000000000000 00000000 34000000
} >"$work/drops"
about -r "$work/drops"

check 'captures were read' [ "$(grep -c '"type":"capture"' "$work/lines")" -ge 30 ]
while IFS=$'\t' read -r _ row kind what; do
	[ "$kind" = mark ] || continue
	check "mark: $row" [ "$(jq -c "try (select($what) | 1) catch empty" "$work/lines" | head -n 1)" = 1 ]
done <tests/catalogue.tsv
# A mark has to be able to be missing.
check 'no mark: a field that is not there' [ -z "$(jq -c 'try (select(.client.no_such_field > 0) | 1) catch empty' "$work/lines")" ]

conclude
