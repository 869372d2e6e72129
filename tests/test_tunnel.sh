#!/bin/bash
# Tunnels and tags at the command line: captures made by hand, and what a real kernel sends through its own tunnel devices,
# captured underneath them.
. tests/lib/shell.sh
. tests/lib/packets.sh

command -v jq >/dev/null || { echo 'skipped: jq is not installed' && exit 77; }

# What the records of packets.sh become: the frame's stations, then whatever `around` puts before the packet.
around() { echo 0800; }
plain_record=$(declare -f pcap_record)
eval "${plain_record/pcap_record/plain_record}"
pcap_record() {
	local side=s packet=${2:28}
	[ "${packet:24:8}" = 0a000001 ] && side=c
	plain_record "$1" "020000000002020000000001$(around "$side" "$packet")$packet"
}

tag() { echo "8100$(be16 "$1")0800"; }

# vxlan VNI SIDE PACKET: up to the inner Ethernet type.
vxlan() {
	local len=$((${#3} / 2 + 14 + 8)) src=c0000208 dst=c0000209 udp ip
	[ "$2" = c ] || { src=c0000209 dst=c0000208; }
	udp="c35012b5$(be16 $((len + 8)))0000"
	ip="4500$(be16 $((len + 28)))000040004011"
	ip="$ip$(checksum "${ip}0000$src$dst")$src$dst"
	echo "0800$ip${udp}08000000$(printf %06x "$1")000200000000020200000000010800"
}

# connections_of WORD...: the connection objects, compact.
connections_of() {
	wirestat table --all --json "$@"
	jq -c 'select(.type == "connection")' "$work/out" >"$work/connections"
}
told() { [ "$(jq -cs "$1" "$work/connections")" = "$2" ]; }

# ---- By hand ----------------------------------------------------------------------------------------------------------

around() { tag 10; }
connection >"$work/vlan.pcap"
connections_of -r "$work/vlan.pcap"
check 'a tag is told' told 'map([.vlan, .outer.client.vlan, .tags])' '[[[10],[10],[]]]'
connections_of -r "$work/vlan.pcap" --key vlan
check 'a tag on both directions keeps them together' told 'map(.close.kind)' '["fin"]'

around() { [ "$1" = c ] && tag 10 || echo 0800; }
connection >"$work/half.pcap"
connections_of -r "$work/half.pcap"
check 'a tag that one direction lacks' told 'map([.tags, .close.kind])' '[[["vlan-asymmetric"],"fin"]]'
check 'is told in the summary' err_has '1 connection has tags in one direction that the other lacks'
check 'and in the capture object' test "$(jq -r 'select(.type == "capture").vlan_asymmetric' "$work/out")" = 1
connections_of -r "$work/half.pcap" --key vlan
check 'with --key vlan it falls into halves, which are told' told \
	'map([(.tags | index("vlan-asymmetric") != null), ([.client.packets, .server.packets] | min)])' '[[true,0],[true,0]]'
wirestat table --all --path -r "$work/half.pcap"
check '--path tells both' out_has '  outer   vlan 10 / none'

{
	around() { tag 10; }
	connection
	around() { tag 20; }
	connection | tail -c +25
} >"$work/two.pcap"
for key in 4tuple:1 vlan:2 outer:2; do
	connections_of -r "$work/two.pcap" --key "${key%:*}"
	check "one 4-tuple in two networks, --key ${key%:*}: ${key#*:}" told 'length' "${key#*:}"
done

around() { vxlan 42 "$1" "$2"; }
connection >"$work/vxlan.pcap"
connections_of -r "$work/vxlan.pcap"
check 'a tunnel is told' told 'map(.outer)' \
	'[{"kind":"vxlan","id":42,"client":{"addr":"192.0.2.8"},"server":{"addr":"192.0.2.9"}}]'
check 'and counted' test "$(jq -c 'select(.type == "capture").tunnelled' "$work/out")" = '{"vxlan":8}'
check 'in the summary, too' err_has '8 segments carried in: vxlan 8'
wirestat ladder -r "$work/vxlan.pcap"
check 'the ladder tells it' out_has 'outer vxlan 42  192.0.2.8 - 192.0.2.9'
around() { echo 0800; }
connection >"$work/bare.pcap"
wirestat table --all --json -r "$work/bare.pcap"
jq -c 'select(.type == "connection")' "$work/out" >"$work/bare"
check 'the record is the one without the tunnel, but for that' \
	test "$(jq -c 'del(.outer, .file)' "$work/connections")" = "$(jq -c 'del(.file)' "$work/bare")"
wirestat --key vni -r "$work/vxlan.pcap"
check 'a key that is none' all_of 'has_status 2' "err_has \"--key: 'vni' is not 4tuple, vlan or outer\""

# ---- A real kernel ------------------------------------------------------------------------------------------------------

real() {
	local reason=
	[ "$(id -u)" -eq 0 ] || reason='needs root'
	command -v ip >/dev/null || reason='ip is not there'
	[ -n "$reason" ] || ip netns add "$near" 2>/dev/null || reason='no network namespace can be made here'
	[ -z "$reason" ] || { skip 'tunnels of a real kernel' "$reason" && return; }
	lay_wire || { fail 'two namespaces and a wire' && return; }
	while IFS='|' read -r name device words kind id vlan; do
		through "$name" "$device" "$words" "$kind" "$id" "$vlan"
	done <<'END'
vlan|u0.7|link u0 type vlan id 7|||[7]
qinq|q0.9|link q0 type vlan id 9|||[8,9]
vxlan|t0|type vxlan id 42 dstport 4789 local LOCAL remote REMOTE|vxlan|42|
vxlan, the kernel's own port|t0|type vxlan id 43 dstport 8472 local LOCAL remote REMOTE|vxlan|43|
vxlan in IPv6|t0|type vxlan id 44 dstport 4789 local LOCAL6 remote REMOTE6|vxlan|44|
vxlan, tagged inside|t0.5|type vxlan id 45 dstport 4789 local LOCAL remote REMOTE|vxlan|45|[5]
geneve|t0|type geneve id 46 remote REMOTE|geneve|46|
gre|t0|type gre local LOCAL remote REMOTE key 47|gre|47|
gretap|t0|type gretap local LOCAL remote REMOTE key 48|gre|48|
erspan|t0|type erspan local LOCAL remote REMOTE seq key 49 erspan_ver 1 erspan 5|erspan|49|
ipip|t0|type ipip local LOCAL remote REMOTE|ipip||
END
}

near=wstunnear$$ far=wstunfar$$

clean() {
	for namespace in $near $far; do ip netns del "$namespace" 2>/dev/null; done
	rm -rf "$work"
}
trap clean EXIT

# The underlay, 10.81.0.1 and .2; and a service tag on it, for QinQ.
lay_wire() {
	ip netns add $far && ip link add u0 netns $near type veth peer name u0 netns $far || return 1
	local namespace n=0
	for namespace in $near $far; do
		n=$((n + 1))
		ip -n "$namespace" link set lo up
		ip -n "$namespace" addr add "10.81.0.$n/24" dev u0 || return 1
		ip -n "$namespace" addr add "fd81::$n/64" dev u0 nodad || return 1
		ip -n "$namespace" link set u0 up || return 1
		ip -n "$namespace" link add link u0 name q0 type vlan proto 802.1ad id 8 2>/dev/null &&
			ip -n "$namespace" link set q0 up
	done
	return 0
}

# lay_tunnel NAMESPACE N DEVICE WORDS: with the address 10.82.0.N inside.
lay_tunnel() {
	local words=$4 local=10.81.0.$2 remote=10.81.0.$((3 - $2)) local6=fd81::$2 remote6=fd81::$((3 - $2)) under=${3%.*}
	words=${words/LOCAL6/$local6} words=${words/REMOTE6/$remote6}
	words=${words/LOCAL/$local} words=${words/REMOTE/$remote}
	read -ra words <<<"$words"
	if [ "${words[0]}" = link ]; then
		ip -n "$1" link add name "$3" "${words[@]}" || return 1
	else
		ip -n "$1" link add "$under" "${words[@]}" || return 1
		ip -n "$1" link set "$under" up || return 1
		[ "$3" = "$under" ] || ip -n "$1" link add link "$under" name "$3" type vlan id "${3#*.}" || return 1
	fi
	ip -n "$1" addr add "10.82.0.$2/24" dev "$3" && ip -n "$1" link set "$3" up
}

take_tunnel() {
	for namespace in $near $far; do
		ip -n "$namespace" link del "$1" 2>/dev/null
		ip -n "$namespace" link del "${1%.*}" 2>/dev/null
	done
}

# through NAME DEVICE WORDS KIND ID VLAN: a connection that is refused, seen on the wire underneath.
through() {
	local name=$1 device=$2 expected pid try
	if ! lay_tunnel $near 1 "$device" "$3" 2>/dev/null || ! lay_tunnel $far 2 "$device" "$3" 2>/dev/null; then
		take_tunnel_but_wire "$device"
		skip "a real kernel's $name" 'this kernel has no such device'
		return
	fi
	ip netns exec $near "$WIRESTAT" -i u0 --json --all --for 8s >"$work/out" 2>"$work/err" &
	pid=$!
	for ((try = 0; try < 50; try++)); do
		grep -qs '^NoNewPrivs:	1' "/proc/$pid/status" && break
		sleep 0.1
	done
	# The first packets may be lost while addresses are resolved.
	for try in 1 2 3; do
		ip netns exec $near timeout 2 bash -c 'exec 3<>/dev/tcp/10.82.0.2/81' 2>/dev/null
		sleep 0.2
	done
	kill -TERM "$pid"
	wait "$pid" 2>/dev/null
	take_tunnel_but_wire "$device"
	jq -c 'select(.type == "connection" and .server.port == 81)' "$work/out" >"$work/connections"
	expected="[\"refused\",\"${4:-null}\",\"${5:-null}\",${6:-null}]"
	check "a real kernel's $name" told \
		'map([.handshake.verdict, (.outer.kind // "null"), (.outer.id // "null" | tostring), .vlan]) | unique' "[$expected]"
}

take_tunnel_but_wire() {
	case $1 in
	u0.* | q0.*) for namespace in $near $far; do ip -n "$namespace" link del "$1" 2>/dev/null; done ;;
	*) take_tunnel "$1" ;;
	esac
}

real
conclude
