#include "cli/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "cli/interact.h"
#include "cli/run_inside.h"
#include "cli/signals.h"

static const char *name_of(const struct run *run, size_t file)
{
	const char *name = run->options->files[file];

	return strcmp(name, "-") == 0 ? "standard input" : name;
}

/* ---- Trouble with the input --------------------------------------------------------------------------------- */

/* `wirestat -r *.pcap` leaves all but the first file among the words of the filter. */
static const char *first_file_in(char *filter)
{
	char *rest;
	char *word;
	struct stat info;

	for (word = strtok_r(filter, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
		if (stat(word, &info) == 0 && S_ISREG(info.st_mode))
			return word;
	return NULL;
}

static void report_filter(const struct run *run, const struct source_problem *problem)
{
	char *words = strdup(run->options->filter);
	const char *file = words != NULL ? first_file_in(words) : NULL;

	fprintf(stderr, "wirestat: filter '%s': %s", run->options->filter, problem->text);
	if (file != NULL)
		fprintf(stderr, "; %s is a file: each one needs its own -r", file);
	fputc('\n', stderr);
	free(words);
}

static void report_problem(const struct run *run, const struct source_problem *problem)
{
	const char *name = name_of(run, problem->file);
	bool is_last = problem->file + 1 == run->options->files_len;

	if (problem->fault == SOURCE_FAULT_LINKTYPE)
		fprintf(stderr, "wirestat: %s: %s; its packets are counted, not decoded\n", name, problem->text);
	else if (problem->frame > 1)
		fprintf(stderr, "wirestat: %s: frame %llu: %s; what came before it is reported\n", name,
			(unsigned long long)problem->frame, problem->text);
	else if (problem->frame == 1)
		fprintf(stderr, "wirestat: %s: frame 1: %s; nothing of this file can be reported\n", name,
			problem->text);
	else
		fprintf(stderr, "wirestat: %s: %s%s\n", name, problem->text,
			is_last ? "" : "; going on with the next file");
}

static void take_problem(struct run *run, const struct source_problem *problem)
{
	/* A read that the signal broke off is no fault of the file. */
	if (signals_stop_wanted() || run->interaction.was_read)
		return;
	if (problem->fault == SOURCE_FAULT_FILTER) {
		report_filter(run, problem);
		run->result->has_bad_filter = true;
		run->is_done = true;
		return;
	}
	report_problem(run, problem);
	run->result->has_bad_input = true;
	if (problem->fault == SOURCE_FAULT_CUT || problem->fault == SOURCE_FAULT_DAMAGED)
		run->is_damaged = true;
}

/* ---- Events -------------------------------------------------------------------------------------------------- */

static void note_level(struct run *run, int level)
{
	if (level > run->result->highest_level)
		run->result->highest_level = level;
}

static bool is_chosen(const struct run *run, const struct ws_event *event)
{
	struct ws_record record;

	if (run->choice == NULL || event->connection == NULL)
		return true;
	ws_connection_record(event->connection, &record);
	return choice_has(run->choice, &record, event->ts);
}

/* --fail-on looks at every finding of the connections chosen, whether or not the view shows findings. */
static void take_event(void *user, const struct ws_event *event)
{
	struct run *run = user;
	const struct view *view = run->options->view;

	if (event->type == WS_EVENT_FINDING && run->options->has_fail_on && is_chosen(run, event))
		note_level(run, (int)event->level + 1);
	if ((view->events & WS_MASK(event->type)) != 0)
		view->on_event(run->view, event);
}

/* ---- Packets ------------------------------------------------------------------------------------------------ */

static void feed(struct run *run, const struct ws_packet *packet)
{
	const struct view *view = run->options->view;

	if (view->on_time != NULL && (run->newest == WS_TIME_NONE || packet->ts > run->newest)) {
		run->newest = packet->ts;
		view->on_time(run->view, run->tracker, packet->ts);
	}
	/* Out of memory is counted by the tracker, as table-full. */
	(void)ws_tracker_feed(run->tracker, packet);
	run->fed++;
	if (run->fed == run->options->packets_max)
		run->is_done = true;
}

void run_take_packet(struct run *run, const struct ws_packet *packet, bool is_wanted)
{
	const struct moment *at = &run->at;

	if (interact_holds(run, packet, is_wanted))
		return;
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

static void read_all(struct run *run)
{
	while (!run->is_done && !signals_stop_wanted() && !ferror(run->out)) {
		struct ws_packet packet;
		struct source_problem problem;

		interact_keep_up(run);
		switch (source_next(run->source, &packet, &problem)) {
		case SOURCE_PACKET:
			run_take_packet(run, &packet, true);
			break;
		case SOURCE_SKIPPED:
			run_take_packet(run, &packet, false);
			break;
		case SOURCE_PROBLEM:
			take_problem(run, &problem);
			break;
		case SOURCE_NOTICE:
		case SOURCE_IDLE:
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
		fprintf(stderr, "wirestat: --at frame:%llu: %s has only %llu frames; this is its end\n",
			(unsigned long long)at->frame, name_of(run, 0), (unsigned long long)run->frame_seen);
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
	       (run->result->has_bad_filter || run->options->format == VIEW_PEOPLE);
}

static void show(struct run *run)
{
	struct view_capture capture = {
		.files = run->files,
		.files_len = run->options->files_len,
		.is_damaged = run->is_damaged,
	};
	struct ws_totals totals;
	size_t i;
	int level;

	for (i = 0; i < capture.files_len; i++)
		run->files[i].frames = source_frames(run->source, i);
	capture.linktypes_len = source_linktypes(run->source, &capture.linktypes);
	level = run->options->view->finish(run->view, run->tracker, &capture);
	if (run->choice == NULL)
		note_level(run, level);
	ws_tracker_totals(run->tracker, &totals);
	/* In this order also where both go to one terminal. */
	fflush(run->out);
	view_capture_summary(stderr, &totals, &capture);
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
	run->result->has_bad_filter = !choice_init(run->choice, run->options->where, NULL, NULL);
	return true;
}

static bool open_view(struct run *run, struct view_options *view_options)
{
	const struct options *o = run->options;
	size_t i;

	run->files = calloc(o->files_len, sizeof(*run->files));
	if (run->files == NULL)
		return false;
	for (i = 0; i < o->files_len; i++)
		run->files[i].name = o->files[i];
	*view_options = (struct view_options){
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
		.hosts = o->hosts,
		.hosts_len = o->hosts_len,
		.evidence = o->evidence,
		.every_ns = o->every_ns,
		.top = (size_t)o->top,
		.uid = o->uid,
		.can_seek = run->interaction.can_seek,
		.choice = run->choice != NULL ? &run->choice->view : NULL,
	};
	run->view = o->view->create(view_options);
	return run->view != NULL;
}

static bool open_tracker(struct run *run)
{
	const struct options *o = run->options;
	struct ws_config config = {
		.on_event = take_event,
		.user = run,
		.events = o->view->events | (o->has_fail_on ? WS_MASK(WS_EVENT_FINDING) : 0),
		.time_wait_ns = o->time_wait_ns,
		.max_connections = (size_t)o->connections_max,
		.seed = random_seed(),
	};

	run->tracker = ws_tracker_new(&config);
	return run->tracker != NULL;
}

static bool open_source(struct run *run)
{
	const struct options *o = run->options;
	struct source_options options = { .names = o->files, .names_len = o->files_len, .filter = o->filter };

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
	read_all(run);
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
}

void run(const struct options *options, FILE *out, struct run_result *result)
{
	struct run run = {
		.options = options,
		.result = result,
		.out = out,
		.at = options->at,
		.first = WS_TIME_NONE,
		.newest = WS_TIME_NONE,
	};
	struct view_options view_options;

	memset(result, 0, sizeof(*result));
	interact_begin(&run);
	result->is_out_of_memory =
		!open_choice(&run) || !open_view(&run, &view_options) || !open_tracker(&run) || !open_source(&run);
	if (!result->is_out_of_memory && !result->has_bad_filter) {
		read_input(&run);
		while (!has_nothing_to_show(&run) && interact(&run))
			read_input(&run);
		if (!has_nothing_to_show(&run))
			show(&run);
	}
	close_run(&run);
}
