/*
 * What the path does to a segment: the scenario's rules in their order, the first that acts; else the noise.
 */
#include "wire_impl.h"

#include <stdlib.h>

static void add_cloud(struct wire *w, const struct segment *s, enum side from, enum place place, const char *what)
{
	if (w->clouds_len == CLOUDS_MAX)
		return;
	w->clouds[w->clouds_len++] = (struct cloud){
		.port = { from == CLIENT ? s->sport : s->dport, from == CLIENT ? s->dport : s->sport },
		.from = from,
		.place = place,
		.what = what,
	};
}

void rules_cloud(struct wire *w, const struct item *i)
{
	struct segment s;

	if (!packet_segment(i->p, &s))
		return;
	if (i->what)
		add_cloud(w, &s, i->from, i->to, i->what);
	if (!i->fake)
		stream_dig(&w->streams, &s, i->from, i->to);
}

/* A RST behind data that did not arrive is not exact, and nobody will send the data again. */
static void passes(struct wire *w, const struct item *i)
{
	struct segment s;

	if (i->fake || !packet_segment(i->p, &s))
		return;
	stream_fill(&w->streams, &s, i->from, i->to);
	const struct stream *stream = stream_find(&w->streams, stream_port(&s, i->from), i->from);
	for (int place = BEFORE_TAP; s.flags & RST && stream && place < PLACES; place++)
		if (stream->hole[place].open)
			add_cloud(w, &s, i->from, (enum place)place, "data before a RST");
}

static void replace(struct item *i, struct packet *p)
{
	if (!p)
		return;
	free(i->p);
	i->p = p;
}

static void act(struct wire *w, struct item *i, const struct rule *r)
{
	struct packet *parts[2];
	struct item *twin;

	w->acts++;
	if (r->act != DUPLICATE && r->act != EDIT && r->act != FRAGMENT)
		rules_cloud(w, i);
	switch (r->act) {
	case DROP:
		item_free(i);
		return;
	case DUPLICATE:
		twin = item_new(i->from, i->to, packet_copy(i->p));
		item_cross(w, i, 0);
		item_cross(w, twin, r->arg * MS);
		return;
	case LATE:
		item_cross(w, i, r->arg * MS);
		return;
	case BEHIND:
		item_hold(w, i, r->arg);
		return;
	case EDIT:
		replace(i, r->edit(i->p));
		item_cross(w, i, 0);
		return;
	case FRAGMENT:
		if (packet_fragment(i->p, r->arg ? r->arg : 24, parts)) {
			replace(i, parts[0]);
			twin = item_new(i->from, i->to, parts[1]);
			item_cross(w, i, 0);
			item_cross(w, twin, 0);
			return;
		}
		item_cross(w, i, 0);
		return;
	case REFUSE:
		item_cross(w,
			   item_new(other(i->from), i->to == BEFORE_TAP ? AFTER_TAP : BEFORE_TAP,
				    packet_unreachable(i->p)),
			   0);
		item_free(i);
		return;
	}
}

static bool matches(const struct rule *r, const struct segment *s, enum side from, enum place place)
{
	return r->from == from && r->place == place && (s->flags & r->mask) == r->want &&
	       (r->load == ANY_LOAD || (r->load == DATA) == (s->data > 0));
}

static const struct rule *rule_for(struct wire *w, const struct item *i)
{
	struct segment s;

	if (i->fake || !packet_segment(i->p, &s))
		return NULL;
	for (size_t n = 0; n < w->laws_len; n++) {
		struct law *law = &w->laws[n];
		unsigned count = law->rule.count ? law->rule.count : 1;

		if (!matches(&law->rule, &s, i->from, i->to))
			continue;
		unsigned nth = law->seen++;
		if (nth >= law->rule.nth && nth - law->rule.nth < count)
			return &law->rule;
	}
	return NULL;
}

/* xorshift64*: the same noise for the same seed. */
static unsigned draw(struct wire *w, unsigned below)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (unsigned)(w->random * UINT64_C(2685821657736338717) >> 33) % below;
}

/* Loss and reordering, each half of the path half of it. True when the item is gone or on its way. */
static bool disturb(struct wire *w, struct item *i)
{
	if (!w->random)
		return false;
	unsigned fate = draw(w, 2000);
	if (fate < w->loss) {
		rules_cloud(w, i);
		item_free(i);
		return true;
	}
	if (fate < w->loss + w->reorder) {
		rules_cloud(w, i);
		item_cross(w, i, (1 + draw(w, 8)) * MS);
		return true;
	}
	return false;
}

void rules_set_out(struct wire *w, struct item *i)
{
	const struct rule *r = rule_for(w, i);

	if (r) {
		act(w, i, r);
	} else if (!disturb(w, i)) {
		passes(w, i);
		item_cross(w, i, 0);
	}
}
