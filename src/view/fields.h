/*
 * Machine output, one object at a time: the same walk over an object's members writes it as a line of JSON, as the
 * names of a line of TSV, or as its values. So the formats cannot drift apart. A member that is not known is left out of
 * JSON and empty in TSV; nesting becomes dots in TSV names (client.state), lists are joined by commas.
 */
#ifndef VIEW_FIELDS_H
#define VIEW_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text.h"

enum fields_mode { FIELDS_JSON, FIELDS_TSV_NAMES, FIELDS_TSV_VALUES };

#define FIELDS_PREFIX_MAX 64

struct fields {
	enum fields_mode mode;
	struct text *out;
	struct json json;
	bool has_column; /* TSV: a separator is due before the next */
	bool has_item;   /* TSV: a comma is due before the next item */
	size_t prefix_len;
	char prefix[FIELDS_PREFIX_MAX]; /* TSV names: "client." */
};

/* One object, one line. JSON begins with `type` and `schema`; TSV has neither. */
void fields_begin(struct fields *f, struct text *out, enum fields_mode mode, const char *type);
void fields_end(struct fields *f);

/* A member that only TSV has. */
void fields_column(struct fields *f, const char *name, const char *value);

void fields_string(struct fields *f, const char *name, const char *value); /* NULL: not known */
void fields_u64(struct fields *f, const char *name, bool is_known, uint64_t value);
void fields_i64(struct fields *f, const char *name, bool is_known, int64_t value);
void fields_bool(struct fields *f, const char *name, bool is_known, bool value);
void fields_time(struct fields *f, const char *name, int64_t t); /* WS_TIME_NONE: not known */

/* A nested object. False: leave its members and the end out (JSON, and not known). */
bool fields_group_begin(struct fields *f, const char *name, bool is_known);
void fields_group_end(struct fields *f);

/* An array of strings, or of numbers. */
void fields_list_begin(struct fields *f, const char *name);
void fields_list_item(struct fields *f, const char *value);
void fields_list_u64(struct fields *f, uint64_t value);
void fields_list_end(struct fields *f);

/* An object of counts whose names are data: {"not-tcp":4}; in TSV "not-tcp=4". */
void fields_map_begin(struct fields *f, const char *name);
void fields_map_item(struct fields *f, const char *key, uint64_t value);
void fields_map_end(struct fields *f);

#endif
