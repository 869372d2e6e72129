#include "ends.h"

#include <check.h>

struct ws_addr ends_host(unsigned n)
{
	struct ws_addr addr = { .family = 4, .bytes = { 10, 1, (uint8_t)(n >> 8), (uint8_t)n } };

	return addr;
}

void ends_send(struct stage *stage, const struct ends *ends, enum stage_side from, const char *flags, uint32_t seq,
	       uint32_t ack, size_t len)
{
	struct packet packet = stage_segment(from, flags, seq, ack, len);

	packet.src = ends_host(from == STAGE_A ? ends->client : ends->server);
	packet.dst = ends_host(from == STAGE_A ? ends->server : ends->client);
	packet.sport = from == STAGE_A ? ends->sport : ends->dport;
	packet.dport = from == STAGE_A ? ends->dport : ends->sport;
	stage_play(stage, &packet);
}

void ends_refuse(struct stage *stage, const struct ends *ends)
{
	struct packet rst;

	ends_send(stage, ends, STAGE_A, "S", 0, 0, 0);
	rst = stage_segment(STAGE_B, "R.", 0, 1, 0);
	rst.seq = 0;
	rst.src = ends_host(ends->server);
	rst.dst = ends_host(ends->client);
	rst.sport = ends->dport;
	rst.dport = ends->sport;
	stage_play(stage, &rst);
}

void ends_open(struct stage *stage, const struct ends *ends)
{
	ends_send(stage, ends, STAGE_A, "S", 0, 0, 0);
	ends_send(stage, ends, STAGE_B, "S.", 0, 1, 0);
	ends_send(stage, ends, STAGE_A, ".", 1, 1, 0);
}

void ends_close(struct stage *stage, const struct ends *ends, enum stage_side first)
{
	enum stage_side second = first == STAGE_A ? STAGE_B : STAGE_A;

	ends_send(stage, ends, first, "F.", 1, 1, 0);
	ends_send(stage, ends, second, "F.", 1, 2, 0);
	ends_send(stage, ends, first, ".", 2, 2, 0);
}

struct ends ends_between(unsigned client, unsigned server, unsigned dport)
{
	static uint16_t sport = 20000;

	return (struct ends){ client, ++sport, server, (uint16_t)dport };
}

const struct ws_host_finding *ends_told(const struct stage *stage, enum ws_finding_id id)
{
	ck_assert_uint_eq(stage->raised[id], 1);
	return &stage->host[id];
}

void ends_ck_host(const struct ws_addr *addr, unsigned n)
{
	struct ws_addr other = ends_host(n);

	ck_assert_uint_eq(addr->family, 4);
	ck_assert_mem_eq(addr->bytes, other.bytes, sizeof other.bytes);
}
