/*
 * The filter is a program of classic BPF over struct seccomp_data, put together here row by row: system calls allowed, and
 * system calls of which one argument decides. Only 32 bits of an argument are looked at: those compared here are int.
 */
#include "capture/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#else
#define ARCHITECTURE 0 /* none that the arguments of its calls are known of */
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

/* clang-format off */
/* The system calls that differ from machine to machine are named where they exist. */
static const int allowed[] = {
	/* input and output on what is open */
	SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_pread64, SYS_lseek, SYS_close, SYS_fstat, SYS_recvfrom, SYS_recvmsg,
	SYS_getsockopt, SYS_getsockname, SYS_ppoll, SYS_pselect6,
#ifdef SYS_poll
	SYS_poll,
#endif
#ifdef SYS_select
	SYS_select,
#endif
#ifdef SYS__newselect
	SYS__newselect,
#endif
#ifdef SYS__llseek
	SYS__llseek,
#endif
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_fstat64
	SYS_fstat64,
#endif
#ifdef SYS_fstatat64
	SYS_fstatat64,
#endif
#ifdef SYS_statx
	SYS_statx,
#endif
	/* memory, and random numbers for those who hand it out */
	/* The C library asks how much memory there is before it sorts what is large. */
	SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_getrandom, SYS_sysinfo,
	/* And how many processors, before it gives a thread memory of its own. */
	SYS_sched_getaffinity,
	/* time */
	SYS_clock_gettime, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday,
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64, SYS_clock_nanosleep_time64, SYS_ppoll_time64, SYS_pselect6_time64,
#endif
	/* signals, and the end */
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall, SYS_futex,
	SYS_getpid, SYS_gettid, SYS_exit, SYS_exit_group,
#ifdef SYS_sigreturn
	SYS_sigreturn,
#endif
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
};

/* These fail as if they were not permitted, unless they are. */
static const int opening[] = {
	SYS_openat, SYS_faccessat, SYS_readlinkat,
#ifdef SYS_open
	SYS_open, SYS_access, SYS_readlink,
#endif
#ifdef SYS_openat2
	SYS_openat2,
#endif
#ifdef SYS_faccessat2
	SYS_faccessat2,
#endif
};

/* Interfaces: name, index, kind, flags. Terminals: size and modes, the latter in the new form of some machines too, and as
 * they are on POWER, where the C library's struct is not the one that the kernel's numbers are made with. */
static const unsigned requests[] = {
	SIOCGIFNAME, SIOCGIFINDEX, SIOCGIFHWADDR, SIOCGIFFLAGS,
	TIOCGWINSZ, TIOCGPGRP, FIONREAD, TCFLSH, TCGETS, TCSETS, TCSETSW, TCSETSF,
	0x802c542a, 0x402c542b, 0x402c542c, 0x402c542d,
#ifdef __powerpc__
	0x402c7413, 0x802c7414, 0x802c7415, 0x802c7416,
#endif
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define STEPS_MAX 256

struct filter {
	struct sock_filter steps[STEPS_MAX];
	unsigned short len;
};

/* ---- Writing the filter -------------------------------------------------------------------------------------- */

static void add(struct filter *f, unsigned code, uint32_t value, unsigned skip_if, unsigned skip_else)
{
	if (f->len < STEPS_MAX)
		f->steps[f->len++] = (struct sock_filter){
			.code = (uint16_t)code, .k = value, .jt = (uint8_t)skip_if, .jf = (uint8_t)skip_else
		};
}

static void load(struct filter *f, size_t offset)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void verdict(struct filter *f, uint32_t action)
{
	add(f, BPF_RET | BPF_K, action, 0, 0);
}

static void load_call(struct filter *f)
{
	load(f, offsetof(struct seccomp_data, nr));
}

/* The lower half of an argument. */
static void load_argument(struct filter *f, unsigned i)
{
	size_t half = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(uint32_t) : 0;

	load(f, offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) + half);
}

/* The next `steps` are for this value only. */
static void only_for(struct filter *f, uint32_t value, unsigned steps)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, value, 0, steps);
}

static void decide(struct filter *f, const int *calls, size_t len, uint32_t action)
{
	for (size_t i = 0; i < len; i++) {
		only_for(f, (uint32_t)calls[i], 1);
		verdict(f, action);
	}
}

/* The call is allowed when argument `i` is one of the values. */
static void allow_values(struct filter *f, int call, unsigned i, const unsigned *values, size_t len)
{
	only_for(f, (uint32_t)call, (unsigned)(2 * len + 2));
	load_argument(f, i);
	for (size_t k = 0; k < len; k++) {
		only_for(f, values[k], 1);
		verdict(f, SECCOMP_RET_ALLOW);
	}
	verdict(f, SECCOMP_RET_KILL_PROCESS);
}

/* The call is allowed when argument `i` has none of the bits. */
static void allow_without(struct filter *f, int call, unsigned i, uint32_t bits)
{
	only_for(f, (uint32_t)call, 4);
	load_argument(f, i);
	add(f, BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0);
	verdict(f, SECCOMP_RET_ALLOW);
	verdict(f, SECCOMP_RET_KILL_PROCESS);
}

static void allow_on(struct filter *f, int call, int fd)
{
	unsigned value = (unsigned)fd;

	if (fd >= 0)
		allow_values(f, call, 0, &value, 1);
}

/* A program stops itself, and its process group on ^Z. */
static void allow_own_signals(struct filter *f)
{
	unsigned own[] = { 0, (unsigned)getpid() };

	allow_values(f, SYS_kill, 0, own, COUNT(own));
	allow_values(f, SYS_tgkill, 0, own + 1, 1);
	allow_values(f, SYS_tkill, 0, own + 1, 1);
}

/* What was said behind a full screen is given back to standard error, and another file becomes standard output. */
static void allow_standard_streams(struct filter *f)
{
	const unsigned fds[] = { STDOUT_FILENO, STDERR_FILENO };

	allow_values(f, SYS_dup3, 1, fds, COUNT(fds));
#ifdef SYS_dup2
	allow_values(f, SYS_dup2, 1, fds, COUNT(fds));
#endif
}

static void allow_memory(struct filter *f)
{
	/* Where there is mmap2, mmap has its arguments elsewhere. */
#ifdef SYS_mmap2
	allow_without(f, SYS_mmap2, 2, PROT_EXEC);
#else
	allow_without(f, SYS_mmap, 2, PROT_EXEC);
#endif
	allow_without(f, SYS_mprotect, 2, PROT_EXEC);
}

static void write_filter(struct filter *f, const struct sandbox *sandbox)
{
	load(f, offsetof(struct seccomp_data, arch));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	verdict(f, SECCOMP_RET_KILL_PROCESS);
	load_call(f);
	decide(f, allowed, COUNT(allowed), SECCOMP_RET_ALLOW);
	decide(f, opening, COUNT(opening), sandbox->opens_files ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EACCES);
	allow_values(f, SYS_ioctl, 1, requests, COUNT(requests));
	allow_memory(f);
	allow_own_signals(f);
	allow_standard_streams(f);
	allow_on(f, SYS_bind, sandbox->packet_fd);
	allow_on(f, SYS_setsockopt, sandbox->packet_fd);
	allow_on(f, SYS_sendto, sandbox->netlink_fd);
	verdict(f, SECCOMP_RET_KILL_PROCESS);
}

/* For all threads that there are. The call returns the id of one that cannot be made to have it. */
static bool set_filter(const struct sock_fprog *program)
{
	long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program);

	if (result > 0)
		errno = EBUSY;
	return result == 0;
}

bool sandbox_enter(const struct sandbox *sandbox)
{
	struct filter filter = { .len = 0 };
	struct sock_fprog program = { .filter = filter.steps };

	if (HAS_SANITIZER)
		return true;
	write_filter(&filter, sandbox);
	if (ARCHITECTURE == 0 || filter.len == STEPS_MAX) {
		errno = ENOSYS;
		return false;
	}
	program.len = filter.len;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && set_filter(&program);
}
