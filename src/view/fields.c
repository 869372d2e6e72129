/*
 * Machine output, one object at a time. In TSV no value holds a tab or a line end: control characters become blanks.
 */
#include "view/fields.h"

#include <string.h>

#include "base/clock.h"

#define SCHEMA 1

void fields_begin(struct fields *f, struct text *out, enum fields_mode mode, const char *type)
{
	f->mode = mode;
	f->out = out;
	f->has_column = false;
	f->has_item = false;
	f->prefix_len = 0;
	if (mode != FIELDS_JSON)
		return;
	json_init(&f->json, out);
	json_object_begin(&f->json, NULL);
	json_string(&f->json, "type", type);
	json_u64(&f->json, "schema", SCHEMA);
}

void fields_end(struct fields *f)
{
	if (f->mode == FIELDS_JSON) {
		json_object_end(&f->json);
		json_line_end(&f->json);
	} else {
		text_char(f->out, '\n');
	}
}

/* TSV: begins the column. True when its value is wanted; a name is written here. */
static bool column(struct fields *f, const char *name)
{
	if (f->has_column)
		text_char(f->out, '\t');
	f->has_column = true;
	f->has_item = false;
	if (f->mode == FIELDS_TSV_VALUES)
		return true;
	text_write(f->out, f->prefix, f->prefix_len);
	text_puts(f->out, name);
	return false;
}

static void plain(struct text *out, const char *s)
{
	const char *from = s;

	for (; *s; s++) {
		if ((unsigned char)*s >= ' ' && *s != '\x7F')
			continue;
		text_write(out, from, (size_t)(s - from));
		text_char(out, ' ');
		from = s + 1;
	}
	text_write(out, from, (size_t)(s - from));
}

void fields_column(struct fields *f, const char *name, const char *value)
{
	if (f->mode != FIELDS_JSON)
		fields_string(f, name, value);
}

void fields_string(struct fields *f, const char *name, const char *value)
{
	if (f->mode == FIELDS_JSON)
		json_string(&f->json, name, value);
	else if (column(f, name) && value)
		plain(f->out, value);
}

void fields_u64(struct fields *f, const char *name, bool is_known, uint64_t value)
{
	if (f->mode == FIELDS_JSON) {
		if (is_known)
			json_u64(&f->json, name, value);
	} else if (column(f, name) && is_known) {
		text_u64(f->out, value);
	}
}

void fields_i64(struct fields *f, const char *name, bool is_known, int64_t value)
{
	if (f->mode == FIELDS_JSON) {
		if (is_known)
			json_i64(&f->json, name, value);
	} else if (column(f, name) && is_known) {
		text_i64(f->out, value);
	}
}

void fields_bool(struct fields *f, const char *name, bool is_known, bool value)
{
	if (f->mode == FIELDS_JSON) {
		if (is_known)
			json_bool(&f->json, name, value);
	} else if (column(f, name) && is_known) {
		text_puts(f->out, value ? "true" : "false");
	}
}

void fields_time(struct fields *f, const char *name, int64_t t)
{
	char out[CLOCK_TEXT_MAX];

	if (f->mode == FIELDS_JSON)
		json_time(&f->json, name, t);
	else if (column(f, name) && t != WS_TIME_NONE)
		text_puts(f->out, clock_text(t, out));
}

bool fields_group_begin(struct fields *f, const char *name, bool is_known)
{
	size_t len = strlen(name);

	if (f->mode == FIELDS_JSON) {
		if (is_known)
			json_object_begin(&f->json, name);
		return is_known;
	}
	if (f->prefix_len + len + 1 > sizeof(f->prefix)) {
		f->out->failed = true;
		return false;
	}
	memcpy(f->prefix + f->prefix_len, name, len);
	f->prefix[f->prefix_len + len] = '.';
	f->prefix_len += len + 1;
	return true;
}

void fields_group_end(struct fields *f)
{
	if (f->mode == FIELDS_JSON) {
		json_object_end(&f->json);
		return;
	}
	do {
		f->prefix_len--;
	} while (f->prefix_len > 0 && f->prefix[f->prefix_len - 1] != '.');
}

void fields_list_begin(struct fields *f, const char *name)
{
	if (f->mode == FIELDS_JSON)
		json_array_begin(&f->json, name);
	else
		column(f, name);
}

static bool item(struct fields *f)
{
	if (f->mode != FIELDS_TSV_VALUES)
		return false;
	if (f->has_item)
		text_char(f->out, ',');
	f->has_item = true;
	return true;
}

void fields_list_item(struct fields *f, const char *value)
{
	if (f->mode == FIELDS_JSON)
		json_string(&f->json, NULL, value);
	else if (item(f))
		plain(f->out, value);
}

void fields_list_u64(struct fields *f, uint64_t value)
{
	if (f->mode == FIELDS_JSON)
		json_u64(&f->json, NULL, value);
	else if (item(f))
		text_u64(f->out, value);
}

void fields_list_end(struct fields *f)
{
	if (f->mode == FIELDS_JSON)
		json_array_end(&f->json);
}

void fields_map_begin(struct fields *f, const char *name)
{
	if (f->mode == FIELDS_JSON)
		json_object_begin(&f->json, name);
	else
		column(f, name);
}

void fields_map_item(struct fields *f, const char *key, uint64_t value)
{
	if (f->mode == FIELDS_JSON) {
		json_u64(&f->json, key, value);
	} else if (item(f)) {
		plain(f->out, key);
		text_char(f->out, '=');
		text_u64(f->out, value);
	}
}

void fields_map_end(struct fields *f)
{
	if (f->mode == FIELDS_JSON)
		json_object_end(&f->json);
}
