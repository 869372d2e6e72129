/*
 * libFuzzer: bytes as a case (tests/cases/README.md). What the parser takes is within its bounds, can be replayed,
 * and the tracker keeps the contract of wirestat.h whatever the case says.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/contract.h"
#include "lib/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct case_file file;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void look_at(size_t size)
{
	require(file.head_len <= size && file.ladders_len <= CASE_LADDERS_MAX && file.lines_len <= CASE_LINES_MAX);
	for (size_t i = 0; i < file.lines_len; i++) {
		const struct case_line *line = &file.lines[i];

		require(line->ladder < file.ladders_len && line->segment.sack_len <= 4);
		require(i == 0 || line->ns >= file.lines[i - 1].ns);
		require(line->a.state < WS_STATE_COUNT && line->b.state < WS_STATE_COUNT);
		require(line->findings[CASE_FINDING_WORDS - 1] >> ((WS_FINDING_COUNT - 1) % 64) <= 1);
	}
}

/* A case may say more than fits into a packet; such a packet was never captured. */
static bool fits(const struct case_line *line)
{
	const struct ws_segment *s = &line->segment;
	size_t options = (s->mss >= 0 ? 4u : 0u) + (s->wscale >= 0 ? 3u : 0u) + (s->sack_permitted ? 2u : 0u) +
			 (s->has_timestamps ? 10u : 0u) + (s->sack_len ? 2u + 8u * s->sack_len : 0u);

	if (s->fast_open >= 0)
		options += 2u + (size_t)s->fast_open;
	return line->is_timer ||
	       (options <= 40 && s->fast_open <= 16 && s->len <= 1400 && s->mss <= 65535 && s->wscale <= 255);
}

static bool can_be_replayed(void)
{
	for (size_t i = 0; i < file.lines_len; i++)
		if (!fits(&file.lines[i]))
			return false;
	return file.lines_len > 0 && file.lines_len <= 100;
}

static void play(void)
{
	struct replay_way way = { .name = "raw", .framing = FRAMING_RAW };
	struct contract contract;
	struct replay replay;

	replay_init(&replay, &file, &way);
	contract_begin(&contract, NULL);
	require(replay_feed(&replay, contract.tracker, NULL, NULL) == WS_OK);
	contract_check(&contract);
	contract_end(&contract);
	replay_fini(&replay);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[CASE_ERROR_MAX] = "";
	char *text = malloc(size > 0 ? size : 1); /* its own size, so that a byte read too far is found */

	require(text != NULL);
	memcpy(text, data, size);
	if (!case_parse(text, size, &file, error)) {
		require(memchr(error, '\0', sizeof error) != NULL && error[0] != '\0');
	} else {
		look_at(size);
		if (can_be_replayed())
			play();
	}
	free(text);
	return 0;
}
