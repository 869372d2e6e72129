#include "cli/interact.h"

#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "cli/attend.h"
#include "cli/signals.h"

#define TICK_NS (100 * NS_PER_MS)
/* Looking at the clock for every packet would cost more than the packet. */
#define PACKETS_PER_LOOK 256

static bool is_interactive(const struct run *run)
{
	return run->options->view->tick != NULL;
}

static bool is_live(const struct run *run)
{
	return run->options->live.interface != NULL;
}

bool interact_can_seek(const struct options *options)
{
	struct stat info;
	size_t i;

	if (options->live.interface != NULL)
		return false;
	for (i = 0; i < options->files_len; i++)
		if (strcmp(options->files[i], "-") == 0 || stat(options->files[i], &info) != 0 ||
		    !S_ISREG(info.st_mode))
			return false;
	return options->files_len > 0;
}

/* The ends of the input are wanted before a moment in it can be shown: the first reading is of all of it. */
void interact_begin(struct run *run)
{
	run->interaction = (struct interaction){ .first = WS_TIME_NONE, .last = WS_TIME_NONE };
	if (!is_interactive(run))
		return;
	run->interaction.can_seek = interact_can_seek(run->options);
	run->interaction.is_sorted = true;
	if (run->interaction.can_seek)
		run->at = (struct moment){ .kind = MOMENT_NONE };
}

bool interact_is_broken_off(const struct run *run)
{
	return run->interaction.wants_seek || run->interaction.wants_quit;
}

/* ---- Ticks --------------------------------------------------------------------------------------------------- */

static void tick(struct run *run, bool is_reading)
{
	struct interaction *interaction = &run->interaction;
	struct view_now now = {
		.is_live = is_live(run) && is_reading,
		.is_reading = is_reading,
		.first = interaction->first,
		.last = interaction->last,
		.moment =
			run->at.kind == MOMENT_FRAME ? ws_tracker_now(run->tracker) : moment_time(&run->at, run->first),
	};

	now.has_drops = source_drops(run->source, &now.kernel_drops, &now.interface_drops);
	switch (run->options->view->tick(run->view, run->tracker, &now)) {
	case VIEW_GO_ON:
		break;
	case VIEW_SEEK:
		interaction->wants_seek = true;
		interaction->wanted = (struct moment){
			.kind = now.moment == WS_TIME_NONE ? MOMENT_NONE : MOMENT_TIME,
			.time = now.moment,
		};
		break;
	case VIEW_QUIT:
		interaction->wants_quit = true;
		break;
	}
}

/* True when there is a key before the time is over. */
static bool wait_for_key(struct run *run, int timeout_ms)
{
	struct pollfd keys = { .fd = run->options->view->input(run->view), .events = POLLIN };

	return poll(&keys, 1, timeout_ms) > 0;
}

void interact_keep_up(struct run *run)
{
	struct interaction *interaction = &run->interaction;

	/* A pipe may be slow. */
	if (is_interactive(run) && (++interaction->packets >= PACKETS_PER_LOOK || !interaction->can_seek))
		interact_idle(run);
}

void interact_idle(struct run *run)
{
	struct interaction *interaction = &run->interaction;

	if (!is_interactive(run))
		return;
	interaction->packets = 0;
	if (pace_is_due(&interaction->pace, TICK_NS) || wait_for_key(run, 0))
		tick(run, true);
	if (interact_is_broken_off(run))
		run->is_done = true;
}

static bool goes_on(void *user)
{
	struct run *run = user;

	/* What was read so far shall not wait for more. */
	if (run->tracker != NULL)
		ws_tracker_settle(run->tracker);
	attend(run);
	interact_idle(run);
	return !run->is_done && !signals_stop_wanted();
}

/* A view has its screen before the first packet of a pipe comes, and signals find somebody while none does. */
struct source_wait interact_wait(struct run *run)
{
	return (struct source_wait){ .goes_on = goes_on, .user = run, .fd = -1 };
}

/* ---- Moments ------------------------------------------------------------------------------------------------- */

bool interact_holds(struct run *run, const struct ws_packet *packet, bool is_wanted)
{
	struct interaction *interaction = &run->interaction;

	if (!is_interactive(run))
		return false;
	if (!interaction->was_read) {
		interaction->is_sorted = interaction->is_sorted &&
					 (interaction->last == WS_TIME_NONE || packet->ts >= interaction->last);
		if (interaction->first == WS_TIME_NONE || packet->ts < interaction->first)
			interaction->first = packet->ts;
		if (interaction->last == WS_TIME_NONE || packet->ts > interaction->last)
			interaction->last = packet->ts;
		return false;
	}
	if (!interaction->is_sorted || run->at.kind != MOMENT_TIME || packet->ts <= run->at.time)
		return false;
	interaction->held = *packet;
	interaction->is_held_wanted = is_wanted;
	interaction->has_held = true;
	run->is_done = true;
	return true;
}

static bool can_go_on(const struct run *run, const struct moment *to)
{
	const struct interaction *interaction = &run->interaction;

	return interaction->is_sorted && !interaction->is_finished && run->at.kind == MOMENT_TIME &&
	       (to->kind == MOMENT_NONE || (to->kind == MOMENT_TIME && to->time > run->at.time));
}

static bool start_again(struct run *run)
{
	if (!run_reopen(run))
		return false;
	run->interaction.has_held = false;
	run->interaction.is_finished = false;
	if (!run->interaction.was_read) {
		run->interaction.is_sorted = true;
		run->interaction.first = run->interaction.last = WS_TIME_NONE;
	}
	run->fed = 0;
	run->frame_seen = 0;
	run->newest = WS_TIME_NONE;
	run->told = WS_TIME_NONE;
	run->is_quiet_known = false;
	run->options->view->restart(run->view);
	return true;
}

/* Without the memory for it everything stays as it is. */
static bool seek(struct run *run, const struct moment *to)
{
	struct interaction *interaction = &run->interaction;

	if (!can_go_on(run, to) && !start_again(run))
		return false;
	run->at = *to;
	run->is_done = run->options->packets_max > 0 && run->fed >= run->options->packets_max;
	if (interaction->has_held && !run->is_done) {
		interaction->has_held = false;
		run_take_packet(run, &interaction->held, interaction->is_held_wanted);
	}
	return true;
}

bool interact(struct run *run)
{
	struct interaction *interaction = &run->interaction;

	if (!is_interactive(run) || run->options->live.for_ns > 0)
		return false;
	if (!interaction->was_read && !interact_is_broken_off(run)) {
		interaction->was_read = true;
		if (interaction->can_seek && run->options->at.kind != MOMENT_NONE && seek(run, &run->options->at))
			return true;
	}
	while (!interaction->wants_quit && !signals_stop_wanted()) {
		if (!interaction->wants_seek)
			tick(run, false);
		if (interaction->wants_seek) {
			interaction->wants_seek = false;
			if (seek(run, &interaction->wanted))
				return true;
		} else if (!interaction->wants_quit) {
			(void)wait_for_key(run, TICK_NS / NS_PER_MS);
		}
	}
	return false;
}
