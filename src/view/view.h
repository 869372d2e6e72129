/*
 * What a view is: a handful of functions over the public API, one const instance per view (view_table, view_count, ...).
 * A view writes onto a stdio stream and keeps its state in an object of its own; formats (people, JSON, TSV) are
 * chosen by options, not by separate views.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include <stdio.h>

#include "wirestat.h"

enum view_format { VIEW_PEOPLE, VIEW_JSON, VIEW_TSV };

/* One input file, or the interface. Names are borrowed. */
struct view_file {
	const char *name;
	uint64_t frames;
};

/* Which connections are shown (--where). */
struct view_choice {
	const void *self;
	bool has_one_state; /* whatever it chooses has a side in the same state: ss leaves out that column */
	bool (*wants)(const void *self, const struct ws_record *record, ws_time now);
	/* `src` and `state` mean the side `local`. */
	bool (*wants_side)(const void *self, const struct ws_record *record, ws_time now, enum ws_side local);
	bool (*may_want)(const void *self, const struct ws_record *record); /* false: now and ever after not */
};

/* How a finding stands to what was asked for. */
enum view_standing {
	VIEW_COUNTS,
	VIEW_LEFT_OUT, /* by --only or --ignore: as if it were not there */
	VIEW_ACCEPTED, /* by the baseline: it is told how many there are */
};

/* Which findings count (--only, --ignore, --baseline). `record` is NULL for a finding about no connection. */
struct view_sieve {
	const void *self;
	enum view_standing (*judge)(const void *self, const struct ws_record *record, enum ws_finding_id id);
};

struct coverage;

struct view_options {
	FILE *out;
	enum view_format format;
	bool color;
	unsigned width;                   /* terminal columns; 0 = not a terminal: no padding, no cutting */
	unsigned height;                  /* and its lines */
	int64_t refresh_ns;               /* table: shown anew that often, in place of the one before; 0 = at the end */
	bool all;                         /* table: closed connections too */
	bool path;                        /* table: the settled path of each side */
	bool evidence;                    /* events: proofs too */
	int64_t every_ns;                 /* count: one line per interval of capture time; 0 = once, at the end */
	size_t top;                       /* count: hosts and services shown */
	bool listening;                   /* the dialects: listeners, and open connections only with `all` */
	bool wide;                        /* netstat: addresses are not cut */
	bool timers;                      /* table and dialects: time left in TIME-WAIT, else the age of the state */
	int64_t time_wait_ns;             /* 2MSL; 0 = WS_TIME_WAIT_NS */
	const struct ws_addr *hosts;      /* the dialects: local addresses, of --host or of a live capture's own host */
	size_t hosts_len;                 /* 0: the address that most connections have */
	const char *uid;                  /* ladder: only this connection; NULL = all; audit: the one explained */
	const struct view_choice *choice; /* NULL = all; asked by view_wants */
	const struct view_sieve *sieve;   /* NULL = every finding counts; asked by view_judge */
	enum ws_level fail_level;         /* junit, tap: findings of this level and above fail a test */
	const struct coverage *merged;    /* coverage: that of other runs, to be added; NULL = none */
	bool svg;                         /* coverage: as a picture */
	bool can_seek;                    /* top: the input can be read again, from its beginning */
	const struct view_file *files;    /* whose names ws_record.file tells, before and during the run */
	size_t files_len;                 /* 0: connections name no file */
};

/* What the input was like, beyond what the tracker counts (struct ws_totals). */
struct view_capture {
	const struct view_file *files;
	size_t files_len;
	const uint32_t *linktypes; /* distinct LINKTYPE_ values met */
	size_t linktypes_len;
	bool is_live;   /* of an interface, whose packets are cut on purpose (-s) */
	bool has_drops; /* live, and where a file tells */
	uint64_t kernel_drops;
	uint64_t interface_drops;
	uint64_t untimed;        /* packets that a file gives no time */
	uint64_t unknown_blocks; /* of pcapng files */
	bool is_damaged;         /* an input was cut short or could not be read to its end */
	bool is_incomplete;      /* that, or an input could not be opened */
};

/* What an interactive view wants next. */
enum view_wish {
	VIEW_GO_ON,
	VIEW_SEEK, /* files: show the moment that it put into view_now.moment */
	VIEW_QUIT,
};

/* What the run tells an interactive view at each tick. */
struct view_now {
	bool is_live;    /* an interface, whose present is shown */
	bool is_reading; /* the end of input, or the moment asked for, is still to come */
	ws_time first;   /* of the input, packets that the filter leaves out included; WS_TIME_NONE before any */
	ws_time last;
	ws_time moment; /* the one shown; WS_TIME_NONE: the end of input, or the present */
	bool has_drops; /* live, and where a file tells */
	uint64_t kernel_drops;
	uint64_t interface_drops;
};

struct view {
	const char *name;    /* the word on the command line */
	const char *summary; /* one line for --help */
	unsigned events;     /* WS_MASK() of the events that on_event wants */
	bool full_audit;     /* every finding of the catalogue is wanted, not only those about states */
	bool is_document;    /* whole only with what finish writes: finish is called even when nothing could be read */

	/* Those of `events` that these options make use of; NULL: all. Nobody is slowed down by events that go nowhere. */
	unsigned (*events_for)(const struct view_options *options);
	/* NULL when out of memory. `options` outlives the view. */
	void *(*create)(const struct view_options *options);
	void (*on_event)(void *self, const struct ws_event *event);
	/* Capture time moved to `now`; called before the packet of that time is fed. May be NULL. */
	void (*on_time)(void *self, ws_tracker *tracker, ws_time now);
	/* on_time was last called for `now`, the packet of that time was taken, and until the time given on_time would have
	 * nothing to do, whatever comes; WS_TIME_NONE: nobody can tell. NULL: likewise. */
	ws_time (*due)(const void *self, ws_time now);
	/* The input ended (after ws_tracker_finish) or the moment of --at came (then without it). Writes what is left;
	 * JSON ends with the capture object. Returns the highest level of the findings shown + 1, or 0 when there
	 * were none: main compares it with --fail-on. */
	int (*finish)(void *self, ws_tracker *tracker, const struct view_capture *capture);
	void (*destroy)(void *self);

	/* Interactive views have these four, all others none of them. */

	/* Why it cannot be shown here, in a few words; NULL when it can. Asked before create; exit status 2. */
	const char *(*obstacle)(void);
	/* The descriptor its keys come from. A run that waits, waits for that one too. */
	int (*input)(void *self);
	/* Called at least ten times a second, whether packets come or not, and when a key has come. */
	enum view_wish (*tick)(void *self, ws_tracker *tracker, struct view_now *now);
	/* An earlier moment was asked for: the input is read again from its beginning, by a new tracker. */
	void (*restart)(void *self);
};

extern const struct view view_table;
extern const struct view view_count;
extern const struct view view_events;
extern const struct view view_audit;
extern const struct view view_ladder;
extern const struct view view_top;

/* Other forms of the table, chosen by options: one host's list as netstat or ss prints it, the summary of ss -s, the ports
 * that were tried, Zeek's conn.log. */
extern const struct view view_netstat;
extern const struct view view_ss;
extern const struct view view_ss_summary;
extern const struct view view_listening;
extern const struct view view_zeek;

/* Other forms of the audit. */
extern const struct view view_sarif;
extern const struct view view_junit;
extern const struct view view_tap;
extern const struct view view_explain;
extern const struct view view_coverage;

/* Whether the options choose this connection, as it is at `now`. Every view asks before it shows one. */
bool view_wants(const struct view_options *options, const struct ws_record *record, ws_time now);

/* The same for the row of one side, which is the local one. */
bool view_wants_side(const struct view_options *options, const struct ws_record *record, ws_time now,
		     enum ws_side local);

/* False when view_wants will never be true of it: nothing need be kept for it. */
bool view_may_want(const struct view_options *options, const struct ws_record *record);

/* Whether a finding counts. The audit and its forms ask before they show one. */
enum view_standing view_judge(const struct view_options *options, const struct ws_record *record,
			      enum ws_finding_id id);

/* The coverage of other runs alone (options->merged): needs no input. */
void view_coverage_merged(FILE *out, const struct view_options *options);

/* The catalogue (`wirestat findings [ID | WORD...]`): needs no input. The finding that `words` name, else all in which each of
 * them occurs; NULL: all. False when there is none. */
bool view_findings(FILE *out, const struct view_options *options, const char *words);

/* The same as the manual page wirestat-findings(7). */
void view_findings_man(FILE *out);

/* The same facts as the capture object, for people, on `out` (stderr): what was read, what was not decoded and why. */
void view_capture_summary(FILE *out, const struct ws_totals *totals, const struct view_capture *capture);

#endif
