/*
 * The audit in the Test Anything Protocol, version 13: a test point for each file and finding of the catalogue, not ok when
 * the finding was seen there, with the first few in a YAML block below it; the last test point is the input itself.
 */
#include <stdlib.h>

#include "view/ledger.h"
#include "view/parts.h"

struct tap {
	struct ledger ledger;
	struct text text;
	uint64_t number;
};

static void *tap_create(const struct view_options *options)
{
	struct tap *tap = calloc(1, sizeof(*tap));

	if (tap && ledger_init(&tap->ledger, options))
		return tap;
	free(tap);
	return NULL;
}

static void tap_destroy(void *self)
{
	struct tap *tap = self;

	ledger_fini(&tap->ledger);
	text_fini(&tap->text);
	free(tap);
}

static void tap_on_event(void *self, const struct ws_event *event)
{
	struct tap *tap = self;

	ledger_event(&tap->ledger, event);
}

/* A description: # would begin a directive, a line feed another line. */
static void description(struct text *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '#' || *s == '\\')
			text_char(out, '\\');
		text_char(out, (unsigned char)*s < ' ' ? '?' : *s);
	}
}

/* A single-quoted scalar of YAML; a quote in it is doubled. */
static void quoted(struct text *out, const char *s, size_t len)
{
	text_char(out, '\'');
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\'')
			text_char(out, '\'');
		text_char(out, s[i]);
	}
	text_puts(out, "'\n");
}

static void scalar(struct text *out, const char *key, const struct text *value)
{
	text_puts(out, "  ");
	text_puts(out, key);
	text_puts(out, ": ");
	quoted(out, value->len > 0 ? value->data : "", value->len);
}

static void instances(struct text *out, const struct text *lines)
{
	size_t from = 0;

	text_puts(out, "  instances:\n");
	for (size_t i = 0; i < lines->len; i++) {
		if (lines->data[i] != '\n')
			continue;
		text_puts(out, "    - ");
		quoted(out, lines->data + from, i - from);
		from = i + 1;
	}
}

static void block(struct text *out, enum ws_finding_id id, const struct ledger_entry *entry)
{
	const struct ws_finding_info *info = ws_finding_info(id);
	struct text words = { 0 };

	text_puts(out, "  ---\n");
	ledger_summary(&words, entry);
	text_printf(&words, ": %s", info->title);
	scalar(out, "message", &words);
	text_printf(out, "  severity: %s\n", ws_level_name(info->level));
	text_clear(&words);
	parts_source(&words, info->source);
	scalar(out, "source", &words);
	text_clear(&words);
	ledger_words(&words, entry);
	if (words.len > 0)
		instances(out, &words);
	text_puts(out, "  ...\n");
	text_fini(&words);
}

static void point(struct tap *tap, size_t file, enum ws_finding_id id)
{
	const struct ledger *ledger = &tap->ledger;
	const struct view_options *options = ledger->options;
	const struct ledger_entry *entry = ledger_entry(ledger, file, id);
	enum ledger_result result = ledger_result(ledger, file, id);
	struct text *out = &tap->text;

	text_printf(out, "%s %llu - ", result == LEDGER_FAILED ? "not ok" : "ok", (unsigned long long)++tap->number);
	description(out, file < options->files_len ? options->files[file].name : "all files");
	text_char(out, ' ');
	text_puts(out, ws_finding_info(id)->id);
	if (result == LEDGER_SKIPPED)
		text_puts(out, " # SKIP left out");
	text_char(out, '\n');
	if (entry)
		block(out, id, entry);
	parts_emit(out, options->out);
}

static int tap_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct tap *tap = self;
	struct ledger *ledger = &tap->ledger;
	size_t files = ledger->options->files_len + (ledger->files[ledger->options->files_len].entries != NULL);

	ledger_finish(ledger, tracker);
	text_printf(&tap->text, "TAP version 13\n1..%llu\n", (unsigned long long)files * WS_FINDING_COUNT + 1);
	for (size_t i = 0; i < files; i++)
		for (unsigned id = 0; id < WS_FINDING_COUNT; id++)
			point(tap, i, (enum ws_finding_id)id);
	text_printf(&tap->text, "%s %llu - input read to the end\n", capture->is_incomplete ? "not ok" : "ok",
		    (unsigned long long)++tap->number);
	parts_emit(&tap->text, ledger->options->out);
	return ledger->level;
}

const struct view view_tap = {
	.name = "audit",
	.summary = "findings in the Test Anything Protocol",
	.events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_HOST) | WS_MASK(WS_EVENT_END),
	.full_audit = true,
	.is_document = true,
	.create = tap_create,
	.on_event = tap_on_event,
	.finish = tap_finish,
	.destroy = tap_destroy,
};
