#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

#define BEGIN_NS NS_PER_SEC
#define AGAIN_NS (NS_PER_SEC / 5)
#define PACKETS_PER_LOOK 4096

#define COLUMNS_DEFAULT 80
#define BAR_MAX 40

bool progress_has_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

static unsigned columns_of_terminal(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
}

/* "1.5 of 12.0 MB", in the unit of the second. */
static void print_amounts(uint64_t done, uint64_t total, char *out, size_t size)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	uint64_t unit = 1000;
	size_t i = 0;

	while (i + 1 < sizeof(units) / sizeof(units[0]) && total / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	snprintf(out, size, "%llu.%llu of %llu.%llu %s", (unsigned long long)(done / unit),
		 (unsigned long long)(done % unit / (unit / 10)), (unsigned long long)(total / unit),
		 (unsigned long long)(total % unit / (unit / 10)), units[i]);
}

const char *progress_text(uint64_t done, uint64_t total, unsigned columns, char *out)
{
	char amounts[64];
	char bar[BAR_MAX + 1];
	unsigned percent;
	unsigned width = columns > 40 ? columns - 40 : 0;
	unsigned filled;

	if (done > total)
		done = total;
	if (width > BAR_MAX)
		width = BAR_MAX;
	percent = (unsigned)((double)done / (double)total * 100.0);
	filled = (unsigned)((double)done / (double)total * (double)width);
	memset(bar, '-', sizeof(bar));
	memset(bar, '#', filled);
	bar[width] = '\0';
	print_amounts(done, total, amounts, sizeof(amounts));
	snprintf(out, PROGRESS_TEXT_MAX, "reading %3u%% %s%s%s%s", percent, width > 0 ? "[" : "", bar,
		 width > 0 ? "] " : "", amounts);
	if (columns < PROGRESS_TEXT_MAX)
		out[columns] = '\0';
	return out;
}

/* The cursor is left at the start of the line, so that whatever comes writes over it. */
static void show(struct progress *progress, const struct source *source)
{
	char text[PROGRESS_TEXT_MAX];
	uint64_t done, total;

	if (!source_progress(source, &done, &total) || total == 0) {
		progress->is_wanted = false;
		return;
	}
	fprintf(stderr, "%s\033[K\r", progress_text(done, total, columns_of_terminal() - 1, text));
	progress->is_shown = true;
}

void progress_look(struct progress *progress, const struct source *source)
{
	if (!progress->is_wanted || ++progress->packets < PACKETS_PER_LOOK)
		return;
	progress->packets = 0;
	if (!pace_is_due(&progress->pace, progress->is_timed ? AGAIN_NS : BEGIN_NS))
		return;
	if (progress->is_timed)
		show(progress, source);
	progress->is_timed = true;
}

void progress_hide(struct progress *progress)
{
	if (progress->is_shown)
		fputs("\033[K", stderr);
	progress->is_shown = false;
}
