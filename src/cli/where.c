#include "cli/where.h"

#include <stdlib.h>
#include <string.h>

/* Of conditions that may still change. */
enum answer { NO, MAYBE, YES };

/* Each level of parentheses, and the outermost, waits with one value for its second; the first waits with none. */
#define STACK_MAX (WHERE_DEPTH_MAX + 2)

struct question {
	const struct ws_record *record;
	ws_time now;
	enum ws_side local;
	bool is_final; /* else of all time to come */
};

static bool compares(uint64_t a, enum where_compare compare, uint64_t b)
{
	switch (compare) {
	case WHERE_EQ:
		return a == b;
	case WHERE_NE:
		return a != b;
	case WHERE_GT:
		return a > b;
	case WHERE_LT:
		return a < b;
	case WHERE_GE:
		return a >= b;
	case WHERE_LE:
		return a <= b;
	}
	return false;
}

/* ---- Conditions --------------------------------------------------------------------------------------------- */

static bool has_state(const struct where_step *step, const struct question *q)
{
	enum ws_side side = step->side == WS_BOTH ? q->local : step->side;
	unsigned client = 1u << q->record->endpoint[WS_CLIENT].state;
	unsigned server = 1u << q->record->endpoint[WS_SERVER].state;
	unsigned met = side == WS_CLIENT ? client : side == WS_SERVER ? server : client | server;

	return (met & step->states) != 0 && (met & step->excluded) == 0;
}

static bool host_fits(const struct where_step *step, const struct ws_endpoint *endpoint)
{
	bool is_port = step->kind == WHERE_SPORT || step->kind == WHERE_DPORT;
	bool is_any = step->host.port == WHERE_PORT_ANY;
	bool fits = where_host_has(&step->host, &endpoint->addr);

	if (is_port && step->compare != WHERE_NE)
		return fits && (is_any || compares(endpoint->port, step->compare, (uint64_t)step->host.port));
	fits = fits && (is_any || endpoint->port == (uint64_t)step->host.port);
	return step->compare == WHERE_NE ? !fits : fits;
}

/* Which side is the client may still turn out otherwise. */
static enum answer ask_host(const struct where_step *step, const struct question *q)
{
	bool is_source = step->kind == WHERE_SRC || step->kind == WHERE_SPORT;
	bool is_server = is_source == (q->local == WS_SERVER);
	bool this_one = host_fits(step, &q->record->endpoint[is_server ? WS_SERVER : WS_CLIENT]);
	bool other_one = host_fits(step, &q->record->endpoint[is_server ? WS_CLIENT : WS_SERVER]);

	if (!q->is_final && this_one != other_one)
		return MAYBE;
	return this_one ? YES : NO;
}

static bool has_finding(const struct ws_record *record, enum ws_finding_id id)
{
	size_t i;

	for (i = 0; i < record->findings_len; i++)
		if (record->findings[i].id == id)
			return true;
	return false;
}

/* As the column AGE of the table: since a side last changed its state. False when there is none. */
static bool age_of(const struct ws_record *record, ws_time now, uint64_t *out)
{
	const struct ws_endpoint *client = &record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &record->endpoint[WS_SERVER];
	ws_time since = client->since > server->since ? client->since : server->since;

	if (since == WS_TIME_NONE || now == WS_TIME_NONE || (client->state == WS_CLOSED && server->state == WS_CLOSED))
		return false;
	*out = now > since ? (uint64_t)now - (uint64_t)since : 0;
	return true;
}

static bool is_so(const struct where_step *step, const struct question *q)
{
	const struct ws_endpoint *client = &q->record->endpoint[WS_CLIENT];
	const struct ws_endpoint *server = &q->record->endpoint[WS_SERVER];
	uint64_t age;

	switch (step->kind) {
	case WHERE_STATE:
		return has_state(step, q);
	case WHERE_FINDING:
		return has_finding(q->record, step->finding);
	case WHERE_AGE:
		return age_of(q->record, q->now, &age) && compares(age, step->compare, step->number);
	case WHERE_PACKETS:
		return compares(client->packets + server->packets, step->compare, step->number);
	case WHERE_BYTES:
		return compares(client->bytes + server->bytes, step->compare, step->number);
	case WHERE_AND:
	case WHERE_OR:
	case WHERE_NOT:
	case WHERE_SRC:
	case WHERE_DST:
	case WHERE_SPORT:
	case WHERE_DPORT:
		break;
	}
	return false;
}

static enum answer ask(const struct where_step *step, const struct question *q)
{
	if (step->kind >= WHERE_SRC && step->kind <= WHERE_DPORT)
		return ask_host(step, q);
	if (!q->is_final)
		return MAYBE;
	return is_so(step, q) ? YES : NO;
}

/* ---- Expressions -------------------------------------------------------------------------------------------- */

static enum answer lesser(enum answer a, enum answer b)
{
	return a < b ? a : b;
}

static enum answer greater(enum answer a, enum answer b)
{
	return a > b ? a : b;
}

/* `top` is the newest value; those that wait for it are on the stack. */
static enum answer evaluate(const struct where *where, const struct question *q)
{
	enum answer stack[STACK_MAX] = { NO };
	enum answer top = NO;
	size_t len = 0;
	size_t i;

	for (i = 0; i < where->len; i++) {
		const struct where_step *step = &where->steps[i];

		if (step->kind == WHERE_NOT) {
			top = (enum answer)(YES - top);
		} else if (step->kind != WHERE_AND && step->kind != WHERE_OR) {
			if (len == STACK_MAX)
				return NO;
			stack[len++] = top;
			top = ask(step, q);
		} else if (len > 0) {
			len--;
			top = step->kind == WHERE_AND ? lesser(stack[len], top) : greater(stack[len], top);
		}
	}
	return top;
}

bool where_holds(const struct where *where, const struct ws_record *record, ws_time now, enum ws_side local)
{
	struct question question = { .record = record, .now = now, .local = local, .is_final = true };

	return evaluate(where, &question) == YES;
}

bool where_may_hold(const struct where *where, const struct ws_record *record)
{
	struct question question = { .record = record, .now = WS_TIME_NONE, .local = WS_BOTH };

	return evaluate(where, &question) != NO;
}

/* ---- Reporting ---------------------------------------------------------------------------------------------- */

#define EXCERPT_MAX 76
#define EXCERPT_BEFORE 40

/* One column for each character of UTF-8; a control character is shown as a blank. */
static size_t put_excerpt(FILE *out, const char *text, size_t from, size_t to)
{
	size_t columns = 0;
	size_t i;

	for (i = from; i < to && text[i] != '\0'; i++) {
		unsigned char c = (unsigned char)text[i];

		if (out != NULL)
			fputc(c < ' ' || c == 0x7F ? ' ' : c, out);
		columns += (c & 0xC0) != 0x80;
	}
	return columns;
}

void where_report(FILE *out, const char *text, const struct where_error *error)
{
	size_t end = strlen(text);
	size_t from = end > EXCERPT_MAX && error->at > EXCERPT_BEFORE ? error->at - EXCERPT_BEFORE : 0;
	size_t to = end - from > EXCERPT_MAX ? from + EXCERPT_MAX : end;
	size_t marked_end = error->at + error->len < to ? error->at + error->len : to;
	const char *lead = from > 0 ? "..." : "";
	size_t columns = put_excerpt(NULL, text, error->at, marked_end);
	size_t before = strlen(lead) + put_excerpt(NULL, text, from, error->at);

	fprintf(out, "wirestat: --where: %s\n  %s", error->text, lead);
	put_excerpt(out, text, from, to);
	fprintf(out, "%s\n  %*s^", to < end ? "..." : "", (int)before, "");
	for (; columns > 1; columns--)
		fputc('~', out);
	fputc('\n', out);
}
