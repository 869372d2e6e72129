/*
 * A run from inside: what run.c shares with interact.c and watch.c.
 */
#ifndef CLI_RUN_INSIDE_H
#define CLI_RUN_INSIDE_H

#include "capture/pace.h"
#include "capture/source.h"
#include "cli/choice.h"
#include "cli/kernel_check.h"
#include "cli/merged.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "cli/sieve.h"

/* Of a run whose view is interactive. */
struct interaction {
	struct pace pace;
	unsigned packets; /* since the clock was looked at */
	bool can_seek;
	bool was_read;  /* to the end once: its ends are known, its problems told */
	bool is_sorted; /* no packet is earlier than one before it; known when it was read */
	ws_time first;
	ws_time last;
	bool is_finished;      /* ws_tracker_finish was called */
	bool has_held;         /* the first packet after the moment shown waits to be taken */
	bool is_held_wanted;   /* the filter lets it through */
	struct ws_packet held; /* valid until the source is asked for the next one */
	bool wants_quit;
	bool wants_seek;
	struct moment wanted;
};

/* Of a run that captures from an interface. */
struct watch {
	ws_time end; /* of the capture; INT64_MAX: not known yet */
	bool is_stopping;
	bool has_excess;           /* the last frame that was read is not part of the capture any more */
	struct ws_addr *addresses; /* of this host */
	size_t addresses_len;
	struct kernel_check *check; /* NULL: none */
	ws_time next_check;
	ws_time next_settling; /* of the tracker */
};

struct run {
	const struct options *options;
	struct run_result *result;
	FILE *out;
	struct view_file *files; /* as many as options->files */
	struct source *source;
	ws_tracker *tracker;
	struct choice *choice;   /* of --where; NULL: every connection */
	struct coverage *merged; /* of --merge; NULL: none */
	struct sieve *sieve;     /* of the audit; NULL: every finding counts, and none is to be kept */
	void *view;              /* the view's own object */
	struct moment at;        /* to be shown; that of the options unless the view wants another */
	ws_time first;           /* of the first packet, filtered out or not; WS_TIME_NONE before */
	ws_time newest;          /* that the view was told of */
	ws_time told;            /* that the view was told of last; WS_TIME_NONE before */
	bool is_quiet_known;     /* then the view need not be told of time before `quiet_until`; WS_TIME_NONE: of all */
	ws_time quiet_until;
	uint64_t fed;
	uint64_t filtered;   /* frames that the filter left out */
	uint64_t frame_seen; /* newest of the first file */
	bool is_done;
	bool is_damaged; /* a file ended before its end */
	struct interaction interaction;
	struct watch watch;
	struct progress progress;
	struct view_options view_options; /* what the view was made with */
};

/* A packet was read: its capture time, filtered out or not. */
void run_take_packet(struct run *run, const struct ws_packet *packet, bool is_wanted);

/* What is known of the input by now, on stderr. */
void run_show_counters(struct run *run);

/* False when out of memory; then tracker and source are what they were. */
bool run_reopen(struct run *run);

#endif
