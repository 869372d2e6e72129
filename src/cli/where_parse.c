#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "cli/nearest.h"
#include "cli/number.h"
#include "cli/where_lex.h"

struct parser {
	struct where *where;
	const char *text;
	struct where_token token; /* the one not taken yet */
	struct where_error *error;
};

static bool fail(struct parser *p, const struct where_token *token, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct parser *p, const struct where_token *token, const char *format, ...)
{
	va_list args;

	p->error->at = token->at;
	p->error->len = token->len;
	va_start(args, format);
	vsnprintf(p->error->text, sizeof(p->error->text), format, args);
	va_end(args);
	return false;
}

static void advance(struct parser *p)
{
	where_lex(p->text, p->token.at + p->token.len, &p->token);
}

static bool emit(struct parser *p, const struct where_step *step)
{
	if (p->where->len == WHERE_STEPS_MAX)
		return fail(p, &p->token, "the expression is too long: from here on");
	p->where->steps[p->where->len++] = *step;
	return true;
}

static bool emit_kind(struct parser *p, enum where_kind kind)
{
	struct where_step step = { .kind = kind };

	return emit(p, &step);
}

/* ---- States ------------------------------------------------------------------------------------------------- */

#define BIT(state) (1u << (state))
#define ALL (BIT(WS_STATE_COUNT) - 1)
#define CONNECTED (ALL & ~(BIT(WS_LISTEN) | BIT(WS_CLOSED) | BIT(WS_UNKNOWN)))
#define BUCKET (BIT(WS_TIME_WAIT) | BIT(WS_SYN_RECEIVED))

/* ss(8) STATE-FILTER; the last two are spellings of ss that the library does not know. */
static const struct {
	const char *name;
	unsigned states;
} groups[] = {
	{ "all", ALL },
	{ "connected", CONNECTED },
	{ "synchronized", CONNECTED & ~BIT(WS_SYN_SENT) },
	{ "bucket", BUCKET },
	{ "big", ALL & ~BUCKET },
	{ "unconnected", BIT(WS_CLOSED) },
	{ "syn-rcv", BIT(WS_SYN_RECEIVED) },
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

static bool find_states(const char *name, uint16_t *out)
{
	enum ws_state state;
	size_t i;

	for (i = 0; i < GROUPS; i++) {
		if (strcasecmp(name, groups[i].name) == 0) {
			*out = (uint16_t)groups[i].states;
			return true;
		}
	}
	if (!ws_state_parse(name, &state))
		return false;
	*out = (uint16_t)BIT(state);
	return true;
}

/* Of the spellings of RFC 9293, in small letters as ss has them. */
static const char *nearest_state(const char *name)
{
	static const char *const states[] = { "established", "syn-sent", "syn-received", "fin-wait-1",
					      "fin-wait-2",  "listen",   "time-wait",    "closed",
					      "close-wait",  "last-ack", "closing" };
	const char *best = NULL;
	char lower[WHERE_WORD_MAX];
	size_t i;

	for (i = 0; name[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 'a' - 'A' : name[i]);
	lower[i] = '\0';
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		nearest_offer(lower, states[i], &best);
	for (i = 0; i < GROUPS; i++)
		nearest_offer(lower, groups[i].name, &best);
	return best;
}

/* `skip` bytes of the token stand before the name. */
static bool take_states(struct parser *p, size_t skip, uint16_t *out)
{
	struct where_token token = p->token;
	const char *name = token.word + skip;
	const char *best;

	token.at += skip;
	token.len -= skip;
	if (token.kind != WHERE_TOKEN_WORD || *name == '\0')
		return fail(p, &token, "a state is missing here");
	if (!find_states(name, out)) {
		best = nearest_state(name);
		return fail(p, &token, best != NULL ? "'%s' is not a state; did you mean %s?" : "'%s' is not a state",
			    name, best);
	}
	advance(p);
	return true;
}

static bool is_state_word(const struct where_token *token, bool *is_exclude)
{
	*is_exclude = strcasecmp(token->word, "exclude") == 0 || strcasecmp(token->word, "excl") == 0;
	return token->kind == WHERE_TOKEN_WORD && (*is_exclude || strcasecmp(token->word, "state") == 0);
}

/* Words in a row add to one set and take from it, as on the command line of ss; what was taken last is excluded of both
 * sides. */
static bool take_state_run(struct parser *p)
{
	struct where_step step = { .kind = WHERE_STATE, .side = WS_BOTH };
	bool is_first = true;
	bool is_exclude;
	uint16_t states;

	while (is_state_word(&p->token, &is_exclude)) {
		advance(p);
		if (!take_states(p, 0, &states))
			return false;
		if (is_first && is_exclude)
			step.states = ALL;
		if (is_exclude) {
			step.states = (uint16_t)(step.states & ~states);
			step.excluded |= states;
		} else {
			step.states |= states;
			step.excluded = (uint16_t)(step.excluded & ~states);
		}
		is_first = false;
	}
	return emit(p, &step);
}

/* client:STATES or server:STATES, one word. */
static bool take_side(struct parser *p, enum ws_side side, size_t skip)
{
	struct where_step step = { .kind = WHERE_STATE, .side = side };

	return take_states(p, skip, &step.states) && emit(p, &step);
}

/* ---- Values ------------------------------------------------------------------------------------------------- */

static bool take_compare(struct parser *p, enum where_compare *out)
{
	bool is_there = p->token.kind == WHERE_TOKEN_COMPARE;

	*out = is_there ? p->token.compare : WHERE_EQ;
	if (is_there)
		advance(p);
	return is_there;
}

static bool take_host(struct parser *p, enum where_kind kind)
{
	bool is_port = kind == WHERE_SPORT || kind == WHERE_DPORT;
	struct where_token word = p->token;
	struct where_step step = { .kind = kind };
	struct where_token operator;
	const char *wrong;

	advance(p);
	operator= p->token;
	take_compare(p, &step.compare);
	if (!is_port && step.compare != WHERE_EQ && step.compare != WHERE_NE)
		return fail(p, &operator, "'%s' takes = and != only", word.word);
	if (p->token.kind != WHERE_TOKEN_WORD)
		return fail(p, &p->token, "%s is missing here", is_port ? "a port" : "an address");
	wrong = where_host_parse(p->token.word, is_port, &step.host);
	if (wrong != NULL)
		return fail(p, &p->token, "'%s' %s", p->token.word, wrong);
	if (is_port && step.host.port == WHERE_PORT_ANY && step.compare != WHERE_EQ && step.compare != WHERE_NE)
		return fail(p, &p->token, "'%s' is not a port to compare with", p->token.word);
	advance(p);
	return emit(p, &step);
}

static bool take_finding(struct parser *p)
{
	struct where_step step = { .kind = WHERE_FINDING };
	const char *best = NULL;
	const char *name;
	unsigned i;

	advance(p);
	name = p->token.word;
	if (p->token.kind != WHERE_TOKEN_WORD)
		return fail(p, &p->token, "the ID of a finding is missing here");
	if (!ws_finding_parse(name, &step.finding)) {
		for (i = 0; i < WS_FINDING_COUNT; i++)
			nearest_offer(name, ws_finding_info((enum ws_finding_id)i)->id, &best);
		if (best != NULL)
			return fail(p, &p->token, "there is no finding '%s'; did you mean %s?", name, best);
		return fail(p, &p->token, "there is no finding '%s'; `wirestat findings` lists them", name);
	}
	advance(p);
	return emit(p, &step);
}

static bool parse_age(const char *text, uint64_t *out)
{
	int64_t ns;

	if (!clock_parse_duration(text, &ns))
		return false;
	*out = (uint64_t)ns;
	return true;
}

static bool take_number(struct parser *p, enum where_kind kind)
{
	struct where_token word = p->token;
	struct where_step step = { .kind = kind };
	bool is_age = kind == WHERE_AGE;

	advance(p);
	if (!take_compare(p, &step.compare))
		return fail(p, &p->token, "%s needs a comparison here, as in '%s > %s'", word.word, word.word,
			    is_age ? "5m" : "100");
	if (p->token.kind != WHERE_TOKEN_WORD)
		return fail(p, &p->token, "%s is missing here", is_age ? "a duration" : "a number");
	if (!(is_age ? parse_age(p->token.word, &step.number) : number_parse(p->token.word, &step.number)))
		return fail(p, &p->token, "'%s' is not %s", p->token.word,
			    is_age ? "a duration such as 200ms, 1.5s or 5m" : "a whole number");
	advance(p);
	return emit(p, &step);
}

/* ---- Conditions --------------------------------------------------------------------------------------------- */

static const char *const words[] = { "state",   "exclude", "src",     "dst",   "sport", "dport", "client:", "server:",
				     "finding", "age",     "packets", "bytes", "and",   "or",    "not" };

/* ss knows these too, of the sockets of its own host. */
static const char *const unseen[] = { "dev", "fwmark", "cgroup", "autobound" };

static bool fail_unknown(struct parser *p)
{
	const char *word = p->token.word;
	const char *best = NULL;
	uint16_t states;
	size_t i;

	for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (strcasecmp(word, unseen[i]) == 0)
			return fail(p, &p->token, "'%s' is nothing that can be seen on the wire", word);
	if (find_states(word, &states))
		return fail(p, &p->token, "'%s' is not a condition; did you mean 'state %s'?", word, word);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		nearest_offer(word, words[i], &best);
	if (best != NULL)
		return fail(p, &p->token, "'%s' is not a condition; did you mean %s?", word, best);
	best = nearest_state(word);
	if (best != NULL)
		return fail(p, &p->token, "'%s' is not a condition; did you mean 'state %s'?", word, best);
	return fail(p, &p->token, "'%s' is not a condition", word);
}

static bool take_condition(struct parser *p)
{
	static const struct {
		const char *word;
		enum where_kind kind;
	} kinds[] = {
		{ "src", WHERE_SRC },         { "dst", WHERE_DST },         { "sport", WHERE_SPORT },
		{ "dport", WHERE_DPORT },     { "finding", WHERE_FINDING }, { "age", WHERE_AGE },
		{ "packets", WHERE_PACKETS }, { "bytes", WHERE_BYTES },
	};
	const char *word = p->token.word;
	bool is_exclude;
	size_t i;

	if (p->token.kind != WHERE_TOKEN_WORD)
		return fail(p, &p->token, "a condition is missing here");
	if (is_state_word(&p->token, &is_exclude))
		return take_state_run(p);
	if (strncasecmp(word, "client:", 7) == 0)
		return take_side(p, WS_CLIENT, 7);
	if (strncasecmp(word, "server:", 7) == 0)
		return take_side(p, WS_SERVER, 7);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcasecmp(word, kinds[i].word) != 0)
			continue;
		if (kinds[i].kind == WHERE_FINDING)
			return take_finding(p);
		return kinds[i].kind < WHERE_FINDING ? take_host(p, kinds[i].kind) : take_number(p, kinds[i].kind);
	}
	return fail_unknown(p);
}

/* ---- Terms -------------------------------------------------------------------------------------------------- */

static bool take_expression(struct parser *p, unsigned depth);

static bool take_group(struct parser *p, unsigned depth)
{
	struct where_token open = p->token;

	if (depth == WHERE_DEPTH_MAX)
		return fail(p, &open, "parentheses are nested too deep here");
	advance(p);
	if (!take_expression(p, depth + 1))
		return false;
	if (p->token.kind != WHERE_TOKEN_CLOSE)
		return fail(p, &open, "this parenthesis is never closed");
	advance(p);
	return true;
}

static bool take_term(struct parser *p, unsigned depth)
{
	bool is_negated = false;

	for (; p->token.kind == WHERE_TOKEN_NOT; advance(p))
		is_negated = !is_negated;
	if (!(p->token.kind == WHERE_TOKEN_OPEN ? take_group(p, depth) : take_condition(p)))
		return false;
	return !is_negated || emit_kind(p, WHERE_NOT);
}

/* As the parser of ss does, and pcap-filter(7), `and` binds no closer than `or`, whatever ss(8) says. */
static bool take_expression(struct parser *p, unsigned depth)
{
	if (!take_term(p, depth))
		return false;
	while (p->token.kind != WHERE_TOKEN_END && p->token.kind != WHERE_TOKEN_CLOSE) {
		enum where_kind kind = p->token.kind == WHERE_TOKEN_OR ? WHERE_OR : WHERE_AND;

		if (p->token.kind == WHERE_TOKEN_OR || p->token.kind == WHERE_TOKEN_AND)
			advance(p);
		if (!take_term(p, depth) || !emit_kind(p, kind))
			return false;
	}
	return true;
}

bool where_parse(struct where *where, const char *text, struct where_error *error)
{
	struct parser p = { .where = where, .text = text, .error = error };

	where->len = 0;
	where_lex(text, 0, &p.token);
	if (!take_expression(&p, 0))
		return false;
	if (p.token.kind == WHERE_TOKEN_CLOSE)
		return fail(&p, &p.token, "this parenthesis was never opened");
	return true;
}
