/*
 * Sends minimal TCP segments out of an interface as fast as it takes them, past its queue: bounded in number and time.
 *
 * blast INTERFACE tuples|connections PACKETS SECONDS: "sent N in MICROSECONDS"
 *
 * tuples: each is a SYN of a tuple of its own. connections: a thousand of them, a handshake each and then data and its
 * acknowledgement in turns.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "bench/frame.h"

#define FRAME 60 /* the shortest there is, 4 bytes of check sequence left out */
#define PAYLOAD (FRAME - 54)
#define BATCH 64
#define CONNECTIONS 1000

enum { SYN = 2, PSH = 8, ACK = 16 };

struct sender {
	int fd;
	bool is_tuples;
	uint64_t sent;
	uint32_t seq[CONNECTIONS][2];
	uint8_t frames[BATCH][FRAME];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* What all frames have in common. To a station that is not there, so that no stack answers. */
static void prepare(uint8_t *frame)
{
	static const uint8_t ethernet[14] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00 };

	memset(frame, 0, FRAME);
	memcpy(frame, ethernet, sizeof(ethernet));
	frame[14] = 0x45;
	frame[20] = 0x40;
	frame[22] = 64;
	frame[23] = 6;
	frame[46] = 0x50;
	put16(frame + 48, 64240);
}

static void write_segment(uint8_t *frame, uint32_t tuple, unsigned from, uint8_t flags, const uint32_t seq[2],
			  uint32_t len)
{
	uint8_t *ip = frame + 14;
	uint8_t *tcp = ip + 20;
	uint32_t client = 0x0a000000 | (tuple & 0xffffff);
	uint32_t port = 1024 + (tuple >> 24);

	put16(ip + 2, 40 + len);
	put16(ip + 10, 0);
	put32(ip + 12, from == 0 ? client : 0xc0a80001);
	put32(ip + 16, from == 0 ? 0xc0a80001 : client);
	put16(ip + 10, folded(sum(0, ip, 20)));
	put16(tcp, from == 0 ? port : 443);
	put16(tcp + 2, from == 0 ? 443 : port);
	put32(tcp + 4, seq[from]);
	put32(tcp + 8, flags & ACK ? seq[!from] : 0);
	tcp[13] = flags;
	put16(tcp + 16, 0);
	put16(tcp + 16, folded(sum(sum(6 + 20 + len, ip + 12, 8), tcp, 20 + len)));
}

static void write_next(struct sender *sender, uint8_t *frame)
{
	uint64_t n = sender->sent++;
	uint32_t place = (uint32_t)(n % CONNECTIONS);
	uint32_t *seq = sender->seq[place];
	uint64_t step = n / CONNECTIONS;
	unsigned from = step % 2 == 1; /* the client sends data, the server acknowledges it */

	if (sender->is_tuples) {
		const uint32_t isn[2] = { (uint32_t)n * 7919, 0 };

		write_segment(frame, (uint32_t)n, 0, SYN, isn, 0);
	} else if (step < 2) {
		write_segment(frame, place, from, from == 0 ? SYN : SYN | ACK, seq, 0);
		seq[from]++;
	} else if (step == 2 || from == 1) {
		write_segment(frame, place, from, ACK, seq, 0);
	} else {
		write_segment(frame, place, 0, PSH | ACK, seq, PAYLOAD);
		seq[0] += PAYLOAD;
	}
}

/* How many of them went; the interface may be full for the moment. -1: an error. */
static int hand_over(struct sender *sender, unsigned first, unsigned len)
{
	int sent = sendmmsg(sender->fd, sender->messages + first, len, 0);

	return sent < 0 && (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) ? 0 : sent;
}

static bool send_batch(struct sender *sender, unsigned len, int64_t until)
{
	unsigned done = 0;

	for (unsigned i = 0; i < len; i++)
		write_next(sender, sender->frames[i]);
	while (done < len) {
		int sent = hand_over(sender, done, len - done);

		if (sent < 0)
			return false;
		done += (unsigned)sent;
		if (sent == 0 && now_us() > until)
			break;
	}
	sender->sent -= len - done;
	return true;
}

static bool open_socket(struct sender *sender, const char *interface)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(ETH_P_IP),
				       .sll_ifindex = (int)if_nametoindex(interface) };
	int one = 1;

	sender->fd = socket(AF_PACKET, SOCK_RAW, 0);
	return sender->fd >= 0 && address.sll_ifindex != 0 &&
	       setsockopt(sender->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) == 0 &&
	       bind(sender->fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
}

static void prepare_all(struct sender *sender)
{
	for (unsigned i = 0; i < BATCH; i++) {
		prepare(sender->frames[i]);
		sender->parts[i] = (struct iovec){ sender->frames[i], FRAME };
		sender->messages[i].msg_hdr = (struct msghdr){ .msg_iov = &sender->parts[i], .msg_iovlen = 1 };
	}
	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		sender->seq[i][0] = i * 7919;
		sender->seq[i][1] = ~i;
	}
}

int main(int argc, char **argv)
{
	static struct sender sender;
	uint64_t packets = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
	int64_t start = now_us();
	int64_t until = argc == 5 ? start + (int64_t)strtoul(argv[4], NULL, 10) * 1000000 : 0;

	if (packets == 0) {
		fprintf(stderr, "usage: blast INTERFACE tuples|connections PACKETS SECONDS\n");
		return 2;
	}
	sender.is_tuples = strcmp(argv[2], "tuples") == 0;
	if (!open_socket(&sender, argv[1])) {
		fprintf(stderr, "blast: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	prepare_all(&sender);
	while (sender.sent < packets && now_us() < until) {
		uint64_t left = packets - sender.sent;

		if (!send_batch(&sender, left < BATCH ? (unsigned)left : BATCH, until)) {
			fprintf(stderr, "blast: %s: %s\n", argv[1], strerror(errno));
			return 1;
		}
	}
	printf("sent %llu in %lld\n", (unsigned long long)sender.sent, (long long)(now_us() - start));
	return 0;
}
