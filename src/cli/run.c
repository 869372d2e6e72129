#include "cli/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cli/attend.h"
#include "cli/batch.h"
#include "cli/inputs.h"
#include "cli/interact.h"
#include "cli/run_audit.h"
#include "cli/run_inside.h"
#include "cli/signals.h"
#include "cli/threads.h"
#include "cli/trouble.h"
#include "cli/view_time.h"
#include "cli/watch.h"

#define FINDINGS (WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_HOST))

/* ---- Events -------------------------------------------------------------------------------------------------- */

/* That the view wants. */
static unsigned events_of(const struct run *run)
{
	const struct view *view = run->options->view;

	return view->events_for ? view->events_for(&run->view_options) : view->events;
}

static void note_level(struct run *run, int level)
{
	if (level > run->result->highest_level)
		run->result->highest_level = level;
}

/* A host's is told once more with its last numbers. */
static bool is_finding(const struct ws_event *event)
{
	return event->type == WS_EVENT_FINDING || (event->type == WS_EVENT_HOST && !event->host->is_final);
}

/* --fail-on looks at every finding of the connections chosen, whether or not the view shows findings. */
static void take_event(void *user, const struct ws_event *event)
{
	struct run *run = user;
	const struct view *view = run->options->view;

	if (is_finding(event) && run_audit_needs_findings(run->options) && run_audit_wants(run, event))
		note_level(run, (int)event->level + 1);
	if ((events_of(run) & WS_MASK(event->type)) != 0)
		view->on_event(run->view, event);
}

/* ---- Packets ------------------------------------------------------------------------------------------------ */

static void feed(struct run *run, const struct ws_packet *packet)
{
	if (run->newest == WS_TIME_NONE || packet->ts > run->newest)
		view_time_tell(run, packet->ts);
	/* Out of memory is counted by the tracker, as table-full. */
	(void)ws_tracker_feed(run->tracker, packet);
	run->fed++;
	if (run->fed == run->options->packets_max)
		run->is_done = true;
}

void run_take_packet(struct run *run, const struct ws_packet *packet, bool is_wanted)
{
	const struct moment *at = &run->at;

	if (!watch_packet(run, packet->ts) || interact_holds(run, packet, is_wanted))
		return;
	run->filtered += !is_wanted;
	if (run->first == WS_TIME_NONE)
		run->first = packet->ts;
	if (packet->file == 0)
		run->frame_seen = packet->frame;
	if (is_wanted && !moment_is_before(at, run->first, packet))
		feed(run, packet);
	else if (at->kind == MOMENT_FRAME && packet->frame == at->frame && packet->file == 0)
		ws_tracker_advance(run->tracker, packet->ts);
	if (moment_is_reached(at, packet))
		run->is_done = true;
}

/* What is known of the input by now. */
static void describe_input(struct run *run, struct view_capture *capture)
{
	struct source_remarks remarks;
	size_t i;

	*capture = (struct view_capture){
		.files = run->files,
		.files_len = run->options->files_len,
		.is_live = run->options->live.interface != NULL,
		.is_damaged = run->is_damaged,
		.is_incomplete = run->result->has_bad_input,
	};
	for (i = 0; i < capture->files_len; i++)
		run->files[i].frames = source_frames(run->source, i) - run->watch.has_excess;
	capture->linktypes_len = source_linktypes(run->source, &capture->linktypes);
	capture->has_drops = source_drops(run->source, &capture->kernel_drops, &capture->interface_drops);
	source_remarks(run->source, &remarks);
	capture->untimed = remarks.untimed;
	capture->unknown_blocks = remarks.unknown_blocks;
}

void run_show_counters(struct run *run)
{
	struct view_capture capture;
	struct ws_totals totals;

	describe_input(run, &capture);
	ws_tracker_totals(run->tracker, &totals);
	view_capture_summary(stderr, &totals, &capture);
}

static void read_all(struct run *run)
{
	while (!run->is_done && (!signals_stop_wanted() || watch_has_rest(run)) && !ferror(run->out)) {
		struct ws_packet packet;
		struct source_problem problem;

		attend(run);
		interact_keep_up(run);
		if (batch_take(run))
			continue;
		switch (source_next(run->source, &packet, &problem)) {
		case SOURCE_PACKET:
			run_take_packet(run, &packet, true);
			break;
		case SOURCE_SKIPPED:
			run_take_packet(run, &packet, false);
			break;
		case SOURCE_PROBLEM:
			attend_pause(run);
			ws_tracker_settle(run->tracker);
			trouble_take(run, &problem);
			break;
		case SOURCE_NOTICE:
			attend_pause(run);
			ws_tracker_settle(run->tracker);
			trouble_tell(run, &problem);
			break;
		case SOURCE_IDLE:
			watch_idle(run, packet.ts);
			break;
		case SOURCE_END:
			run->is_done = true;
			break;
		}
	}
}

/* ---- The end ------------------------------------------------------------------------------------------------ */

/* A moment that the capture does not reach is worth a word. */
static void report_moment(const struct run *run)
{
	const struct moment *at = &run->at;

	if (at->kind == MOMENT_FRAME && run->frame_seen < at->frame)
		fprintf(stderr, "wirestat: --at frame:%llu: %s has only %llu frames; this is the end of the input\n",
			(unsigned long long)at->frame, trouble_name_of(run, 0), (unsigned long long)run->frame_seen);
	else if (at->kind == MOMENT_TIME && run->first != WS_TIME_NONE && at->time < run->first)
		fprintf(stderr, "wirestat: --at: the capture begins only after that time\n");
}

static void end_time(struct run *run)
{
	ws_time moment = moment_time(&run->at, run->first);

	run->interaction.is_finished = run->at.kind == MOMENT_NONE;
	if (run->interaction.is_finished)
		ws_tracker_finish(run->tracker);
	else if (moment != WS_TIME_NONE)
		ws_tracker_advance(run->tracker, moment);
	report_moment(run);
}

/* Nothing was read and that was told: an empty table would only hide it. Machines get their objects all the same. */
static bool has_nothing_to_show(const struct run *run)
{
	bool has_trouble = run->result->has_bad_filter || run->result->has_bad_input;

	return has_trouble && run->first == WS_TIME_NONE &&
	       (run->result->has_bad_filter ||
		(run->options->format == VIEW_PEOPLE && !run->options->view->is_document));
}

static void show(struct run *run)
{
	struct view_capture capture;
	int level;

	describe_input(run, &capture);
	level = run->options->view->finish(run->view, run->tracker, &capture);
	if (run->choice == NULL)
		note_level(run, level);
	/* In this order also where both go to one terminal. */
	fflush(run->out);
	attend_summary(run);
}

/* ---- Wiring ------------------------------------------------------------------------------------------------- */

/* Keeps others from preparing collisions; no output depends on it. */
static uint64_t random_seed(void)
{
	uint64_t seed;

	return getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == (ssize_t)sizeof(seed) ? seed : 0;
}

/* A wrong expression is told, and counts as a wrong filter. */
static bool open_choice(struct run *run)
{
	if (run->options->where == NULL)
		return true;
	run->choice = malloc(sizeof(*run->choice));
	if (run->choice == NULL)
		return false;
	run->result->has_bad_filter = !choice_init(run->choice, run->options->where);
	return true;
}

static bool open_view(struct run *run)
{
	const struct options *o = run->options;
	size_t i;

	run->files = calloc(o->files_len + 1, sizeof(*run->files));
	if (run->files == NULL)
		return false;
	for (i = 0; i < o->files_len; i++)
		run->files[i].name = o->files[i];
	run->view_options = (struct view_options){
		.out = run->out,
		.format = o->format,
		.color = o->format == VIEW_PEOPLE && terminal_wants_color(o->color),
		.width = terminal_width(),
		.files = run->files,
		.files_len = o->files_len,
		.all = o->all,
		.path = o->path,
		.listening = o->listening,
		.wide = o->wide,
		.timers = o->timers,
		.time_wait_ns = o->time_wait_ns,
		.hosts = o->hosts_len > 0 ? o->hosts : run->watch.addresses,
		.hosts_len = o->hosts_len > 0 ? o->hosts_len : run->watch.addresses_len,
		.evidence = o->evidence,
		.every_ns = o->every_ns,
		.top = (size_t)o->top,
		.uid = o->audit.explain != NULL ? o->audit.explain : o->uid,
		.can_seek = run->interaction.can_seek,
		.choice = run->choice != NULL ? &run->choice->view : NULL,
		.sieve = run->sieve != NULL ? &run->sieve->view : NULL,
		.merged = run->merged,
		.svg = o->audit.svg,
		.fail_level = o->has_fail_on ? o->fail_on : WS_WARN,
		.refresh_ns = watch_refresh(run),
	};
	watch_screen(run);
	run->view = o->view->create(&run->view_options);
	return run->view != NULL;
}

static bool open_tracker(struct run *run)
{
	const struct options *o = run->options;
	struct ws_config config = {
		.on_event = take_event,
		.user = run,
		.events = events_of(run) | (run_audit_needs_findings(o) ? FINDINGS : 0),
		.full_audit = o->view->full_audit || o->full_audit || choice_names_finding(run->choice),
		.time_wait_ns = o->time_wait_ns,
		.max_connections = (size_t)o->connections_max,
		.key = o->key,
		.max_memory = o->memory_max,
		.seed = o->seed != 0 ? o->seed : random_seed(),
		.threads = threads_wanted(run),
	};

	run->tracker = ws_tracker_new(&config);
	if (run->tracker != NULL && o->threads > 1 && ws_tracker_threads(run->tracker) < config.threads)
		fputs("wirestat: no second thread is to be had; going on with one\n", stderr);
	return run->tracker != NULL;
}

static bool open_source(struct run *run)
{
	const struct options *o = run->options;
	struct source_options options = {
		.names = o->files,
		.names_len = o->files_len,
		.filter = o->filter,
		.live = live_options_source(&o->live),
		.wait = interact_wait(run),
	};

	run->source = source_new(&options);
	return run->source != NULL;
}

bool run_reopen(struct run *run)
{
	ws_tracker *tracker = run->tracker;
	struct source *source = run->source;
	bool is_open = open_tracker(run);

	if (is_open && !open_source(run)) {
		ws_tracker_free(run->tracker);
		is_open = false;
	}
	if (!is_open) {
		run->tracker = tracker;
		run->source = source;
		return false;
	}
	ws_tracker_free(tracker);
	source_free(source);
	return true;
}

/* Up to the end or the moment that is wanted, unless the view changes its mind before. */
static void read_input(struct run *run)
{
	attend_begin(run);
	read_all(run);
	attend_pause(run);
	watch_end(run);
	if (!interact_is_broken_off(run))
		end_time(run);
}

/* The tracker goes first: it may still tell the view of connections. */
static void close_run(struct run *run)
{
	ws_tracker_free(run->tracker);
	if (run->view != NULL)
		run->options->view->destroy(run->view);
	source_free(run->source);
	free(run->files);
	free(run->choice);
	run_audit_close(run);
	watch_fini(run);
}

/* The interface comes first: permission to open it is given up before anything else is done. False when something is
 * missing, which is in the result. */
static bool open_run(struct run *run)
{
	run->result->is_out_of_memory = !open_choice(run) || !run_audit_open(run) || !open_source(run);
	if (run->result->is_out_of_memory || run->result->has_bad_filter || !watch_open(run))
		return false;
	run->result->is_out_of_memory = !open_view(run) || !open_tracker(run);
	return !run->result->is_out_of_memory && watch_close_doors(run);
}

static void run_all(struct run *run)
{
	interact_begin(run);
	if (open_run(run)) {
		read_input(run);
		while (!has_nothing_to_show(run) && interact(run))
			read_input(run);
		if (!has_nothing_to_show(run))
			show(run);
		run->result->has_lost_file = run->sieve != NULL && !sieve_write(run->sieve);
	}
	close_run(run);
}

void run(const struct options *options, FILE *out, struct run_result *result)
{
	struct inputs inputs;
	struct run run = {
		.options = &inputs.options,
		.result = result,
		.out = out,
		.at = options->at,
		.first = WS_TIME_NONE,
		.newest = WS_TIME_NONE,
		.told = WS_TIME_NONE,
	};

	memset(result, 0, sizeof(*result));
	result->is_out_of_memory = !inputs_init(&inputs, options);
	result->has_bad_input = inputs.has_trouble;
	if (!result->is_out_of_memory)
		run_all(&run);
	inputs_fini(&inputs);
}
