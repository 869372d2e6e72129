#!/bin/bash
# The view top in a terminal emulator, tmux: keys are pressed, and what stands on the screen is compared with what the other
# views say of the moment that the screen names. The terminal is given back as it was, however the program ends.
. tests/lib/shell.sh

for tool in tmux jq; do
	command -v $tool >/dev/null || { echo "there is no $tool here" && exit 77; }
done

# on_tmux WORD...: a server of our own, with a session that keeps it: a server without any ends, and a new session may meet
# it while it does.
echo "set -g default-shell $BASH" >"$work/conf"
on_tmux() { tmux -S "$work/tmux" -f "$work/conf" -u "$@" 2>/dev/null; }
trap 'on_tmux kill-server; rm -rf "$work"' EXIT
on_tmux new-session -d -s keep 'sleep 600'

# start COLUMNS LINES 'OPTIONS': the program in a shell that keeps the modes of its terminal and the exit status.
start() {
	on_tmux kill-session -t top
	rm -f "$work"/{before,after,status}
	on_tmux new-session -d -s top -x "$1" -y "$2" \
		"cd '$PWD'; stty -g >$work/before; ASAN_OPTIONS=log_path=$work/asan ${prefix:-} '$WIRESTAT' top $3; echo \$? >$work/status;
		 stty -g >$work/after; sleep 600"
	wait_for on_screen 'q quit\|q back\|filter:'
}

keys() { on_tmux send-keys -t top "$@"; }
take() { on_tmux capture-pane -p -t top >"$work/out"; }

# wait_for COMMAND...: until it succeeds, with a fresh screen in $work/out each time.
wait_for() {
	local i
	for ((i = 0; i < 200; i++)); do
		take
		if "$@"; then
			return 0
		fi
		sleep 0.05
	done
	return 1
}
on_screen() { grep -q -- "$1" "$work/out"; }
not_on_screen() { ! grep -q -- "$1" "$work/out"; }
has_ended() { [ -s "$work/after" ]; }

# press WHAT PATTERN KEY...: presses the keys, and passes when the pattern comes up.
press() {
	local what=$1 pattern=$2
	shift 2
	keys "$@"
	check "$what" wait_for on_screen "$pattern"
}

# The moment that the title names, as --at takes it.
moment() { sed -nE '1s/.* (2[0-9]{3}-[^ ]*Z).*/\1/p' "$work/out"; }

# The rows of the list: client, its state, server, its state. They stand between the heading and the slider or the keys.
rows() {
	awk '/^CLIENT +STATE +SERVER/ { inside = 1; next } /^\[[=|-]+\] |^q quit|^No conn|^Nothing/ { inside = 0 }
		inside && NF { print $1, $2, $3, $4 }' "$work/out"
}
is_open='select(.client.state != "CLOSED" or .server.state != "CLOSED")'
jq_words='def place: if .addr | contains(":") then "[\(.addr)]:\(.port)" else "\(.addr):\(.port)" end;
	def mark: .state + (if .state == .proven then "" else "?" end);'
as_row='"\(.client | place) \(.client | mark) \(.server | place) \(.server | mark)"'

# table_says FILE [OPTION...]: what rows should print, at the moment of the screen.
table_says() {
	local file=$1
	shift
	"$WIRESTAT" table --json -r "$file" --at "$(moment)" "$@" 2>/dev/null |
		jq -r "$jq_words select(.type == \"connection\") | $is_open | $as_row"
}

# The rows that are open are those of the table, in its order; the others are among its closed ones.
rows_agree() {
	local closed='CLOSED\??'
	rows | grep -vE " $closed [^ ]+ $closed\$" >"$work/rows"
	table_says "$1" >"$work/table"
	diff "$work/rows" "$work/table" || return 1
	rows | grep -E " $closed [^ ]+ $closed\$" | sort >"$work/faded"
	"$WIRESTAT" table --all --json -r "$1" --at "$(moment)" 2>/dev/null |
		jq -r "$jq_words select(.type == \"connection\") | $as_row" | sort >"$work/all"
	[ -z "$(comm -23 "$work/faded" "$work/all")" ]
}

# The counts: "connections 5  CLOSED 0/1  ...", over as many lines as they take.
counts() {
	awk 'NR == 1 { next } /^CLIENT|^[0-9]+ of |^none/ { exit } { gsub(/  +/, "\n"); print }' "$work/out" | sort
}
counts_agree() {
	counts >"$work/counts"
	"$WIRESTAT" count --json -r "$1" --at "$(moment)" 2>/dev/null | jq -r 'select(.type == "count")
		| "connections \(.connections)", (.states as $s | [$s.client, $s.server] | map(keys) | add | unique[]
		| "\(.) \($s.client[.] // 0)/\($s.server[.] // 0)")' | sort | diff "$work/counts" -
}

# The matrix, as "CLIENT/SERVER n" of the cells that are not 0.
matrix() {
	awk '/^CLIENT \\ SERVER/ { for (i = 4; i <= NF; i++) server[i] = $i; inside = 1; next }
		/^[0-9]+ of |^none/ { inside = 0 }
		inside { for (i = 2; i <= NF; i++) if ($i > 0) print $1 "/" server[i + 2], $i }' "$work/out" | sort
}
matrix_agrees() {
	matrix >"$work/matrix"
	[ -s "$work/matrix" ] && "$WIRESTAT" count --json -r "$1" --at "$(moment)" 2>/dev/null |
		jq -r 'select(.type == "count") | .pairs | to_entries[] | "\(.key) \(.value)"' | sort | diff "$work/matrix" -
}

# agrees FILE: of a screen on which the list fits whole.
agrees() { rows_agree "$1" && counts_agree "$1"; }

quits_well() {
	keys q
	wait_for has_ended && [ "$(cat "$work/status")" -eq 0 ] && cmp "$work/before" "$work/after"
}

# The screen of before is back, with its cursor.
is_given_back() {
	[ "$(on_tmux display-message -p -t top '#{alternate_on} #{cursor_flag}')" = '0 1' ] && cmp "$work/before" "$work/after"
}

# Where a full screen cannot be.
wirestat top -r pcaps/demo.pcap
check 'no terminal: one line, exit status 2' all_of 'has_status 2' 'err_is_lines 1' 'is_empty out'
if err_has 'built without'; then
	skip 'the full screen' 'this wirestat was built without ncursesw'
	conclude
fi
check 'no terminal: it says why' err_has 'not a terminal'

demo=pcaps/demo.pcap
start 80 24 "-r $demo"
check 'the end of a file is shown' wait_for on_screen '^10.9.0.1:40001 FIN-WAIT-2?'
check 'the end: rows and counts' agrees $demo
check 'the end: the matrix' matrix_agrees $demo
last=$(moment)
keys Home
check 'Home shows the first packet' wait_for on_screen '+0 of 1m06s'
check 'the first packet: rows, counts, matrix' all_of 'agrees $demo' 'matrix_agrees $demo'

# Steps forth, in larger and smaller ones, then back: each screen by itself.
keys -N 5 -
for key in Right Right S-Right S-Right S-Right + + Right Right S-Right + + + + Right Right Left S-Left; do
	before=$(moment)
	keys -- $key
	case $key in
	+) continue ;;
	esac
	moved() { [ "$(moment)" != "$before" ]; }
	check "$key moves the time" wait_for moved
	check "$key: $(moment)" agrees $demo
done
keys End
at_end() { [ "$(moment)" = "$last" ]; }
check 'End shows the end' wait_for at_end

# Sorting: each column in its turn.
press 's sorts by the client' 'by client' s
press 'r reverses' 'by client reversed' r
rows >"$work/rows"
check 'r: the rows are reversed' eval 'sort -r "$work/rows" | cmp - "$work/rows"'
press 'S goes back' 'by first seen reversed' S
press 'r again' 'by first seen$' r

# The filter.
press '/ filters' 'filter: est' / e s t
keys Enter
check 'the filter stays' wait_for on_screen "filter 'est'"
table_says $demo | grep -i est >"$work/table"
check 'the filter lets through what has the word' eval 'rows | diff - "$work/table"'
press 'a filter that nothing matches' 'Nothing matches' / n o n e Enter
keys / Enter
check 'an empty filter ends it' wait_for on_screen '^10.9.0.1:40001'

# Closed ones.
keys t
check 't shows closed ones' wait_for on_screen '40003 CLOSED?'
rows | sort >"$work/rows"
"$WIRESTAT" table --all --json -r $demo 2>/dev/null |
	jq -r "$jq_words select(.type == \"connection\") | $as_row" | sort >"$work/table"
check 't: all of --all' diff "$work/rows" "$work/table"
keys t
check 't again hides them' wait_for not_on_screen 40003

# The ladder of the third one, as the ladder view draws it.
keys Down Down Enter
check 'Enter shows the ladder' wait_for on_screen '^#36 .*FIN-WAIT-1'
uid=$("$WIRESTAT" table --json -r $demo 2>/dev/null | jq -r 'select(.client.port? == 40005).uid')
COLUMNS=80 NO_COLOR=1 script -qec "'$WIRESTAT' ladder -r $demo --uid $uid 2>/dev/null" /dev/null </dev/null |
	tr -d '\r' >"$work/ladder"
check 'it is the figure of the ladder view' eval 'sed -n "2,$(($(wc -l <"$work/ladder") + 1))p" "$work/out" | diff - "$work/ladder"'
keys Home
check 'before it began there is none' wait_for on_screen 'has not begun'
keys End q
check 'q goes back' wait_for on_screen '^10.9.0.1:40001 FIN-WAIT-2?'
check 'the selection is where it was' on_screen '^3 of 5'
press 'h shows the help' 'the one before; reverse it' h
press 'q leaves it' '3 of 5' q
press 'p of a file says what moves' 'nothing moves' p

# Sizes.
for size in '120 40' '100 30' '40 12' '30 10' '200 50'; do
	# shellcheck disable=SC2086
	set -- $size
	on_tmux resize-window -t top -x "$1" -y "$2"
	drawn() { [ "$(wc -l <"$work/out")" -eq "$2" ] && [ "$(awk '{ if (length > n) n = length } END { print n + 0 }' "$work/out")" -le "$1" ] &&
		on_screen '^wirestat\|^\.\.\|^wi' && on_screen 'q quit'; }
	check "$1x$2" wait_for drawn "$1" "$2"
	check "$1x$2: states are whole" wait_for on_screen 'FIN-WAIT-2? .*CLOSE-WAIT'
done
check '200x50: rows and counts' agrees $demo
check 'q ends it, with the terminal as before' quits_well
check 'the screen is given back' is_given_back

# IPv6: on a screen wide enough, whole; on 80 columns, cut, with port and states.
ipv6=pcaps/real/close-by-client-v6.middle.pcap
start 160 40 "-r $ipv6"
keys Home
check 'IPv6, 160 columns' eval 'wait_for on_screen SYN-SENT && agrees $ipv6'
on_tmux resize-window -t top -x 80 -y 24
ports=$(table_says $ipv6 | sed -nE 's/.*]:([0-9]+) SYN-SENT.*/\1/p')
check 'IPv6, 80 columns' wait_for on_screen "^\[[0-9a-f:.]*]\?:$ports SYN-SENT  *\[.*:[0-9]* SYN-RECEIVED?"
check 'IPv6: q' quits_well

# The moment of --at is the first one shown; colours only where they are wanted.
start 120 40 "-r $demo --at frame:17"
check '--at' wait_for on_screen '^10.9.0.1:40001'
check '--at: rows and counts' agrees $demo
check 'colours' eval 'on_tmux capture-pane -pe -t top | grep -q "$(printf "\033")\[3[2-6]m"'
check '--at: q' quits_well
start 120 40 "-r $demo --color never"
check 'no colours' eval '! on_tmux capture-pane -pe -t top | grep -q "$(printf "\033")\[3[1-7]m"'
check 'no colours: q' quits_well
start 80 24 "-r $demo port 1"
check 'nothing to show' wait_for on_screen 'No connections'
check 'nothing to show: q' quits_well

# A pipe that is silent in the middle of a packet: keys and sizes are obeyed all the same, and q is no damage.
start 80 24 "-r - < <(head -c 1500 $demo; sleep 600)"
check 'a pipe: what has come is shown' wait_for on_screen '^10.9.0.1:40002'
on_tmux resize-window -t top -x 90 -y 20
check 'a pipe: resized' wait_for drawn 90 20
keys Down Enter
check 'a pipe: the ladder of what has come' wait_for on_screen '^#9 .*SYN-SENT'
keys q Left
check 'a pipe: no slider' wait_for on_screen 'cannot be read a second time'
check 'a pipe: q' quits_well

# An interface, in a namespace of its own: what wirestat sees is what ss says.
live() {
	local name=wirestat-top-$$ port=5000 tool
	for tool in ip ss python3; do
		command -v $tool >/dev/null || { skip 'an interface' "there is no $tool here" && return; }
	done
	ip netns add "$name" 2>/dev/null || { skip 'an interface' 'no network namespace can be made here' && return; }
	trap 'on_tmux kill-server; kill "$talker" 2>/dev/null; ip netns del "'"$name"'"; rm -rf "$work"' EXIT
	ip -n "$name" link set lo up
	talker=''
	prefix="ip netns exec $name" start 100 30 '-i lo'
	check 'an interface: nothing yet' wait_for on_screen 'No connections'
	ip netns exec "$name" python3 -c "
import socket, time
listener = socket.create_server(('127.0.0.1', $port))
def pair():
    client = socket.create_connection(('127.0.0.1', $port))
    return client, listener.accept()[0]
kept, half, closed = pair(), pair(), pair()
half[0].shutdown(socket.SHUT_WR)
closed[0].close(); time.sleep(0.1); closed[1].close()
time.sleep(600)" &
	talker=$!
	check 'an interface: TIME-WAIT comes up' wait_for on_screen 'TIME-WAIT'
	check 'an interface: live' on_screen ' live$'
	check 'an interface: drops are told' on_screen 'drops: kernel 0, interface 0'
	# Of each pair ss lists the end of the client and that of the server, but the latter not when it is CLOSED.
	ip netns exec "$name" ss -Htan | awk -v port=":$port" '$5 ~ port "$" { print $4, $1 }' |
		sed 's/ESTAB$/ESTABLISHED/' | sort >"$work/ss"
	check 'an interface: clients as ss has them' eval 'rows | tr -d "?" | cut -d" " -f1,2 | sort | diff "$work/ss" -'
	keys p
	check 'an interface: pause' wait_for on_screen PAUSED
	kill "$talker"
	sleep 1
	take
	check 'an interface: paused, the closed one is not seen' on_screen ESTABLISHED
	keys p
	check 'an interface: going on, it is' wait_for not_on_screen ' ESTABLISHED '
	check 'an interface: q' quits_well
	ip netns del "$name"
	trap 'on_tmux kill-server; rm -rf "$work"' EXIT
}
live

# Signals: INT and TERM end it in good order; others, and a second one, leave the terminal as it was all the same.
for signal in INT TERM QUIT HUP ABRT; do
	start 80 24 "-r $demo"
	pid=$(pgrep -P "$(on_tmux display-message -p -t top '#{pane_pid}')" | head -n 1)
	kill -s $signal "$pid"
	check "$signal ends it" wait_for has_ended
	check "$signal: the screen is given back" is_given_back
done

check 'nothing was said by a sanitizer' eval '! ls "$work"/asan.* >/dev/null 2>&1'
conclude
