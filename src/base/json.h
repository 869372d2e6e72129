/*
 * A streaming JSON writer onto a text buffer (RFC 8259). Commas and nesting are its own business; errors are those of
 * the buffer. A key is given with every member; NULL inside arrays.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/text.h"

#define JSON_DEPTH_MAX 16

struct json {
	struct text *out;
	unsigned depth;
	bool has_member[JSON_DEPTH_MAX];
};

/* Writes onto `out`, which the caller owns. */
void json_init(struct json *json, struct text *out);

void json_object_begin(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *key);
void json_array_end(struct json *json);
void json_string(struct json *json, const char *key, const char *value); /* NULL: the member is left out */
void json_u64(struct json *json, const char *key, uint64_t value);
void json_i64(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_time(struct json *json, const char *key, int64_t t); /* RFC 3339; WS_TIME_NONE: left out */

/* Ends the line of NDJSON: a line feed, ready for the next object. */
void json_line_end(struct json *json);

#endif
