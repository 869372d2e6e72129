#include "cli/signals.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t stop_wanted;
static volatile sig_atomic_t counters_wanted;
static volatile sig_atomic_t reopen_wanted;

static void want_stop(int number)
{
	(void)number;
	stop_wanted = 1;
}

static void want_counters(int number)
{
	(void)number;
	counters_wanted = 1;
}

static void want_reopen(int number)
{
	(void)number;
	reopen_wanted = 1;
}

/* Reading a file goes on as if nothing had come. */
static void catch_request(int number, void (*handler)(int))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = handler;
	action.sa_flags = SA_RESTART;
	sigaction(number, &action, NULL);
}

/* Unless it is ignored: then a shell has put the program into the background. */
static void catch_signal(int number)
{
	struct sigaction action;
	struct sigaction before;

	if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
		return;
	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = want_stop;
	/* Without SA_RESTART a read that waits returns; with SA_RESETHAND the second signal kills. */
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(number, &action, NULL);
}

void signals_install(void)
{
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_request(SIGUSR1, want_counters);
	/* Also where the parent process ignores it, as some do. */
	signal(SIGPIPE, SIG_DFL);
}

void signals_catch_hangup(void)
{
	catch_request(SIGHUP, want_reopen);
}

bool signals_stop_wanted(void)
{
	return stop_wanted != 0;
}

static bool take(volatile sig_atomic_t *wanted)
{
	bool is_wanted = *wanted != 0;

	if (is_wanted)
		*wanted = 0;
	return is_wanted;
}

bool signals_counters_wanted(void)
{
	return take(&counters_wanted);
}

bool signals_reopen_wanted(void)
{
	return take(&reopen_wanted);
}
