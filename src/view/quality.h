/*
 * How much of the truth a capture can hold: what it lacks, as shares of its connections or packets, and how far verdicts
 * that rest on it may be trusted. What is recognised and has no weight (copies, offload, fragments, frames cut behind the
 * headers, other order) is told, but lowers nothing.
 */
#ifndef VIEW_QUALITY_H
#define VIEW_QUALITY_H

#include "base/json.h"
#include "view/view.h"

/* Connections that had this tag, which is one bit. */
uint64_t quality_tagged(const struct ws_totals *totals, enum ws_tag tag);

enum ws_confidence quality_of(const struct ws_totals *totals, const struct view_capture *capture);

/* "quality  12 % one-way, 3 % with gaps: low confidence (accounted for: 40 % copied)", and a line feed. Nothing when there was
 * no connection. */
void quality_people(struct text *text, const struct ws_totals *totals, const struct view_capture *capture);

/* The member "quality" of the capture object: the confidence, and each flaw by its count. */
void quality_json(struct json *json, const struct ws_totals *totals, const struct view_capture *capture);

#endif
