/*
 * The program: options in, one run, an exit status out. The only place that maps what happened to exit codes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capture/source.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/run.h"
#include "cli/signals.h"

enum exit_code {
	EXIT_CODE_GOOD = 0,
	EXIT_CODE_FINDINGS = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_INPUT = 3,
	EXIT_CODE_OUTPUT = 4,
};

static void print_version(void)
{
	printf("wirestat %s\n%s\n", ws_version(), source_library());
}

static enum exit_code explain_finding(const struct options *options)
{
	struct view_options view_options = {
		.out = stdout,
		.format = options->format,
		.color = options->format == VIEW_PEOPLE && terminal_wants_color(options->color),
		.width = terminal_width(),
	};

	return view_findings(stdout, &view_options, options->finding) ? EXIT_CODE_GOOD : EXIT_CODE_USAGE;
}

/* What went wrong with the input says more than what was found in the part of it that could be read. */
static enum exit_code code_of(const struct options *options, const struct run_result *result)
{
	if (result->has_bad_filter)
		return EXIT_CODE_USAGE;
	if (result->has_bad_input)
		return EXIT_CODE_INPUT;
	if (options->has_fail_on && result->highest_level > (int)options->fail_on)
		return EXIT_CODE_FINDINGS;
	return EXIT_CODE_GOOD;
}

static enum exit_code track(const struct options *options, int *output_error)
{
	struct run_result result;

	run(options, stdout, &result);
	*output_error = result.output_error;
	if (result.is_out_of_memory) {
		fputs("wirestat: out of memory\n", stderr);
		return EXIT_CODE_OUTPUT;
	}
	return code_of(options, &result);
}

static enum exit_code act(const struct options *options, int *output_error)
{
	if (options->help) {
		help_print(stdout);
		return EXIT_CODE_GOOD;
	}
	if (options->version) {
		print_version();
		return EXIT_CODE_GOOD;
	}
	if (options->view == NULL)
		return explain_finding(options);
	if (options->files_len == 0) {
		fputs("wirestat: nothing to read: give a capture file with -r\n", stderr);
		help_print_usage(stderr);
		return EXIT_CODE_USAGE;
	}
	return track(options, output_error);
}

/* Buffered output that cannot be written shows here at the latest. */
static bool close_output(int error)
{
	bool has_failed = error != 0 || ferror(stdout) != 0;

	errno = 0;
	if (fclose(stdout) != 0)
		has_failed = true;
	if (error == 0)
		error = errno;
	if (has_failed)
		fprintf(stderr, "wirestat: the output could not be written%s%s\n", error != 0 ? ": " : "",
			error != 0 ? strerror(error) : "");
	return !has_failed;
}

int main(int argc, char *argv[])
{
	struct options options;
	char error[OPTIONS_ERROR_MAX];
	enum exit_code code;
	int output_error = 0;

	signals_install();
	if (options_parse(&options, argc, argv, error) == 0) {
		code = act(&options, &output_error);
	} else {
		fprintf(stderr, "wirestat: %s\n", error);
		code = EXIT_CODE_USAGE;
	}
	options_fini(&options);
	return close_output(output_error) ? (int)code : EXIT_CODE_OUTPUT;
}
