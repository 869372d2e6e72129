/*
 * The scenario's hand on the path. Every call takes the lock, for the relay runs in a thread of its own.
 */
#include "wire_impl.h"

#include <stdlib.h>

static void begin(struct wire *w)
{
	pthread_mutex_lock(&w->lock);
}

static void end(struct wire *w)
{
	pthread_mutex_unlock(&w->lock);
	wire_nudge(w);
}

void wire_delay(struct wire *w, enum side from, unsigned us)
{
	begin(w);
	w->delay[from] = us * INT64_C(1000) / PLACES;
	end(w);
}

void wire_noise(struct wire *w, unsigned loss, unsigned reorder, uint64_t seed)
{
	begin(w);
	w->loss = loss;
	w->reorder = reorder;
	w->random = loss + reorder ? seed : 0;
	end(w);
}

void wire_rule(struct wire *w, const struct rule *rule)
{
	begin(w);
	if (w->laws_len == RULES_MAX)
		abort();
	w->laws[w->laws_len++] = (struct law){ .rule = *rule };
	end(w);
}

static void release(struct wire *w)
{
	while (w->held) {
		struct item *i = w->held;

		w->held = i->next;
		item_cross(w, i, 0);
	}
}

void wire_release(struct wire *w)
{
	begin(w);
	release(w);
	end(w);
}

void wire_clear(struct wire *w)
{
	begin(w);
	w->laws_len = 0;
	release(w);
	end(w);
}

/* What a side that has said nothing yet would go on from. */
static struct stream unborn(const struct wire *w, const struct stream *peer, enum side from)
{
	struct stream s = { .src = w->addr[from], .dst = w->addr[other(from)] };

	s.last.window = 8192;
	if (peer) {
		s.last.ack = peer->next;
		s.last.has_timestamps = peer->last.has_timestamps;
		s.last.tsval = 1;
		s.last.tsecr = peer->last.tsval;
	}
	return s;
}

static struct forgery forgery_of(const struct stream *s, const struct fake *f)
{
	return (struct forgery){
		.src = s->src,
		.dst = s->dst,
		.flags = f->flags,
		.seq = (uint32_t)f->seq + (f->absolute ? 0 : s->next),
		.ack = (f->flags & ACK) ? (uint32_t)f->ack + (f->absolute ? 0 : s->last.ack) : 0,
		.window = s->last.window,
		.data = f->data,
		.has_timestamps = s->last.has_timestamps && !f->no_timestamps,
		.tsval = s->last.tsval + (uint32_t)f->tsval,
		.tsecr = s->last.tsecr,
		.bad_checksum = f->bad_checksum,
	};
}

void wire_fake(struct wire *w, uint16_t client_port, uint16_t server_port, const struct fake *fake)
{
	begin(w);
	const struct stream *known = stream_find(&w->streams, client_port, fake->from);
	const struct stream *peer = stream_find(&w->streams, client_port, other(fake->from));
	struct stream s = known ? *known : unborn(w, peer, fake->from);
	struct forgery forgery = forgery_of(&s, fake);
	forgery.sport = fake->from == CLIENT ? client_port : server_port;
	forgery.dport = fake->from == CLIENT ? server_port : client_port;
	struct item *i = item_new(fake->from, fake->place, packet_forge(&forgery));

	i->fake = true;
	i->what = "forged segment";
	rules_cloud(w, i);
	rules_set_out(w, i);
	end(w);
}

unsigned wire_acts(struct wire *w)
{
	begin(w);
	unsigned acts = w->acts;
	end(w);
	return acts;
}

unsigned wire_count(struct wire *w, enum side from)
{
	begin(w);
	unsigned count = w->count[from];
	end(w);
	return count;
}

unsigned wire_idle_ms(struct wire *w)
{
	begin(w);
	int64_t idle = w->queue ? 0 : clock_ns(CLOCK_MONOTONIC) - w->last;
	end(w);
	return (unsigned)(idle / MS);
}

size_t wire_clouds(struct wire *w, const struct cloud **out)
{
	*out = w->clouds;
	return w->clouds_len;
}
