/*
 * The audit as JUnit XML, in the form that Jenkins and GitLab read: a test suite for each file, in it a test case for each
 * finding of the catalogue, which fails when the finding was seen; and a suite on the input itself.
 */
#include <stdlib.h>
#include <string.h>

#include "view/ledger.h"
#include "view/parts.h"
#include "view/xml.h"

struct junit {
	struct ledger ledger;
	struct text text;
};

struct tally {
	uint64_t tests;
	uint64_t failures;
	uint64_t skipped;
};

static void *junit_create(const struct view_options *options)
{
	struct junit *junit = calloc(1, sizeof(*junit));

	if (junit && ledger_init(&junit->ledger, options))
		return junit;
	free(junit);
	return NULL;
}

static void junit_destroy(void *self)
{
	struct junit *junit = self;

	ledger_fini(&junit->ledger);
	text_fini(&junit->text);
	free(junit);
}

static void junit_on_event(void *self, const struct ws_event *event)
{
	struct junit *junit = self;

	ledger_event(&junit->ledger, event);
}

static void emit(struct junit *junit)
{
	parts_emit(&junit->text, junit->ledger.options->out);
}

/* Beyond the last file stand findings that are about no connection; there is a suite for them only if there are any. */
static bool has_suite(const struct ledger *ledger, size_t file)
{
	return file < ledger->options->files_len || ledger->files[file].entries != NULL;
}

static struct tally tally_of(const struct ledger *ledger, size_t file)
{
	struct tally tally = { .tests = WS_FINDING_COUNT };

	for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
		enum ledger_result result = ledger_result(ledger, file, (enum ws_finding_id)i);

		tally.failures += result == LEDGER_FAILED;
		tally.skipped += result == LEDGER_SKIPPED;
	}
	return tally;
}

static void attribute_u64(struct text *out, const char *name, uint64_t value)
{
	text_printf(out, " %s=\"%llu\"", name, (unsigned long long)value);
}

static void attributes(struct text *out, const struct tally *tally, uint64_t errors)
{
	attribute_u64(out, "tests", tally->tests);
	attribute_u64(out, "failures", tally->failures);
	attribute_u64(out, "errors", errors);
	attribute_u64(out, "skipped", tally->skipped);
}

static void failure(struct text *out, enum ws_finding_id id, const struct ledger_entry *entry)
{
	struct text words = { 0 };

	text_puts(out, "<failure");
	ledger_summary(&words, entry);
	text_printf(&words, ": %s", ws_finding_info(id)->title);
	xml_attribute(out, "message", words.data);
	xml_attribute(out, "type", ws_level_name(ws_finding_info(id)->level));
	text_char(out, '>');
	text_clear(&words);
	ledger_words(&words, entry);
	xml_text(out, words.data);
	parts_source(out, ws_finding_info(id)->source);
	text_puts(out, "</failure>");
	text_fini(&words);
}

/* What was seen and fails nothing. */
static void aside(struct text *out, const struct ledger_entry *entry)
{
	struct text words = { 0 };

	ledger_summary(&words, entry);
	text_char(&words, '\n');
	ledger_words(&words, entry);
	text_puts(out, "<system-out>");
	xml_text(out, words.data);
	text_puts(out, "</system-out>");
	text_fini(&words);
}

static void test_case(struct text *out, const struct ledger *ledger, size_t file, enum ws_finding_id id)
{
	const struct ledger_entry *entry = ledger_entry(ledger, file, id);

	text_puts(out, "    <testcase classname=\"wirestat.");
	text_puts(out, ws_level_name(ws_finding_info(id)->level));
	text_char(out, '"');
	xml_attribute(out, "name", ws_finding_info(id)->id);
	text_char(out, '>');
	switch (ledger_result(ledger, file, id)) {
	case LEDGER_FAILED:
		failure(out, id, entry);
		break;
	case LEDGER_SKIPPED:
		text_puts(out, "<skipped/>");
		break;
	case LEDGER_PASSED:
		if (entry)
			aside(out, entry);
		break;
	}
	text_puts(out, "</testcase>\n");
}

static void suite(struct junit *junit, size_t file)
{
	const struct ledger *ledger = &junit->ledger;
	struct text *out = &junit->text;
	struct tally tally = tally_of(ledger, file);
	bool is_file = file < ledger->options->files_len;

	text_puts(out, "  <testsuite");
	xml_attribute(out, "name", is_file ? ledger->options->files[file].name : "all files");
	attributes(out, &tally, 0);
	text_puts(out, ">\n    <properties>\n      <property name=\"connections\"");
	attribute_u64(out, "value", ledger->files[file].connections);
	text_puts(out, "/>\n    </properties>\n");
	for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
		test_case(out, ledger, file, (enum ws_finding_id)i);
		emit(junit);
	}
	text_puts(out, "  </testsuite>\n");
	emit(junit);
}

/* Whether all of the input was read is a test of its own. */
static void input_suite(struct text *out, const struct view_capture *capture)
{
	struct tally tally = { .tests = 1 };

	text_puts(out, "  <testsuite name=\"input\"");
	attributes(out, &tally, capture->is_incomplete);
	text_puts(out, ">\n    <testcase classname=\"wirestat.input\" name=\"read-to-the-end\">");
	if (capture->is_incomplete)
		text_puts(out, "<error message=\"an input could not be opened, was cut short or is damaged\" "
			       "type=\"input\"/>");
	text_puts(out, "</testcase>\n  </testsuite>\n");
}

static int junit_finish(void *self, ws_tracker *tracker, const struct view_capture *capture)
{
	struct junit *junit = self;
	const struct ledger *ledger = &junit->ledger;
	struct tally all = { .tests = 1 };

	ledger_finish(&junit->ledger, tracker);
	for (size_t i = 0; i <= ledger->options->files_len; i++) {
		struct tally tally = tally_of(ledger, i);

		if (!has_suite(ledger, i))
			continue;
		all.tests += tally.tests;
		all.failures += tally.failures;
		all.skipped += tally.skipped;
	}
	text_puts(&junit->text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wirestat audit\"");
	attributes(&junit->text, &all, capture->is_incomplete);
	text_puts(&junit->text, ">\n");
	for (size_t i = 0; i <= ledger->options->files_len; i++)
		if (has_suite(ledger, i))
			suite(junit, i);
	input_suite(&junit->text, capture);
	text_puts(&junit->text, "</testsuites>\n");
	emit(junit);
	return ledger->level;
}

const struct view view_junit = {
	.name = "audit",
	.summary = "findings as JUnit XML",
	.events = WS_MASK(WS_EVENT_FINDING) | WS_MASK(WS_EVENT_HOST) | WS_MASK(WS_EVENT_END),
	.full_audit = true,
	.is_document = true,
	.create = junit_create,
	.on_event = junit_on_event,
	.finish = junit_finish,
	.destroy = junit_destroy,
};
