/*
 * The program: options in, one run, an exit status out. The only place that maps what happened to exit codes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/devices.h"
#include "capture/source.h"
#include "cli/help.h"
#include "cli/merged.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run.h"
#include "cli/signals.h"

enum exit_code {
	EXIT_CODE_GOOD = 0,
	EXIT_CODE_FINDINGS = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_INPUT = 3,
	EXIT_CODE_OUTPUT = 4,
	EXIT_CODE_PERMISSION = 5,
};

static enum exit_code print_version(FILE *out)
{
	fprintf(out, "wirestat %s\n%s\n", ws_version(), source_library());
	return EXIT_CODE_GOOD;
}

static enum exit_code explain_finding(const struct options *options, FILE *out)
{
	struct view_options view_options = {
		.out = out,
		.format = options->format,
		.color = options->format == VIEW_PEOPLE && terminal_wants_color(options->color),
		.width = terminal_width(),
	};

	char error[AUDIT_OPTIONS_ERROR_MAX];

	if (options->audit.man) {
		view_findings_man(out);
		return EXIT_CODE_GOOD;
	}
	if (view_findings(out, &view_options, options->finding))
		return EXIT_CODE_GOOD;
	audit_options_unknown(options->finding, strlen(options->finding), error);
	fprintf(stderr, "wirestat: findings: %s\n", error);
	return EXIT_CODE_USAGE;
}

/* Of --coverage without a capture. */
static enum exit_code print_merged(const struct options *options, FILE *out)
{
	struct coverage *merged = merged_read(&options->audit);
	struct view_options view_options = {
		.out = out,
		.format = options->format,
		.color = options->format == VIEW_PEOPLE && terminal_wants_color(options->color),
		.merged = merged,
		.svg = options->audit.svg,
	};

	if (merged == NULL)
		return EXIT_CODE_USAGE;
	view_coverage_merged(out, &view_options);
	free(merged);
	return EXIT_CODE_GOOD;
}

/* What went wrong with the input says more than what was found in the part of it that could be read. */
static enum exit_code track(const struct options *options, FILE *out)
{
	struct run_result result;

	run(options, out, &result);
	if (result.is_out_of_memory) {
		fputs("wirestat: out of memory\n", stderr);
		return EXIT_CODE_OUTPUT;
	}
	if (result.has_bad_filter)
		return EXIT_CODE_USAGE;
	if (result.has_no_permission || result.is_insecure)
		return EXIT_CODE_PERMISSION;
	if (result.has_lost_file)
		return EXIT_CODE_OUTPUT;
	if (result.has_bad_input)
		return EXIT_CODE_INPUT;
	if (options->has_fail_on && result.highest_level > (int)options->fail_on)
		return EXIT_CODE_FINDINGS;
	return EXIT_CODE_GOOD;
}

static enum exit_code act(const struct options *options, FILE *out)
{
	if (options->help) {
		help_print(out);
		return EXIT_CODE_GOOD;
	}
	if (options->has_completion) {
		completion_print(out, options->completion);
		return EXIT_CODE_GOOD;
	}
	if (options->version)
		return print_version(out);
	if (options->view == NULL)
		return explain_finding(options, out);
	if (options->lists_interfaces)
		return devices_print(out) ? EXIT_CODE_GOOD : EXIT_CODE_INPUT;
	if (options->files_len == 0 && options->audit.merged_len > 0)
		return print_merged(options, out);
	if (options->files_len == 0) {
		fputs("wirestat: nothing to read: give an interface with -i or a capture file with -r\n", stderr);
		help_print_usage(stderr);
		return EXIT_CODE_USAGE;
	}
	if (options->view->obstacle != NULL && options->view->obstacle() != NULL) {
		fprintf(stderr, "wirestat: %s: %s\n", options->view->name, options->view->obstacle());
		return EXIT_CODE_USAGE;
	}
	return track(options, out);
}

static enum exit_code act_on_output(const struct options *options)
{
	struct output output;
	enum exit_code code;
	int error;

	if (options->output != NULL && !output_redirect(options->output, true)) {
		fprintf(stderr, "wirestat: -o: %s: %s\n", options->output, strerror(errno));
		return EXIT_CODE_OUTPUT;
	}
	if (options->output != NULL)
		signals_catch_hangup();
	if (output_open(&output, STDOUT_FILENO) != 0) {
		fprintf(stderr, "wirestat: %s\n", strerror(errno));
		return EXIT_CODE_OUTPUT;
	}
	code = act(options, output.stream);
	error = output_close(&output);
	if (error == 0)
		return code;
	fprintf(stderr, "wirestat: the output could not be written: %s\n", strerror(error));
	return EXIT_CODE_OUTPUT;
}

int main(int argc, char *argv[])
{
	struct options options;
	char error[OPTIONS_ERROR_MAX];
	enum exit_code code;

	signals_install();
	if (options_parse(&options, argc, argv, error) == 0) {
		code = act_on_output(&options);
	} else {
		fprintf(stderr, "wirestat: %s\n", error);
		code = EXIT_CODE_USAGE;
	}
	options_fini(&options);
	return (int)code;
}
