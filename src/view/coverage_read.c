/*
 * Coverage read back from TSV. Every number is checked: a file that was cut or changed by hand is refused, not half taken.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/coverage.h"

#define COLUMNS 8

enum column { ARROW, FROM, EVENT, TO, COUNT, PROVEN, MEDIAN, DWELL };

static const char names[] = "arrow\tfrom\tevent\tto\tcount\tproven\tmedian_ns\tdwell";

/* Cuts the line at its tabs; false unless there are as many columns as there should be. */
static bool split(char *line, char *columns[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		char *tab = strchr(line, '\t');

		columns[i] = line;
		if ((tab != NULL) != (i + 1 < COLUMNS))
			return false;
		if (tab) {
			*tab = '\0';
			line = tab + 1;
		}
	}
	return true;
}

/* Digits up to `end`, which is moved behind them. Sums of what is read cannot overflow. */
static bool number(const char **at, uint64_t *out)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*out = strtoull(*at, &end, 10);
	*at = end;
	return errno == 0 && *out <= UINT64_MAX / 1000000;
}

static bool whole_number(const char *text, uint64_t *out)
{
	return number(&text, out) && *text == '\0';
}

/* "12:3,14:1" */
static bool read_dwell(const char *text, struct coverage_count *count)
{
	while (*text) {
		uint64_t bucket;
		uint64_t value;

		if (!number(&text, &bucket) || bucket >= COVERAGE_BUCKETS || *text++ != ':' || !number(&text, &value))
			return false;
		count->dwell[bucket] += value;
		count->timed += value;
		if (*text == ',' && text[1] != '\0')
			text++;
		else if (*text)
			return false;
	}
	return true;
}

static bool is_arrow(const struct coverage_arrow *arrow, char *const columns[COLUMNS])
{
	return strcmp(arrow->name, columns[ARROW]) == 0 && strcmp(ws_state_name(arrow->from), columns[FROM]) == 0 &&
	       strcmp(ws_cause_name(arrow->cause), columns[EVENT]) == 0 &&
	       strcmp(ws_state_name(arrow->to), columns[TO]) == 0;
}

static bool read_arrow(struct coverage *sum, char *const columns[COLUMNS])
{
	for (size_t i = 0; i < coverage_arrows(); i++) {
		struct coverage_count *count = &sum->arrows[i];
		uint64_t median;

		if (!is_arrow(coverage_arrow(i), columns))
			continue;
		/* The median follows from the histogram. */
		return whole_number(columns[COUNT], &count->count) && whole_number(columns[PROVEN], &count->proven) &&
		       (columns[MEDIAN][0] == '\0' || whole_number(columns[MEDIAN], &median)) &&
		       read_dwell(columns[DWELL], count) && count->proven <= count->count &&
		       count->timed <= count->count;
	}
	return false;
}

static bool read_line(struct coverage *sum, char *line)
{
	char *columns[COLUMNS];

	if (!split(line, columns))
		return false;
	if (strcmp(columns[ARROW], "connections") == 0)
		return whole_number(columns[COUNT], &sum->connections);
	if (strcmp(columns[ARROW], "midstream") == 0)
		return whole_number(columns[COUNT], &sum->midstream);
	if (strcmp(columns[ARROW], "other") == 0)
		return whole_number(columns[COUNT], &sum->other);
	return read_arrow(sum, columns);
}

static size_t read_lines(struct coverage *sum, char *text)
{
	size_t number = 0;

	for (char *line = text; *line;) {
		char *end = strchr(line, '\n');

		number++;
		if (!end)
			return number; /* cut short */
		*end = '\0';
		if (number == 1 ? strcmp(line, names) != 0 : !read_line(sum, line))
			return number;
		line = end + 1;
	}
	/* Its lines are as many as were written. */
	return number == coverage_arrows() + 4 ? 0 : number + 1;
}

size_t coverage_read(struct coverage *coverage, char *text)
{
	struct coverage *one = calloc(1, sizeof(*one));
	size_t wrong;

	if (!one)
		return 1;
	wrong = read_lines(one, text);
	if (wrong == 0)
		coverage_merge(coverage, one);
	free(one);
	return wrong;
}
