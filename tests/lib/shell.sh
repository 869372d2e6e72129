# shellcheck shell=bash
# What the shell tests share: a work directory that goes away, running the program, and lines that tests/run counts
# ("ok WHAT", "not ok WHAT", "ok WHAT # SKIP why"). Source it from the top of the project; end with `conclude`.
set -u

: "${WIRESTAT:?names the program under test}"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

# wirestat WORD...: its output goes to $work/out and $work/err, its exit status to $status.
status=0
wirestat() {
	status=0
	"$WIRESTAT" "$@" >"$work/out" 2>"$work/err" || status=$?
}

pass() { echo "ok $1"; }

# fail WHAT: with what the program said last.
fail() {
	echo "not ok $1"
	[ -z "${2:-}" ] || printf '# %s\n' "$2"
	[ ! -e "$work/out" ] || head -n 30 "$work/out" | sed 's/^/# stdout: /'
	[ ! -e "$work/err" ] || head -n 30 "$work/err" | sed 's/^/# stderr: /'
	failures=$((failures + 1))
}

skip() { echo "ok $1 # SKIP $2"; }

# check WHAT COMMAND...: passes when the command does.
check() {
	local what=$1
	shift
	if "$@"; then
		pass "$what"
	else
		fail "$what" "exit status of the program: $status; failed: $*"
	fi
}

# Conditions for check.
has_status() { [ "$status" -eq "$1" ]; }
out_has() { grep -qF -- "$1" "$work/out"; }
err_has() { grep -qF -- "$1" "$work/err"; }
out_lacks() { ! grep -qF -- "$1" "$work/out"; }
err_is_lines() { [ "$(wc -l <"$work/err")" -eq "$1" ]; }
is_empty() { [ ! -s "$work/$1" ]; }
all_of() { # all_of 'CONDITION' 'CONDITION' ...
	local condition
	for condition; do
		eval "$condition" || { printf '# not so: %s\n' "$condition" && return 1; }
	done
}

conclude() {
	exit $((failures > 0))
}
