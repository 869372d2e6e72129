/*
 * The audit summed up by file and finding: how often each finding was seen in each file, with the first few in words. What
 * JUnit and TAP are made from: a test case for each finding of the catalogue, the same ones in every run. Memory grows with
 * the number of files, not with what is in them.
 */
#ifndef VIEW_LEDGER_H
#define VIEW_LEDGER_H

#include "base/text.h"
#include "view/view.h"

#define LEDGER_TOLD 3

/* One finding in one file. */
struct ledger_entry {
	uint64_t count;
	uint64_t accepted;
	uint64_t last_frame;
	struct text words; /* of the first LEDGER_TOLD, a line each */
};

struct ledger_file {
	struct ledger_entry *entries; /* WS_FINDING_COUNT of them; NULL: there was no finding */
	uint64_t connections;
};

struct ledger {
	const struct view_options *options;
	struct ledger_file *files; /* options->files_len of them, and one for findings about no connection */
	int level;                 /* highest that counts, plus 1 */
	bool failed;               /* out of memory: something is missing */
};

bool ledger_init(struct ledger *ledger, const struct view_options *options);
void ledger_fini(struct ledger *ledger);
void ledger_event(struct ledger *ledger, const struct ws_event *event); /* FINDING, HOST and END */

/* The connections that are left, once the input has ended. */
void ledger_finish(struct ledger *ledger, ws_tracker *tracker);

/* NULL when the finding was not seen in the file. */
const struct ledger_entry *ledger_entry(const struct ledger *ledger, size_t file, enum ws_finding_id id);

/* How a finding's test case ends in a file. */
enum ledger_result { LEDGER_PASSED, LEDGER_FAILED, LEDGER_SKIPPED };

/* Failed: it was seen, counts, and its level is that of --fail-on (warn unless given) or above. Skipped: --only or --ignore
 * leave it out. */
enum ledger_result ledger_result(const struct ledger *ledger, size_t file, enum ws_finding_id id);

/* "seen 60 times, 2 more accepted by the baseline" */
void ledger_summary(struct text *out, const struct ledger_entry *entry);

/* The words of those seen, and how many there were besides. */
void ledger_words(struct text *out, const struct ledger_entry *entry);

#endif
