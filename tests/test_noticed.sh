#!/bin/bash
# What is noticed about packets, as people and machines are told: the first without what is mere information.
. tests/lib/shell.sh
. tests/lib/packets.sh

# Called by name, in all_of.
# shellcheck disable=SC2317
err_lacks() { ! grep -qF -- "$1" "$work/err"; }

tcp=9c40005000000001000000005002ffff00000000

# frame MICROSECONDS FLAGS TTL_PROTOCOL [CHECKSUM [PADDING]]: a SYN in IPv4 in Ethernet, its checksum right unless it is given.
frame() {
	local start="450000280001$2$3" ends=0a0000010a000002
	pcap_record "$1" "0200000000020200000000010800$start${4:-$(checksum "${start}0000$ends")}$ends$tcp${5:-}"
}

{
	pcap_header 1
	segment 0 c 2 1000 0
	frame 1 8000 4006 1234
	frame 2 4000 0406 '' 000000000000
	frame 3 4000 4032
} >"$work/odd"
wirestat count -r "$work/odd"
check 'people: what deserves attention' all_of 'has_status 0' \
	'err_has "noticed about packets: ip-ttl-low 1, ipv4-checksum-bad 1, ipv4-reserved-flag 1"' \
	'err_lacks ip-trailing-padding' 'err_has "esp-opaque 1"'
wirestat count -r "$work/odd" --json
check 'machines: all of it' out_has \
	'"noticed":{"ip-trailing-padding":1,"ip-ttl-low":1,"ipv4-checksum-bad":1,"ipv4-reserved-flag":1}'

{ pcap_header 1 && segment 0 c 2 1000 0; } >"$work/plain"
wirestat count -r "$work/plain"
check 'people: nothing, of an ordinary packet' all_of 'has_status 0' 'err_lacks noticed'
wirestat count -r "$work/plain" --json
check 'machines: an empty object' out_has '"noticed":{}'

conclude
