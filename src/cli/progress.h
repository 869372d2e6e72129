/*
 * A bar on standard error that shows how far long files were read; from the second on that reading takes.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "capture/pace.h"
#include "capture/source.h"

struct progress {
	bool is_wanted;
	bool is_timed; /* the second has begun */
	bool is_shown;
	unsigned packets; /* since the clock was looked at */
	struct pace pace;
};

/* Whether standard error can show a bar. */
bool progress_has_terminal(void);

/* To be called once a packet. */
void progress_look(struct progress *progress, const struct source *source);

/* Before anything else is written on standard error. */
void progress_hide(struct progress *progress);

/* The bar in `columns` columns, or what fits of it; `total` is not 0. `out` holds PROGRESS_TEXT_MAX bytes; returns it. */
#define PROGRESS_TEXT_MAX 160
const char *progress_text(uint64_t done, uint64_t total, unsigned columns, char *out);

#endif
