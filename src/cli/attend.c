#include "cli/attend.h"

#include <errno.h>
#include <string.h>

#include "cli/output.h"
#include "cli/signals.h"
#include "cli/terminal.h"

/* Nothing of it comes before the end, so that a bar on the same terminal disturbs nobody. */
static bool prints_at_the_end(const struct options *o)
{
	if (o->every_ns > 0)
		return false;
	return o->view == &view_count || (o->view == &view_table && !o->all);
}

/* Who reads events as they come wants each line at once; of a file that is there nothing is gained by it. */
bool attend_wants_lines(const struct run *run)
{
	uint64_t done, total;

	if (run->options->line_buffered)
		return true;
	return run->options->view == &view_events && !source_progress(run->source, &done, &total);
}

void attend_begin(struct run *run)
{
	const struct options *o = run->options;

	if (attend_wants_lines(run))
		setvbuf(run->out, NULL, _IOLBF, 0);
	run->progress.is_wanted =
		progress_has_terminal() && o->view->input == NULL && (terminal_width() == 0 || prints_at_the_end(o));
}

static void reopen(struct run *run)
{
	const char *name = run->options->output;

	/* What was read before goes to where it always went. */
	if (run->tracker != NULL)
		ws_tracker_settle(run->tracker);
	if (fflush(run->out) == 0 && !output_redirect(name, false))
		fprintf(stderr, "wirestat: -o: %s: %s; going on with the file that was open\n", name, strerror(errno));
}

void attend(struct run *run)
{
	if (signals_counters_wanted()) {
		attend_pause(run);
		run_show_counters(run);
	}
	if (signals_reopen_wanted()) {
		attend_pause(run);
		reopen(run);
	}
	progress_look(&run->progress, run->source);
}

void attend_pause(struct run *run)
{
	progress_hide(&run->progress);
}

static void show_details(struct run *run)
{
	size_t i;

	for (i = 0; i < run->options->files_len; i++)
		fprintf(stderr, "%s: %llu frames\n", run->options->files[i],
			(unsigned long long)source_frames(run->source, i));
	if (run->options->filter != NULL)
		fprintf(stderr, "%llu frames left out by the filter '%s'\n", (unsigned long long)run->filtered,
			run->options->filter);
	if (run->options->where != NULL)
		fprintf(stderr, "connections chosen by '%s'\n", run->options->where);
}

void attend_summary(struct run *run)
{
	attend_pause(run);
	if (!run->options->quiet)
		run_show_counters(run);
	if (run->options->verbose)
		show_details(run);
}
