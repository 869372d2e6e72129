# wirestat. GNU make, no configure step.
#
#   make              the program and the library, into build/
#   make demo         sets up what is missing, builds, runs the main job on a real capture
#   make check        sets up, builds, runs every test; T=fsm runs one, CASE=name one case of it
#   make asan         the same tests under AddressSanitizer and UBSan
#   make tsan         the tests of threads under ThreadSanitizer
#   make lint         layer rule, headers alone, format, clang-tidy, cppcheck, shellcheck
#   make kernel       the states of real kernels against ours (needs root and network namespaces)
#   make pcaps        takes the captures of pcaps/real again; make golden rewrites tests/golden
#   make bench        time and memory against a bare libpcap loop and the peers that are installed, growth, live capture
#   make counts       instructions per segment, beside those kept; rewrites tests/bench/counts.tsv
#   make fuzz         libFuzzer, FUZZ_SECONDS for each target
#   make install      DESTDIR PREFIX BINDIR LIBDIR INCLUDEDIR MANDIR BASHDIR ZSHDIR FISHDIR
#
# BUILD=release|debug|asan|tsan|clang|fuzz chooses a kind, each with a directory of its own; V=1 shows the commands;
# WERROR=1 makes warnings errors; WITHOUT=ncursesw leaves out the full screen of the view top; of WITHOUT='zlib libzstd
# liblz4 liblzma' each one named leaves out captures that are packed so. CC CFLAGS CPPFLAGS LDFLAGS LDLIBS are yours.

VERSION := 0.1.0

BUILD ?= release
B ?= $(if $(filter release,$(BUILD)),build,build/$(BUILD))

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

PKG_CONFIG ?= pkg-config
INSTALL ?= install
FUZZ_SECONDS ?= 60

# ---- Flags ----------------------------------------------------------------------------------------------------------

ifneq ($(filter clang fuzz,$(BUILD)),)
ifeq ($(origin CC),default)
CC := clang
endif
endif

CFLAGS ?= -O2 -g

ws_warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align \
	-Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wformat=2 -Wwrite-strings -Wpointer-arith \
	-Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference -Wdouble-promotion
ws_cppflags := -D_GNU_SOURCE -DWIRESTAT_VERSION='"$(VERSION)"' -Iinclude -Isrc
ws_sanitize_debug := -O0
ws_sanitize_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
ws_sanitize_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread
ws_sanitize_fuzz := $(ws_sanitize_asan) -fsanitize=fuzzer-no-link
ws_cflags := -std=c11 -pthread $(ws_warnings) $(if $(WERROR),-Werror)

# Of libraries, asked for when first needed, so that a target asks only for what it uses.
once = $(eval $(1) := $(shell $(2)))$($(1))
pcap_cflags = $(call once,pcap_cflags,$(PKG_CONFIG) --cflags libpcap 2>/dev/null)
pcap_libs = $(call once,pcap_libs,$(PKG_CONFIG) --libs libpcap 2>/dev/null || echo -lpcap)
# Only src/view/top_screen.c knows curses; without it, it says so.
curses_cflags = $(if $(filter ncursesw,$(WITHOUT)),,$(call once,curses_cflags_found,$(PKG_CONFIG) --cflags ncursesw \
	2>/dev/null && echo -DWS_CURSES))
curses_libs = $(if $(filter -DWS_CURSES,$(curses_cflags)),$(call once,curses_libs_found,$(PKG_CONFIG) --libs ncursesw))
# What unpacks captures, each known to one file, src/capture/codec_*.c; without it, it says so.
codec_found = $(call once,codec_names_found,for name in $(filter-out $(WITHOUT),zlib libzstd liblz4 liblzma); do \
	! $(PKG_CONFIG) --exists $$name || echo $$name; done)
codec_cflags = $(if $(codec_found),$(call once,codec_cflags_found,$(PKG_CONFIG) --cflags $(codec_found))) \
	$(patsubst %,-DWS_%,$(codec_found))
codec_libs = $(if $(codec_found),$(call once,codec_libs_found,$(PKG_CONFIG) --libs $(codec_found)))
check_cflags = $(call once,check_cflags,$(PKG_CONFIG) --cflags check 2>/dev/null)
check_libs = $(call once,check_libs,$(PKG_CONFIG) --libs check 2>/dev/null || echo -lcheck -lsubunit -lm -lrt -pthread)

program_libs = $(pcap_libs) $(curses_libs) $(codec_libs)

compile = $(CC) $(ws_cppflags) $(CPPFLAGS) $(ws_cflags) $(CFLAGS) $(ws_sanitize_$(BUILD)) -MMD -MP
link = $(CC) $(ws_cflags) $(CFLAGS) $(ws_sanitize_$(BUILD)) $(LDFLAGS)

ifeq ($(V),)
Q := @
say = @printf '  %-7s %s\n' $(1) '$(2)';
else
say =
endif

# ---- What is built of what ------------------------------------------------------------------------------------------

objects = $(patsubst %.c,$(B)/obj/%.o,$(1))
library_sources := $(sort $(foreach layer,base wire tcp track,$(wildcard src/$(layer)/*.c)))
program_sources := $(sort $(foreach layer,capture view cli,$(wildcard src/$(layer)/*.c)))
main_source := src/cli/main.c

library := $(B)/libwirestat.a
# The program without its main: what tests of capture, view and cli are linked with, besides the library.
program_parts := $(B)/obj/libprogram.a
program := $(B)/wirestat

T ?= *
test_sources := $(sort $(foreach name,$(T),$(wildcard tests/test_$(name).c)))
test_scripts := $(sort $(foreach name,$(T),$(wildcard tests/test_$(name).sh)))
test_programs := $(patsubst tests/%.c,$(B)/tests/%,$(test_sources))
test_parts := $(if $(wildcard tests/lib/*.c),$(B)/obj/libtest.a)
fuzz_programs := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*.c))

.PHONY: all everything check run-tests asan tsan lint demo install uninstall clean golden pcaps man fuzz run-fuzz kernel format

all: $(program) $(library)

# Everything that a compiler can say something about, and nothing run.
everything: all $(test_programs)

$(library): $(call objects,$(library_sources))
$(program_parts): $(call objects,$(filter-out $(main_source),$(program_sources)))
$(B)/obj/libtest.a: $(call objects,$(wildcard tests/lib/*.c))

$(library) $(program_parts) $(B)/obj/libtest.a:
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(program): $(call objects,$(main_source)) $(program_parts) $(library)
	$(call say,LD,$@)$(link) -o $@ $^ $(program_libs) $(LDLIBS)

$(test_programs): $(B)/tests/%: $(B)/obj/tests/%.o $(test_parts) $(program_parts) $(library)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(link) $(ws_wrap) -o $@ $^ $(check_libs) $(program_libs) $(LDLIBS)

# Tests that make allocations fail.
comma := ,
$(patsubst tests/%.c,$(B)/tests/%,$(shell grep -lE '^#include "(lib/)?alloc\.h"' tests/test_*.c 2>/dev/null)): \
	private ws_wrap = $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc reallocarray free strdup strndup asprintf)

$(fuzz_programs): $(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(test_parts) $(program_parts) $(library)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(link) -fsanitize=fuzzer -o $@ $^ $(check_libs) $(program_libs) $(LDLIBS)

$(B)/obj/src/capture/%.o: private ws_more = $(pcap_cflags)
$(B)/obj/src/capture/codec_%.o: private ws_more = $(codec_cflags)
$(B)/obj/src/view/top_screen.o: private ws_more = $(curses_cflags)
$(B)/obj/tests/%.o: private ws_more = -Itests $(check_cflags)

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(compile) $(ws_more) -c -o $@ $<

# Changes when the commands do, so that other flags mean another build.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(compile) / $(link) / $(curses_cflags) / $(LDLIBS))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(compile) / $(link) / $(curses_cflags) / $(LDLIBS))' > $@
.PHONY: FORCE

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
.SECONDARY:
.DELETE_ON_ERROR:

# ---- Tests ----------------------------------------------------------------------------------------------------------

# Setting up comes before anything is compiled, whatever -j says.
check:
	@.ci/setup check
	@$(MAKE) --no-print-directory run-tests

run-tests: $(if $(test_scripts),$(program)) $(test_programs)
	@WIRESTAT='$(abspath $(program))' WS_CASE='$(CASE)' BUILD='$(BUILD)' B='$(B)' CC='$(CC)' MAKE='$(MAKE)' \
		tests/run $(test_programs) $(test_scripts)

asan:
	@.ci/setup check
	@$(MAKE) --no-print-directory BUILD=asan run-tests

# Where two threads share anything.
tsan:
	@.ci/setup check
	@$(MAKE) --no-print-directory BUILD=tsan T='crew threads' run-tests

# What the real captures and the documents show, taken from the program as it is now: look at the difference.
golden: $(program)
	@export WIRESTAT='$(abspath $(program))' WS_GOLDEN=rewrite; tests/test_golden.sh; tests/test_docs.sh

fuzz:
	@.ci/setup fuzz
	@$(MAKE) --no-print-directory BUILD=fuzz run-fuzz

# What a target finds goes on in its corpus; an input that breaks it stays in $(B)/fuzz.
fuzz_seeds_fuzz_file := pcaps/real
fuzz_seeds_fuzz_case := tests/cases

run-fuzz: $(addprefix run-fuzz-,$(notdir $(fuzz_programs)))

run-fuzz-%: $(B)/fuzz/%
	@mkdir -p $(B)/corpus/$*
	@printf '  %-7s %s\n' FUZZ '$*, $(FUZZ_SECONDS) s'
	@$< -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=$(B)/fuzz/ $(B)/corpus/$* $(wildcard tests/fuzz/seeds/$*) $(fuzz_seeds_$*) >$(B)/fuzz/$*.log 2>&1 || \
		{ tail -n 40 $(B)/fuzz/$*.log; exit 1; }
	@grep -E 'number_of_executed_units|DONE' $(B)/fuzz/$*.log

# The kernel harness: targets `kernel` and `pcaps`.
-include tests/kernel/Makefile.inc
-include tests/bench/Makefile.inc
everything: $(kernel_program) $(bench_programs) $(call objects,$(wildcard tests/fuzz/*.c))

# ---- Demonstration --------------------------------------------------------------------------------------------------

# Every connection, closed ones too; what was noteworthy about them; one of them segment by segment.
show = @printf '\n$$ %s\n' 'wirestat $(1)'; $(program) $(1)

demo:
	@.ci/setup demo
	@$(MAKE) --no-print-directory all
	$(call show,-r pcaps/demo.pcap --all)
	$(call show,audit -r pcaps/demo.pcap)
	$(call show,ladder -r pcaps/demo.pcap port 40005)

# ---- Lint -----------------------------------------------------------------------------------------------------------

lint:
	@.ci/setup lint
	+@CC='$(CC)' .ci/lint $(ws_cppflags)

format:
	@clang-format -i $(wildcard include/*.h src/*/*.[ch] tests/*.[ch] tests/*/*.[ch])

# ---- Installing -----------------------------------------------------------------------------------------------------

install: all
	$(INSTALL) -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(INCLUDEDIR)' '$(DESTDIR)$(MANDIR)/man1'
	$(INSTALL) -m 755 $(program) '$(DESTDIR)$(BINDIR)/wirestat'
	$(INSTALL) -m 644 $(library) '$(DESTDIR)$(LIBDIR)/libwirestat.a'
	$(INSTALL) -m 644 $(wildcard include/*) '$(DESTDIR)$(INCLUDEDIR)'
	$(INSTALL) -m 644 src/cli/wirestat.1 '$(DESTDIR)$(MANDIR)/man1/wirestat.1'
	$(INSTALL) -d '$(DESTDIR)$(MANDIR)/man7' '$(DESTDIR)$(BASHDIR)' '$(DESTDIR)$(ZSHDIR)' '$(DESTDIR)$(FISHDIR)'
	$(program) findings --man > '$(DESTDIR)$(MANDIR)/man7/wirestat-findings.7'
	$(program) --completion bash > '$(DESTDIR)$(BASHDIR)/wirestat'
	$(program) --completion zsh > '$(DESTDIR)$(ZSHDIR)/_wirestat'
	$(program) --completion fish > '$(DESTDIR)$(FISHDIR)/wirestat.fish'
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCLUDEDIR)' '' 'Name: wirestat' \
		'Description: The state of both ends of every TCP connection, read off the wire' 'Version: $(VERSION)' \
		'Libs: -L$${libdir} -lwirestat -pthread' 'Cflags: -I$${includedir}' > '$(DESTDIR)$(LIBDIR)/pkgconfig/wirestat.pc'

uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/wirestat' '$(DESTDIR)$(LIBDIR)/libwirestat.a' \
		'$(DESTDIR)$(LIBDIR)/pkgconfig/wirestat.pc' \
		$(patsubst include/%,'$(DESTDIR)$(INCLUDEDIR)/%',$(wildcard include/*)) \
		'$(DESTDIR)$(MANDIR)/man1/wirestat.1' '$(DESTDIR)$(MANDIR)/man7/wirestat-findings.7' \
		'$(DESTDIR)$(BASHDIR)/wirestat' '$(DESTDIR)$(ZSHDIR)/_wirestat' '$(DESTDIR)$(FISHDIR)/wirestat.fish'

man:
	@man ./src/cli/wirestat.1

clean:
	rm -rf build
