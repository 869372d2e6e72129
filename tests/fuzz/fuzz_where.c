/*
 * libFuzzer: bytes as an expression of --where. Beside crashes it looks for reasons that point outside the expression,
 * for connections that are selected though they could not be, and for negations that select the same again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/where.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1000000000000)

static struct where where;
static struct where negated;
static FILE *nowhere;

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Connection `i`: each state of the client beside one of the server, IPv4 and IPv6. */
static void set_record(struct ws_record *record, unsigned i)
{
	memset(record, 0, sizeof(*record));
	for (unsigned side = 0; side < 2; side++) {
		struct ws_endpoint *endpoint = &record->endpoint[side];

		endpoint->addr.family = i % 2 == 0 ? 4 : 6;
		memset(endpoint->addr.bytes, (int)(10 + side), endpoint->addr.family == 4 ? 4 : 16);
		endpoint->port = (uint16_t)(side == WS_SERVER ? 80 : 40000 + i);
		endpoint->state = (enum ws_state)((i * (side + 1)) % WS_STATE_COUNT);
		endpoint->since = endpoint->state == WS_UNKNOWN ? WS_TIME_NONE : NOW - INT64_C(1000000000) * (int64_t)i;
		endpoint->packets = i;
		endpoint->bytes = UINT64_MAX / (i + 1);
	}
	record->findings_len = i % 2;
	record->findings[0].id = (enum ws_finding_id)(i % WS_FINDING_COUNT);
}

static void evaluate(bool has_negation)
{
	static const enum ws_side sides[] = { WS_CLIENT, WS_SERVER, WS_BOTH };

	for (unsigned i = 0; i < 2 * WS_STATE_COUNT; i++) {
		struct ws_record record;

		set_record(&record, i);
		for (unsigned k = 0; k < 3; k++) {
			bool holds = where_holds(&where, &record, NOW, sides[k]);

			require(!holds || where_may_hold(&where, &record));
			require(!has_negation || holds != where_holds(&negated, &record, NOW, sides[k]));
		}
	}
}

static void try(const char *text, size_t len)
{
	struct where_error error;
	char *more;

	if (!where_parse(&where, text, &error)) {
		require(error.at <= len && strlen(error.text) < sizeof(error.text));
		where_report(nowhere, text, &error);
		return;
	}
	require(where.len > 0 && where.len <= WHERE_STEPS_MAX);
	more = malloc(len + sizeof("not ( )"));
	require(more != NULL);
	sprintf(more, "not (%s )", text);
	evaluate(where_parse(&negated, more, &error));
	free(more);
}

/* The expression in a block of its own size, so that a byte read too far is found. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (nowhere == NULL)
		nowhere = fopen("/dev/null", "w");
	require(text != NULL && nowhere != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	try(text, strlen(text));
	free(text);
	return 0;
}
