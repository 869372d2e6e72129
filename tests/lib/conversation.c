#include "conversation.h"

#include "packet.h"

#define MS INT64_C(1000000)
#define UNIT 1448

struct party {
	const char *addr;
	uint16_t port;
	uint32_t next; /* to send */
	uint32_t acked;
	uint32_t tsval;
	uint16_t window;
	uint16_t mss;
	uint8_t scale;
};

struct conversation {
	struct frames *frames;
	struct party party[2];
	uint64_t dice;
	ws_time now;
	int64_t rtt;
	bool has_timestamps[2];
	bool has_scale[2];
	bool is_offloaded;
	unsigned tagged;   /* frames have an 802.1Q tag: 0 none, 1 all, 2 those of one side, 3 some */
	unsigned mischief; /* one in so many segments; 0: none */
};

static uint32_t chance(struct conversation *c, uint32_t below)
{
	c->dice ^= c->dice >> 12;
	c->dice ^= c->dice << 25;
	c->dice ^= c->dice >> 27;
	return (uint32_t)((c->dice * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

static void put_options(struct conversation *c, unsigned from, struct packet *p)
{
	struct party *x = &c->party[from];

	if (p->flags & WS_FLAG_SYN) {
		if (x->mss > 0)
			packet_option_mss(&p->options, x->mss);
		if (c->has_scale[from])
			packet_option_wscale(&p->options, x->scale);
		if (chance(c, 2))
			packet_option_sack_permitted(&p->options);
	}
	if (c->has_timestamps[from] && ((p->flags & WS_FLAG_SYN) || c->has_timestamps[!from]))
		packet_option_timestamps(&p->options, x->tsval, c->party[!from].tsval);
}

/* Sends again, skips a byte, acknowledges too much or too little, offers no window, runs its clock back. */
static void make_mischief(struct conversation *c, unsigned from, struct packet *p)
{
	if (c->mischief == 0 || chance(c, c->mischief) != 0)
		return;
	switch (chance(c, 7)) {
	case 0:
		p->seq -= chance(c, 3) * UNIT + 1;
		break;
	case 1:
		p->seq++;
		break;
	case 2:
		p->ack++;
		break;
	case 3:
		p->ack -= chance(c, UNIT) + 1;
		break;
	case 4:
		p->window = 0;
		break;
	case 5:
		c->party[from].tsval -= chance(c, 5) * 100;
		break;
	default:
		p->flags = (uint8_t)(chance(c, 2) ? WS_FLAG_RST : p->flags ^ (1u << chance(c, 6)));
		break;
	}
}

static void send(struct conversation *c, unsigned from, uint8_t flags, uint32_t len)
{
	struct party *x = &c->party[from];
	struct party *y = &c->party[!from];
	uint8_t bytes[4096];
	struct packet p;

	packet_init(&p, x->addr, x->port, y->addr, y->port);
	p.seq = x->next;
	p.ack = flags & WS_FLAG_ACK ? x->acked : 0;
	p.flags = flags;
	p.window = x->window;
	p.payload_len = len;
	p.ip_id = (uint16_t)chance(c, 65536);
	if (c->tagged == 1 || (c->tagged == 2 && from == 0) || (c->tagged == 3 && chance(c, 4) == 0))
		p.framing = FRAMING_VLAN;
	p.vlan = (uint16_t)(100 + from * (c->tagged == 3));
	if (c->is_offloaded && from == 0)
		p.checksum = PACKET_CHECKSUM_PSEUDO;
	make_mischief(c, from, &p);
	put_options(c, from, &p);
	frames_add(c->frames, c->now, bytes, (uint32_t)packet_build(&p, bytes, sizeof bytes));
	x->next += len + ((flags & (WS_FLAG_SYN | WS_FLAG_FIN)) != 0);
	x->tsval += chance(c, 3);
	c->now += 1000 * (1 + chance(c, 40));
}

static void wait_awhile(struct conversation *c)
{
	c->now += chance(c, 3) ? c->rtt : (int64_t)chance(c, 2000) * MS;
}

/* All that the other has sent, or some of it. */
static void acknowledge(struct conversation *c, unsigned from, bool is_all)
{
	struct party *x = &c->party[from];
	uint32_t due = c->party[!from].next - x->acked;

	x->acked += is_all || due < 2 ? due : chance(c, due + 1);
}

static void open_both(struct conversation *c)
{
	send(c, 0, WS_FLAG_SYN | (chance(c, 4) ? 0 : WS_FLAG_ECE | WS_FLAG_CWR), 0);
	c->now += chance(c, 2) ? c->rtt : 1000 * MS;
	acknowledge(c, 1, true);
	if (chance(c, 12) == 0)
		return;
	send(c, 1, WS_FLAG_SYN | WS_FLAG_ACK, 0);
	c->now += c->rtt;
	acknowledge(c, 0, true);
	if (chance(c, 12))
		send(c, 0, WS_FLAG_ACK, chance(c, 4) ? 0 : 1 + chance(c, UNIT));
}

static void talk(struct conversation *c)
{
	for (unsigned turns = chance(c, 6); turns > 0; turns--) {
		unsigned from = turns % 2 == 0;

		for (unsigned n = 1 + chance(c, 5); n > 0; n--)
			send(c, from, WS_FLAG_ACK | (chance(c, 2) ? WS_FLAG_PSH : 0), 1 + chance(c, UNIT));
		wait_awhile(c);
		acknowledge(c, !from, chance(c, 4) != 0);
		if (chance(c, 3))
			send(c, !from, WS_FLAG_ACK, 0);
	}
}

static void close_both(struct conversation *c)
{
	unsigned first = chance(c, 2);

	acknowledge(c, first, chance(c, 4) != 0);
	send(c, first, WS_FLAG_ACK | WS_FLAG_FIN, chance(c, 3) ? 0 : chance(c, UNIT));
	wait_awhile(c);
	if (chance(c, 8) == 0)
		send(c, !first, WS_FLAG_ACK, chance(c, UNIT));
	acknowledge(c, !first, true);
	if (chance(c, 2)) {
		send(c, !first, WS_FLAG_ACK, 0);
		wait_awhile(c);
	}
	if (chance(c, 8) == 0)
		return;
	send(c, !first, WS_FLAG_ACK | WS_FLAG_FIN, chance(c, 6) ? 0 : chance(c, UNIT));
	c->now += c->rtt;
	acknowledge(c, first, true);
	send(c, first, WS_FLAG_ACK, 0);
}

static void begin_again(struct conversation *c)
{
	for (unsigned i = 0; i < 2; i++) {
		c->party[i].next += chance(c, 5) ? 100000 + chance(c, 1 << 28) : chance(c, UINT32_MAX);
		c->party[i].acked = 0;
	}
	c->now += chance(c, 2) ? c->rtt : (int64_t)chance(c, 90) * 1000 * MS;
}

void conversation_make(struct frames *frames, uint64_t seed)
{
	static const uint16_t segments[] = { 0, 536, 1000, UNIT, 1460, 9000 };
	struct conversation c = { .frames = frames, .dice = seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };

	*frames = (struct frames){ .linktype = 1 };
	for (unsigned i = 0; i < 2; i++) {
		c.party[i] = (struct party){ .addr = i ? "192.0.2.2" : "192.0.2.1",
					     .port = i ? 80 : (uint16_t)(1024 + chance(&c, 60000)),
					     .next = chance(&c, 3) ? chance(&c, UINT32_MAX) : 0 - chance(&c, 3000),
					     .tsval = chance(&c, 3) ? chance(&c, UINT32_MAX) : 0 - chance(&c, 5),
					     .window = chance(&c, 3) ? 64240 : (uint16_t)(1 + chance(&c, 4000)),
					     .mss = segments[chance(&c, 6)],
					     .scale = (uint8_t)chance(&c, 16) };
		c.has_timestamps[i] = chance(&c, 4) != 0;
		c.has_scale[i] = chance(&c, 4) != 0;
	}
	c.now = INT64_C(1700000000000000000) + (int64_t)chance(&c, 1000000000);
	c.rtt = chance(&c, 2) ? 20000 : (int64_t)chance(&c, 200) * MS;
	c.is_offloaded = chance(&c, 4) == 0;
	c.tagged = chance(&c, 3) ? 0 : 1 + chance(&c, 3);
	c.mischief = chance(&c, 3) ? 0 : 12;
	/* Some clients use a port again, soon or later. */
	do {
		open_both(&c);
		talk(&c);
		close_both(&c);
		begin_again(&c);
	} while (chance(&c, 3) == 0);
	frames_add(frames, c.now + (int64_t)chance(&c, 400) * 1000 * MS, NULL, 14)->is_timer = true;
}
