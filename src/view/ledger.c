/*
 * The audit summed up by file and finding. Rows are made when a file has its first finding. A connection's user pointer
 * says that it was counted.
 */
#include "view/ledger.h"

#include <stdlib.h>

#include "base/clock.h"
#include "view/host_text.h"
#include "view/parts.h"

bool ledger_init(struct ledger *ledger, const struct view_options *options)
{
	*ledger = (struct ledger){ .options = options };
	ledger->files = calloc(options->files_len + 1, sizeof(*ledger->files));
	return ledger->files != NULL;
}

void ledger_fini(struct ledger *ledger)
{
	for (size_t i = 0; ledger->files && i <= ledger->options->files_len; i++) {
		for (unsigned id = 0; ledger->files[i].entries && id < WS_FINDING_COUNT; id++)
			text_fini(&ledger->files[i].entries[id].words);
		free(ledger->files[i].entries);
	}
	free(ledger->files);
	ledger->files = NULL;
}

static struct ledger_file *file_of(struct ledger *ledger, const struct ws_record *record)
{
	size_t files = ledger->options->files_len;

	return &ledger->files[record && record->file < files ? record->file : files];
}

/* ---- Taking -------------------------------------------------------------------------------------------------- */

static void describe(struct text *out, const struct ws_event *event, const struct ws_record *record)
{
	char time[CLOCK_TEXT_MAX];

	text_puts(out, clock_text(event->ts, time));
	if (event->frame > 0)
		text_printf(out, "  #%llu", (unsigned long long)event->frame);
	if (event->host)
		host_ends(out, event->host);
	else if (record)
		parts_ends(out, record);
	if (!event->host)
		text_printf(out, "  %s", ws_side_name(event->side));
	parts_values(out, event);
	text_char(out, '\n');
}

static void count(struct ledger *ledger, const struct ws_event *event, const struct ws_record *record)
{
	enum view_standing standing = view_judge(ledger->options, record, event->finding);
	struct ledger_file *file = file_of(ledger, record);
	struct ledger_entry *entry;

	if (standing == VIEW_LEFT_OUT)
		return;
	if (!file->entries)
		file->entries = calloc(WS_FINDING_COUNT, sizeof(*file->entries));
	if (!file->entries) {
		ledger->failed = true;
		return;
	}
	entry = &file->entries[event->finding];
	if (standing == VIEW_ACCEPTED) {
		entry->accepted++;
		return;
	}
	if ((int)event->level + 1 > ledger->level)
		ledger->level = (int)event->level + 1;
	entry->last_frame = event->frame;
	if (entry->count++ < LEDGER_TOLD)
		describe(&entry->words, event, record);
}

static int count_connection(void *user, ws_connection *connection)
{
	struct ledger *ledger = user;
	struct ws_record record;

	if (ws_connection_user(connection))
		return 0;
	ws_connection_set_user(connection, ledger);
	ws_connection_record(connection, &record);
	if (view_wants(ledger->options, &record, record.end))
		file_of(ledger, &record)->connections++;
	return 0;
}

void ledger_event(struct ledger *ledger, const struct ws_event *event)
{
	struct ws_record storage;
	const struct ws_record *record = NULL;

	if (event->type == WS_EVENT_END) {
		count_connection(ledger, event->connection);
		return;
	}
	if (event->host) {
		if (event->host->is_final || !host_is_wanted(ledger->options))
			return;
		host_record(event->host, &storage);
		record = &storage;
	}
	if (event->connection) {
		ws_connection_record(event->connection, &storage);
		record = &storage;
		if (!view_wants(ledger->options, record, event->ts))
			return;
	}
	count(ledger, event, record);
}

void ledger_finish(struct ledger *ledger, ws_tracker *tracker)
{
	if (ws_tracker_each(tracker, count_connection, ledger) != 0)
		ledger->failed = true;
	if (ledger->failed)
		fputs("wirestat: out of memory, findings are missing\n", stderr);
}

/* ---- Asking -------------------------------------------------------------------------------------------------- */

const struct ledger_entry *ledger_entry(const struct ledger *ledger, size_t file, enum ws_finding_id id)
{
	const struct ledger_entry *entries = ledger->files[file].entries;

	return entries && entries[id].count + entries[id].accepted > 0 ? &entries[id] : NULL;
}

enum ledger_result ledger_result(const struct ledger *ledger, size_t file, enum ws_finding_id id)
{
	const struct view_options *options = ledger->options;
	const struct ledger_entry *entry = ledger_entry(ledger, file, id);

	if (entry && entry->count > 0 && ws_finding_info(id)->level >= options->fail_level)
		return LEDGER_FAILED;
	if (!entry && view_judge(options, NULL, id) == VIEW_LEFT_OUT)
		return LEDGER_SKIPPED;
	return LEDGER_PASSED;
}

void ledger_summary(struct text *out, const struct ledger_entry *entry)
{
	if (entry->count > 0)
		text_printf(out, entry->count == 1 ? "seen once" : "seen %llu times", (unsigned long long)entry->count);
	if (entry->accepted > 0)
		text_printf(out, "%s%llu accepted by the baseline", entry->count > 0 ? ", " : "",
			    (unsigned long long)entry->accepted);
}

void ledger_words(struct text *out, const struct ledger_entry *entry)
{
	if (entry->count == 0)
		return;
	text_write(out, entry->words.data ? entry->words.data : "", entry->words.len);
	if (entry->count <= LEDGER_TOLD)
		return;
	text_printf(out, "and %llu more", (unsigned long long)(entry->count - LEDGER_TOLD));
	if (entry->last_frame > 0)
		text_printf(out, " up to #%llu", (unsigned long long)entry->last_frame);
	text_char(out, '\n');
}
