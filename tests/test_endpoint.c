/*
 * One side's stream (RFC 9293 3.3.1) with its holes, held against a map of bytes that has no arithmetic of sequence
 * numbers in it.
 */
#include <check.h>
#include <string.h>

#include "lib/suite.h"
#include "tcp/endpoint.h"

#define BYTES 64

/* What came, byte by byte; the highest end that any segment had. */
struct map {
	bool came[BYTES];
	unsigned max;
};

static const uint32_t starts[] = { 1000, 0xffffffff, 0xffffffe0, 0x7fffffe0, 0xffffffc0, 0 };
#define STARTS ((int)(sizeof(starts) / sizeof(starts[0])))

static unsigned map_edge(const struct map *map)
{
	unsigned edge = 0;

	while (edge < BYTES && map->came[edge])
		edge++;
	return edge;
}

/* Runs of bytes beyond the first hole. */
static unsigned map_stretches(const struct map *map)
{
	unsigned n = 0;

	for (unsigned i = map_edge(map); i < BYTES; i++)
		n += map->came[i] && !map->came[i - 1];
	return n;
}

static enum novelty map_take(struct map *map, unsigned from, unsigned to)
{
	enum novelty novelty = to > map->max ? NOVEL_NEW : NOVEL_REPEATED;

	if (from == to)
		novelty = NOVEL_NOTHING;
	for (unsigned i = from; i < to; i++) {
		if (!map->came[i] && novelty == NOVEL_REPEATED)
			novelty = NOVEL_FILLS_HOLE;
		map->came[i] = true;
	}
	if (to > map->max)
		map->max = to;
	return novelty;
}

static void begin(struct endpoint *e, struct map *map, uint32_t start)
{
	endpoint_init(e);
	endpoint_start(e, start);
	memset(map, 0, sizeof *map);
}

/* Both take the same segment; as long as the holes have found room they agree on everything. */
static void take_both(struct endpoint *e, struct map *map, uint32_t start, unsigned from, unsigned to)
{
	enum novelty expected = map_take(map, from, to);

	ck_assert_int_eq(endpoint_take(e, start + from, start + to, 0), expected);
	ck_assert_uint_eq(e->snd_max - start, map->max);
	ck_assert_uint_eq(e->edge - start, map_edge(map));
}

/* Six pieces in the order of permutation `n` of 720: at most three stretches lie beyond a hole at once. */
static void permute(unsigned n, unsigned order[6])
{
	unsigned left[6] = { 0, 1, 2, 3, 4, 5 };

	for (unsigned i = 0; i < 6; i++) {
		unsigned at = n % (6 - i);

		n /= 6 - i;
		order[i] = left[at];
		memmove(left + at, left + at + 1, (5 - at) * sizeof left[0]);
	}
}

START_TEST(any_order)
{
	for (unsigned n = 0; n < 720; n++) {
		unsigned order[6];
		struct endpoint e;
		struct map map;

		permute(n, order);
		begin(&e, &map, starts[_i]);
		for (unsigned i = 0; i < 6; i++)
			take_both(&e, &map, starts[_i], order[i] * 10, order[i] * 10 + 10);
		ck_assert_uint_eq(e.edge, starts[_i] + 60);
		for (unsigned i = 0; i < 6; i++)
			take_both(&e, &map, starts[_i], order[i] * 10, order[i] * 10 + 10);
	}
}
END_TEST

static unsigned next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 16;
}

/* Segments of any place and length, overlapping as they like. From the moment when there were more stretches than there
 * is room for, less may be known than came; but the edge never passes a hole and never goes back. */
START_TEST(any_segments)
{
	uint32_t random = (uint32_t)_i;
	struct endpoint e;
	struct map map;
	bool was_full = false;
	uint32_t start = starts[_i % STARTS];

	begin(&e, &map, start);
	for (unsigned i = 0; i < 60; i++) {
		unsigned from = next_random(&random) % BYTES;
		unsigned to = from + next_random(&random) % (BYTES - from + 1) % 9;
		uint32_t edge = e.edge;

		was_full |= map_stretches(&map) > HOLES_MAX;
		if (!was_full && map_stretches(&map) < HOLES_MAX) {
			take_both(&e, &map, start, from, to);
			continue;
		}
		was_full = true;
		map_take(&map, from, to);
		endpoint_take(&e, start + from, start + to, 0);
		ck_assert_uint_eq(e.snd_max - start, map.max);
		ck_assert_uint_le(e.edge - start, map_edge(&map));
		ck_assert_uint_ge(e.edge - start, edge - start);
	}
}
END_TEST

/* Every second piece of twenty: more stretches than there is room for. What was forgotten may come again, or the peer's
 * acknowledgement tells; either way the edge gets there. */
START_TEST(more_holes_than_room)
{
	uint32_t start = starts[_i];
	struct endpoint e;
	struct map map;

	begin(&e, &map, start);
	for (unsigned i = 1; i < 20; i += 2)
		ck_assert_int_eq(endpoint_take(&e, start + i * 3, start + i * 3 + 3, 0), NOVEL_NEW);
	ck_assert_uint_le(e.ahead_len, HOLES_MAX);
	ck_assert_uint_eq(e.edge, start);
	ck_assert_uint_eq(e.snd_max, start + 60);
	for (unsigned i = 0; i < 20; i++)
		endpoint_take(&e, start + i * 3, start + i * 3 + 3, 0);
	ck_assert_uint_eq(e.edge, start + 60);

	begin(&e, &map, start);
	for (unsigned i = 1; i < 20; i += 2)
		endpoint_take(&e, start + i * 3, start + i * 3 + 3, 0);
	endpoint_reach(&e, start + 60);
	ck_assert_uint_eq(e.edge, start + 60);
	ck_assert_int_eq(endpoint_take(&e, start + 9, start + 12, 0), NOVEL_REPEATED);
}
END_TEST

/* A bare segment beyond the last byte: something before it was sent, and it is still a hole. */
START_TEST(bare_segment_beyond)
{
	uint32_t start = starts[_i];
	struct endpoint e;
	struct map map;

	begin(&e, &map, start);
	take_both(&e, &map, start, 0, 10);
	ck_assert_int_eq(endpoint_take(&e, start + 20, start + 20, 0), NOVEL_NOTHING);
	ck_assert_uint_eq(e.snd_max, start + 20);
	ck_assert_uint_eq(e.edge, start + 10);
	ck_assert_int_eq(endpoint_take(&e, start + 10, start + 20, 0), NOVEL_FILLS_HOLE);
	ck_assert_uint_eq(e.edge, start + 20);
	ck_assert_int_eq(endpoint_take(&e, start + 5, start + 5, 0), NOVEL_NOTHING);
	ck_assert_uint_eq(e.snd_max, start + 20);
}
END_TEST

/* The peer has everything below its acknowledgement, whatever the tap saw. Payload that was never captured counts. */
START_TEST(reach)
{
	uint32_t start = starts[_i];
	struct endpoint e;
	struct map map;

	begin(&e, &map, start);
	take_both(&e, &map, start, 0, 10);
	take_both(&e, &map, start, 20, 30);
	e.bytes = 20;
	endpoint_reach(&e, start + 5);
	ck_assert_uint_eq(e.edge, start + 10);
	endpoint_reach(&e, start + 15);
	ck_assert_uint_eq(e.edge, start + 15);
	ck_assert_uint_eq(e.snd_max, start + 30);
	endpoint_reach(&e, start + 20);
	ck_assert_uint_eq(e.edge, start + 30);
	ck_assert_uint_eq(e.bytes, 20);
	endpoint_reach(&e, start + 42);
	ck_assert_uint_eq(e.edge, start + 42);
	ck_assert_uint_eq(e.snd_max, start + 42);
	ck_assert_uint_eq(e.bytes, 32);
}
END_TEST

START_TEST(reach_of_nobody)
{
	struct endpoint e;

	endpoint_init(&e);
	endpoint_reach(&e, 1000);
	ck_assert(!e.has_seq);
	ck_assert_uint_eq(e.bytes, 0);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("endpoint", &t);

	tcase_add_loop_test(t, any_order, 0, STARTS);
	tcase_add_loop_test(t, any_segments, 0, 200);
	tcase_add_loop_test(t, more_holes_than_room, 0, STARTS);
	tcase_add_loop_test(t, bare_segment_beyond, 0, STARTS);
	tcase_add_loop_test(t, reach, 0, STARTS);
	tcase_add_test(t, reach_of_nobody);
	return suite_run(suite);
}
