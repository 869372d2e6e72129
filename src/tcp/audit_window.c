/*
 * Windows: closed, opened, full, drawn back, out of the ordinary. Sizes count only where the SYNs told the scale.
 */
#include "tcp/audit.h"

#include "base/clock.h"

/* A receiver may keep its window closed as long as it likes (RFC 9293 3.8.6.1 MAY-8); people want to know of it. */
#define STUCK_NS (60 * NS_PER_SEC)

/* No common stack takes more for a connection without being told to. */
#define WIDE (64u * 1024 * 1024)

/* Snort: SLAM_MAX. */
#define SLAM_MAX 4

static const struct endpoint *x_before(const struct sight *sight)
{
	return &sight->before->side[sight->who];
}

static const struct endpoint *y_before(const struct sight *sight)
{
	return &sight->before->side[!sight->who];
}

static uint16_t last_window(const struct sight *sight)
{
	return sight->memory->window.window[sight->who];
}

static bool has_flag(const struct sight *sight, unsigned who, enum window_flag flag)
{
	return (sight->memory->window.flags[who] & flag) != 0;
}

bool window_is_closed(const struct audit_memory *memory, unsigned who)
{
	return (memory->window.flags[who] & WINDOW_KNOWN) && memory->window.window[who] == 0;
}

/* It has the next number, and acknowledges what the one before did. */
static bool is_still(const struct sight *sight)
{
	return data_is_plain(sight) && has_flag(sight, sight->who, WINDOW_EDGE) &&
	       sight->s->seq == sight->memory->data.nxt[sight->who] &&
	       sight->s->ack == sight->memory->window.ack[sight->who];
}

bool window_says_the_same(const struct sight *sight)
{
	return is_still(sight) && sight->s->window == last_window(sight);
}

uint32_t window_of(const struct sight *sight)
{
	return (uint32_t)sight->s->window << (sight->s->flags & WS_FLAG_SYN ? 0 : endpoint_shift(sight->x));
}

static bool is_scale_known(const struct sight *sight, unsigned who)
{
	const struct endpoint *e = &sight->pair->side[who];

	return e->saw_syn && !e->are_options_cut;
}

static bool are_scales_known(const struct sight *sight)
{
	return is_scale_known(sight, 0) && is_scale_known(sight, 1);
}

/* ---- Closed ------------------------------------------------------------------------------------------------------ */

static bool zero_window(const struct sight *sight, struct finding *finding)
{
	return sight->s->window == 0 && data_is_plain(sight) && finding_seen(finding, sight->s->ack);
}

/* The first that the opener says after its SYN. */
static bool is_third_segment(const struct sight *sight)
{
	return x_before(sight)->saw_bare_syn && !x_before(sight)->sent_other && y_before(sight)->saw_syn_ack &&
	       data_is_plain(sight) && sight->s->ack == sight->y->iss + 1;
}

static bool zero_window_on_handshake(const struct sight *sight, struct finding *finding)
{
	bool is_syn = (sight->s->flags & WS_FLAG_SYN) && sight->facts->kind != KIND_RST;

	return sight->s->window == 0 && (is_syn || is_third_segment(sight)) && finding_seen(finding, sight->s->flags);
}

/* Told by what the other side sends meanwhile, mostly its probes. */
static bool zero_window_stuck(const struct sight *sight, struct finding *finding)
{
	ws_time since = sight->memory->window.zero_ts[!sight->who];

	return window_is_closed(sight->memory, !sight->who) && !has_flag(sight, !sight->who, WINDOW_STUCK_TOLD) &&
	       data_is_sound(sight) && sight->now - since >= STUCK_NS &&
	       finding_values(finding, STUCK_NS, (uint64_t)(sight->now - since));
}

/* It takes the peer's FIN, and nothing more. */
static bool window_slam_on_fin_ack(const struct sight *sight, struct finding *finding)
{
	return sight->s->window == 0 && data_is_plain(sight) && acks_fin(sight->y, sight->s->ack) &&
	       !acks_fin(sight->y, x_before(sight)->ack_max) && finding_seen(finding, sight->s->ack);
}

static bool window_slam(const struct sight *sight, struct finding *finding)
{
	return is_third_segment(sight) && are_scales_known(sight) && window_of(sight) <= SLAM_MAX &&
	       finding_seen(finding, window_of(sight));
}

/* ---- Moved ------------------------------------------------------------------------------------------------------- */

static bool window_update(const struct sight *sight, struct finding *finding)
{
	return sight->s->window != 0 && is_still(sight) && sight->s->window != last_window(sight) &&
	       finding_values(finding, last_window(sight), sight->s->window);
}

/* Further than rounding to the scale explains (RFC 7323 2.4). */
static bool is_edge_drawn_back(const struct sight *sight)
{
	uint32_t edge = sight->s->ack + window_of(sight);

	return has_flag(sight, sight->who, WINDOW_EDGE) && are_scales_known(sight) &&
	       seq_diff(sight->memory->window.right[sight->who], edge) > 1 << endpoint_shift(sight->x);
}

/* Nothing that the sender has sent after it was captured before. */
static bool is_newest(const struct sight *sight)
{
	const struct endpoint *x = x_before(sight);
	const struct segment *s = sight->s;

	return seq_geq(s->seq, x->snd_max) && seq_geq(s->ack, x->ack_max) &&
	       (!x->has_sack_edge || s->ack != x->ack_max || seq_geq(sack_edge_of(s), x->sack_edge)) &&
	       (!x->has_tsval || !(s->options.present & OPTION_TIMESTAMPS) || seq_geq(s->options.tsval, x->tsval_max));
}

/* Behind the peer's FIN there is nothing more to come. */
static bool window_shrunk(const struct sight *sight, struct finding *finding)
{
	return sight->facts->kind == KIND_ORDINARY && is_edge_drawn_back(sight) && data_is_sound(sight) &&
	       is_newest(sight) && !acks_fin(sight->y, sight->s->ack) &&
	       finding_values(finding, sight->memory->window.right[sight->who], sight->s->ack + window_of(sight));
}

/* A bare ACK whose numbers are both beyond what was captured, and whose edge is below: lost frames explain the one, but
 * not the other. */
static bool window_update_bad(const struct sight *sight, struct finding *finding)
{
	const struct data_memory *data = &sight->memory->data;
	const struct segment *s = sight->s;

	return sight->facts->kind == KIND_ORDINARY && data->has_nxt[0] && data->has_nxt[1] &&
	       seq_gt(s->seq, data->nxt[sight->who]) && seq_gt(s->ack, data->nxt[!sight->who]) &&
	       is_edge_drawn_back(sight) &&
	       finding_values(finding, sight->memory->window.right[sight->who], s->ack + window_of(sight));
}

/* ---- Wide and full ----------------------------------------------------------------------------------------------- */

static bool window_too_large(const struct sight *sight, struct finding *finding)
{
	const struct window_memory *memory = &sight->memory->window;
	uint32_t before = memory->right[sight->who] - memory->ack[sight->who];

	return sight->facts->kind == KIND_ORDINARY && window_of(sight) > WIDE && data_is_sound(sight) &&
	       are_scales_known(sight) && (before <= WIDE || !has_flag(sight, sight->who, WINDOW_EDGE)) &&
	       finding_values(finding, WIDE, window_of(sight));
}

static bool window_full(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;

	return data_is_plain(sight) && has_flag(sight, !sight->who, WINDOW_EDGE) && are_scales_known(sight) &&
	       s->seq + s->len == sight->memory->window.right[!sight->who] && finding_seen(finding, s->seq + s->len);
}

/* Nobody sends more than fits, so the number in the header is not the window: a scale was agreed on and not captured. */
static bool window_exceeded_without_scale(const struct sight *sight, struct finding *finding)
{
	const struct window_memory *memory = &sight->memory->window;
	unsigned who = sight->who;
	uint32_t edge = memory->ack[!who] + memory->window[!who];

	return data_is_sound(sight) && sight->facts->kind == KIND_ORDINARY && has_flag(sight, !who, WINDOW_EDGE) &&
	       !has_flag(sight, !who, WINDOW_UNSCALED_TOLD) && !is_scale_known(sight, !who) &&
	       seq_gt(sight->s->seq + sight->s->len, edge + 1) &&
	       finding_values(finding, edge, sight->s->seq + sight->s->len);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_window_topics(const struct sight *sight)
{
	return (sight->s->window == 0 ? ON_NO_ROOM : 0u) |
	       (window_is_closed(sight->memory, !sight->who) ? ON_SHUT : 0u);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_zero_window, ON_NO_ROOM, UNIT_NUMBER, OF_SENDER, zero_window },
	{ WS_FINDING_zero_window_on_handshake, ON_OPENING, UNIT_FLAGS, OF_SENDER, zero_window_on_handshake },
	{ WS_FINDING_zero_window_stuck, ON_SHUT, UNIT_NANOSECONDS, OF_RECEIVER, zero_window_stuck },
	{ WS_FINDING_window_update, ON_BARE_ACK, UNIT_NUMBER, OF_SENDER, window_update },
	{ WS_FINDING_window_full, ON_DATA, UNIT_NUMBER, OF_SENDER, window_full },
	{ WS_FINDING_window_shrunk, ON_BARE_ACK | ON_DATA | ON_FIN, UNIT_NUMBER, OF_SENDER, window_shrunk },
	{ WS_FINDING_window_update_bad, ON_BARE_ACK, UNIT_NUMBER, OF_SENDER, window_update_bad },
	{ WS_FINDING_window_too_large, ON_BARE_ACK | ON_DATA | ON_FIN, UNIT_NUMBER, OF_SENDER, window_too_large },
	{ WS_FINDING_window_slam, ON_OPENING, UNIT_NUMBER, OF_SENDER, window_slam },
	{ WS_FINDING_window_slam_on_fin_ack, ON_NO_ROOM, UNIT_NUMBER, OF_SENDER, window_slam_on_fin_ack },
	{ WS_FINDING_window_exceeded_without_scale, ON_DATA, UNIT_NUMBER, OF_RECEIVER, window_exceeded_without_scale },
};

const struct rules audit_window_rules =
	RULE_TABLE(rules, ON_FIN | ON_DATA | ON_BARE_ACK | ON_OPENING | ON_NO_ROOM | ON_SHUT);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void note_told(const struct sight *sight, struct window_memory *memory)
{
	struct finding unused;
	uint8_t *flags = &memory->flags[!sight->who];

	if (zero_window_stuck(sight, &unused))
		*flags |= WINDOW_STUCK_TOLD;
	if (sight->s->len > 0 && window_exceeded_without_scale(sight, &unused))
		*flags |= WINDOW_UNSCALED_TOLD;
}

static void note_zero(const struct sight *sight, struct window_memory *memory)
{
	unsigned who = sight->who;

	if (sight->s->window != 0) {
		memory->zero_ts[who] = 0;
		memory->flags[who] &= (uint8_t)~WINDOW_STUCK_TOLD;
	} else if (!(memory->flags[who] & WINDOW_KNOWN) || memory->window[who] != 0) {
		memory->zero_ts[who] = sight->now;
	}
}

void audit_window_note(const struct sight *sight, struct audit_memory *memory)
{
	struct window_memory *window = &memory->window;
	unsigned who = sight->who;

	if (!data_is_sound(sight))
		return;
	note_told(sight, window);
	if (sight->facts->kind == KIND_RST)
		return;
	note_zero(sight, window);
	window->window[who] = sight->s->window;
	window->ack[who] = sight->s->ack;
	window->flags[who] |= WINDOW_KNOWN;
	if (sight->s->flags & WS_FLAG_ACK) {
		window->right[who] = sight->s->ack + window_of(sight);
		window->flags[who] |= WINDOW_EDGE;
	}
}
