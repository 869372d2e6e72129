# shellcheck shell=bash
# Captures made by hand, byte by byte, with nothing but the shell: a pcap file and TCP segments over IPv4 in Ethernet.

# bytes HEX...: the bytes that the digits stand for.
bytes() {
	local IFS='' hex text='' i
	hex=$*
	for ((i = 0; i < ${#hex}; i += 2)); do text+="\\x${hex:i:2}"; done
	# The digits are the format.
	# shellcheck disable=SC2059
	printf "$text"
}

# Numbers as hexadecimal digits: big endian for packets, little endian for the file.
be16() { printf '%04x' $(($1 & 0xffff)); }
be32() { printf '%08x' $(($1 & 0xffffffff)); }
le32() { printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }

# pcap_header [LINKTYPE]
pcap_header() { bytes d4c3b2a1 02000400 00000000 00000000 ffff0000 "$(le32 "${1:-1}")"; }

# pcap_record MICROSECONDS HEX
pcap_record() {
	local len=$((${#2} / 2))
	bytes "$(le32 $((1700000000 + $1 / 1000000)))" "$(le32 $(($1 % 1000000)))" "$(le32 $len)" "$(le32 $len)" "$2"
}

# checksum HEX: of the Internet (RFC 1071), over whole 16-bit words.
checksum() {
	local hex=$1 sum=0 i
	for ((i = 0; i < ${#hex}; i += 4)); do sum=$((sum + 0x${hex:i:4})); done
	while ((sum >> 16)); do sum=$(((sum & 0xffff) + (sum >> 16))); done
	be16 $((~sum))
}

ip_id=1

# segment MICROSECONDS c|s FLAGS SEQ ACK: a record of the connection 10.0.0.1:40000 (c) to 10.0.0.2:80 (s), no payload.
# FLAGS as a number: FIN 1, SYN 2, RST 4, ACK 16.
segment() {
	local time=$1 flags=$3 seq=$4 ack=$5 src=0a000001 dst=0a000002 ports=9c400050 tcp ip
	[ "$2" = c ] || { src=0a000002 dst=0a000001 ports=00509c40; }
	tcp="$ports$(be32 "$seq")$(be32 "$ack")50$(printf %02x "$flags")ffff"
	tcp="$tcp$(checksum "$src${dst}00060014${tcp}00000000")0000"
	ip="45000028$(be16 "$ip_id")40004006"
	ip="$ip$(checksum "${ip}0000$src$dst")$src$dst"
	ip_id=$((ip_id + 1))
	pcap_record "$time" "0200000000020200000000010800$ip$tcp"
}

# Opened by a SYN that had to be sent twice, closed by the client. Eight frames, a tenth of a second apart, 54 bytes each.
connection() {
	pcap_header
	segment 0 c 2 1000 0
	segment 100000 c 2 1000 0
	segment 200000 s 18 5000 1001
	segment 300000 c 16 1001 5001
	segment 400000 c 17 1001 5001
	segment 500000 s 16 5001 1002
	segment 600000 s 17 5001 1002
	segment 700000 c 16 1002 5002
}
