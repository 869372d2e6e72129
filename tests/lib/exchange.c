/*
 * Packets of many connections on their way into a tracker.
 */
#include "exchange.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"

#define MILLISECOND INT64_C(1000000)

void exchange_init(struct exchange *x, const struct ws_config *config)
{
	*x = (struct exchange){ .tracker = ws_tracker_new(config), .now = EXCHANGE_START };
	ck_assert_ptr_nonnull(x->tracker);
}

void exchange_fini(struct exchange *x)
{
	ws_tracker_free(x->tracker);
	x->tracker = NULL;
}

static uint8_t flags_of(const char *text)
{
	static const char letters[] = "FSRP.UEW";
	unsigned flags = 0;

	for (; *text; text++) {
		const char *at = strchr(letters, *text);

		if (!at)
			abort();
		flags |= 1u << (at - letters);
	}
	return (uint8_t)flags;
}

uint16_t exchange_port(uint32_t n)
{
	return (uint16_t)(1024 + n % 60000);
}

/* Those of odd connections are the higher ones, so the client is now the first and now the second in any order. */
static struct ws_addr address_of(uint32_t n, enum exchange_side side)
{
	struct ws_addr addr = { .family = 4, .bytes = { 10, 50, 0, 1 } };

	if (side == CLIENT) {
		addr.bytes[1] = n % 2 ? 99 : 1;
		addr.bytes[2] = (uint8_t)(n / 60000);
	}
	return addr;
}

static uint32_t isn_of(const struct exchange *x, uint32_t n, enum exchange_side side)
{
	return (n + 1) * 0x9e3779b1u * (side == CLIENT ? 1u : 3u) + x->isn;
}

static struct ws_packet next_packet(struct exchange *x, uint32_t linktype, const uint8_t *data, uint32_t len)
{
	struct ws_packet packet = {
		.ts = x->now, .frame = ++x->frame, .data = data, .caplen = len, .len = len, .linktype = linktype
	};

	x->now += MILLISECOND;
	return packet;
}

struct ws_packet exchange_build(struct exchange *x, const struct exchange_line *line, uint8_t *frame, size_t size)
{
	enum exchange_side to = line->from == CLIENT ? SERVER : CLIENT;
	struct packet packet;

	packet_init(&packet, "10.0.0.1", 0, "10.0.0.2", 0);
	packet.framing = FRAMING_RAW;
	packet.src = address_of(line->n, line->from);
	packet.dst = address_of(line->n, to);
	packet.sport = line->from == CLIENT ? exchange_port(line->n) : 80;
	packet.dport = line->from == CLIENT ? 80 : exchange_port(line->n);
	packet.ip_id = (uint16_t)(x->frame + 1);
	packet.flags = flags_of(line->flags);
	packet.seq = isn_of(x, line->n, line->from) + line->seq;
	packet.ack = packet.flags & WS_FLAG_ACK ? isn_of(x, line->n, to) + line->ack : 0;
	packet.payload_len = line->len;
	return next_packet(x, packet_linktype(&packet), frame, (uint32_t)packet_build(&packet, frame, size));
}

int exchange_feed(struct exchange *x, uint32_t n, enum exchange_side from, const char *flags, uint32_t seq,
		  uint32_t ack, uint32_t len)
{
	struct exchange_line line = { n, from, flags, seq, ack, len };
	uint8_t frame[2048];
	struct ws_packet packet = exchange_build(x, &line, frame, sizeof frame);

	return ws_tracker_feed(x->tracker, &packet);
}

int exchange_junk(struct exchange *x, uint32_t linktype, uint8_t byte, uint32_t len)
{
	uint8_t data[2048];
	struct ws_packet packet;

	ck_assert_uint_le(len, sizeof data);
	memset(data, byte, sizeof data);
	packet = next_packet(x, linktype, data, len);
	return ws_tracker_feed(x->tracker, &packet);
}

void exchange_open(struct exchange *x, uint32_t n)
{
	exchange_feed(x, n, CLIENT, "S", 0, 0, 0);
	exchange_feed(x, n, SERVER, "S.", 0, 1, 0);
	exchange_feed(x, n, CLIENT, ".", 1, 1, 0);
	exchange_feed(x, n, CLIENT, "P.", 1, 1, 10);
	exchange_feed(x, n, SERVER, "P.", 1, 11, 10);
	exchange_feed(x, n, CLIENT, ".", 11, 11, 0);
}

void exchange_close(struct exchange *x, uint32_t n)
{
	exchange_feed(x, n, CLIENT, "F.", 11, 11, 0);
	exchange_feed(x, n, SERVER, "F.", 11, 12, 0);
	exchange_feed(x, n, CLIENT, ".", 12, 12, 0);
}

struct search {
	uint32_t n;
	struct ws_record *out;
	bool is_found;
};

static bool is_at(const struct ws_endpoint *e, uint32_t n, enum exchange_side side)
{
	struct ws_addr addr = address_of(n, side);

	return e->port == (side == CLIENT ? exchange_port(n) : 80) &&
	       memcmp(e->addr.bytes, addr.bytes, sizeof addr.bytes) == 0;
}

static int look(void *user, ws_connection *connection)
{
	struct search *search = user;
	struct ws_record record;

	ws_connection_record(connection, &record);
	if ((is_at(&record.endpoint[WS_CLIENT], search->n, CLIENT) &&
	     is_at(&record.endpoint[WS_SERVER], search->n, SERVER)) ||
	    (is_at(&record.endpoint[WS_SERVER], search->n, CLIENT) &&
	     is_at(&record.endpoint[WS_CLIENT], search->n, SERVER))) {
		*search->out = record;
		search->is_found = true;
	}
	return 0;
}

bool exchange_record(const struct exchange *x, uint32_t n, struct ws_record *out)
{
	struct search search = { n, out, false };

	ck_assert_int_eq(ws_tracker_each(x->tracker, look, &search), 0);
	return search.is_found;
}
