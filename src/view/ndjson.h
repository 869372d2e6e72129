/*
 * The objects of machine output, member by member, in the order of the contract. Each is one line, in any of the modes
 * of fields.h, so that TSV has the same names.
 */
#ifndef VIEW_NDJSON_H
#define VIEW_NDJSON_H

#include "view/fields.h"
#include "view/view.h"

/* A connection with all that is known of it. `options` tells of `path` and the files' names, and whether the table is
 * repeated: then its moment is told. `record` may be NULL for the names. */
void ndjson_connection(struct text *out, enum fields_mode mode, const struct ws_record *record, ws_time at,
		       const struct view_options *options);

/* A change of state, a retraction, a proof, a finding, an opening or a closing. `record` is of its connection, NULL when
 * it has none; both may be NULL for the names. */
void ndjson_event(struct text *out, enum fields_mode mode, const struct ws_event *event,
		  const struct ws_record *record);

/* The last line of every run in JSON: what the input was like. */
void ndjson_capture(struct text *out, const struct ws_totals *totals, const struct view_capture *capture);

/* Its members, for objects that hold them as a group. JSON only. */
void ndjson_capture_members(struct fields *f, const struct ws_totals *totals, const struct view_capture *capture);

/* What is common to all that name both ends: {"addr":…,"port":…} as group `name`. */
void ndjson_end(struct fields *f, const char *name, const struct ws_endpoint *endpoint);

#endif
