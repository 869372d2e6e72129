/*
 * The guard of a full screen. Signal handlers here call nothing but what POSIX calls async-signal-safe.
 */
#include "view/top_guard.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Interrupts first: who catches them is called once. */
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct guard {
	volatile sig_atomic_t is_on;
	int fd;
	struct termios modes;
	bool has_modes;
	char restore[TOP_GUARD_RESTORE_MAX];
	size_t restore_len;
	int messages; /* a file in memory; -1: standard error is as it was */
	int error;    /* a copy of standard error as it was */
	off_t seen;   /* of the messages */
	struct sigaction before[SIGNALS];
	volatile sig_atomic_t was_called[SIGNALS];
} guard = { .messages = -1 };

/* ---- Messages ------------------------------------------------------------------------------------------------ */

static void hold_messages(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	guard.error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (guard.error < 0)
		return;
	guard.messages = memfd_create("wirestat-messages", MFD_CLOEXEC);
	if (guard.messages >= 0 && dup2(guard.messages, STDERR_FILENO) >= 0)
		return;
	close(guard.error);
	if (guard.messages >= 0)
		close(guard.messages);
	guard.messages = -1;
}

static void release_messages(void)
{
	char block[1024];
	off_t at = 0;
	ssize_t len;

	if (guard.messages < 0)
		return;
	dup2(guard.error, STDERR_FILENO);
	while ((len = pread(guard.messages, block, sizeof(block), at)) > 0) {
		at += len;
		if (write(STDERR_FILENO, block, (size_t)len) < 0)
			break;
	}
	close(guard.messages);
	close(guard.error);
	guard.messages = -1;
}

bool top_guard_message(char *out, size_t size)
{
	struct stat info;
	char block[512];
	off_t from;
	ssize_t len;
	const char *line;

	if (guard.messages < 0 || fstat(guard.messages, &info) != 0 || info.st_size <= guard.seen)
		return false;
	from = info.st_size - guard.seen > (off_t)sizeof(block) ? info.st_size - (off_t)sizeof(block) : guard.seen;
	guard.seen = info.st_size;
	len = pread(guard.messages, block, sizeof(block), from);
	while (len > 0 && block[len - 1] == '\n')
		len--;
	if (len <= 0 || size == 0)
		return false;
	line = memrchr(block, '\n', (size_t)len);
	line = line ? line + 1 : block;
	len -= line - block;
	if ((size_t)len >= size)
		len = (ssize_t)size - 1;
	memcpy(out, line, (size_t)len);
	out[len] = '\0';
	return true;
}

/* ---- Signals ------------------------------------------------------------------------------------------------- */

static void restore(void)
{
	if (!guard.is_on)
		return;
	guard.is_on = 0;
	if (write(guard.fd, guard.restore, guard.restore_len) < 0)
		return;
	if (guard.has_modes)
		tcsetattr(guard.fd, TCSANOW, &guard.modes);
	release_messages();
}

static size_t index_of(int number)
{
	size_t i = 0;

	while (i + 1 < SIGNALS && signals[i] != number)
		i++;
	return i;
}

/* Who caught the signal before is called, once; then it does what it does by default. */
static void take_signal(int number)
{
	size_t i = index_of(number);
	void (*handler)(int) = guard.before[i].sa_handler;

	if (handler != SIG_DFL && !guard.was_called[i]) {
		guard.was_called[i] = 1;
		handler(number);
		return;
	}
	restore();
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = take_signal;
	for (size_t i = 0; i < SIGNALS; i++) {
		const struct sigaction *before = &guard.before[i];

		guard.was_called[i] = 0;
		if (sigaction(signals[i], NULL, &guard.before[i]) != 0)
			continue;
		/* Handlers that want to know more than the number are those of a sanitizer. */
		if (before->sa_handler != SIG_IGN && (before->sa_flags & SA_SIGINFO) == 0)
			sigaction(signals[i], &action, NULL);
	}
}

/* Those that were called would be gone: they asked to be called once. */
static void release_signals(void)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		bool is_spent = guard.was_called[i] && (guard.before[i].sa_flags & (int)SA_RESETHAND) != 0;

		if (guard.before[i].sa_handler == SIG_IGN || (guard.before[i].sa_flags & SA_SIGINFO) != 0)
			continue;
		if (is_spent)
			signal(signals[i], SIG_DFL);
		else
			sigaction(signals[i], &guard.before[i], NULL);
	}
}

/* ---- Beginning and end ---------------------------------------------------------------------------------------- */

void top_guard_begin(int fd, const char *restore_text)
{
	guard.fd = fd;
	guard.seen = 0;
	guard.restore_len = strlen(restore_text) < sizeof(guard.restore) ? strlen(restore_text) : 0;
	memcpy(guard.restore, restore_text, guard.restore_len);
	guard.has_modes = tcgetattr(fd, &guard.modes) == 0;
	hold_messages();
	catch_signals();
	guard.is_on = 1;
}

void top_guard_end(void)
{
	if (!guard.is_on)
		return;
	release_signals();
	guard.is_on = 0;
	release_messages();
}
