#!/bin/bash
# Many files as one (wirestat.1, MANY FILES): a capture cut into pieces, whatever they are called, packed or named, gives the
# records of the whole; files that overlap give those of mergecap's output. editcap cuts, mergecap and tshark say what is
# right; jq takes out the numbers of frames and the names of files, which must differ.
. tests/lib/shell.sh
. tests/lib/packets.sh

for tool in jq editcap mergecap tshark; do
	command -v $tool >/dev/null || { echo "there is no $tool here" && exit 77; }
done

demo=pcaps/demo.pcap

cat >"$work/records.jq" <<'END'
walk(if type == "object" then del(.frame, .first_frame, .last_frame, .frames, .file, .files, .backward_first_frame) else . end)
END

# Many connections, at three places each; and the first eleven hundred frames of them, which can be divided evenly.
reals=(pcaps/real/*.pcap)
all=$work/all.pcap
whole=$work/whole.pcap
mergecap -F nsecpcap -w "$all" "${reals[@]}" 2>/dev/null || exit 1
editcap -F nsecpcap -r "$all" "$whole" 1-1100 || exit 1

# records VIEW WORD...: what the view says, without frames and files.
records() {
	local view=$1
	shift
	# The views are words with their options.
	# shellcheck disable=SC2086
	"$WIRESTAT" $view --json "$@" 2>"$work/err" | jq -c -f "$work/records.jq"
}

views=('table --all --path' events audit ladder 'count --every 1s')
for view in "${views[@]}"; do
	records "$view" -r "$whole" >"$work/whole.${view%% *}"
	records "$view" -r "$demo" >"$work/demo.${view%% *}"
	records "$view" -r "$all" >"$work/all.${view%% *}"
done
check 'the whole: there is something to compare' [ "$(cat "$work"/whole.* | wc -l)" -gt 1500 ]

# same_records NAME WORD...: those of all, the whole or the demo, in every view.
same_records() {
	local name=$1 view
	shift
	for view in "${views[@]}"; do
		records "$view" "$@" >"$work/got"
		cmp -s "$work/got" "$work/$name.${view%% *}" ||
			{ echo "# $view differs:" && diff "$work/got" "$work/$name.${view%% *}" | head -n 4 | cut -c 1-300 && return 1; }
	done
}

# cut_into NAME FRAMES SOURCE: pieces of so many frames in $work/NAME, named by chance.
cut_into() {
	local piece
	mkdir "$work/$1" "$work/pieces"
	editcap -F nsecpcap -c "$2" "$3" "$work/pieces/piece.pcap" 2>/dev/null
	for piece in "$work"/pieces/*; do
		mv "$piece" "$work/$1/$(basename "$piece" | md5sum | head -c 8)"
	done
	rmdir "$work/pieces"
}

# words FILE...: -r FILE for each of them.
words() {
	local file
	words=()
	for file; do words+=(-r "$file"); done
}

# ---- Pieces ---------------------------------------------------------------------------------------------------------

for pieces in 2 3 50; do
	cut_into "cut$pieces" $(((1099 + pieces) / pieces)) "$whole"
	words "$work/cut$pieces"/*
	check "$pieces pieces, named by chance" all_of '[ "${#words[@]}" -eq $((2 * pieces)) ]' 'same_records whole "${words[@]}"'
done
check '50 pieces: a directory' same_records whole -r "$work/cut50"
cut_into cut4 4 "$whole"
check '275 pieces: a directory' same_records whole -r "$work/cut4"
cut_into cut1 1 "$demo"
check 'a file for each frame' same_records demo -r "$work/cut1"

# Fewer descriptors than files.
check '275 pieces, 24 descriptors' eval '(ulimit -n 24 && same_records whole -r "$work/cut4")'

# tcpdump begins another file after so many million bytes; the names are its own.
if command -v tcpdump >/dev/null; then
	mkdir "$work/rotated" "$work/long"
	for hour in {1001..1025}; do
		editcap -F nsecpcap -t $((hour * 3600)) "$whole" "$work/long/$hour.pcap"
	done
	mergecap -a -F nsecpcap -w "$work/long.pcap" "$work/long"/* 2>/dev/null
	chmod 777 "$work" "$work/rotated"
	tcpdump -r "$work/long.pcap" --nano -w "$work/rotated/r.pcap" -C 1 2>/dev/null
	chmod 700 "$work"
	ls "$work/rotated" >"$work/got"
	check 'tcpdump -C: three files' [ "$(wc -l <"$work/got")" -eq 3 ]
	"$WIRESTAT" --all --path -r "$work/long.pcap" -q | sed -E 's/#[0-9]+//g' >"$work/one"
	"$WIRESTAT" --all --path -r "$work/rotated" -q | sed -E 's/#[0-9]+//g' >"$work/many"
	check 'tcpdump -C: the same connections' all_of 'cmp -s "$work/one" "$work/many"' \
		'[ "$(wc -l <"$work/one")" -gt 1000 ]'
else
	skip 'tcpdump -C' 'there is no tcpdump here'
fi

# ---- Packed ---------------------------------------------------------------------------------------------------------

# Each piece packed with another tool, as far as they are there and the program reads what they write.
packers=()
for packer in gzip zstd xz lz4; do
	command -v $packer >/dev/null || { skip "packed with $packer" 'it is not here' && continue; }
	$packer -c <"$demo" >"$work/packed" 2>/dev/null
	wirestat -r "$work/packed"
	if [ "$status" -eq 0 ]; then
		packers+=("$packer")
	else
		skip "packed with $packer" "$(head -n 1 "$work/err")"
	fi
done
if [ "${#packers[@]}" -gt 0 ]; then
	cp -r "$work/cut50" "$work/packed50"
	i=0
	for file in "$work"/packed50/*; do
		packer=${packers[$((i++ % (${#packers[@]} + 1)))]-cat}
		[ "$packer" = cat ] || { $packer -c <"$file" >"$work/packed" && mv "$work/packed" "$file"; }
	done
	check "50 pieces, packed with ${packers[*]} or nothing" same_records whole -r "$work/packed50"
fi

# ---- Overlaps -------------------------------------------------------------------------------------------------------

# Odd and even frames of the demo; three by three of the whole, for editcap takes 512 ranges.
editcap -F nsecpcap -r "$demo" "$work/odd.pcap" {1..50..2}
editcap -F nsecpcap "$demo" "$work/even.pcap" {1..50..2}
check 'odd and even frames' same_records demo -r "$work/odd.pcap" -r "$work/even.pcap"
check 'even and odd frames' same_records demo -r "$work/even.pcap" -r "$work/odd.pcap"
ranges=()
for i in {1..1100..6}; do ranges+=("$i-$((i + 2))"); done
editcap -F nsecpcap -r "$whole" "$work/these.pcap" "${ranges[@]}"
editcap -F nsecpcap "$whole" "$work/those.pcap" "${ranges[@]}"
check 'in turns of three' same_records whole -r "$work/those.pcap" -r "$work/these.pcap"

# Ninety files, at three places at a time; then the order itself, packet by packet, as mergecap has it.
words "${reals[@]}"
check "${#reals[@]} captures as mergecap merges them" same_records all "${words[@]}"
check 'mergecap: in order' eval 'tshark -r "$all" -T fields -e frame.time_epoch 2>/dev/null | sort -n -c'
for n in 1 17 400 1000; do
	records 'table --all' -r "$all" -c $n >"$work/one"
	records 'table --all' "${words[@]}" -c $n >"$work/many"
	check "-c $n: the same packets as of mergecap's output" cmp -s "$work/one" "$work/many"
done
for moment in +0 +5s +12.3s +60s; do
	records table -r "$all" --at $moment >"$work/one"
	records table "${words[@]}" --at $moment >"$work/many"
	check "--at $moment: the same moment" cmp -s "$work/one" "$work/many"
done
# Frame 3 of the odd ones is the fifth of all.
records 'table --all' -r "$demo" --at frame:5 >"$work/one"
records 'table --all' -r "$work/odd.pcap" -r "$work/even.pcap" --at frame:3 >"$work/many"
check '--at frame: of the file named first' cmp -s "$work/one" "$work/many"
wirestat -r "$work/odd.pcap" -r "$work/even.pcap" --at frame:26
check '--at frame: beyond its end' all_of 'has_status 0' 'err_has "odd.pcap has only 25 frames"'

# ---- Names ----------------------------------------------------------------------------------------------------------

files=("$work"/cut50/*)
{ echo '# pieces' && echo && printf '%s\n' "${files[@]}" | tac; } >"$work/list"
check 'a list' same_records whole -r "@$work/list"
"$WIRESTAT" --all -r @- <"$work/list" >"$work/many" 2>/dev/null
"$WIRESTAT" --all -r "$whole" >"$work/one" 2>/dev/null
check 'a list on standard input' cmp -s "$work/one" "$work/many"
(cd "$work" && ls cut50/* >relative && "$WIRESTAT" --all -r @relative >many 2>/dev/null)
check 'a list of relative names' cmp -s "$work/one" "$work/many"

echo 'This is a text.' >"$work/cut50/README"
mkdir "$work/cut50/below" && cp "$demo" "$work/cut50/below"
wirestat --all -r "$work/cut50"
check 'a directory: what is no capture is skipped' all_of 'has_status 0' 'cmp -s "$work/one" "$work/out"' \
	'[ "$(grep -c skipped "$work/err")" -eq 1 ]' 'err_has "README: not a capture"' 'err_has "and 1 more"'
rm -r "$work/cut50/README" "$work/cut50/below"

wirestat --all -r "$work/cut50" -r "${files[7]}" -r "@$work/list"
check 'the same files again: read once' all_of 'has_status 0' 'cmp -s "$work/one" "$work/out"' \
	'[ "$(grep -c "more than once" "$work/err")" -eq 1 ]' 'err_has "and 50 more"'

wirestat --json --all -r "$work/even.pcap" -r "$work/odd.pcap"
jq -r 'select(.type == "connection") | "\(.first_frame) \(.file)"' "$work/out" >"$work/many"
"$WIRESTAT" --json --all -r "$demo" 2>/dev/null |
	jq -r --arg work "$work" 'select(.type == "connection").first_frame |
		"\((. + 1) / 2 | floor) \($work)/\(if . % 2 == 1 then "odd" else "even" end).pcap"' >"$work/one"
check 'JSON: the first frame, and its file' all_of 'cmp -s "$work/one" "$work/many"' '[ "$(wc -l <"$work/one")" -eq 7 ]'
check 'JSON: frames are counted in each file' all_of \
	'jq -es "map(select(.type == \"capture\").files | map(.frames)) == [[25, 25]]" "$work/out" >/dev/null'

# ---- Standard input -------------------------------------------------------------------------------------------------

# shellcheck disable=SC2002
cat "$work/odd.pcap" | records 'table --all --path' -r "$work/even.pcap" -r - >"$work/got"
check 'a pipe among files' cmp -s "$work/got" "$work/demo.table"
records 'table --all --path' -r - -r "$work/even.pcap" <"$work/odd.pcap" >"$work/got"
check 'a file as standard input among files' cmp -s "$work/got" "$work/demo.table"
check 'two pipes' eval 'records "table --all --path" -r <(cat "$work/odd.pcap") -r <(cat "$work/even.pcap") >"$work/got"
	cmp -s "$work/got" "$work/demo.table"'

# ---- Trouble --------------------------------------------------------------------------------------------------------

wirestat --all -r "$work/missing" -r "$demo"
check 'one is missing: the others are read' all_of 'has_status 3' 'out_has 10.9.0.1:40007' 'err_has missing' \
	'err_has "No such file"'
head -c 600 "$work/odd.pcap" >"$work/short.pcap"
wirestat --all -r "$work/short.pcap" -r "$work/even.pcap"
check 'one is cut short: the others are read on' all_of 'has_status 3' 'out_has 10.9.0.1:40007' 'err_has "short.pcap: frame"'
wirestat -r "@$work/missing"
check 'no list: exit 3, one line' all_of 'has_status 3' 'is_empty out' 'err_is_lines 1' 'err_has "@$work/missing"'
wirestat -r "@$demo" -r "$demo"
check 'a capture as a list' all_of 'has_status 3' 'out_has 10.9.0.1:40007' 'err_has "no name of a file"'
mkdir "$work/nothing"
wirestat -r "$work/nothing"
check 'an empty directory: exit 3, one line' all_of 'has_status 3' 'is_empty out' 'err_is_lines 1' 'err_has "without capture"'
wirestat --json -r "$work/nothing"
check 'an empty directory: JSON all the same' all_of 'has_status 3' 'jq -e ".files == [] and .packets == 0" "$work/out" >/dev/null'
connection >"$work/nothing/$(printf 'evil\033[2J').pcap"
truncate -s 100 "$work/nothing/"*
wirestat -r "$work/nothing"
check 'a hostile name does not reach the terminal' all_of 'has_status 3' 'err_has "evil?[2J"' '! grep -q "$(printf "\033")" "$work/err"'

conclude
