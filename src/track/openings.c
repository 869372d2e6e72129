#include "track/openings.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"

/* One connection of which both sides of an address translator were captured is seen as two. */
#define SAME_ISN_MIN 3

/* By chance four more have the offset of the first once in 16 million. */
#define COOKIES_MIN 5

void openings_init(struct openings *openings, uint64_t seed)
{
	memset(openings, 0, sizeof *openings);
	hash_key_init(openings->key, seed);
}

/* ---- First numbers ----------------------------------------------------------------------------------------------- */

static uint64_t hash_of_host(const struct openings *openings, const struct ws_connection *c, unsigned who)
{
	struct ws_addr addr = flow_addr(&c->key, who);

	return hash_keyed(&addr, sizeof addr, openings->key);
}

static uint64_t hash_of_tuple(const struct openings *openings, const struct ws_connection *c)
{
	const struct {
		struct ws_addr addr[2];
		uint16_t port[2];
	} tuple = { { flow_addr(&c->key, 0), flow_addr(&c->key, 1) }, { c->key.port[0], c->key.port[1] } };

	return hash_keyed(&tuple, sizeof tuple, openings->key);
}

static void take_number(struct openings *openings, struct context *context, struct ws_connection *c, unsigned who,
			const struct segment *s)
{
	uint64_t host = hash_of_host(openings, c, who);
	uint64_t tuple = hash_of_tuple(openings, c);
	struct number_habit *habit = &openings->number[host % OPENINGS_MAX];
	struct finding finding = { WS_FINDING_isn_reused, (enum ws_side)who, UNIT_NUMBER, false, 0, s->seq };

	if (habit->host != host || habit->isn != s->seq) {
		*habit = (struct number_habit){ host, tuple, s->seq, 1 };
		return;
	}
	if (habit->tuple == tuple)
		return;
	habit->tuple = tuple;
	if (habit->run < SAME_ISN_MIN)
		habit->run++;
	if (habit->run == SAME_ISN_MIN)
		change_finding(context, c, &(struct cause){ s->ts, s->frame, s->flags }, &finding);
}

/* ---- SYN cookies ------------------------------------------------------------------------------------------------- */

/* The six lowest bits of the time stamp, before the offset that each pair of hosts has: the opener's scale, or 15 for none;
 * SACK; ECN. */
static uint8_t options_code(const struct endpoint *opener, const struct segment *s)
{
	uint32_t present = s->options.present;
	unsigned scale = present & OPTION_WSCALE ? endpoint_shift(opener) : 15;

	return (uint8_t)(scale | (present & OPTION_SACK_PERMITTED ? 16u : 0u) | (s->flags & WS_FLAG_ECE ? 32u : 0u));
}

/* A clock of milliseconds has the same six bits again after a multiple of 64 ms. */
static bool would_differ(ws_time before, ws_time now)
{
	int64_t phase = (now - before) / 1000000 % 64;

	return phase >= 4 && phase <= 60;
}

static void take_cookie(struct openings *openings, struct context *context, struct ws_connection *c, unsigned who,
			const struct segment *s)
{
	const struct endpoint *opener = &c->detail->pair.side[!who];
	uint64_t hosts = hash_of_host(openings, c, who) ^ hash_of_host(openings, c, !who) * 3 ^ c->key.port[who];
	struct cookie_habit *habit = &openings->cookie[hosts % OPENINGS_MAX];
	uint8_t offset = (uint8_t)((s->options.tsval - options_code(opener, s)) & 63);
	struct finding finding = {
		WS_FINDING_syn_cookie_suspected, (enum ws_side)who, UNIT_NUMBER, true, COOKIES_MIN, COOKIES_MIN
	};

	if (!(s->options.present & OPTION_TIMESTAMPS) || !opener->saw_bare_syn || opener->are_options_cut)
		return;
	if (habit->hosts != hosts || habit->offset != offset) {
		*habit = (struct cookie_habit){ hosts, s->ts, offset, 1 };
		return;
	}
	if (!would_differ(habit->last, s->ts))
		return;
	habit->last = s->ts;
	if (habit->run < COOKIES_MIN)
		habit->run++;
	if (habit->run == COOKIES_MIN)
		change_finding(context, c, &(struct cause){ s->ts, s->frame, s->flags }, &finding);
}

void openings_take(struct openings *openings, struct context *context, struct ws_connection *c, unsigned who,
		   const struct segment *s)
{
	take_number(openings, context, c, who, s);
	if (s->flags & WS_FLAG_ACK)
		take_cookie(openings, context, c, who, s);
}

/* ---- None at all ------------------------------------------------------------------------------------------------- */

/* Whoever was silent for so long when the capture began has most likely nothing more to say. */
#define GRACE_NS (300 * NS_PER_SEC)

void openings_missing(struct context *context, struct ws_connection *c, const struct cause *cause)
{
	const struct endpoint *side = c->detail->pair.side;
	struct finding finding = { WS_FINDING_no_3whs, WS_BOTH, UNIT_NANOSECONDS, true, (uint64_t)GRACE_NS, 0 };

	/* What had no room may be the beginning of this one. */
	if (!context->config->full_audit || !c->detail->pair.is_midstream || context->totals->evicted > 0 ||
	    c->start - context->totals->first < GRACE_NS || side[0].saw_syn || side[1].saw_syn || !side[0].sent_other ||
	    !side[1].sent_other)
		return;
	finding.seen = (uint64_t)(c->start - context->totals->first);
	change_finding(context, c, cause, &finding);
}
