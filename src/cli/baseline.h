/*
 * A baseline: the findings that somebody has looked at and accepted. A text, one of them a line:
 *
 *     ID CLIENT SERVER    # why
 *
 * ID is the finding; CLIENT and SERVER are hosts as --where writes them, ADDRESS[/PREFIX][:PORT] with * for any. No frame
 * and no time stands in it, so that it holds for the next capture too.
 */
#ifndef CLI_BASELINE_H
#define CLI_BASELINE_H

#include <stdbool.h>
#include <stdio.h>

#include "wirestat.h"

#define BASELINE_LINES_MAX 65536
#define BASELINE_BYTES_MAX (16u << 20)

struct baseline;

/* Of the file of that name; NULL: an empty one. NULL when there is something wrong with it, which was told on stderr. */
struct baseline *baseline_new(const char *name);
void baseline_free(struct baseline *baseline);

/* Whether the finding is accepted; `record` is NULL for one about no connection. */
bool baseline_accepts(const struct baseline *baseline, const struct ws_record *record, enum ws_finding_id id);

/* Keeps in mind that the finding was there. At most BASELINE_LINES_MAX different ones; those beyond are counted. */
void baseline_note(struct baseline *baseline, const struct ws_record *record, enum ws_finding_id id);

/* Writes what was read, as it stood, and below it a line for each finding noted that it does not accept. False, with errno,
 * when the file cannot be written; what it held before is lost only when the new text was complete. */
bool baseline_write(struct baseline *baseline, const char *name);

#endif
