/*
 * A ladder as text: for people, like a figure of RFC 9293 with frame numbers, times and relative sequence numbers; as a
 * case of tests/cases, with raw numbers in fixed columns, from which the same segments can be made again; as JSON.
 */
#ifndef VIEW_LADDER_TEXT_H
#define VIEW_LADDER_TEXT_H

#include "base/text.h"
#include "view/ladder_rows.h"
#include "view/view.h"

/* Times count from `start`. The ladder is settled (ladder_settle). */
void ladder_case(struct text *out, const struct ladder *ladder, ws_time start);
void ladder_people(struct text *out, const struct ladder *ladder, const struct ws_record *record,
		   const struct view_options *options);
void ladder_json(struct text *out, const struct ladder *ladder, const struct ws_record *record);

#endif
