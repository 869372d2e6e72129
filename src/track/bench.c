#include "track/bench.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define WORDS (offsetof(struct detail, owner) / sizeof(uint64_t))
#define MASKS ((WORDS + 63) / 64)
#define PLAIN_WORDS (sizeof(struct plain) / sizeof(uint64_t))

_Static_assert(offsetof(struct detail, owner) % sizeof(uint64_t) == 0, "packed by words");
_Static_assert(sizeof(struct plain) % sizeof(uint64_t) == 0, "packed by words");

/* What rests: the numbers of a plain connection, if it is one; a mask of the words that differ from a fresh detail; those
 * words. */
struct rest {
	uint32_t room; /* words in data[] */
	bool is_plain;
	uint64_t data[];
};

/* ---- Packing --------------------------------------------------------------------------------------------------- */

static uint64_t word_of(const void *base, size_t i)
{
	uint64_t word;

	memcpy(&word, (const char *)base + i * sizeof word, sizeof word);
	return word;
}

/* Eight words at once: most of a detail is as fresh. */
#define BLOCK 8

static bool is_block_same(const void *a, const void *b, size_t from)
{
	uint64_t differs = 0;

	for (size_t i = from; i < from + BLOCK; i++)
		differs |= word_of(a, i) ^ word_of(b, i);
	return differs == 0;
}

/* Marks the words that differ; how many. */
static size_t compare(const struct detail *detail, const struct detail *fresh, uint64_t mask[MASKS])
{
	size_t count = 0;

	memset(mask, 0, MASKS * sizeof mask[0]);
	for (size_t from = 0; from < WORDS; from += BLOCK) {
		size_t end = from + BLOCK < WORDS ? from + BLOCK : WORDS;

		if (end == from + BLOCK && is_block_same(detail, fresh, from))
			continue;
		for (size_t i = from; i < end; i++) {
			uint64_t differs = word_of(detail, i) != word_of(fresh, i);

			mask[i / 64] |= differs << (i % 64);
			count += differs;
		}
	}
	return count;
}

static void pack(const struct detail *detail, const uint64_t mask[MASKS], uint64_t *out)
{
	memcpy(out, mask, MASKS * sizeof mask[0]);
	out += MASKS;
	for (size_t m = 0; m < MASKS; m++)
		for (uint64_t bits = mask[m]; bits; bits &= bits - 1)
			*out++ = word_of(detail, 64 * m + (size_t)__builtin_ctzll(bits));
}

/* `detail` is fresh. */
static void unpack(const uint64_t *in, struct detail *detail)
{
	const uint64_t *word = in + MASKS;

	for (size_t m = 0; m < MASKS; m++)
		for (uint64_t bits = in[m]; bits; bits &= bits - 1, word++)
			memcpy((char *)detail + (64 * m + (size_t)__builtin_ctzll(bits)) * sizeof *word, word,
			       sizeof *word);
}

static void open_rest(const struct rest *rest, struct detail *detail)
{
	const uint64_t *data = rest->data;
	struct plain plain;

	if (!rest->is_plain) {
		unpack(data, detail);
		return;
	}
	memcpy(&plain, data, sizeof plain);
	unpack(data + PLAIN_WORDS, detail);
	plain_put(&plain, detail);
}

/* ---- Places ---------------------------------------------------------------------------------------------------- */

void bench_init(struct bench *bench, size_t places)
{
	*bench = (struct bench){ .places = places ? places : BENCH_PLACES };
	if (bench->places < BENCH_PLACES_MIN)
		bench->places = BENCH_PLACES_MIN;
	detail_init(&bench->fresh);
}

static void free_all(struct detail *head)
{
	struct detail *next;

	for (; head; head = next) {
		next = head->next;
		free(head);
	}
}

void bench_fini(struct bench *bench)
{
	free_all(bench->head);
	free_all(bench->spare);
}

static void leave(struct bench *bench, struct ws_connection *c)
{
	struct detail *detail = c->detail;

	c->detail = NULL;
	if (detail == &bench->peeked)
		return;
	DL_DELETE(bench->head, detail);
	detail->next = bench->spare;
	bench->spare = detail;
	bench->len--;
}

static struct detail *find_place(struct bench *bench)
{
	struct detail *place;

	if (!bench->spare && bench->made >= bench->places)
		bench_rest(bench, bench->head->owner);
	place = bench->spare;
	if (place) {
		bench->spare = place->next;
		return place;
	}
	place = malloc(sizeof *place);
	bench->made += place != NULL;
	return place;
}

static void drop_rest(struct bench *bench, struct ws_connection *c)
{
	if (!c->rest)
		return;
	bench->rest_bytes -= sizeof *c->rest + c->rest->room * sizeof c->rest->data[0];
	free(c->rest);
	c->rest = NULL;
}

static void set_to_work(struct bench *bench, struct ws_connection *c, struct detail *detail)
{
	*detail = bench->fresh;
	if (c->rest)
		open_rest(c->rest, detail);
	drop_rest(bench, c);
	detail->owner = c;
	c->detail = detail;
}

bool bench_wake(struct bench *bench, struct ws_connection *c)
{
	struct detail *detail = c->detail;

	if (detail) {
		DL_DELETE(bench->head, detail);
		DL_APPEND(bench->head, detail);
		return true;
	}
	detail = find_place(bench);
	if (!detail)
		return false;
	set_to_work(bench, c, detail);
	DL_APPEND(bench->head, detail);
	bench->len++;
	return true;
}

void bench_peek(struct bench *bench, struct ws_connection *c)
{
	if (c->detail)
		return;
	bench->peeked = bench->fresh;
	if (c->rest)
		open_rest(c->rest, &bench->peeked);
	c->detail = &bench->peeked;
}

void bench_unpeek(struct bench *bench, struct ws_connection *c)
{
	if (c->detail == &bench->peeked)
		c->detail = NULL;
}

/* ---- Rest ------------------------------------------------------------------------------------------------------ */

static bool put_away(struct bench *bench, struct ws_connection *c, const struct plain *plain)
{
	uint64_t mask[MASKS];
	size_t head = plain ? PLAIN_WORDS : 0;
	size_t words = head + MASKS + compare(c->detail, &bench->fresh, mask);
	struct rest *rest = malloc(sizeof *rest + words * sizeof rest->data[0]);

	if (!rest)
		return false;
	rest->room = (uint32_t)words;
	rest->is_plain = plain != NULL;
	if (plain)
		memcpy(rest->data, plain, sizeof *plain);
	pack(c->detail, mask, rest->data + head);
	bench->rest_bytes += sizeof *rest + words * sizeof rest->data[0];
	c->rest = rest;
	leave(bench, c);
	return true;
}

void bench_rest(struct bench *bench, struct ws_connection *c)
{
	if (c->detail)
		put_away(bench, c, NULL);
}

void bench_rest_if_plain(struct bench *bench, struct ws_connection *c)
{
	struct plain plain;

	if (!c->detail || !plain_take(&plain, c->detail))
		return;
	if (!put_away(bench, c, &plain))
		plain_put(&plain, c->detail);
}

void bench_forget(struct bench *bench, struct ws_connection *c)
{
	if (c->detail)
		leave(bench, c);
	drop_rest(bench, c);
}

struct plain *bench_plain(const struct ws_connection *c)
{
	return c->rest && c->rest->is_plain ? (struct plain *)(void *)c->rest->data : NULL;
}

void bench_look(const struct ws_connection *c, struct ws_connection *copy, struct detail *room)
{
	*copy = *c;
	if (c->detail)
		return;
	detail_init(room);
	if (c->rest)
		open_rest(c->rest, room);
	copy->detail = room;
}

uint64_t bench_bytes(const struct bench *bench)
{
	return bench->rest_bytes + bench->made * sizeof(struct detail);
}
