#include "tcp/audit.h"

/* Always asked. */
static const struct rules *const state_rules[] = { &audit_open_rules, &audit_close_rules };

/* In the full audit only: about the segment alone, and the rest. */
static const struct rules *const segment_rules[] = { &audit_header_rules, &audit_options_rules };
static const struct rules *const full_rules[] = {
	&audit_agreed_rules,
	/* Handshake. */
	&audit_handshake_rules,
	&audit_third_rules,
	&audit_unanswered_rules,
	&audit_answer_rules,
	&audit_resyn_rules,
	/* Capture, network. */
	&audit_capture_rules,
	&audit_network_rules,
	/* Sequence, acknowledgement, window. */
	&audit_data_rules,
	&audit_again_rules,
	&audit_ack_rules,
	&audit_sack_rules,
	&audit_window_rules,
	&audit_probe_rules,
	/* Close, reset, time. */
	&audit_teardown_rules,
	&audit_reset_rules,
	&audit_abort_rules,
	&audit_timing_rules,
};

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

void audit_add(struct audit *audit, const struct finding *finding)
{
	if (audit->len < AUDIT_FINDINGS_MAX)
		audit->finding[audit->len++] = *finding;
}

bool finding_values(struct finding *finding, uint64_t expected, uint64_t seen)
{
	finding->has_expected = true;
	finding->expected = expected;
	finding->seen = seen;
	return true;
}

bool finding_seen(struct finding *finding, uint64_t seen)
{
	finding->seen = seen;
	return true;
}

static bool is_odd(const struct segment *s)
{
	uint8_t main = s->flags & (WS_FLAG_SYN | WS_FLAG_FIN | WS_FLAG_RST);

	return (s->flags & (WS_FLAG_URG | WS_FLAG_ECE | WS_FLAG_CWR)) || s->reserved || s->urgent ||
	       (main & (main - 1)) || !(s->flags & (WS_FLAG_ACK | WS_FLAG_SYN | WS_FLAG_RST));
}

static bool is_opening(const struct pair *pair)
{
	return pair->side[0].state < WS_ESTABLISHED || pair->side[1].state < WS_ESTABLISHED;
}

static uint32_t topics_of_segment(const struct segment *s)
{
	uint8_t main = s->flags & (WS_FLAG_SYN | WS_FLAG_FIN | WS_FLAG_RST);
	uint32_t topics = main & WS_FLAG_SYN ? ON_SYN : 0u;

	topics |= main & WS_FLAG_FIN ? ON_FIN : 0u;
	topics |= main & WS_FLAG_RST ? ON_RST : 0u;
	topics |= s->len > 0 ? ON_DATA : 0u;
	topics |= !main && s->len == 0 && (s->flags & WS_FLAG_ACK) ? ON_BARE_ACK : 0u;
	topics |= is_odd(s) ? ON_ODD_FLAGS : 0u;
	topics |= s->options.present & ~(uint32_t)OPTION_TIMESTAMPS ? ON_OPTIONS : 0u;
	topics |= s->options.odd ? ON_ODD_OPTIONS : 0u;
	topics |= s->checksum == CHECKSUM_BAD || s->checksum == CHECKSUM_OFFLOAD || s->tcp_checksum == 0xFFFF
			  ? ON_CHECKSUM
			  : 0u;
	return topics;
}

static uint32_t topics_of_pair(const struct pair *pair)
{
	const struct endpoint *a = &pair->side[0];
	const struct endpoint *b = &pair->side[1];
	uint32_t topics = a->saw_bare_syn && b->saw_bare_syn ? ON_CROSSED_SYNS : 0u;

	if (!a->has_fin && !b->has_fin && !a->rsts && !b->rsts)
		return topics;
	return topics | ON_CLOSING | (a->has_fin && b->has_fin ? ON_TWO_FINS : 0u);
}

/* Each says no more than that rules which wait for it may hold. */
static uint32_t topics_of_subjects(const struct sight *sight)
{
	return audit_header_topics(sight) | audit_agreed_topics(sight) | audit_network_topics(sight) |
	       audit_data_topics(sight) | audit_again_topics(sight) | audit_ack_topics(sight) |
	       audit_window_topics(sight) | audit_probe_topics(sight);
}

static void ask_one(const struct rule *rule, const struct sight *sight, struct audit *out)
{
	struct finding finding = { .id = rule->id, .unit = rule->unit, .side = WS_BOTH };

	if (rule->side != OF_BOTH)
		finding.side = (enum ws_side)(rule->side == OF_SENDER ? sight->who : !sight->who);
	if (rule->holds(sight, &finding))
		audit_add(out, &finding);
}

static void ask_each(const struct rules *rules, const struct sight *sight, struct audit *out)
{
	const struct rule *end = rules->rule + rules->len;
	uint32_t topics = sight->topics;

	for (const struct rule *rule = rules->rule; rule < end; rule++)
		if (rule->topics & topics)
			ask_one(rule, sight, out);
}

static inline void ask(const struct rules *rules, const struct sight *sight, struct audit *out)
{
	if (rules->topics & sight->topics)
		ask_each(rules, sight, out);
}

static void ask_about_states(const struct sight *sight, struct audit *out)
{
	for (size_t i = 0; i < LEN(state_rules); i++)
		ask(state_rules[i], sight, out);
}

/* A segment that comes for the second time, with another connection, is as it was. */
static void ask_the_rest(const struct sight *sight, struct audit *out)
{
	bool was_told = sight->facts && (sight->facts->marks & MARK_REPLAYED);

	for (size_t i = 0; !was_told && i < LEN(segment_rules); i++)
		ask(segment_rules[i], sight, out);
	for (size_t i = 0; i < LEN(full_rules); i++)
		ask(full_rules[i], sight, out);
}

static void note_all(const struct sight *sight, struct audit_memory *memory)
{
	memory->segments++;
	audit_header_note(sight, memory);
	audit_options_note(sight, memory);
	/* Handshake. */
	audit_handshake_note(sight, memory);
	audit_capture_note(sight, memory);
	audit_network_note(sight, memory);
	/* Sequence, acknowledgement, window: each looks at what the ones after it remember of the segment before. */
	audit_again_note(sight, memory);
	audit_sack_note(sight, memory);
	audit_ack_note(sight, memory);
	audit_probe_note(sight, memory);
	audit_data_note(sight, memory);
	audit_window_note(sight, memory);
	/* Close, reset, time. */
	audit_teardown_note(sight, memory);
	audit_reset_note(sight, memory);
	audit_timing_note(sight, memory);
}

void audit_segment(const struct audit_input *input, struct audit *out)
{
	struct sight sight = { .pair = input->pair,
			       .before = input->before,
			       .x = &input->pair->side[input->who],
			       .y = &input->pair->side[!input->who],
			       .s = input->s,
			       .facts = input->facts,
			       .memory = input->memory,
			       .who = input->who,
			       .now = input->s->ts,
			       .tags = input->tags };

	out->len = 0;
	sight.topics = topics_of_pair(input->pair) | (input->facts->marks ? ON_MARK : 0u);
	if (!input->memory) {
		/* The ordinary segment has nothing to do with any state. */
		if (sight.topics)
			ask_about_states(&sight, out);
		return;
	}
	sight.topics |= topics_of_segment(input->s) | (is_opening(input->before) ? ON_OPENING : 0u);
	sight.topics |= topics_of_subjects(&sight);
	ask_about_states(&sight, out);
	/* Of a segment whose bits are not those that were sent nothing else can be said. */
	if (is_damaged(sight.x, input->s))
		sight.topics = ON_CHECKSUM;
	ask_the_rest(&sight, out);
	note_all(&sight, input->memory);
}

void audit_end(const struct audit_input *input, ws_time now, struct audit *out)
{
	struct sight sight = { .pair = input->pair,
			       .before = input->pair,
			       .x = &input->pair->side[input->pair->client],
			       .y = &input->pair->side[!input->pair->client],
			       .memory = input->memory,
			       .who = input->pair->client,
			       .now = now,
			       .tags = input->tags,
			       .topics = ON_END };

	out->len = 0;
	ask_about_states(&sight, out);
	if (input->memory)
		ask_the_rest(&sight, out);
}
