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

/* What malloc adds. */
#define OVERHEAD 16

static uint64_t size_of(const struct rest *rest)
{
	return sizeof *rest + rest->room * sizeof rest->data[0] + OVERHEAD;
}

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

/* Writes the mask and the words that differ to out[0..MASKS + WORDS); how many words that makes. Without a branch for each,
 * for nobody could foretell them. */
static size_t pack(const struct detail *detail, const struct detail *fresh, uint64_t *out)
{
	uint64_t *word = out + MASKS;

	memset(out, 0, MASKS * sizeof out[0]);
	for (size_t from = 0; from < WORDS; from += BLOCK) {
		size_t end = from + BLOCK < WORDS ? from + BLOCK : WORDS;
		uint64_t bits = 0;

		if (end == from + BLOCK && is_block_same(detail, fresh, from))
			continue;
		for (size_t i = from; i < end; i++) {
			uint64_t differs;

			*word = word_of(detail, i);
			differs = *word != word_of(fresh, i);
			word += differs;
			bits |= differs << (i - from);
		}
		out[from / 64] |= bits << (from % 64);
	}
	return (size_t)(word - out);
}

_Static_assert(64 % BLOCK == 0, "a block lies in one word of the mask");

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
	*bench = (struct bench){ .places = places && places < BENCH_PLACES ? places : BENCH_PLACES };
	if (bench->places < BENCH_PLACES_MIN)
		bench->places = BENCH_PLACES_MIN;
	detail_init(&bench->fresh);
	courses_init(&bench->courses);
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
	courses_fini(&bench->courses);
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

/* c->detail, a fresh one, becomes what it was. */
static void recall(struct ws_connection *c)
{
	if (c->rest)
		open_rest(c->rest, c->detail);
	else if (c->course)
		course_replay(c);
}

static void drop_rest(struct bench *bench, struct ws_connection *c)
{
	if (!c->rest)
		return;
	bench->rest_bytes -= size_of(c->rest);
	free(c->rest);
	c->rest = NULL;
}

static void set_to_work(struct bench *bench, struct ws_connection *c, struct detail *detail)
{
	*detail = bench->fresh;
	c->detail = detail;
	recall(c);
	drop_rest(bench, c);
	courses_drop(&bench->courses, c);
	detail->owner = c;
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
	c->detail = &bench->peeked;
	recall(c);
}

void bench_unpeek(struct bench *bench, struct ws_connection *c)
{
	if (c->detail == &bench->peeked)
		c->detail = NULL;
}

/* ---- Rest ------------------------------------------------------------------------------------------------------ */

static bool put_away(struct bench *bench, struct ws_connection *c, const struct plain *plain)
{
	uint64_t packed[MASKS + WORDS + 1]; /* one more is written before it is known to be as fresh */
	size_t head = plain ? PLAIN_WORDS : 0;
	size_t words = pack(c->detail, &bench->fresh, packed);
	struct rest *rest = malloc(sizeof *rest + (head + words) * sizeof rest->data[0]);

	if (!rest)
		return false;
	rest->room = (uint32_t)(head + words);
	rest->is_plain = plain != NULL;
	if (plain)
		memcpy(rest->data, plain, sizeof *plain);
	memcpy(rest->data + head, packed, words * sizeof packed[0]);
	bench->rest_bytes += size_of(rest);
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
	courses_drop(&bench->courses, c);
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
	copy->detail = room;
	recall(copy);
}

uint64_t bench_bytes(const struct bench *bench)
{
	return bench->rest_bytes + bench->courses.bytes + bench->made * sizeof(struct detail);
}
