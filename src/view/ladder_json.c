/*
 * A ladder as one JSON object: the connection's ends and an array of rows.
 */
#include "view/ladder_text.h"
#include "view/ndjson.h"
#include "view/parts.h"

static void row_state(struct json *json, const struct ladder_row *row, enum ws_side side)
{
	json_object_begin(json, ws_side_name(side));
	json_string(json, "state", ws_state_name((enum ws_state)row->state[side]));
	json_string(json, "evidence", ws_evidence_name(row->is_presumed[side] ? WS_PRESUMED : WS_PROVEN));
	json_object_end(json);
}

static void row_segment(struct json *json, const struct ws_segment *segment)
{
	char flags[PARTS_FLAGS_MAX];

	json_string(json, "from", ws_side_name(segment->from));
	json_string(json, "segment", parts_flags(segment->flags, flags));
	json_u64(json, "seq", segment->seq);
	json_u64(json, "len", segment->len);
	if (segment->flags & WS_FLAG_ACK)
		json_u64(json, "ack", segment->ack);
	json_u64(json, "window", segment->window);
	json_bool(json, "retransmission", segment->is_retransmission);
	json_bool(json, "duplicate", segment->is_duplicate);
	json_bool(json, "bad_checksum", segment->has_bad_checksum);
}

static void row_findings(struct json *json, const struct ladder *ladder, size_t row, size_t *note)
{
	json_array_begin(json, "findings");
	for (; *note < ladder->notes_len && ladder->notes[*note].row == row; ++*note)
		json_string(json, NULL, ws_finding_info(ladder->notes[*note].finding)->id);
	json_array_end(json);
}

void ladder_json(struct text *out, const struct ladder *ladder, const struct ws_record *record)
{
	struct fields f;
	size_t note = 0;

	fields_begin(&f, out, FIELDS_JSON, "ladder");
	fields_string(&f, "uid", record->uid);
	fields_string(&f, "community_id", record->community_id);
	ndjson_end(&f, "client", &record->endpoint[WS_CLIENT]);
	ndjson_end(&f, "server", &record->endpoint[WS_SERVER]);
	json_array_begin(&f.json, "rows");
	for (size_t i = 0; i < ladder->rows_len; i++) {
		const struct ladder_row *row = &ladder->rows[i];

		json_object_begin(&f.json, NULL);
		json_time(&f.json, "ts", row->ts);
		if (row->frame > 0)
			json_u64(&f.json, "frame", row->frame);
		if (!row->is_timer)
			row_segment(&f.json, &row->segment);
		row_state(&f.json, row, WS_CLIENT);
		row_state(&f.json, row, WS_SERVER);
		row_findings(&f.json, ladder, i, &note);
		json_object_end(&f.json);
	}
	json_array_end(&f.json);
	fields_u64(&f, "left_out", true, ladder->left_out);
	fields_end(&f);
}
