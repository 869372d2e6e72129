#include "cli/trouble.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/interact.h"
#include "cli/signals.h"
#include "view/parts.h"

const char *trouble_name_of(const struct run *run, size_t file)
{
	const char *name = file < run->options->files_len ? run->options->files[file] : "no file";

	return strcmp(name, "-") == 0 ? "standard input" : name;
}

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

static void tell(const struct run *run, const struct source_problem *problem, const char *name)
{
	bool is_only = run->options->files_len == 1;

	if (run->options->live.interface != NULL)
		fprintf(stderr, "wirestat: %s: %s\n", name, problem->text);
	else if (problem->fault == SOURCE_FAULT_LINKTYPE)
		fprintf(stderr, "wirestat: %s: %s; its packets are counted, not decoded\n", name, problem->text);
	else if (problem->fault == SOURCE_FAULT_UNFILTERED)
		fprintf(stderr, "wirestat: %s: %s; its packets are left out\n", name, problem->text);
	else if (problem->frame > 1)
		fprintf(stderr, "wirestat: %s: frame %llu: %s; what came before it is reported\n", name,
			(unsigned long long)problem->frame, problem->text);
	else if (problem->frame == 1)
		fprintf(stderr, "wirestat: %s: frame 1: %s; nothing of this file can be reported\n", name,
			problem->text);
	else
		fprintf(stderr, "wirestat: %s: %s%s\n", name, problem->text,
			is_only ? "" : "; going on with the other files");
}

/* A name may be foreign text: that of a file in a directory, or in a list. */
void trouble_tell(const struct run *run, const struct source_problem *problem)
{
	struct text name = { 0 };

	parts_foreign(&name, trouble_name_of(run, problem->file));
	tell(run, problem, name.data != NULL ? name.data : "");
	text_fini(&name);
}

void trouble_take(struct run *run, const struct source_problem *problem)
{
	/* A read that a signal or the view broke off is no fault of the file; what was told is not told again. */
	if (signals_stop_wanted() || run->interaction.was_read || interact_is_broken_off(run))
		return;
	if (problem->fault == SOURCE_FAULT_FILTER) {
		report_filter(run, problem);
		run->result->has_bad_filter = true;
		run->is_done = true;
		return;
	}
	trouble_tell(run, problem);
	run->result->has_no_permission = problem->fault == SOURCE_FAULT_PERMISSION;
	run->result->has_bad_input = true;
	if (problem->fault == SOURCE_FAULT_CUT || problem->fault == SOURCE_FAULT_DAMAGED)
		run->is_damaged = true;
}
