/*
 * The order of one step is Zeek's: begin the sender's numbering, letters of the flags, zero window, what the ACK says of
 * the peer, retransmission, endpoint states, gap. The conditions look arbitrary in places; each is one of Zeek's.
 */
#include "tcp/zeek.h"

#include <string.h>

#include "base/seq.h"

/* SYN and RST this far from the stream are not believed. */
#define LARGE_JUMP 1048576

/* Bits of zeek_endpoint.seen. SYN and SYN-ACK share one. */
enum {
	SEEN_SYN = 1u << 0,
	SEEN_FIN = 1u << 1,
	SEEN_RST = 1u << 2,
	SEEN_FIN_RST = 1u << 3,
	SEEN_DATA = 1u << 4,
	SEEN_ACK = 1u << 5,
	SEEN_MULTI = 1u << 6,
};

/* One segment on its way through the rules. */
struct step {
	struct zeek *zeek;
	struct zeek_endpoint *from;
	struct zeek_endpoint *peer;
	const struct segment *s;
	bool from_client;
	bool is_syn;
	bool is_fin;
	bool is_rst;
	bool is_ack;
	bool acks_uncaptured;
};

_Static_assert(sizeof(struct zeek) <= 64, "no more than a cache line");
_Static_assert(ZEEK_LETTERS_MAX <= 32, "a bit of by_server for each letter");

/* ---- Letters ------------------------------------------------------------------------------------------------ */

static const char alphabet[] = "SHADFRCGTWIQ";

static void add_letter(struct zeek *zeek, char letter, bool from_client)
{
	unsigned at = zeek->len;
	unsigned code = (unsigned)(strchr(alphabet, letter) - alphabet);

	if (at == ZEEK_LETTERS_MAX)
		return;
	zeek->letters[at / 2] = (uint8_t)(zeek->letters[at / 2] | code << (at % 2 * 4));
	zeek->by_server |= (uint32_t)!from_client << at;
	zeek->len++;
}

/* Upper case for the originator, lower for the responder. */
static char letter_at(const struct zeek *zeek, unsigned at)
{
	char letter = alphabet[zeek->letters[at / 2] >> (at % 2 * 4) & 15];

	return zeek->by_server >> at & 1 ? (char)(letter - 'A' + 'a') : letter;
}

/* False when the letter is the first of its kind from this side and was therefore added. */
static bool was_seen(struct step *step, uint8_t kind, char letter)
{
	if (step->from->seen & kind)
		return true;
	step->from->seen = (step->from->seen | (unsigned)kind) & 0x7f;
	add_letter(step->zeek, letter, step->from_client);
	return false;
}

/* Again only when the place in the stream is another one. */
static void add_placed(struct step *step, uint8_t kind, char letter, uint32_t seq, uint16_t *last)
{
	uint16_t place = (uint16_t)seq;

	if (was_seen(step, kind, letter) && place != *last)
		add_letter(step->zeek, letter, step->from_client);
	*last = place;
}

/* The 1st, 10th, 100th, ... of a kind. */
static void add_scaled(struct zeek *zeek, char letter, bool from_client, uint16_t *count)
{
	uint16_t n = *count == UINT16_MAX ? *count : ++*count;

	while (n % 10 == 0 && n)
		n /= 10;
	if (n == 1)
		add_letter(zeek, letter, from_client);
}

static void add_flag_letters(struct step *step)
{
	struct zeek_endpoint *from = step->from;
	uint32_t seq = step->s->seq;

	if (step->is_fin && step->is_rst)
		was_seen(step, SEEN_FIN_RST, 'I');
	else if (step->is_syn + step->is_fin + step->is_rst > 1)
		was_seen(step, SEEN_MULTI, 'Q');
	else if (step->is_syn)
		add_placed(step, SEEN_SYN, step->is_ack ? 'H' : 'S', seq, &from->last_syn);
	else if (step->is_fin)
		add_placed(step, SEEN_FIN, 'F', seq + step->s->len, &from->last_fin);
	else if (step->is_rst)
		add_placed(step, SEEN_RST, 'R', seq, &from->last_rst);
	else if (step->s->len)
		was_seen(step, SEEN_DATA, 'D');
	else if (step->is_ack)
		was_seen(step, SEEN_ACK, 'A');
}

static void add_zero_window(struct step *step)
{
	if (step->s->window == 0 && !step->is_rst && step->peer->state != ZEEK_CLOSED &&
	    step->from->state != ZEEK_RESET)
		add_scaled(step->zeek, 'W', step->from_client, &step->from->zero_windows);
}

/* ---- Sequence space ----------------------------------------------------------------------------------------- */

/* One past the segment; the data of a RST is no part of the stream. */
static uint32_t segment_end(const struct step *step)
{
	return step->s->seq + (step->is_rst ? 0 : step->s->len) + step->is_syn + step->is_fin;
}

/* The numbering of a side begins with its first segment, and again with a SYN that is another beginning. */
static void begin_endpoint(struct step *step)
{
	struct zeek_endpoint *from = step->from;

	switch ((enum zeek_state)from->state) {
	case ZEEK_INACTIVE:
		if (step->is_syn)
			break;
		from->end = step->s->seq; /* what it brings is counted when the end advances */
		from->has_data = false;
		return;
	case ZEEK_SYN_SENT:
	case ZEEK_SYN_ACK_SENT:
		if (!step->is_syn || step->s->seq + 1 == from->end)
			return;
		break;
	case ZEEK_PARTIAL:
	case ZEEK_ESTABLISHED:
		if (!step->is_syn)
			return;
		break;
	case ZEEK_RESET:
		if (!step->is_syn || from->previous != ZEEK_INACTIVE)
			return;
		break;
	case ZEEK_CLOSED:
		return;
	}
	from->end = segment_end(step);
	from->has_data = step->s->len != 0 && !step->is_rst;
}

/* What the peer acknowledges beyond all that was captured counts as sent; a RST is not believed. */
static void take_ack(struct step *step)
{
	struct zeek_endpoint *peer = step->peer;
	int32_t beyond = seq_diff(step->s->ack, peer->end);

	if (!step->is_ack || step->is_rst || peer->state == ZEEK_INACTIVE)
		return;
	if (beyond > 0 && !(step->s->ack == 0 && beyond > LARGE_JUMP))
		peer->has_data = true;
}

static void advance_end(struct step *step)
{
	struct zeek_endpoint *from = step->from;
	uint32_t end = segment_end(step);
	int32_t advance = seq_diff(end, from->end);

	if ((step->is_syn || step->is_rst) && (advance > LARGE_JUMP || advance < -LARGE_JUMP))
		return;
	if (from->state == ZEEK_RESET)
		return;
	if (advance > 0) {
		from->has_data |= advance > step->is_fin;
		from->end = end;
	} else if (step->s->len) {
		add_scaled(step->zeek, 'T', step->from_client, &from->retransmissions);
	}
}

/* ---- Endpoint states ---------------------------------------------------------------------------------------- */

static void enter(struct zeek_endpoint *e, enum zeek_state state)
{
	if (e->state == state)
		return;
	e->previous = e->state;
	e->state = (unsigned)state & 15;
}

static void syn_while_inactive(struct step *step)
{
	if (step->from_client) {
		/* The SYN-ACK came first: the two changed places on their way to the tap. */
		bool is_late = !step->is_ack && step->peer->state == ZEEK_ESTABLISHED;

		enter(step->from, step->is_ack ? ZEEK_SYN_ACK_SENT : is_late ? ZEEK_ESTABLISHED : ZEEK_SYN_SENT);
		return;
	}
	if (step->peer->state == ZEEK_SYN_SENT)
		enter(step->peer, ZEEK_ESTABLISHED);
	enter(step->from, ZEEK_ESTABLISHED);
}

static void leave_inactive(struct step *step)
{
	struct zeek_endpoint *from = step->from;

	if (step->is_syn)
		syn_while_inactive(step);
	if (step->is_fin)
		enter(from, ZEEK_CLOSED);
	if (step->is_rst)
		enter(from, ZEEK_RESET);
	if (from->state != ZEEK_INACTIVE)
		return;
	/* Some responders acknowledge a SYN before they send their own. */
	if (!step->from_client && step->s->len == 0 && step->peer->state == ZEEK_SYN_SENT)
		return;
	enter(from, step->is_ack && step->peer->state == ZEEK_ESTABLISHED ? ZEEK_ESTABLISHED : ZEEK_PARTIAL);
}

static void leave_established(struct step *step)
{
	struct zeek_endpoint *from = step->from;
	struct zeek_endpoint *peer = step->peer;

	if (step->is_syn && !step->is_ack && from->state == ZEEK_PARTIAL && peer->state == ZEEK_INACTIVE)
		enter(from, ZEEK_SYN_SENT);
	if (step->is_fin && !step->is_rst) {
		enter(from, ZEEK_CLOSED);
		if (peer->state == ZEEK_RESET && peer->previous == ZEEK_CLOSED)
			enter(peer, ZEEK_CLOSED); /* its FIN and RST were a normal end */
	}
	if (step->is_rst)
		enter(from, ZEEK_RESET);
}

static void step_states(struct step *step)
{
	struct zeek_endpoint *from = step->from;

	switch ((enum zeek_state)from->state) {
	case ZEEK_INACTIVE:
		leave_inactive(step);
		break;
	case ZEEK_SYN_SENT:
	case ZEEK_SYN_ACK_SENT:
		if (step->is_fin)
			enter(from, ZEEK_CLOSED);
		if (step->is_rst)
			enter(from, ZEEK_RESET);
		break;
	case ZEEK_PARTIAL:
	case ZEEK_ESTABLISHED:
		leave_established(step);
		break;
	case ZEEK_CLOSED:
		if (step->is_rst && step->peer->state != ZEEK_CLOSED)
			enter(from, ZEEK_RESET);
		break;
	case ZEEK_RESET:
		break;
	}
}

static bool is_clean(const struct zeek_endpoint *e)
{
	return e->state == ZEEK_ESTABLISHED || (e->state == ZEEK_CLOSED && e->previous == ZEEK_ESTABLISHED);
}

/* ---- The doors ---------------------------------------------------------------------------------------------- */

void zeek_segment(struct zeek *zeek, bool from_client, const struct segment *s, bool acks_uncaptured)
{
	struct step step = {
		.zeek = zeek,
		.from = &zeek->endpoint[from_client ? 0 : 1],
		.peer = &zeek->endpoint[from_client ? 1 : 0],
		.s = s,
		.from_client = from_client,
		.is_syn = s->flags & WS_FLAG_SYN,
		.is_fin = s->flags & WS_FLAG_FIN,
		.is_rst = s->flags & WS_FLAG_RST,
		.is_ack = s->flags & WS_FLAG_ACK,
		.acks_uncaptured = acks_uncaptured,
	};

	if (zeek->len == 0)
		zeek->is_flipped = !from_client;
	if (s->checksum == CHECKSUM_BAD) {
		add_scaled(zeek, 'C', from_client, &step.from->bad_checksums);
		return;
	}
	begin_endpoint(&step);
	add_flag_letters(&step);
	add_zero_window(&step);
	take_ack(&step);
	advance_end(&step);
	step_states(&step);
	if (step.acks_uncaptured && step.is_ack && is_clean(step.from) && is_clean(step.peer))
		add_scaled(zeek, 'G', !from_client, &step.peer->gaps);
}

bool zeek_has_said(const struct zeek_endpoint *endpoint, char letter)
{
	return (endpoint->seen & (letter == 'D' ? SEEN_DATA : SEEN_ACK)) != 0;
}

void zeek_flip(struct zeek *zeek)
{
	struct zeek_endpoint client = zeek->endpoint[1];

	zeek->endpoint[1] = zeek->endpoint[0];
	zeek->endpoint[0] = client;
	zeek->is_flipped = !zeek->is_flipped;
	zeek->by_server = ~zeek->by_server & ((UINT32_C(1) << zeek->len) - 1);
}

const char *zeek_history(const struct zeek *zeek, char *out)
{
	size_t len = 0;

	if (zeek->is_flipped)
		out[len++] = '^';
	for (unsigned i = 0; i < zeek->len; i++)
		out[len++] = letter_at(zeek, i);
	out[len] = '\0';
	return out;
}

/* The history matches \^?S[^HAFGIQ]*R.*: a SYN, then a RST, with nothing else from the originator that counts. */
static bool is_syn_then_rst(const struct zeek *zeek)
{
	if (zeek->len == 0 || letter_at(zeek, 0) != 'S')
		return false;
	for (unsigned i = 1; i < zeek->len; i++) {
		char letter = letter_at(zeek, i);

		if (letter == 'R')
			return true;
		if (strchr("HAFGIQ", letter))
			return false;
	}
	return false;
}

static const char *reset_conn_state(const struct zeek *zeek, bool is_quiet_client, bool is_quiet_server)
{
	const struct zeek_endpoint *client = &zeek->endpoint[0];
	const struct zeek_endpoint *server = &zeek->endpoint[1];
	bool no_data = !client->has_data && !server->has_data;

	if (server->state == ZEEK_RESET) {
		if (client->state == ZEEK_SYN_SENT || client->state == ZEEK_SYN_ACK_SENT ||
		    (client->state == ZEEK_RESET && no_data))
			return "REJ";
		return is_quiet_client ? "RSTRH" : "RSTR";
	}
	if (is_quiet_server)
		return is_syn_then_rst(zeek) ? "RSTOS0" : "OTH";
	return "RSTO";
}

const char *zeek_conn_state(const struct zeek *zeek)
{
	enum zeek_state client = (enum zeek_state)zeek->endpoint[0].state;
	enum zeek_state server = (enum zeek_state)zeek->endpoint[1].state;
	bool is_quiet_client = client == ZEEK_INACTIVE || client == ZEEK_PARTIAL;
	bool is_quiet_server = server == ZEEK_INACTIVE || server == ZEEK_PARTIAL;

	if (client == ZEEK_RESET || server == ZEEK_RESET)
		return reset_conn_state(zeek, is_quiet_client, is_quiet_server);
	if (client == ZEEK_CLOSED && server == ZEEK_CLOSED)
		return "SF";
	if (client == ZEEK_CLOSED)
		return is_quiet_server ? "SH" : "S2";
	if (server == ZEEK_CLOSED)
		return is_quiet_client ? "SHR" : "S3";
	if (client == ZEEK_SYN_SENT && server == ZEEK_INACTIVE)
		return "S0";
	if (client == ZEEK_ESTABLISHED && server == ZEEK_ESTABLISHED)
		return "S1";
	return "OTH";
}
