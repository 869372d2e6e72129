#!/bin/bash
# Captures as they are found: the same packets in every format that editcap writes, in each compression, from a file and from
# a pipe, give the same records; what is wrong with a file is one line, exit 3, and the good part; and what tshark and
# capinfos read is what is read here.
. tests/lib/shell.sh
. tests/lib/packets.sh

demo=pcaps/demo.pcap
captures=("$demo" pcaps/real/close-by-client-v4.middle.pcap pcaps/real/talk-keepalive-v6.client.pcap
	pcaps/real/early-mptcp-by-client-v4.server.pcap)
codecs=()
for tool in gzip zstd lz4 xz; do
	if ! command -v $tool >/dev/null; then
		skip "$tool" "$tool is not there"
	elif $tool -c <"$demo" | "$WIRESTAT" -r - 2>&1 | grep -q 'built without'; then
		skip "$tool" "this wirestat was built without it"
	else
		codecs+=("$tool")
	fi
done

# records FILE: everything that is known of its connections, without the name of the file.
records() { "$WIRESTAT" -r - --all --path --json <"$1" 2>/dev/null | sed 's/"file":"[^"]*",//g; s/"name":"[^"]*",//g'; }
same_records() { cmp -s <(records "$1") <(records "$2"); }

# ---- Compressed -----------------------------------------------------------------------------------------------------

for capture in "${captures[@]}"; do
	for tool in "${codecs[@]}"; do
		$tool -c <"$capture" >"$work/packed"
		check "$tool: ${capture##*/}" same_records "$capture" "$work/packed"
	done
done

for tool in "${codecs[@]}"; do
	{ head -c 3000 "$demo" | $tool -c && tail -c +3001 "$demo" | $tool -c; } >"$work/packed"
	check "$tool: in two members" same_records "$demo" "$work/packed"

	$tool -c <"$demo" >"$work/packed"
	wirestat -r "$work/packed" --all
	cp "$work/out" "$work/table"
	wirestat -r "$demo" --all
	check "$tool: by its bytes, not its name" all_of 'has_status 0' 'cmp -s "$work/out" "$work/table"'
	# shellcheck disable=SC2002
	cat "$work/packed" | "$WIRESTAT" -r - --all >"$work/out" 2>/dev/null
	check "$tool: from a pipe" cmp -s "$work/out" "$work/table"

	size=$(stat -c %s "$work/packed")
	head -c $((size - 3)) "$work/packed" >"$work/cut"
	wirestat -r "$work/cut" --all
	check "$tool: cut short" all_of 'has_status 3' 'err_has "end too early ($tool)"' '[ -s "$work/out" ]' \
		'[ "$(grep -c ^wirestat "$work/err")" -eq 1 ]'
	{ head -c $((size / 2)) "$work/packed" && printf 'xxxxxxxxxxxxxxxx' && tail -c +$((size / 2 + 17)) "$work/packed"; } >"$work/bad"
	wirestat -r "$work/bad" --all
	check "$tool: damaged" all_of 'has_status 3' '[ "$(grep -c ^wirestat "$work/err")" -eq 1 ]'
done

# Twice packed, or by something else: told.
if [[ " ${codecs[*]} " == *" gzip "* ]]; then
	gzip -c "$demo" | gzip -c >"$work/twice"
	wirestat -r "$work/twice"
	check 'gzip twice' all_of 'has_status 3' 'err_is_lines 1' 'err_has twice'
fi

# ---- In the formats of others ---------------------------------------------------------------------------------------

if command -v editcap >/dev/null; then
	# Those with microseconds are compared with the usual one with microseconds.
	for capture in "${captures[@]}"; do
		editcap -F pcap "$capture" "$work/micro"
		for format in pcapng nsecpcap; do
			editcap -F $format "$capture" "$work/other"
			check "editcap -F $format: ${capture##*/}" same_records "$capture" "$work/other"
		done
		for format in modpcap nokiapcap rh6_1pcap suse6_3pcap; do
			editcap -F $format "$capture" "$work/other"
			wirestat -r "$work/micro" --all --path --json
			sed "s#$work/micro#X#g" "$work/out" >"$work/expected"
			wirestat -r "$work/other" --all --path --json
			check "editcap -F $format: ${capture##*/}" all_of 'has_status 0' \
				'sed "s#$work/other#X#g" "$work/out" | cmp -s - "$work/expected"'
		done
	done

	# Whatever else it can write is read, or told to be foreign.
	editcap -F pcap -T ether "$demo" "$work/ethernet"
	while read -r format; do
		editcap -F "$format" "$work/ethernet" "$work/other" 2>/dev/null || continue
		wirestat -r "$work/other" --all
		check "editcap -F $format: read, or one line" eval \
			'has_status 0 || { has_status 3 && err_is_lines 1 && err_has "not a capture file"; }'
	done < <(editcap -F 2>&1 | sed -nE 's/^ +([a-z0-9_-]+) - .*/\1/p')
else
	skip 'formats' 'editcap is not there'
fi

# ---- As tshark reads them ------------------------------------------------------------------------------------------

# pcapng blocks, little-endian. block TYPE HEX: padded.
block() {
	local body=$2 len
	while ((${#body} % 8)); do body+=00; done
	len=$((${#body} / 2 + 12))
	bytes "$(le32 "$1")" "$(le32 $len)" "$body" "$(le32 $len)"
}
section() { block 0x0A0D0D0A 4d3c2b1a01000000ffffffffffffffff; }
# interface LINKTYPE [RESOLUTION [OFFSET]], both as they stand in the file
interface() {
	local options=${2:+09000100${2}000000}${3:+0e000800$3}${2:+00000000}
	block 1 "$(printf '%02x%02x0000' $(($1 & 255)) $(($1 >> 8)))00000400$options"
}
# packet INTERFACE TICKS HEX
packet() {
	local len=$((${#3} / 2))
	block 6 "$(le32 "$1")$(le32 $(($2 >> 32)))$(le32 "$2")$(le32 $len)$(le32 $len)$3"
}

syn=4500002800010000400666cd0a0000010a0000029c400050000003e8000000005002000012340000
{
	section
	interface 101
	interface 101 09
	interface 101 94
	interface 101 a0 0001000000000000
	packet 0 1700000000123456 "$syn"
	packet 1 1700000000123456789 "$syn"
	packet 2 $((1700000000 << 20 | 349525)) "$syn"
	packet 3 $((1700000000 << 32 | 1431655765)) "$syn"
	section
	interface 1
	packet 0 1700001000654321 "0200000000020200000000010800$syn"
} >"$work/many"

# Frame and time of every segment, to the nanosecond: "3 2026-11-21T02:15:47.158777036".
ours() {
	"$WIRESTAT" ladder -r "$1" --json 2>/dev/null | jq -r '.rows[]? | select(.frame) | "\(.frame) \(.ts[:-1])"' | sort -n
}
theirs() {
	tshark -n -r "$1" -Y tcp -T fields -e frame.number -e frame.time_epoch 2>/dev/null | while read -r frame time; do
		printf '%d %(%Y-%m-%dT%H:%M:%S)T.%s\n' "$frame" "${time%.*}" "${time#*.}"
	done
}

if command -v tshark >/dev/null && command -v capinfos >/dev/null && command -v jq >/dev/null; then
	for capture in "${captures[@]}" "$work/many"; do
		wirestat -r "$capture" --json
		frames=$(jq -r 'select(.type == "capture").frames' "$work/out")
		check "capinfos: frames of ${capture##*/}" [ "$(capinfos -rTc "$capture" | awk -F '\t' 'NR == 1 { print $2 }')" = "$frames" ]
		TZ=UTC theirs "$capture" >"$work/theirs"
		check "tshark: frames and times of ${capture##*/}" all_of '[ -s "$work/theirs" ]' \
			'ours "$capture" | cmp -s - "$work/theirs"'
	done
	wirestat -r "$work/many" --json
	check 'tshark: link types of many interfaces' [ "$(jq -r 'select(.type == "capture").link_types | join(",")' "$work/out")" = RAW,EN10MB ]
else
	skip 'tshark' 'tshark, capinfos or jq is not there'
fi

# ---- What is wrong ---------------------------------------------------------------------------------------------------

{ section && interface 101 && packet 0 1700000000000000 "$syn" && packet 7 1700000000000000 "$syn"; } >"$work/wrong"
wirestat -r "$work/wrong" --all
check 'pcapng: the good part, the frame and the byte' all_of 'has_status 3' 'out_has 10.0.0.1:40000' \
	'err_has "$work/wrong: frame 2: damaged at byte 120: interface 7 is not described before it is used"' \
	'[ "$(grep -c ^wirestat "$work/err")" -eq 1 ]'

{ section && interface 101 && interface 249 && packet 0 1 "$syn" && packet 1 2 00 && packet 1 3 00 && packet 0 4 "$syn"; } >"$work/usb"
wirestat -r "$work/usb" --all
check 'pcapng: a link type that is not known beside one that is' all_of 'has_status 3' 'out_has 10.0.0.1:40000' \
	'err_has "link type 249 (USBPCAP) is not known here"' '[ "$(grep -c ^wirestat "$work/err")" -eq 1 ]' 'err_has "4 packets"'

{ section && block 1 6500000000000000 && block 3 "28000000$syn" && block 0x1234 00 &&
	block 5 0000000000000000000000000500080009000000000000000700080004000000000000000000000000; } >"$work/remarks"
wirestat -r "$work/remarks" --all
check 'pcapng: what a file says of itself, and lacks' all_of 'has_status 0' 'err_has "1 packet has no time stamp"' \
	'err_has "1 block of a kind that is not known"' 'err_has "4 packets dropped by the kernel, 9 by the interface"'
wirestat -r "$work/remarks" --json
check 'pcapng: the same for machines' grep -q '"kernel_drops":4,"interface_drops":9,"untimed":1,"unknown_blocks":1' "$work/out"

# Cut at every byte of the demo's first frames: exit 3 and one line, but between two frames.
odd=0
for ((len = 1; len <= 200; len++)); do
	head -c $len "$demo" >"$work/cut"
	wirestat -r "$work/cut" --all
	if [ "$status" -ne 3 ] || [ "$(grep -c ^wirestat "$work/err")" -ne 1 ]; then odd=$((odd + 1)); fi
done
# 24 bytes of header, then two frames of 16 and 60 bytes end within these.
check 'pcap cut at every byte: one line, exit 3' [ "$odd" -eq 3 ]

conclude
