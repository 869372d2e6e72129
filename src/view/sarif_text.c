/*
 * Parts of a SARIF log.
 */
#include "view/sarif_text.h"

#include <string.h>

#include "view/host_text.h"
#include "view/parts.h"

static void message(struct json *json, const char *key, const char *text)
{
	json_object_begin(json, key);
	json_string(json, "text", text);
	json_object_end(json);
}

/* ---- Rules --------------------------------------------------------------------------------------------------- */

/* "9293 3.10.7.4" is a section of an RFC; other sources are none that has an address. */
static void help_uri(struct json *json, const char *source)
{
	char uri[96];
	size_t digits = strspn(source, "0123456789");
	size_t section = source[digits] == ' ' ? strspn(source + digits + 1, "0123456789.") : 0;

	if (digits == 0 || digits > 5 || section > 32)
		return;
	if (section > 0)
		snprintf(uri, sizeof(uri), "https://www.rfc-editor.org/rfc/rfc%.*s#section-%.*s", (int)digits, source,
			 (int)section, source + digits + 1);
	else
		snprintf(uri, sizeof(uri), "https://www.rfc-editor.org/rfc/rfc%.*s", (int)digits, source);
	json_string(json, "helpUri", uri);
}

static void rule(struct json *json, const struct ws_finding_info *info)
{
	struct text source = { 0 };

	parts_source(&source, info->source);
	json_object_begin(json, NULL);
	json_string(json, "id", info->id);
	message(json, "shortDescription", info->title);
	message(json, "fullDescription", info->meaning);
	help_uri(json, info->source);
	json_object_begin(json, "defaultConfiguration");
	json_string(json, "level", sarif_level(info->level));
	json_object_end(json);
	json_object_begin(json, "properties");
	json_string(json, "source", text_failed(&source) ? info->source : source.data);
	json_string(json, "scope", info->scope);
	json_string(json, "severity", ws_level_name(info->level));
	json_string(json, "peers", *info->peers ? info->peers : NULL);
	json_object_end(json);
	json_object_end(json);
	text_fini(&source);
}

void sarif_rules(struct json *json)
{
	json_array_begin(json, "rules");
	for (unsigned i = 0; i < WS_FINDING_COUNT; i++)
		rule(json, ws_finding_info((enum ws_finding_id)i));
	json_array_end(json);
}

const char *sarif_level(enum ws_level level)
{
	static const char *const names[WS_LEVEL_COUNT] = { "none", "note", "warning", "error" };

	return names[level];
}

/* ---- Results ------------------------------------------------------------------------------------------------- */

void sarif_uri(struct text *out, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

	if (*name == '/')
		text_puts(out, "file://");
	text_puts(out, "");
	for (; *name; name++) {
		if (strchr(plain, *name))
			text_char(out, *name);
		else
			text_printf(out, "%%%02X", (unsigned)(unsigned char)*name);
	}
}

void sarif_message(struct text *out, const struct ws_event *event, const struct ws_record *record, uint32_t count)
{
	const struct ws_finding_info *info = ws_finding_info(event->finding);
	struct text words = { 0 };

	text_puts(&words, info->title);
	if (count > 1)
		text_printf(&words, ", %u more times", (unsigned)count);
	text_puts(&words, record && (!event->host || event->host->addr.family != 0) ? ":" : "");
	if (event->host)
		host_ends(&words, event->host);
	else if (record)
		parts_ends(&words, record);
	if (event->side != WS_BOTH)
		text_printf(&words, ", %s", ws_side_name(event->side));
	text_puts(&words, event->expected || event->seen ? "," : "");
	parts_values(&words, event);
	text_char(&words, '.');
	out->failed |= text_failed(&words);
	/* What stands in columns for people is prose here. */
	for (const char *s = words.data; s && *s; s++)
		if (s[0] != ' ' || s[1] != ' ')
			text_char(out, *s);
	text_fini(&words);
}

static void notification(struct json *json, const char *text)
{
	json_array_begin(json, "toolExecutionNotifications");
	json_object_begin(json, NULL);
	json_string(json, "level", "error");
	message(json, "message", text);
	json_object_end(json);
	json_array_end(json);
}

void sarif_invocation(struct json *json, const ws_tracker *tracker, const struct view_capture *capture)
{
	struct ws_totals totals;

	ws_tracker_totals(tracker, &totals);
	json_array_begin(json, "invocations");
	json_object_begin(json, NULL);
	json_bool(json, "executionSuccessful", !capture->is_incomplete);
	if (capture->is_incomplete)
		notification(json, "an input could not be opened, was cut short or is damaged");
	json_object_begin(json, "properties");
	json_time(json, "first", totals.first);
	json_time(json, "last", totals.last);
	json_u64(json, "packets", totals.packets);
	json_u64(json, "decoded", totals.segments);
	json_u64(json, "connections", totals.connections);
	json_u64(json, "evicted", totals.evicted);
	json_object_end(json);
	json_object_end(json);
	json_array_end(json);
}
