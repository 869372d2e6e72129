/* A table that cannot grow is no reason to exit: what does not fit is left out. */
#define HASH_NONFATAL_OOM 1

#include "track/listener.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/clock.h"
#include "base/hash.h"
#include "track/bench.h"
#include "track/course.h"

/* A SYN that is older has had its time to be answered: its sender would repeat it (RFC 6298 2.1). */
#define ANSWER_NS NS_PER_SEC

_Static_assert(sizeof(struct listener_key) == 20, "the key is hashed as bytes: it must have no padding");

void listeners_init(struct listeners *listeners, uint64_t seed, size_t max)
{
	*listeners = (struct listeners){ .max = max };
	hash_key_init(listeners->key, seed);
}

static void free_list(struct listener *head)
{
	struct listener *l;
	struct listener *next;

	DL_FOREACH_SAFE(head, l, next) {
		free(l);
	}
}

void listeners_fini(struct listeners *listeners)
{
	HASH_CLEAR(hh, listeners->table);
	free_list(listeners->answered);
	free_list(listeners->others);
	listeners->answered = NULL;
	listeners->others = NULL;
	listeners->len = 0;
}

/* ---- The table ----------------------------------------------------------------------------------------------- */

static struct listener **list_of(struct listeners *listeners, const struct listener *l)
{
	return l->seen[WS_PORT_LISTENING].count > 0 ? &listeners->answered : &listeners->others;
}

static unsigned hash_of(const struct listeners *listeners, const struct listener_key *key)
{
	return (unsigned)hash_keyed(key, sizeof *key, listeners->key);
}

static void make_room(struct listeners *listeners)
{
	struct listener *victim = listeners->others ? listeners->others : listeners->answered;

	if (listeners->len < listeners->max || !victim)
		return;
	if (victim == listeners->others)
		DL_DELETE(listeners->others, victim);
	else
		DL_DELETE(listeners->answered, victim);
	HASH_DEL(listeners->table, victim);
	free(victim);
	listeners->len--;
	listeners->evicted++;
}

static struct listener *add(struct listeners *listeners, const struct listener *model, unsigned hash)
{
	struct listener *l = malloc(sizeof *l);

	if (!l)
		return NULL;
	*l = *model;
	l->hh.tbl = NULL;
	HASH_ADD_BYHASHVALUE(hh, listeners->table, key, sizeof l->key, hash, l);
	if (!l->hh.tbl) {
		free(l);
		return NULL;
	}
	listeners->len++;
	return l;
}

/* Taken out of its list; NULL when there is no memory. */
static struct listener *take(struct listeners *listeners, const struct listener_key *key)
{
	unsigned hash = hash_of(listeners, key);
	struct listener *l = NULL;

	HASH_FIND_BYHASHVALUE(hh, listeners->table, key, sizeof *key, hash, l);
	if (l) {
		struct listener **list = list_of(listeners, l);

		DL_DELETE(*list, l);
		return l;
	}
	make_room(listeners);
	return add(listeners, &(struct listener){ .key = *key }, hash);
}

/* Back into its list, as the one touched last. */
static void put(struct listeners *listeners, struct listener *l)
{
	struct listener **list = list_of(listeners, l);

	DL_APPEND(*list, l);
}

static bool copy(const struct listeners *from, struct listeners *to)
{
	const struct listener *lists[] = { from->others, from->answered };

	*to = (struct listeners){ .key = { from->key[0], from->key[1] }, .max = SIZE_MAX };
	for (unsigned i = 0; i < 2; i++) {
		const struct listener *l;

		DL_FOREACH(lists[i], l) {
			struct listener *twin = add(to, l, hash_of(to, &l->key));

			if (!twin)
				return false;
			put(to, twin);
		}
	}
	return true;
}

/* ---- What a connection tells --------------------------------------------------------------------------------- */

struct meeting {
	unsigned responder; /* index of the side */
	enum ws_port_state state;
	ws_time at;
	bool is_accepted; /* of those that are listened to */
	bool is_half_open;
};

/* A side that answered a SYN by SYN-ACK, captured or acknowledged by the opener, without having sent a SYN itself. */
static bool meets_listener(const struct pair *pair, struct meeting *out)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct endpoint *e = &pair->side[i];

		if (!endpoint_is_proven(e, FSM_SND_SYN_ACK) || e->saw_bare_syn)
			continue;
		*out = (struct meeting){ i, WS_PORT_LISTENING, e->at[FSM_SND_SYN_ACK].earliest,
					 endpoint_stands(e, FSM_RCV_ACK_OF_SYN) || pair->is_fast_open,
					 e->state == WS_SYN_RECEIVED };
		return true;
	}
	return false;
}

static bool meets_other(const struct ws_connection *c, ws_time now, bool is_over, struct meeting *out)
{
	const struct pair *pair = &c->detail->pair;
	const struct endpoint *opener = &pair->side[pair->client];
	const struct endpoint *responder = &pair->side[!pair->client];

	*out = (struct meeting){ .responder = !pair->client };
	if (pair->is_refused) {
		out->state = WS_PORT_REFUSING;
		out->at = responder->at[FSM_SND_RST].earliest;
		return true;
	}
	out->state = WS_PORT_SILENT;
	out->at = opener->syn_ts;
	return opener->saw_bare_syn && !opener->sent_other && !pair->is_opener_stale && responder->packets == 0 &&
	       responder->duplicates == 0 && (is_over || now - c->start >= ANSWER_NS);
}

static bool meets_in_course(const struct ws_connection *c, ws_time now, bool is_over, struct meeting *out)
{
	const struct course *course = c->course;

	*out = (struct meeting){ .responder = !course->opener, .state = WS_PORT_SILENT, .at = c->start };
	if (course->stage == COURSE_SYN)
		return is_over || now - c->start >= ANSWER_NS;
	out->state = WS_PORT_LISTENING;
	out->at = course->answered;
	out->is_accepted = course->stage > COURSE_SYN_ACK;
	out->is_half_open = !out->is_accepted;
	return true;
}

static bool meets(const struct ws_connection *c, ws_time now, bool is_over, struct meeting *out)
{
	struct ws_connection copy;
	struct detail room;

	if (c->course)
		return meets_in_course(c, now, is_over, out);
	bench_look(c, &copy, &room);
	return meets_listener(&copy.detail->pair, out) || meets_other(&copy, now, is_over, out);
}

static struct listener_key key_of(const struct ws_connection *c, unsigned side)
{
	struct listener_key key = { .port = c->key.port[side], .family = c->key.family };

	memcpy(key.addr, c->key.addr[side], sizeof key.addr);
	return key;
}

static void see(struct sightings *seen, ws_time at)
{
	if (seen->count++ == 0 || at < seen->first)
		seen->first = at;
	if (seen->count == 1 || at > seen->last)
		seen->last = at;
}

void listeners_fold(struct listeners *listeners, const struct ws_connection *c, ws_time now, bool is_over)
{
	struct meeting meeting;
	struct listener_key key;
	struct listener *l;

	if (!meets(c, now, is_over, &meeting))
		return;
	key = key_of(c, meeting.responder);
	l = take(listeners, &key);
	if (!l) {
		listeners->evicted++;
		return;
	}
	see(&l->seen[meeting.state], meeting.at);
	if (meeting.state == WS_PORT_LISTENING) {
		l->accepted += meeting.is_accepted;
		l->half_open += !is_over && meeting.is_half_open;
	}
	put(listeners, l);
}

/* ---- Asked for ----------------------------------------------------------------------------------------------- */

/* The newest answer counts; no answer is none. */
static enum ws_port_state state_of(const struct listener *l)
{
	const struct sightings *listening = &l->seen[WS_PORT_LISTENING];
	const struct sightings *refusing = &l->seen[WS_PORT_REFUSING];

	if (listening->count > 0 && (refusing->count == 0 || listening->last >= refusing->last))
		return WS_PORT_LISTENING;
	return refusing->count > 0 ? WS_PORT_REFUSING : WS_PORT_SILENT;
}

static void publish(const struct listener *l, struct ws_listener *out)
{
	enum ws_port_state state = state_of(l);

	*out = (struct ws_listener){ .addr = { .family = l->key.family },
				     .port = l->key.port,
				     .state = state,
				     .first_seen = l->seen[state].first,
				     .last_seen = l->seen[state].last,
				     .accepted = l->accepted,
				     .half_open = l->half_open,
				     .refused = l->seen[WS_PORT_REFUSING].count,
				     .unanswered = l->seen[WS_PORT_SILENT].count };
	memcpy(out->addr.bytes, l->key.addr, sizeof out->addr.bytes);
}

static int by_place(const void *a, const void *b)
{
	const struct listener_key *x = &(*(const struct listener *const *)a)->key;
	const struct listener_key *y = &(*(const struct listener *const *)b)->key;
	int order;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	order = memcmp(x->addr, y->addr, sizeof x->addr);
	return order ? order : (x->port > y->port) - (x->port < y->port);
}

static void fold_all(struct listeners *listeners, const struct store *store, ws_time now)
{
	const struct ws_connection *c;

	for (c = store->embryonic.first; c; c = store_next(c))
		listeners_fold(listeners, c, now, false);
	for (c = store->grown.first; c; c = store_next(c))
		listeners_fold(listeners, c, now, false);
}

/* Calls `fn` for all in their order. */
static int tell_all(const struct listeners *listeners, ws_listener_fn *fn, void *user)
{
	const struct listener **all = malloc((listeners->len + 1) * sizeof(struct listener *));
	const struct listener *lists[] = { listeners->answered, listeners->others };
	struct ws_listener told;
	size_t len = 0;
	int result = 0;

	if (!all)
		return WS_ERROR_MEMORY;
	for (unsigned i = 0; i < 2; i++) {
		const struct listener *l;

		DL_FOREACH(lists[i], l) {
			all[len++] = l;
		}
	}
	qsort(all, len, sizeof(struct listener *), by_place);
	for (size_t i = 0; i < len && result == 0; i++) {
		publish(all[i], &told);
		result = fn(user, &told);
	}
	free(all);
	return result;
}

int listeners_each(const struct listeners *past, const struct store *store, ws_time now, ws_listener_fn *fn, void *user)
{
	struct listeners listeners;
	int result = WS_ERROR_MEMORY;

	if (copy(past, &listeners)) {
		fold_all(&listeners, store, now);
		if (listeners.evicted == 0)
			result = tell_all(&listeners, fn, user);
	}
	listeners_fini(&listeners);
	return result;
}
