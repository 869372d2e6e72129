/*
 * Which arrows of the state machine the connections of some captures went along: RFC 9293 figure 5 as a tap sees it, numbered
 * as in src/tcp/fsm.c, and what the figure leaves out. For each arrow how often, how surely, and how long the state before it
 * had lasted. Memory is fixed: times are kept as a histogram with four buckets an octave, so that a median is right within
 * 9.1 %, and sums of several captures are as exact as one.
 */
#ifndef VIEW_COVERAGE_H
#define VIEW_COVERAGE_H

#include "base/text.h"
#include "view/view.h"

#define COVERAGE_BUCKETS 257 /* 0 ns, and four for each power of two */

/* The arrows of the figure, then those of its notes and the text, then the ways out that every state has. */
#define COVERAGE_FIGURE 16
#define COVERAGE_ARROWS_MAX 64

struct coverage_arrow {
	const char *name; /* "1" to "16"; "note 2"; "text"; "out" */
	enum ws_state from;
	enum ws_cause cause;
	enum ws_state to;
};

struct coverage_count {
	uint64_t count;
	uint64_t proven;
	uint64_t timed; /* those with a dwell time */
	uint64_t dwell[COVERAGE_BUCKETS];
};

struct coverage {
	uint64_t connections;
	uint64_t midstream; /* sides that were met in the middle */
	uint64_t other;     /* steps that are no arrow */
	struct coverage_count arrows[COVERAGE_ARROWS_MAX];
};

/* The table of arrows; NULL beyond its end. */
const struct coverage_arrow *coverage_arrow(size_t i);
size_t coverage_arrows(void);

/* -1 when it is none. */
int coverage_find(enum ws_state from, enum ws_cause cause, enum ws_state to);

/* Adds both sides' settled paths. */
void coverage_add(struct coverage *coverage, const struct ws_record *record);

/* Adds what another run counted. */
void coverage_merge(struct coverage *coverage, const struct coverage *other);

/* The bucket of a time, and the middle of a bucket. */
unsigned coverage_bucket(int64_t ns);
int64_t coverage_bucket_middle(unsigned bucket);

/* -1 when no time was taken. */
int64_t coverage_median(const struct coverage_count *count);

/* How many arrows of the figure were seen, of those that a tap can see. */
unsigned coverage_seen(const struct coverage *coverage);
unsigned coverage_visible(void);

/* The arrow of the figure that shows nowhere but in a call (LISTEN to SYN-SENT). */
bool coverage_is_visible(size_t arrow);

/* As text, JSON and TSV, by the format of the options; and as a picture. */
void coverage_write(struct text *out, const struct coverage *coverage, const struct view_options *options);
void coverage_svg(struct text *out, const struct coverage *coverage);

/* Adds what coverage_write wrote as TSV. `text` ends with NUL, and is changed. 0, or the number of the line that is wrong. */
size_t coverage_read(struct coverage *coverage, char *text);

#endif
