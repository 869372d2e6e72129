#include "cli/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "capture/devices.h"
#include "capture/privilege.h"
#include "capture/sandbox.h"
#include "cli/interact.h"
#include "cli/trouble.h"
#include "cli/view_time.h"

#define CHECK_NS NS_PER_SEC
#define REFRESH_NS NS_PER_SEC
#define SETTLE_NS (100 * NS_PER_MS)

static bool is_live(const struct run *run)
{
	return run->options->live.interface != NULL;
}

static bool tell(struct run *run, const char *what, const char *why)
{
	fprintf(stderr, "wirestat: %s: %s\n", what, why);
	run->result->is_insecure = true;
	return false;
}

static bool open_check(struct run *run)
{
	const struct options *o = run->options;

	if (!o->live.checks_kernel)
		return true;
	run->watch.next_check = source_clock() + CHECK_NS;
	run->watch.check = kernel_check_new(run->watch.addresses, run->watch.addresses_len, o->format, run->out);
	return run->watch.check != NULL || tell(run, "--check-kernel", strerror(errno));
}

bool watch_open(struct run *run)
{
	const struct options *o = run->options;
	struct source_problem problem;
	char error[PRIVILEGE_TEXT_MAX];

	run->watch.end = INT64_MAX;
	if (!is_live(run))
		return true;
	if (!source_open(run->source, &problem)) {
		trouble_take(run, &problem);
		return false;
	}
	if (!privilege_drop(o->live.user, error))
		return tell(run, "-Z", error);
	run->watch.addresses = devices_addresses(&run->watch.addresses_len);
	/* Whoever reads along wants each line as it comes. */
	setvbuf(run->out, NULL, _IOLBF, 0);
	if (live_options_duration(&o->live) > 0)
		run->watch.end = source_clock() + live_options_duration(&o->live);
	return open_check(run);
}

bool watch_close_doors(struct run *run)
{
	struct sandbox sandbox = { .netlink_fd = -1, .opens_files = run->options->output != NULL };

	if (run->options->view->input != NULL)
		source_wait_for(run->source, run->options->view->input(run->view));
	if (!is_live(run))
		return true;
	sandbox.packet_fd = source_descriptor(run->source);
	if (run->watch.check != NULL)
		sandbox.netlink_fd = kernel_check_descriptor(run->watch.check);
	if (sandbox_enter(&sandbox))
		return true;
	/* Without seccomp in the kernel, what can be had is had: no permission is left. */
	if (errno == EINVAL || errno == ENOSYS) {
		fputs("wirestat: no seccomp filter can be had here; going on without one\n", stderr);
		return true;
	}
	return tell(run, "seccomp", strerror(errno));
}

void watch_fini(struct run *run)
{
	kernel_check_free(run->watch.check);
	free(run->watch.addresses);
}

/* ---- The screen ---------------------------------------------------------------------------------------------- */

int64_t watch_refresh(const struct run *run)
{
	const struct options *o = run->options;

	/* Closed connections are printed one after the other as they end. */
	if (!is_live(run) || o->view != &view_table || o->format != VIEW_PEOPLE || o->all || o->live.is_once ||
	    o->every_ns > 0)
		return 0;
	return terminal_width() > 0 ? REFRESH_NS : 0;
}

void watch_screen(struct run *run)
{
	if (run->view_options.refresh_ns == 0)
		return;
	run->view_options.width = terminal_width();
	run->view_options.height = terminal_height();
}

/* ---- Time ---------------------------------------------------------------------------------------------------- */

static void check_kernel(struct run *run, ws_time now)
{
	if (run->watch.check == NULL || now < run->watch.next_check)
		return;
	kernel_check_run(run->watch.check, run->tracker, now);
	run->watch.next_check = now + CHECK_NS;
}

/* No packet waits for others to be taken with, not longer than the kernel makes it wait. */
static void keep_up(struct run *run, ws_time now)
{
	if (!is_live(run) || now < run->watch.next_settling)
		return;
	ws_tracker_settle(run->tracker);
	run->watch.next_settling = now + SETTLE_NS;
}

bool watch_packet(struct run *run, ws_time now)
{
	if (now < run->watch.end) {
		keep_up(run, now);
		check_kernel(run, now);
		return true;
	}
	run->is_done = true;
	run->watch.has_excess = true;
	return false;
}

void watch_idle(struct run *run, ws_time now)
{
	if (run->watch.end < now) {
		now = run->watch.end;
		run->is_done = true;
	}
	watch_screen(run);
	if (run->newest == WS_TIME_NONE || now > run->newest) {
		view_time_tell(run, now);
		ws_tracker_advance(run->tracker, now);
	}
	check_kernel(run, now);
	interact_idle(run);
}

bool watch_has_rest(struct run *run)
{
	if (!is_live(run))
		return false;
	if (!run->watch.is_stopping) {
		ws_time now = source_clock();

		run->watch.is_stopping = true;
		if (now < run->watch.end)
			run->watch.end = now;
	}
	return true;
}

void watch_end(struct run *run)
{
	if (run->watch.check != NULL) {
		/* Once more, unless the last time is but just past: then it would be the same segments under way. */
		if (run->newest != WS_TIME_NONE && run->newest >= run->watch.next_check - CHECK_NS / 2)
			kernel_check_run(run->watch.check, run->tracker, run->newest);
		kernel_check_report(run->watch.check);
	}
	if (!is_live(run) || source_is_up(run->source) || run->result->has_bad_input)
		return;
	fprintf(stderr, "wirestat: %s: the interface did not come back\n", run->options->live.interface);
	run->result->has_bad_input = true;
}
