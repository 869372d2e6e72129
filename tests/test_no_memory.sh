#!/bin/bash
# The program with its n-th allocation failing, those of libpcap and the C library included: no crash; and either it
# shows what it always shows, or it says so and its exit status does. tests/test_no_memory.c looks closer, at our own
# allocations.
. tests/lib/shell.sh

if [ "${BUILD:-release}" = asan ]; then
	echo 'AddressSanitizer has an allocator of its own'
	exit 77
fi
cat >"$work/fail.c" <<'END'
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static _Atomic unsigned long asked;
static unsigned long fail_at;

__attribute__((constructor)) static void begin(void)
{
	const char *n = getenv("FAIL_AT");

	asked = 0;
	fail_at = n ? strtoul(n, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
	const char *name = getenv("COUNT_INTO");
	unsigned long all = asked;
	FILE *out = name ? fopen(name, "w") : NULL;

	if (out) {
		fprintf(out, "%lu\n", all);
		fclose(out);
	}
}

static int fails(void)
{
	if (++asked != fail_at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size) { return fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { return fails() ? NULL : __libc_realloc(block, size); }
END
if ! "${CC:-cc}" -shared -fPIC -o "$work/fail.so" "$work/fail.c" 2>"$work/why"; then
	echo "no C library whose allocation can be replaced: $(head -n 1 "$work/why")"
	exit 77
fi

# with_failure N WORD...: as wirestat, the N-th allocation fails.
with_failure() {
	local n=$1
	shift
	status=0
	FAIL_AT=$n LD_PRELOAD=$work/fail.so timeout 20 "$WIRESTAT" "$@" >"$work/out" 2>"$work/err" || status=$?
}

says_so() { grep -qE 'memory|table-full|forgotten|[Cc]annot allocate' "$work/err" "$work/out"; }

is_right() {
	case $status in
	# Columns may be less wide for want of memory to measure them.
	0) diff -qw "$work/out" "$work/whole" >/dev/null || says_so ;;
	1 | 2 | 3 | 4 | 5) [ -s "$work/err" ] ;;
	*) return 1 ;;
	esac
}

# every_one WORD...
every_one() {
	local n count wrong=0
	COUNT_INTO=$work/count with_failure 0 "$@"
	read -r count <"$work/count"
	cp "$work/out" "$work/whole"
	for ((n = 1; n <= count; n++)); do
		with_failure "$n" "$@"
		is_right && continue
		wrong=$((wrong + 1))
		[ "$wrong" -gt 3 ] || fail "$*: allocation $n of $count failed" "exit status $status"
	done
	check "$*: $count allocations" [ $((count > 20 && wrong == 0)) -eq 1 ]
}

# No filter expression: the compiler of libpcap does not survive all of these.
every_one table --all --path -r pcaps/demo.pcap
every_one audit --json -r pcaps/demo.pcap
every_one ladder -r pcaps/demo.pcap
every_one count -r pcaps/demo.pcap --where 'dport = :5000'

conclude
