/*
 * Captures to measure with, the same bytes for the same arguments: many connections at once, each a whole conversation from
 * SYN to the last ACK. What they differ in is the profile: how many are alive, how long they talk, whether payload was
 * captured, whether there is an answer at all.
 *
 * generate PROFILE SEGMENTS [LIVE [COUNTS]] > FILE.pcap
 *
 * LIVE 0 is the profile's own. The file COUNTS gets what is true of the capture: "connections N", "segments N" of them, "closed N".
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/frame.h"

#define HEADERS_MAX 74 /* Ethernet, IPv4, TCP with the options of a SYN */
#define MSS_OFFERED 1460
#define MSS 1448

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

struct profile {
	const char *name;
	uint32_t live;      /* connections at once */
	uint32_t responses; /* data segments of the server in each connection, at most */
	bool has_payload;   /* captured; else the snap length ends with the headers */
	bool is_scan;       /* a SYN each, to another tuple every time, and nothing else */
	bool reuses_ports;  /* few tuples, each used again as soon as it is free */
	uint32_t pace_us;   /* from one segment to the next, at most; 0: 3 */
	bool is_flooded;    /* between any two segments, nine SYNs to port 80, each of another tuple */
};

static const struct profile profiles[] = {
	{ .name = "web", .live = 10000, .responses = 6 },
	{ .name = "webfull", .live = 10000, .responses = 6, .has_payload = true },
	{ .name = "bulk", .live = 8, .responses = UINT32_MAX, .has_payload = true },
	{ .name = "million", .live = 1000000, .responses = 6 },
	{ .name = "held", .live = 1000000, .responses = UINT32_MAX },
	{ .name = "scan", .live = 1, .is_scan = true },
	{ .name = "churn", .live = 200, .responses = 2, .reuses_ports = true },
	{ .name = "reuse", .live = 200, .responses = 2, .reuses_ports = true, .pace_us = 20000 },
	{ .name = "flood", .live = 1000, .responses = 40, .is_flooded = true },
};

/* A conversation: `step` counts its segments. */
struct talk {
	uint32_t number; /* makes ISNs, */
	uint32_t tuple;  /* addresses and ports */
	uint32_t step;
	uint32_t responses;
	uint32_t seq[2];
	uint32_t tsval[2];
};

static uint64_t state = 0x9e3779b97f4a7c15;
static uint64_t now_us = UINT64_C(1700000000) * 1000000;
static uint32_t pace_us = 3;
static uint16_t ip_id;
static uint32_t next_number;
static uint32_t flood_port; /* of the server, instead of 443 */

/* What came of it, floods left out. */
static struct {
	uint64_t connections;
	uint64_t segments;
	uint64_t closed;
} truth;

/* xorshift64* */
static uint32_t chance(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

static void write_record(const uint8_t *frame, uint32_t caplen, uint32_t len)
{
	uint32_t header[4] = { (uint32_t)(now_us / 1000000), (uint32_t)(now_us % 1000000), caplen, len };

	fwrite(header, sizeof(header), 1, stdout);
	fwrite(frame, caplen, 1, stdout);
	now_us += 1 + chance(pace_us);
}

static void write_ip(uint8_t *ip, const struct talk *talk, unsigned from, uint32_t total)
{
	uint32_t client = 0x0a000000 | (talk->tuple % 60000);

	ip[0] = 0x45;
	put16(ip + 2, total);
	put16(ip + 4, ++ip_id);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = 6;
	put32(ip + 12, from == 0 ? client : 0xc0a80001);
	put32(ip + 16, from == 0 ? 0xc0a80001 : client);
	put16(ip + 10, folded(sum(0, ip, 20)));
}

/* What every stack puts into its SYN: MSS, SACK permitted, time stamps, window scale. */
static uint32_t write_options(uint8_t *at, bool is_syn)
{
	static const uint8_t syn[20] = {
		2, 4, MSS_OFFERED >> 8, MSS_OFFERED & 255, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7
	};

	if (is_syn)
		memcpy(at, syn, sizeof(syn));
	else
		memcpy(at, "\x01\x01\x08\x0a", 4);
	return is_syn ? 20 : 12;
}

/* All but its payload and checksum. */
static void write_tcp(uint8_t *tcp, struct talk *talk, unsigned from, uint8_t flags)
{
	uint32_t port = 1024 + (talk->tuple / 60000 % 60000);
	uint32_t server = flood_port ? flood_port : 443;
	uint32_t header = 20 + write_options(tcp + 20, flags & SYN);
	uint8_t *stamps = tcp + (flags & SYN ? 28 : 24);

	put16(tcp, from == 0 ? port : server);
	put16(tcp + 2, from == 0 ? server : port);
	put32(tcp + 4, talk->seq[from]);
	put32(tcp + 8, flags & ACK ? talk->seq[!from] : 0);
	tcp[12] = (uint8_t)(header << 2);
	tcp[13] = flags;
	put16(tcp + 14, flags & SYN ? 64240 : 502);
	talk->tsval[from] = (uint32_t)(now_us / 1000);
	put32(stamps, talk->tsval[from]);
	put32(stamps + 4, talk->tsval[!from]);
}

static void send_segment(const struct profile *profile, struct talk *talk, unsigned from, uint8_t flags, uint32_t len)
{
	static uint8_t frame[HEADERS_MAX + MSS];
	uint8_t *ip = frame + 14;
	uint8_t *tcp = ip + 20;
	uint32_t header = flags & SYN ? 40 : 32;

	memset(frame, 0, HEADERS_MAX);
	frame[12] = 0x08;
	write_ip(ip, talk, from, 20 + header + len);
	write_tcp(tcp, talk, from, flags);
	if (len > 0)
		memset(tcp + header, 'x', len);
	put16(tcp + 16, folded(sum(sum(6 + header + len, ip + 12, 8), tcp, header + len)));
	talk->seq[from] += len + ((flags & (SYN | FIN)) != 0);
	write_record(frame, 34 + header + (profile->has_payload ? len : 0), 34 + header + len);
}

/* `place` of those that are alive at once. */
static void begin(const struct profile *profile, struct talk *talk, uint32_t place)
{
	*talk = (struct talk){ .number = next_number, .tuple = profile->reuses_ports ? place : next_number };
	next_number++;
	talk->responses = profile->responses == UINT32_MAX ? UINT32_MAX : chance(profile->responses + 1);
	talk->seq[0] = (uint32_t)(now_us * 16) + talk->number * 64000;
	talk->seq[1] = talk->seq[0] ^ 0x5bd1e995;
}

/* The next segment of the conversation; true when it was the last. */
static bool go_on(const struct profile *profile, struct talk *talk)
{
	uint32_t step = talk->step++;

	truth.connections += step == 0;
	truth.segments++;
	if (step == 0)
		send_segment(profile, talk, 0, SYN, 0);
	else if (step == 1)
		send_segment(profile, talk, 1, SYN | ACK, 0);
	else if (step == 2)
		send_segment(profile, talk, 0, ACK, 0);
	else if (step == 3)
		send_segment(profile, talk, 0, PSH | ACK, 200 + chance(600));
	else if (step - 4 < 2 * (uint64_t)talk->responses)
		send_segment(profile, talk, step % 2 == 0, ACK, step % 2 == 0 ? MSS : 0);
	else if (step - 4 == 2 * talk->responses)
		send_segment(profile, talk, 1, FIN | ACK, 0);
	else if (step - 4 == 2 * talk->responses + 1)
		send_segment(profile, talk, 0, FIN | ACK, 0);
	else {
		send_segment(profile, talk, 1, ACK, 0);
		truth.closed++;
		return true;
	}
	return profile->is_scan;
}

/* One of the SYNs of a flood. */
static void send_flood(void)
{
	static const struct profile profile = { .name = "flood" };
	static uint32_t number;
	struct talk talk = { .number = number, .tuple = number, .seq = { number * 7919, 0 } };

	number++;
	flood_port = 80;
	send_segment(&profile, &talk, 0, SYN, 0);
	flood_port = 0;
}

static bool write_truth(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return false;
	fprintf(file, "connections %llu\nsegments %llu\nclosed %llu\n", (unsigned long long)truth.connections,
		(unsigned long long)truth.segments, (unsigned long long)truth.closed);
	return fclose(file) == 0;
}

int main(int argc, char **argv)
{
	static const uint32_t header[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1 };
	const struct profile *profile = NULL;
	uint64_t segments = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	struct talk *talks;
	uint32_t live;

	for (size_t i = 0; argc > 1 && i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (strcmp(argv[1], profiles[i].name) == 0)
			profile = &profiles[i];
	if (!profile || segments == 0) {
		fprintf(stderr,
			"usage: generate web|webfull|bulk|million|held|scan|churn|reuse|flood SEGMENTS [LIVE [COUNTS]]\n");
		return 2;
	}
	live = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
	if (live == 0)
		live = profile->live;
	if (profile->pace_us != 0)
		pace_us = profile->pace_us;
	talks = calloc(live, sizeof(*talks));
	if (!talks)
		return 1;
	fwrite(header, sizeof(header), 1, stdout);
	for (uint32_t i = 0; i < live; i++)
		begin(profile, &talks[i], i);
	while (segments-- > 0) {
		uint32_t place = chance(live);
		struct talk *talk = &talks[place];

		if (profile->is_flooded && segments % 10 != 0) {
			send_flood();
			continue;
		}
		if (go_on(profile, talk))
			begin(profile, talk, place);
	}
	free(talks);
	return (argc > 4 && !write_truth(argv[4])) || fflush(stdout) != 0;
}
