# One capture against the truth: the NDJSON of `wirestat table --all --path --json` as input,
#   --slurpfile truth NAME.truth.json --arg tap client|middle|server
# One line an endpoint: verdict, scenario, endpoint, tap, what, "own" if the tap is its own; by tabs. Verdicts:
#   equal     both paths are the same
#   DIFFERS   they are not, where packets decide
#   unsure    they are not, where the path tampered with what this tap sees, or packets cannot tell (with the reason)
#   WRONG     a state is called proven that the kernel contradicts; only a segment forged between excuses it (unsure)
#
# The one rule of what may be left out (KERNEL 2): LISTEN and UNKNOWN; CLOSED by a timer, a give-up, ICMP or a silent
# death; CLOSED after TIME-WAIT; a SYN-RECEIVED that lives in a SYN cookie; a FIN-WAIT-1 or LAST-ACK whose FIN never left;
# a FIN-WAIT-2 that the kernel passed within one segment; states before the capture began.
# Of wirestat's path LISTEN, UNKNOWN and CLOSED by a timer or after TIME-WAIT are dropped; of the kernel's such steps are
# optional, shown in brackets.

def key(a; b): "\(a.addr):\(a.port) \(b.addr):\(b.port)";

# Both kinds of path, in the same terms: {state, optional, proven}.
def of_kernel($from): map(select($from == null or .time >= $from)) as $kept | (length - ($kept | length)) as $skip
	| (if $skip > 0 then [.[$skip - 1] | .held = true] else [] end) + $kept
	| . as $path | [ range(length) | . as $i | $path[$i] | { state, optional: (
		.held == true or .brief == true or .unsent == true or .source == "cookie" or .state == "CLOSED"
			and ((.cause | IN("timer", "icmp", "user", "reuse")) or $i > 0 and $path[$i - 1].state == "TIME-WAIT")) } ];

def of_ours: . as $path
	| [ range(length) | . as $i | $path[$i] | { state, proven: (.evidence == "proven"), dropped: (
		(.state | IN("LISTEN", "UNKNOWN")) or
		.state == "CLOSED" and (.evidence == "timer" or $i > 0 and $path[$i - 1].state == "TIME-WAIT")) } ];

def states: map(.state);

# True when the states $ours are those of the input, optional ones left out or not.
def allows($ours): reduce .[] as $s (0; if . == null then . elif $ours[.] == $s.state then . + 1
	elif $s.optional then . else null end) == ($ours | length);

# True when . is what is left of $all after leaving some out.
def is_part_of($all): . as $part | reduce $all[] as $s (0; if $part[.] == $s then . + 1 else . end) == ($part | length);

def arrow: if length == 0 then "(nothing)" else join(" > ") end;

def shown: map(if .optional then "[\(.state)]" else .state end) | arrow;

def verdict($kernel; $ours; $unsure):
	($ours | map(select(.dropped | not)) | states) as $o
	| ($ours | map(select(.proven)) | states) as $proven
	| "kernel \($kernel | shown); ours \($ours | map(.state + if .proven then "" else "?" end) | arrow)" as $both
	| if ($proven | is_part_of($kernel | states) | not) and ($unsure // "" | contains("forged") | not) then ["WRONG", $both]
	  elif $kernel | allows($o) then ["equal", ($kernel | shown)]
	  elif $unsure then ["unsure", "\($unsure): \($both)"]
	  else ["DIFFERS", $both] end;

$truth[0] as $t
| (reduce $t.endpoints[] as $e ({}; .[key($e; { addr: $e.peer_addr, port: $e.peer_port })] = $e)) as $kernel
| (reduce (inputs | select(.type == "connection")) as $c ({};
	.[key($c.client; $c.server)] += [$c | { first_frame, path: .client.path }]
	| .[key($c.server; $c.client)] += [$c | { first_frame, path: .server.path }])) as $ours
| (($kernel | keys) + ($ours | keys) | unique)[] as $k
| ($kernel[$k] // { path: [], unsure: [] }) as $e
| ([$e.unsure[] | select(.tap == $tap) | .why] | if length > 0 then join(", ") else null end) as $unsure
| (($ours[$k] // []) | sort_by(.first_frame) | map(.path) | add // [] | of_ours) as $o
| verdict($e.path | of_kernel($t.captured_from); $o; $unsure) as $v
| [$v[0], $t.scenario, $k, $tap, $v[1], (if $e.role == $tap then "own" else "" end)] | @tsv
