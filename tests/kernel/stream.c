/*
 * A repeated segment bears a state as the first copy did: a RST, SYN or FIN always, an ACK as long as it is the lowest
 * that acknowledges the peer's SYN or FIN. Data bears one when the peer may have left: it draws a RST then.
 */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

uint16_t stream_port(const struct segment *s, enum side from)
{
	return from == CLIENT ? s->sport : s->dport;
}

const struct stream *stream_find(const struct streams *all, uint16_t port, enum side from)
{
	const struct stream *pair = all->of[port];

	return pair && pair[from].seen ? &pair[from] : NULL;
}

static struct address address_at(const struct packet *p, const struct segment *s, bool dst)
{
	struct address a = { .family = s->family };
	size_t size = s->family == AF_INET ? 4 : 16;

	memcpy(a.bytes, p->bytes + (s->family == AF_INET ? 12 : 8) + (dst ? size : 0), size);
	return a;
}

static bool is_at_least(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) >= 0;
}

static const char *bearing(struct stream *me, const struct stream *peer, const struct segment *s)
{
	if (s->flags & RST)
		return "RST";
	if (s->flags & SYN)
		return s->flags & ACK ? "SYN-ACK" : "SYN";
	if (s->flags & FIN)
		return "FIN";
	if (!me->acks)
		return "ACK of SYN";
	if (peer->fin && s->data > 0)
		return "data that may find nobody";
	if (peer->fin && !me->fin_acked && is_at_least(s->ack, peer->fin_end))
		return "ACK of FIN";
	return NULL;
}

const char *stream_note(struct streams *all, const struct packet *p, const struct segment *s, enum side from)
{
	struct stream **pair = &all->of[stream_port(s, from)];

	if (!*pair && !(*pair = calloc(SIDES, sizeof **pair)))
		abort();
	struct stream *me = &(*pair)[from], *peer = &(*pair)[other(from)];
	if ((s->flags & (SYN | RST)) == SYN && s->seq != me->isn)
		*me = (struct stream){ .isn = s->seq };
	const char *what = bearing(me, peer, s);
	uint32_t end = s->seq + (uint32_t)s->data + !!(s->flags & SYN) + !!(s->flags & FIN);
	me->fin_acked |= peer->fin && s->flags & ACK && is_at_least(s->ack, peer->fin_end);
	me->acks |= s->flags & ACK && !(s->flags & (SYN | RST));
	if (s->flags & FIN) {
		me->fin = true;
		me->fin_end = end;
	}
	if (!me->seen || is_at_least(end, me->next))
		me->next = end;
	if (!me->seen || !(s->flags & RST))
		me->last = *s;
	me->seen = true;
	me->src = address_at(p, s, false);
	me->dst = address_at(p, s, true);
	return what;
}

void stream_dig(struct streams *all, const struct segment *s, enum side from, enum place place)
{
	struct hole *hole = &all->of[stream_port(s, from)][from].hole[place];

	if (s->data == 0 || (hole->open && is_at_least(s->seq, hole->seq)))
		return;
	*hole = (struct hole){ true, s->seq };
}

void stream_fill(struct streams *all, const struct segment *s, enum side from, enum place place)
{
	struct hole *hole = &all->of[stream_port(s, from)][from].hole[place];

	if (hole->open && is_at_least(hole->seq, s->seq) && !is_at_least(hole->seq, s->seq + (uint32_t)s->data))
		hole->open = false;
}

void streams_fini(struct streams *all)
{
	for (size_t i = 0; i < sizeof all->of / sizeof all->of[0]; i++)
		free(all->of[i]);
}
