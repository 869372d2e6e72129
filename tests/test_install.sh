#!/bin/bash
# `make install` into a DESTDIR, then what a user of the library does: a C and a C++ program, compiled by the installed
# header and pkg-config file alone, run, and not linked with libpcap. `make uninstall` leaves nothing.
. tests/lib/shell.sh

cc=${CC:-cc}
cxx=${CXX:-c++}
root=$work/root
prefix=/opt/wirestat

# make WORD...: for the build under test, which has nothing left to build.
make_quietly() {
	MAKEFLAGS='' make -s "$@" BUILD="${BUILD:-release}" B="${B:-build}" CC="$cc" DESTDIR="$root" PREFIX="$prefix" \
		>"$work/out" 2>"$work/err"
}

check 'install' make_quietly install
for file in bin/wirestat lib/libwirestat.a lib/pkgconfig/wirestat.pc include/wirestat.h \
	include/wirestat_findings.def share/man/man1/wirestat.1 share/man/man7/wirestat-findings.7 \
	share/bash-completion/completions/wirestat \
	share/zsh/site-functions/_wirestat share/fish/vendor_completions.d/wirestat.fish; do
	check "installed: $file" test -s "$root$prefix/$file"
done
check 'the program runs from there' eval '"$root$prefix/bin/wirestat" --version >"$work/out"'

export PKG_CONFIG_PATH=$root$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
check 'pkg-config and the program name one version' \
	eval '[ "wirestat $(pkg-config --modversion wirestat)" = "$(head -n 1 "$work/out")" ]'
check 'pkg-config asks for no other library' eval '! pkg-config --libs --static wirestat | grep -q pcap'

# A tracker fed one SYN in a raw IPv4 packet, asked what it made of it. C and C++ at once.
cat >"$work/user.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <wirestat.h>

static int print(void *user, ws_connection *connection)
{
	struct ws_record record;

	(void)user;
	ws_connection_record(connection, &record);
	puts(ws_state_name(record.endpoint[WS_CLIENT].state));
	return 0;
}

int main(void)
{
	static const uint8_t syn[40] = {0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
					0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0xff, 0x4e};
	struct ws_packet packet;
	ws_tracker *tracker = ws_tracker_new(NULL);

	memset(&packet, 0, sizeof(packet));
	packet.ts = 1;
	packet.frame = 1;
	packet.data = syn;
	packet.caplen = packet.len = sizeof(syn);
	packet.linktype = 101;
	if (tracker == NULL || ws_tracker_feed(tracker, &packet) != 0)
		return 1;
	ws_tracker_each(tracker, print, NULL);
	ws_tracker_free(tracker);
	return 0;
}
END
cp "$work/user.c" "$work/user.cc"

sanitize=
[ "${BUILD:-release}" != asan ] || sanitize=-fsanitize=address,undefined

# use LANGUAGE COMPILER FLAGS FILE
use() {
	local language=$1 compiler=$2 flags=$3 file=$4
	command -v "$compiler" >/dev/null || { skip "$language: a program of a user" "$compiler is not there" && return; }
	# shellcheck disable=SC2046,SC2086
	check "$language: a program of a user compiles without a warning" "$compiler" $flags -Wall -Wextra -Wpedantic -Werror \
		$sanitize -o "$work/user" "$work/$file" $(pkg-config --cflags --libs wirestat)
	check "$language: and works" eval '[ "$("$work/user")" = SYN-SENT ]'
	check "$language: and does not need libpcap" eval '! ldd "$work/user" | grep -q pcap'
}
use C "$cc" -std=c11 user.c
use C++ "$cxx" -std=c++11 user.cc

check 'uninstall' make_quietly uninstall
check 'uninstall leaves no file' eval '[ -z "$(find "$root" -type f)" ]'

conclude
