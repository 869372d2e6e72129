/*
 * The command line: `wirestat [VIEW] -i INTERFACE | -r FILE... [options] [BPF expression]`, read by the tables of
 * option_rows.h. A word that is wrong is named in one line.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/audit_options.h"
#include "cli/completion.h"
#include "cli/live_options.h"
#include "cli/moment.h"
#include "cli/terminal.h"
#include "view/view.h"

struct options {
	const struct view *view; /* NULL: `findings` */
	const char *finding;     /* `findings ID`, or words to search for; NULL: all */
	const char **files;      /* of -r, or the interface; borrowed from argv */
	size_t files_len;
	char *filter;         /* the words after the options, joined; NULL: none */
	uint64_t packets_max; /* 0: all */
	struct moment at;
	enum view_format format;
	enum color_choice color;
	bool all;
	bool path;
	const struct view *tool; /* of --as; NULL: wirestat's own table */
	bool listening;
	bool summary;
	bool zeek;
	bool timers;
	bool wide;
	struct ws_addr *hosts; /* of --host */
	size_t hosts_len;
	bool evidence;
	bool full_audit;
	bool numeric;     /* nothing to do: names are never resolved */
	int64_t every_ns; /* 0: once */
	uint64_t top;
	const char *uid;
	const char *where; /* NULL: every connection */
	bool has_fail_on;
	enum ws_level fail_on;
	int64_t time_wait_ns; /* 0: the library's own */
	enum ws_key key;
	uint64_t connections_max; /* 0: the library's own */
	uint64_t memory_max;      /* 0: none */
	uint64_t threads;         /* 0: as many as there are and help */
	uint64_t seed;            /* 0: a random one */
	bool lists_interfaces;    /* -D */
	struct live_options live;
	struct audit_options audit;
	const char *output; /* NULL: standard output */
	bool line_buffered;
	bool quiet;
	bool verbose;
	bool has_completion;
	enum completion_shell completion;
	bool help;
	bool version;
};

#define OPTIONS_ERROR_MAX 256

/* 0, or -1 with the reason in `error`. Either way options_fini is due. With `help`, `version` or `has_completion` nothing else
 * counts. */
int options_parse(struct options *options, int argc, char *const argv[], char error[OPTIONS_ERROR_MAX]);
void options_fini(struct options *options);

#endif
