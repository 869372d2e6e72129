/*
 * The arrows, and counting them.
 */
#include <string.h>

#include "view/coverage.h"

#define OUT(state)                                                                                    \
	{ "out", state, WS_CAUSE_SND_RST, WS_CLOSED }, { "out", state, WS_CAUSE_RCV_RST, WS_CLOSED }, \
	{                                                                                             \
		"out", state, WS_CAUSE_TIMEOUT, WS_CLOSED                                             \
	}

/* clang-format off */
static const struct coverage_arrow arrows[] = {
	{ "1", WS_CLOSED, WS_CAUSE_SND_SYN, WS_SYN_SENT },
	{ "2", WS_LISTEN, WS_CAUSE_RCV_SYN, WS_SYN_RECEIVED },
	{ "3", WS_LISTEN, WS_CAUSE_SND_SYN, WS_SYN_SENT },
	{ "4", WS_SYN_SENT, WS_CAUSE_RCV_SYN, WS_SYN_RECEIVED },
	{ "5", WS_SYN_RECEIVED, WS_CAUSE_RCV_ACK_OF_SYN, WS_ESTABLISHED },
	{ "6", WS_SYN_SENT, WS_CAUSE_RCV_SYN_ACK, WS_ESTABLISHED },
	{ "7", WS_SYN_RECEIVED, WS_CAUSE_SND_FIN, WS_FIN_WAIT_1 },
	{ "8", WS_ESTABLISHED, WS_CAUSE_SND_FIN, WS_FIN_WAIT_1 },
	{ "9", WS_ESTABLISHED, WS_CAUSE_RCV_FIN, WS_CLOSE_WAIT },
	{ "10", WS_FIN_WAIT_1, WS_CAUSE_RCV_ACK_OF_FIN, WS_FIN_WAIT_2 },
	{ "11", WS_FIN_WAIT_1, WS_CAUSE_RCV_FIN, WS_CLOSING },
	{ "12", WS_CLOSE_WAIT, WS_CAUSE_SND_FIN, WS_LAST_ACK },
	{ "13", WS_FIN_WAIT_2, WS_CAUSE_RCV_FIN, WS_TIME_WAIT },
	{ "14", WS_CLOSING, WS_CAUSE_RCV_ACK_OF_FIN, WS_TIME_WAIT },
	{ "15", WS_LAST_ACK, WS_CAUSE_RCV_ACK_OF_FIN, WS_CLOSED },
	{ "16", WS_TIME_WAIT, WS_CAUSE_TIMEOUT, WS_CLOSED },
	{ "note 2", WS_FIN_WAIT_1, WS_CAUSE_RCV_FIN, WS_TIME_WAIT },
	{ "text", WS_SYN_RECEIVED, WS_CAUSE_RCV_FIN, WS_CLOSE_WAIT },
	OUT(WS_SYN_SENT), OUT(WS_SYN_RECEIVED), OUT(WS_ESTABLISHED), OUT(WS_FIN_WAIT_1), OUT(WS_FIN_WAIT_2), OUT(WS_CLOSING),
	{ "out", WS_TIME_WAIT, WS_CAUSE_SND_RST, WS_CLOSED }, { "out", WS_TIME_WAIT, WS_CAUSE_RCV_RST, WS_CLOSED },
	OUT(WS_CLOSE_WAIT), OUT(WS_LAST_ACK),
};
/* clang-format on */

#define ARROWS (sizeof(arrows) / sizeof(arrows[0]))
#define LISTEN_SENDS 2 /* index of arrow 3 */

_Static_assert(ARROWS <= COVERAGE_ARROWS_MAX, "COVERAGE_ARROWS_MAX is too small");

const struct coverage_arrow *coverage_arrow(size_t i)
{
	return i < ARROWS ? &arrows[i] : NULL;
}

size_t coverage_arrows(void)
{
	return ARROWS;
}

bool coverage_is_visible(size_t arrow)
{
	return arrow != LISTEN_SENDS;
}

unsigned coverage_visible(void)
{
	return COVERAGE_FIGURE - 1;
}

unsigned coverage_seen(const struct coverage *coverage)
{
	unsigned seen = 0;

	for (size_t i = 0; i < COVERAGE_FIGURE; i++)
		seen += coverage->arrows[i].count > 0;
	return seen;
}

/* The segment that brings a side to SYN-RECEIVED or ESTABLISHED may have been told by another one: the arrow is the same. */
static enum ws_cause plain_cause(enum ws_state from, enum ws_cause cause)
{
	if (cause == WS_CAUSE_SND_SYN_ACK)
		return WS_CAUSE_RCV_SYN;
	return cause == WS_CAUSE_RCV_SYN_ACK && from == WS_SYN_RECEIVED ? WS_CAUSE_RCV_ACK_OF_SYN : cause;
}

int coverage_find(enum ws_state from, enum ws_cause cause, enum ws_state to)
{
	cause = plain_cause(from, cause);
	for (size_t i = 0; i < ARROWS; i++) {
		if (arrows[i].from == from && arrows[i].cause == cause && arrows[i].to == to)
			return (int)i;
	}
	return -1;
}

/* ---- Counting ------------------------------------------------------------------------------------------------ */

/* 2^(k/4) for k from 1, scaled to the top bit of 64. */
static const uint64_t quarters[] = {
	UINT64_C(0x9837f0518db8a96f),
	UINT64_C(0xb504f333f9de6484),
	UINT64_C(0xd744fccad69d6af4),
};

unsigned coverage_bucket(int64_t ns)
{
	uint64_t value = (uint64_t)ns;
	unsigned power = 0;
	unsigned quarter = 0;

	if (ns <= 0)
		return 0;
	while (value >> power > 1)
		power++;
	value <<= 63 - power;
	while (quarter < 3 && value >= quarters[quarter])
		quarter++;
	return 1 + 4 * power + quarter;
}

int64_t coverage_bucket_middle(unsigned bucket)
{
	/* 2^(1/8), 2^(3/8), 2^(5/8), 2^(7/8) */
	static const double middles[] = { 1.090507732665258, 1.296839554651010, 1.542210825407941, 1.834008086409342 };
	double value;

	if (bucket == 0)
		return 0;
	value = middles[(bucket - 1) % 4];
	for (unsigned power = (bucket - 1) / 4; power > 0; power--)
		value *= 2;
	return value < 9e18 ? (int64_t)(value + 0.5) : INT64_MAX;
}

int64_t coverage_median(const struct coverage_count *count)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < COVERAGE_BUCKETS && count->timed > 0; i++) {
		sum += count->dwell[i];
		if (sum * 2 >= count->timed)
			return coverage_bucket_middle(i);
	}
	return -1;
}

/* Before the first step: what the machine was in, as far as the step tells. */
static enum ws_state start_of(const struct ws_step *first)
{
	if (first->cause == WS_CAUSE_RCV_SYN || first->cause == WS_CAUSE_SND_SYN_ACK)
		return WS_LISTEN;
	return first->cause == WS_CAUSE_SND_SYN ? WS_CLOSED : WS_UNKNOWN;
}

static void add_step(struct coverage *coverage, enum ws_state from, const struct ws_step *step, int64_t dwell)
{
	int arrow = coverage_find(from, step->cause, step->state);
	struct coverage_count *count;

	if (arrow < 0) {
		coverage->midstream += from == WS_UNKNOWN;
		coverage->other += from != WS_UNKNOWN;
		return;
	}
	count = &coverage->arrows[arrow];
	count->count++;
	count->proven += step->evidence != WS_PRESUMED;
	if (dwell >= 0) {
		count->timed++;
		count->dwell[coverage_bucket(dwell)]++;
	}
}

void coverage_add(struct coverage *coverage, const struct ws_record *record)
{
	coverage->connections++;
	for (unsigned side = WS_CLIENT; side <= WS_SERVER; side++) {
		const struct ws_endpoint *endpoint = &record->endpoint[side];

		for (size_t i = 0; i < endpoint->path_len; i++) {
			const struct ws_step *step = &endpoint->path[i];
			const struct ws_step *before = i > 0 ? step - 1 : NULL;
			bool is_timed =
				before && before->earliest != WS_TIME_NONE && step->earliest >= before->earliest;

			add_step(coverage, before ? before->state : start_of(step), step,
				 is_timed ? step->earliest - before->earliest : -1);
		}
	}
}

void coverage_merge(struct coverage *coverage, const struct coverage *other)
{
	coverage->connections += other->connections;
	coverage->midstream += other->midstream;
	coverage->other += other->other;
	for (size_t i = 0; i < ARROWS; i++) {
		struct coverage_count *to = &coverage->arrows[i];
		const struct coverage_count *from = &other->arrows[i];

		to->count += from->count;
		to->proven += from->proven;
		to->timed += from->timed;
		for (unsigned bucket = 0; bucket < COVERAGE_BUCKETS; bucket++)
			to->dwell[bucket] += from->dwell[bucket];
	}
}
