/*
 * A record as a view gets it, filled by hand.
 */
#include "lib/sample.h"

#include <string.h>

static void endpoint(struct ws_endpoint *e, const uint8_t addr[4], uint16_t port)
{
	e->addr.family = 4;
	memcpy(e->addr.bytes, addr, 4);
	e->port = port;
	e->mss = 1460;
	e->wscale = 10;
	e->saw_syn = true;
	e->sack = true;
	e->timestamps = true;
	e->has_isn = true;
	e->path_len = 1;
}

static void client(struct ws_endpoint *e)
{
	endpoint(e, (const uint8_t[4]){ 10, 9, 0, 1 }, 40756);
	e->state = WS_TIME_WAIT;
	e->proven = WS_TIME_WAIT;
	e->since = SAMPLE_START + 2000000;
	e->packets = 7;
	e->bytes = 2;
	e->ip_bytes = 376;
	e->isn = 222812049;
	e->path[0] = (struct ws_step){ WS_SYN_SENT, WS_PROVEN, SAMPLE_START, SAMPLE_START, 8, WS_CAUSE_SND_SYN };
}

static void server(struct ws_endpoint *e)
{
	endpoint(e, (const uint8_t[4]){ 10, 9, 0, 2 }, 5000);
	e->state = WS_CLOSED;
	e->proven = WS_LAST_ACK;
	e->since = SAMPLE_START + 2000000;
	e->packets = 5;
	e->retransmitted = 1;
	e->ip_bytes = 268;
	e->isn = 4294967295u;
	e->path[0] =
		(struct ws_step){ WS_SYN_RECEIVED, WS_PRESUMED, SAMPLE_START, SAMPLE_START + 18, 8, WS_CAUSE_RCV_SYN };
}

void sample_record(struct ws_record *record)
{
	memset(record, 0, sizeof(*record));
	memcpy(record->uid, "Cq3abcdefghijklmn", 18);
	memcpy(record->community_id, "1:wCb3OG7yAFWelaUydu0D+125CLM=", 31);
	client(&record->endpoint[WS_CLIENT]);
	server(&record->endpoint[WS_SERVER]);
	record->start = SAMPLE_START;
	record->end = SAMPLE_START + 2000000;
	record->first_frame = 8;
	record->last_frame = 17;
	record->handshake = WS_HANDSHAKE_COMPLETE;
	record->server_rtt_ns = 18000;
	record->client_rtt_ns = 12000;
	record->syns = 1;
	record->syn_acks = 1;
	record->close = WS_CLOSE_FIN;
	record->has_close_first = true;
	record->close_first = WS_CLIENT;
	memcpy(record->history, "ShADadFf", 9);
	memcpy(record->conn_state, "SF", 3);
}

static const uint8_t long_addr[16] = { 0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78,
				       0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78 };

void sample_record_ipv6(struct ws_record *record)
{
	sample_record(record);
	for (size_t i = 0; i < 2; i++) {
		record->endpoint[i].addr.family = 6;
		memcpy(record->endpoint[i].addr.bytes, long_addr, sizeof(long_addr));
		record->endpoint[i].addr.bytes[15] = (uint8_t)(0x70 + i);
	}
}

void sample_finding(struct ws_record *record, enum ws_finding_id id, uint32_t count)
{
	record->findings[record->findings_len++] = (struct ws_finding_count){ .id = id, .count = count };
}
