#include "account.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Taking --------------------------------------------------------------------------------------------------- */

struct numbered {
	uint64_t number;
	struct ws_record record;
};

struct collection {
	size_t len;
	struct numbered *items;
};

static void on_end(void *user, const struct ws_event *event)
{
	struct collection *all = user;
	struct numbered *item;

	all->items = realloc(all->items, (all->len + 1) * sizeof(all->items[0]));
	ck_assert_ptr_nonnull(all->items);
	item = &all->items[all->len++];
	item->number = ws_connection_number(event->connection);
	ws_connection_record(event->connection, &item->record);
}

static int by_number(const void *left, const void *right)
{
	uint64_t a = ((const struct numbered *)left)->number;
	uint64_t b = ((const struct numbered *)right)->number;

	return a < b ? -1 : a > b;
}

void account_init(struct account *account, const struct frames *frames)
{
	struct collection all = { 0 };
	struct ws_config config = { .on_event = on_end, .user = &all, .events = WS_MASK(WS_EVENT_END) };
	ws_tracker *tracker = ws_tracker_new(&config);

	ck_assert_ptr_nonnull(tracker);
	frames_feed(frames, tracker);
	ws_tracker_finish(tracker);
	if (all.len > 0)
		qsort(all.items, all.len, sizeof(all.items[0]), by_number);
	*account = (struct account){ .len = all.len, .records = calloc(all.len + 1, sizeof(struct ws_record)) };
	ck_assert_ptr_nonnull(account->records);
	for (size_t i = 0; i < all.len; i++)
		account->records[i] = all.items[i].record;
	ws_tracker_totals(tracker, &account->totals);
	ws_tracker_free(tracker);
	free(all.items);
}

void account_fini(struct account *account)
{
	free(account->records);
	*account = (struct account){ 0 };
}

/* ---- Comparing ------------------------------------------------------------------------------------------------ */

static bool is_of_capture(enum ws_finding_id id)
{
	return id == WS_FINDING_duplicate_frame || id == WS_FINDING_one_way_traffic ||
	       id == WS_FINDING_midstream_pickup;
}

static bool is_excused(const int *excused, enum ws_finding_id id)
{
	for (; excused && *excused >= 0; excused++)
		if (*excused == (int)id)
			return true;
	return false;
}

static uint32_t one_count(const struct ws_record *r, enum ws_finding_id id)
{
	for (size_t i = 0; i < r->findings_len; i++)
		if (r->findings[i].id == id)
			return r->findings[i].count;
	return 0;
}

/* Where the scale of a window was not captured, what lies beyond it seems to lie in it. */
static uint32_t count_of(const struct ws_record *r, enum ws_finding_id id)
{
	if (id == WS_FINDING_rst_in_window_not_exact)
		return one_count(r, id) + one_count(r, WS_FINDING_rst_out_of_window);
	return one_count(r, id);
}

static const struct ws_endpoint *side_of(const struct ws_record *r, const struct ws_endpoint *like)
{
	for (unsigned i = 0; i < 2; i++)
		if (r->endpoint[i].port == like->port &&
		    memcmp(&r->endpoint[i].addr, &like->addr, sizeof(like->addr)) == 0)
			return &r->endpoint[i];
	return NULL;
}

static void put_path(char *out, size_t size, const struct ws_endpoint *e)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < e->path_len && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, " %s%s", ws_state_name(e->path[i].state),
				       e->path[i].evidence == WS_PRESUMED ? "?" : "");
}

static bool path_differs(const struct ws_endpoint *good, const struct ws_endpoint *worse, char *why)
{
	char left[150];
	char right[150];

	put_path(left, sizeof(left), good);
	put_path(right, sizeof(right), worse);
	snprintf(why, ACCOUNT_WHY_MAX, "port %u:%s became%s", good->port, left, right);
	return false;
}

static bool has_same_states(const struct ws_endpoint *good, const struct ws_endpoint *worse, bool with_evidence,
			    char *why)
{
	if (good->path_len != worse->path_len || (with_evidence && good->proven != worse->proven))
		return path_differs(good, worse, why);
	for (size_t i = 0; i < good->path_len; i++)
		if (good->path[i].state != worse->path[i].state ||
		    (with_evidence && good->path[i].evidence != worse->path[i].evidence))
			return path_differs(good, worse, why);
	return true;
}

/* Every state that `worse` calls proven is one that the side went through, in that order. */
static bool proves_nothing_else(const struct ws_endpoint *good, const struct ws_endpoint *worse, char *why)
{
	size_t at = 0;

	for (size_t i = 0; i < worse->path_len; i++) {
		if (worse->path[i].evidence != WS_PROVEN)
			continue;
		/* A RST alone: its sender has no connection, or none yet. CLOSED at the start is left out of a path. */
		if (worse->path[i].state == WS_CLOSED && worse->path_len == 1)
			continue;
		while (at < good->path_len && good->path[at].state != worse->path[i].state)
			at++;
		if (at++ >= good->path_len)
			return path_differs(good, worse, why);
	}
	return true;
}

static bool has_same_counters(const struct ws_endpoint *good, const struct ws_endpoint *worse, char *why)
{
	if (good->packets == worse->packets && good->bytes == worse->bytes &&
	    good->retransmitted == worse->retransmitted && good->has_isn == worse->has_isn && good->isn == worse->isn &&
	    good->mss == worse->mss && good->wscale == worse->wscale)
		return true;
	snprintf(why, ACCOUNT_WHY_MAX,
		 "port %u: packets, bytes, retransmitted %" PRIu64 ",%" PRIu64 ",%" PRIu64 " became %" PRIu64
		 ",%" PRIu64 ",%" PRIu64 " mss %d>%d wscale %d>%d",
		 good->port, good->packets, good->bytes, good->retransmitted, worse->packets, worse->bytes,
		 worse->retransmitted, good->mss, worse->mss, good->wscale, worse->wscale);
	return false;
}

static bool repeats_no_more(const struct ws_endpoint *good, const struct ws_endpoint *worse, char *why)
{
	if (worse->retransmitted <= good->retransmitted)
		return true;
	snprintf(why, ACCOUNT_WHY_MAX, "port %u: retransmitted %" PRIu64 " became %" PRIu64, good->port,
		 good->retransmitted, worse->retransmitted);
	return false;
}

static bool compare_findings(const struct ws_record *good, const struct ws_record *worse, bool all, const int *excused,
			     char *why)
{
	for (unsigned i = 0; i < WS_FINDING_COUNT; i++) {
		enum ws_finding_id id = (enum ws_finding_id)i;
		uint32_t expected = count_of(good, id);
		uint32_t got = count_of(worse, id);

		if (is_of_capture(id) || got == expected || (got < expected && !all) ||
		    (got > expected && is_excused(excused, id)))
			continue;
		snprintf(why, ACCOUNT_WHY_MAX, "port %u: %s %u times became %u", worse->endpoint[0].port,
			 ws_finding_info(id)->id, expected, got);
		return false;
	}
	return true;
}

static bool compare_record(const struct ws_record *good, const struct ws_record *worse, enum account_demand demand,
			   const int *excused, char *why)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct ws_endpoint *expected = &good->endpoint[i];
		const struct ws_endpoint *got = side_of(worse, expected);

		if (!got)
			return false;
		if (demand == ACCOUNT_WEAKER
			    ? !proves_nothing_else(expected, got, why) || !repeats_no_more(expected, got, why)
			    : !has_same_states(expected, got, demand == ACCOUNT_SAME, why))
			return false;
		if (demand == ACCOUNT_SAME ? !has_same_counters(expected, got, why)
					   : !repeats_no_more(expected, got, why))
			return false;
	}
	if (demand == ACCOUNT_SAME && (good->handshake != worse->handshake || good->close != worse->close)) {
		snprintf(why, ACCOUNT_WHY_MAX, "%s/%s became %s/%s", ws_handshake_name(good->handshake),
			 ws_close_name(good->close), ws_handshake_name(worse->handshake), ws_close_name(worse->close));
		return false;
	}
	return compare_findings(good, worse, demand == ACCOUNT_SAME, excused, why);
}

/* A capture that begins late has lost the first of them. */
static bool is_any_of(const struct account *good, const struct ws_record *worse, const int *excused, char *why)
{
	for (size_t n = good->len; n-- > 0;)
		if (compare_record(&good->records[n], worse, ACCOUNT_WEAKER, excused, why))
			return true;
	return false;
}

bool account_compare(const struct account *good, const struct account *worse, enum account_demand demand,
		     const int *excused, char *why)
{
	snprintf(why, ACCOUNT_WHY_MAX, "%zu connections became %zu", good->len, worse->len);
	if (demand != ACCOUNT_WEAKER) {
		if (good->len != worse->len)
			return false;
		for (size_t i = 0; i < good->len; i++)
			if (!compare_record(&good->records[i], &worse->records[i], demand, excused, why))
				return false;
		return true;
	}
	for (size_t i = 0; i < worse->len; i++)
		if (!is_any_of(good, &worse->records[i], excused, why))
			return false;
	return true;
}
