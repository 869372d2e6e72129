#!/usr/bin/env bash
# tshark and editcap as a second opinion on captures as they are found: what they count as retransmitted, which parts of a
# conversation they see (completeness), which frames they take for copies, and what becomes of the count of packets, streams
# and conversations when frames are missing, cut short or shown twice. Where the two differ by nature, tests/README.md says who
# is right; those files are named here, with what tshark says of them.
set -u

# shellcheck source=tests/lib/shell.sh
. tests/lib/shell.sh

for tool in tshark editcap mergecap jq; do
	command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed" && exit 77; }
done

# fields FILE FIELD...: one line a TCP packet, separated by tabs; in two passes, so that a stream's completeness is the whole
# stream's.
fields() {
	local file=$1 name words=()
	shift
	for name; do words+=(-e "$name"); done
	tshark -2 -n -r "$file" -o tcp.desegment_tcp_streams:FALSE -Y tcp -T fields "${words[@]}" 2>/dev/null
}

# records FILE FILTER: jq over the connections.
records() { "$WIRESTAT" table --all --path --json -r "$1" 2>/dev/null | jq -r "select(.type == \"connection\") | $2"; }
capture() { "$WIRESTAT" table --all --json -r "$1" 2>/dev/null | jq -r "select(.type == \"capture\") | $2"; }

same() { # same WHAT OURS THEIRS
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		rm -f "$work/out" "$work/err"
		fail "$1" "ours: $2; theirs: $3"
	fi
}

# ---- Retransmissions and completeness of good captures ----------------------------------------------------------------

# How many more tshark counts, and why (tests/README.md).
more() {
	case $1 in
	*open-simultaneous*) echo 2 ;;        # the SYN-ACK of a simultaneous open has the SYN's number
	*talk-blind-rst-in-window*) echo 2 ;; # it takes the number of the blind RST for the sender's
	*) echo 0 ;;
	esac
}

# What a history of Zeek's letters amounts to, in tshark's bits without that of the third ACK: SYN 1, SYN-ACK 2, data 8, FIN 16,
# RST 32.
bits_of_history() {
	awk '{ b = 0; if (/[Ss]/) b += 1; if (/[Hh]/) b += 2; if (/[Dd]/) b += 8; if (/[Ff]/) b += 16; if (/[Rr]/) b += 32; print b }' |
		sort -n | tr '\n' ' '
}
# The completeness that the last packet of each stream has, without the bit 4.
bits_of_tshark() {
	awk -F '\t' '{ last[$1] = $2 } END { for (s in last) { b = last[s]; print b - (int(b / 4) % 2) * 4 } }' | sort -n | tr '\n' ' '
}

good() {
	local capture=$1 name=${1##*/} table
	table=$(fields "$capture" tcp.stream tcp.completeness tcp.analysis.retransmission tcp.analysis.fast_retransmission \
		tcp.analysis.spurious_retransmission)
	same "$name: retransmissions" \
		"$(($(records "$capture" '.client.retransmitted + .server.retransmitted' | awk '{ n += $1 } END { print n + 0 }') + $(more "$name")))" \
		"$(printf '%s\n' "$table" | awk -F '\t' '$3 || $4 || $5 { n++ } END { print n + 0 }')"
	# There the RST that ends the old connection comes after the SYN of the new one; tshark adds it to the new one.
	[[ $name != *open-crash* ]] || return
	same "$name: completeness" "$(records "$capture" .history | bits_of_history)" "$(printf '%s\n' "$table" | bits_of_tshark)"
}

for capture in pcaps/demo.pcap pcaps/real/*.middle.pcap; do
	case $capture in
	*open-simultaneous*) ;; # the crossing SYN-ACKs have letters of their own in Zeek
	*) good "$capture" ;;
	esac
done

# ---- The same, captured worse ------------------------------------------------------------------------------------------

whole=pcaps/demo.pcap
packets=$(capinfos -c -T -r -M "$whole" | cut -f 2)
said='[.uid, .client.state, .server.state, .client.packets, .server.packets, .client.bytes, .client.retransmitted,
	.server.retransmitted, .handshake.verdict, .close.kind] | map(tostring) | join(" ")'

# Every frame twice, 20 microseconds apart: what editcap takes out again is what we call copies, and nothing else changes.
editcap -t 0.00002 "$whole" "$work/later.pcap"
mergecap -w "$work/twice.pcap" "$whole" "$work/later.pcap"
editcap -w 0.001 "$work/twice.pcap" "$work/once.pcap" 2>"$work/removed"
same 'twice: copies' "$(capture "$work/twice.pcap" .duplicates)" \
	"$(sed -nE 's/.*([0-9]+) packets? seen, ([0-9]+) packets? skipped.*/\2/p' "$work/removed")"
same 'twice: packets' "$(capture "$work/twice.pcap" .decoded)" "$(fields "$work/twice.pcap" frame.number | wc -l)"
same 'twice: nothing else changes' "$(records "$work/twice.pcap" "$said" | sort)" "$(records "$whole" "$said" | sort)"
same 'twice: every connection is tagged' "$(records "$work/twice.pcap" '.tags | index("duplicates") != null' | sort -u)" true
same 'twice: no finding but that' "$(records "$work/twice.pcap" '.findings[]' | grep -v duplicate-frame | sort)" \
	"$(records "$whole" '.findings[]' | sort)"

# Frames without their beginning, by every number up to ten: the same streams, and no more retransmissions.
for first in 1 2 3 4 5 6 8 10; do
	editcap "$whole" "$work/late.pcap" "1-$first"
	table=$(fields "$work/late.pcap" tcp.stream tcp.analysis.retransmission)
	same "without the first $first: streams" "$(records "$work/late.pcap" .uid | wc -l)" \
		"$(printf '%s\n' "$table" | cut -f 1 | sort -u | wc -l)"
	same "without the first $first: retransmissions" \
		"$(records "$work/late.pcap" '.client.retransmitted + .server.retransmitted' | awk '{ n += $1 } END { print n + 0 }')" \
		"$(printf '%s\n' "$table" | cut -f 2 | grep -c 1)"
done

# One direction: the packets of that one, and every connection that has some says so.
for side in 1 2; do
	tshark -n -r "$whole" -Y "ip.src == 10.9.0.$side" -w "$work/way.pcap" 2>/dev/null
	same "from 10.9.0.$side only: packets" "$(capture "$work/way.pcap" .decoded)" "$(fields "$work/way.pcap" frame.number | wc -l)"
	same "from 10.9.0.$side only: one way" "$(capture "$work/way.pcap" .quality.confidence)" low
done

# Cut behind TCP's fixed header (IP without options, no link header: 40 bytes), and within it.
editcap -s 40 "$whole" "$work/cut.pcap"
same 'cut to 40 bytes: packets' "$(capture "$work/cut.pcap" .decoded)" "$(fields "$work/cut.pcap" tcp.ack | wc -l)"
same 'cut to 40 bytes: bytes' "$(records "$work/cut.pcap" '.client.bytes + .server.bytes')" \
	"$(records "$whole" '.client.bytes + .server.bytes')"
editcap -s 36 "$whole" "$work/cut.pcap"
same 'cut to 36 bytes: each packet is counted with the reason' "$(capture "$work/cut.pcap" '.undecoded["tcp-header-not-captured"]')" "$packets"
same 'cut to 36 bytes: the quality says so' "$(capture "$work/cut.pcap" .quality.not_captured)" "$packets"

# One data segment missing (frame 14, acknowledged by 15 and 16): both say that the capture lacks it.
segment=$(fields "$whole" frame.number tcp.len tcp.stream | awk '$2 > 0 && $3 == 5 { print $1; exit }')
editcap "$whole" "$work/gap.pcap" "$segment"
same 'one segment missing: both miss it' "$(records "$work/gap.pcap" '.tags[]' | grep -c gaps)" \
	"$(fields "$work/gap.pcap" tcp.stream tcp.analysis.ack_lost_segment | awk -F '\t' '$2' | cut -f 1 | sort -u | wc -l)"
same 'one segment missing: no retransmission' \
	"$(records "$work/gap.pcap" '.client.retransmitted + .server.retransmitted' | awk '{ n += $1 } END { print n + 0 }')" \
	"$(fields "$work/gap.pcap" tcp.analysis.retransmission | grep -c 1)"

# The second half an hour early: every time stamp that runs backwards is counted, and nothing else changes.
half=$((packets / 2))
editcap -r "$whole" "$work/first.pcap" "1-$half"
editcap -r -t -3600 "$whole" "$work/second.pcap" "$((half + 1))-$packets"
mergecap -a -w "$work/back.pcap" "$work/first.pcap" "$work/second.pcap"
same 'clock set back: counted' "$(capture "$work/back.pcap" .backward)" "$((packets - half))"
same 'clock set back: the same states' "$(records "$work/back.pcap" '[.client.port, .client.state] | map(tostring) | join(" ")' | sort)" \
	"$(records "$whole" '[.client.port, .client.state] | map(tostring) | join(" ")' | sort)"

conclude
