/*
 * The longest pause: connections are opened, each by its three segments, until so many are held; each feed is timed by
 * itself, by the clock on the wall and by the thread's own, which stands still while another process has the processor.
 * All that several times, each in a process of its own: what the tracker does is the same each time, at the same segment,
 * and what the machine does to it only adds. So of each segment the shortest time counts.
 *
 * pause CONNECTIONS RUNS: held, longest of the thread's, longest by the wall, and what 99.99 of 100 stay below, of the
 * thread's; nanoseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wirestat.h>

#include "bench/frame.h"

#define FRAME 54
#define FINEST_NS 50 /* of the histogram */
#define BINS 200000

enum { SYN = 2, ACK = 16 };

/* Shared by the processes. */
struct times {
	uint64_t held;
	struct {
		uint32_t cpu;
		uint32_t wall;
	} feed[];
};

static int64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Ethernet, IPv4, TCP. */
static void write_frame(uint8_t *frame, uint32_t number, unsigned from, uint8_t flags)
{
	uint8_t *ip = frame + 14;
	uint8_t *tcp = ip + 20;
	uint32_t client = 0x0a000000 | (number % 60000);
	uint32_t port = 1024 + number / 60000;

	memset(frame, 0, FRAME);
	frame[12] = 0x08;
	ip[0] = 0x45;
	put16(ip + 2, FRAME - 14);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = 6;
	put32(ip + 12, from == 0 ? client : 0xc0a80001);
	put32(ip + 16, from == 0 ? 0xc0a80001 : client);
	put16(ip + 10, folded(sum(0, ip, 20)));
	put16(tcp, from == 0 ? port : 443);
	put16(tcp + 2, from == 0 ? 443 : port);
	put32(tcp + 4, number * 7919 + ((flags & SYN) == 0) + from * 0x01000000);
	put32(tcp + 8, flags & ACK ? number * 7919 + 1 + (1 - from) * 0x01000000 : 0);
	tcp[12] = 0x50;
	tcp[13] = flags;
	put16(tcp + 14, 64240);
	put16(tcp + 16, folded(sum(sum(6 + 20, ip + 12, 8), tcp, 20)));
}

static void keep_least(uint32_t *least, int64_t ns)
{
	uint32_t value = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;

	if (value < *least)
		*least = value;
}

static void feed(ws_tracker *tracker, const struct ws_packet *packet, struct times *times)
{
	int64_t wall = now(CLOCK_MONOTONIC);
	int64_t start = now(CLOCK_THREAD_CPUTIME_ID);

	if (ws_tracker_feed(tracker, packet) != WS_OK)
		_exit(1);
	keep_least(&times->feed[packet->frame - 1].cpu, now(CLOCK_THREAD_CPUTIME_ID) - start);
	keep_least(&times->feed[packet->frame - 1].wall, now(CLOCK_MONOTONIC) - wall);
}

static void open_all(ws_tracker *tracker, uint32_t connections, struct times *times)
{
	static const uint8_t flags[3] = { SYN, SYN | ACK, ACK };
	uint8_t frame[FRAME];
	struct ws_packet packet = {
		.ts = INT64_C(1700000000) * 1000000000, .data = frame, .caplen = FRAME, .len = FRAME, .linktype = 1
	};

	for (uint32_t number = 0; number < connections; number++) {
		for (unsigned i = 0; i < 3; i++) {
			write_frame(frame, number, i == 1, flags[i]);
			packet.ts += 1000;
			packet.frame++;
			feed(tracker, &packet, times);
		}
	}
}

/* A run; does not return. */
static void run(uint32_t connections, struct times *times)
{
	struct ws_config config = { .max_connections = connections, .seed = 1 };
	ws_tracker *tracker = ws_tracker_new(&config);
	struct ws_totals totals;

	if (!tracker)
		_exit(1);
	open_all(tracker, connections, times);
	ws_tracker_totals(tracker, &totals);
	times->held = totals.connections - totals.evicted;
	_exit(0);
}

static void report(const struct times *times, uint64_t len)
{
	static uint64_t bins[BINS];
	uint32_t longest = 0;
	uint32_t longest_wall = 0;
	uint64_t below = 0;
	uint64_t bin = 0;

	for (uint64_t i = 0; i < len; i++) {
		uint32_t cpu = times->feed[i].cpu;

		longest = cpu > longest ? cpu : longest;
		longest_wall = times->feed[i].wall > longest_wall ? times->feed[i].wall : longest_wall;
		bins[cpu / FINEST_NS < BINS ? cpu / FINEST_NS : BINS - 1]++;
	}
	while (below < len - len / 10000)
		below += bins[bin++];
	printf("%llu %u %u %llu\n", (unsigned long long)times->held, longest, longest_wall,
	       (unsigned long long)bin * FINEST_NS);
}

int main(int argc, char **argv)
{
	uint32_t connections = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	unsigned long runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	size_t size = sizeof(struct times) + (size_t)connections * 3 * sizeof(((struct times *)0)->feed[0]);
	struct times *times;
	int status = 0;

	if (connections == 0 || runs == 0) {
		fprintf(stderr, "usage: pause CONNECTIONS RUNS\n");
		return 2;
	}
	times = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (times == MAP_FAILED)
		return 1;
	memset(times, 0xff, size);
	for (unsigned long i = 0; i < runs; i++) {
		pid_t child = fork();

		if (child == 0)
			run(connections, times);
		if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
			return 1;
	}
	report(times, (uint64_t)connections * 3);
	return 0;
}
