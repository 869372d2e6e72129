/*
 * One run: a tracker, the ladder view beside it, and an observer of the records as they become final.
 */
#include "outcome.h"

#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/source.h"
#include "view/view.h"

struct run {
	struct outcome *outcome;
	const struct replay_way *way;
	ws_tracker *tracker;
	void *view;
	FILE *digest;
};

/* ---- The digest ----------------------------------------------------------------------------------------------- */

static void put_path(struct run *run, const struct ws_endpoint *e)
{
	enum ws_state from = WS_UNKNOWN;

	for (size_t i = 0; i < e->path_len; i++) {
		fprintf(run->digest, " %s/%s", ws_state_name(e->path[i].state), ws_evidence_name(e->path[i].evidence));
		if (i)
			run->outcome->steps[from] |= 1u << e->path[i].state;
		else
			run->outcome->steps[WS_CLOSED] |= 1u << e->path[i].state;
		from = e->path[i].state;
	}
}

static void put_endpoint(struct run *run, const char *name, const struct ws_endpoint *e)
{
	fprintf(run->digest, "  %s port %u %s proven %s\n    path", name, e->port, ws_state_name(e->state),
		ws_state_name(e->proven));
	put_path(run, e);
	fprintf(run->digest,
		"\n    packets %" PRIu64 " bytes %" PRIu64 " retransmitted %" PRIu64 " isn %d syn %d mss %d wscale %d"
		" sack %d timestamps %d\n",
		e->packets, e->bytes, e->retransmitted, e->has_isn, e->saw_syn, e->mss, e->wscale, e->sack,
		e->timestamps);
}

static void put_record(struct run *run, const ws_connection *connection)
{
	struct ws_record r;
	uint32_t tags;

	/* What copies and cut frames add, whatever the way, is left to the ladder. */
	ws_connection_record(connection, &r);
	tags = r.tags & ~(uint32_t)(WS_TAG_DUPLICATES | WS_TAG_TRUNCATED);
	fprintf(run->digest, "connection %" PRIu64 " %s %s syns %u syn-acks %u close %s",
		ws_connection_number(connection), ws_role_source_name(r.role_source), ws_handshake_name(r.handshake),
		r.syns, r.syn_acks, ws_close_name(r.close));
	fprintf(run->digest, " first %s history %s %s %s final %d tags %#x\n",
		r.has_close_first ? ws_side_name(r.close_first) : "-", r.history, r.conn_state,
		ws_end_reason_name(r.end_reason), r.final, tags);
	put_endpoint(run, "client", &r.endpoint[WS_CLIENT]);
	put_endpoint(run, "server", &r.endpoint[WS_SERVER]);
	for (size_t i = 0; i < r.findings_len; i++)
		if (r.findings[i].id != WS_FINDING_duplicate_frame)
			fprintf(run->digest, "  finding %s %u\n", ws_finding_info(r.findings[i].id)->id,
				r.findings[i].count);
}

/* ---- The run -------------------------------------------------------------------------------------------------- */

static void on_event(void *user, const struct ws_event *event)
{
	struct run *run = user;

	if (run->view && view_ladder.events & WS_MASK(event->type))
		view_ladder.on_event(run->view, event);
	if (event->type == WS_EVENT_END)
		put_record(run, event->connection);
}

static void on_time(void *user, ws_time now)
{
	struct run *run = user;

	if (view_ladder.on_time)
		view_ladder.on_time(run->view, run->tracker, now);
}

/* The next packet of the file must be the one that was written, byte for byte. */
static void feed_from_file(struct run *run, struct source *source, const struct replay *replay,
			   const struct replay_step *step)
{
	struct ws_packet packet;
	struct source_problem problem;

	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_PACKET);
	ck_assert_int_eq(packet.ts, step->ts);
	ck_assert_uint_eq(packet.len, step->len);
	ck_assert_uint_eq(packet.caplen, step->caplen);
	ck_assert_uint_eq(packet.linktype, replay->linktype);
	ck_assert_int_eq(memcmp(packet.data, replay->bytes + step->at, step->caplen), 0);
	on_time(run, packet.ts);
	ck_assert_int_eq(ws_tracker_feed(run->tracker, &packet), 0);
}

static void feed_by_file(struct run *run, const struct replay *replay)
{
	char name[] = "/tmp/wirestat-case-XXXXXX";
	const char *names[] = { name };
	struct source_options options = { .names = names, .names_len = 1 };
	int fd = mkstemp(name);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
	struct source *source;
	struct source_problem problem;
	struct ws_packet packet;

	ck_assert_ptr_nonnull(file);
	replay_write(replay, run->way, file);
	ck_assert_int_eq(fclose(file), 0);
	source = source_new(&options);
	ck_assert_ptr_nonnull(source);
	for (size_t i = 0; i < replay->steps_len; i++) {
		const struct replay_step *step = &replay->steps[i];

		if (step->is_timer) {
			on_time(run, step->ts);
			ws_tracker_advance(run->tracker, step->ts);
		} else {
			feed_from_file(run, source, replay, step);
		}
	}
	ck_assert_int_eq(source_next(source, &packet, &problem), SOURCE_END);
	source_free(source);
	unlink(name);
}

static void feed(struct run *run, const struct case_file *file)
{
	struct replay replay;

	replay_init(&replay, file, run->way);
	if (run->way->file == REPLAY_DIRECT)
		ck_assert_int_eq(replay_feed(&replay, run->tracker, on_time, run), 0);
	else
		feed_by_file(run, &replay);
	replay_fini(&replay);
}

void outcome_init(struct outcome *outcome, const struct case_file *file, const struct replay_way *way)
{
	struct run run = { .outcome = outcome, .way = way };
	struct ws_config config = {
		.on_event = on_event, .user = &run, .seed = way->seed, .full_audit = file->full_audit
	};
	struct view_options options = { .format = VIEW_TSV };
	struct view_capture capture = { 0 };

	*outcome = (struct outcome){ 0 };
	run.digest = open_memstream(&outcome->digest, &outcome->digest_len);
	options.out = open_memstream(&outcome->ladder, &outcome->ladder_len);
	ck_assert_ptr_nonnull(run.digest);
	ck_assert_ptr_nonnull(options.out);
	config.events = view_ladder.events | WS_MASK(WS_EVENT_END);
	run.view = view_ladder.create(&options);
	run.tracker = ws_tracker_new(&config);
	ck_assert_ptr_nonnull(run.view);
	ck_assert_ptr_nonnull(run.tracker);
	feed(&run, file);
	ws_tracker_finish(run.tracker);
	view_ladder.finish(run.view, run.tracker, &capture);
	view_ladder.destroy(run.view);
	ws_tracker_free(run.tracker);
	fclose(run.digest);
	fclose(options.out);
}

void outcome_fini(struct outcome *outcome)
{
	free(outcome->ladder);
	free(outcome->digest);
	*outcome = (struct outcome){ 0 };
}

/* ---- Differences ---------------------------------------------------------------------------------------------- */

static size_t line_len(const char *at, const char *end)
{
	const char *feed = memchr(at, '\n', (size_t)(end - at));

	return (size_t)((feed ? feed : end) - at);
}

static void put_line(FILE *out, char mark, const char *at, size_t len)
{
	fprintf(out, "%c %.*s\n", mark, (int)len, at);
}

void outcome_diff(FILE *out, const char *expected, size_t expected_len, const char *got, size_t got_len)
{
	const char *expected_end = expected + expected_len;
	const char *got_end = got + got_len;

	while (expected < expected_end || got < got_end) {
		size_t left = line_len(expected, expected_end);
		size_t right = line_len(got, got_end);
		bool is_same =
			expected < expected_end && got < got_end && left == right && memcmp(expected, got, left) == 0;

		if (is_same)
			put_line(out, ' ', expected, left);
		if (!is_same && expected < expected_end)
			put_line(out, '-', expected, left);
		if (!is_same && got < got_end)
			put_line(out, '+', got, right);
		expected += expected < expected_end ? left + (expected + left < expected_end) : 0;
		got += got < got_end ? right + (got + right < got_end) : 0;
	}
}
