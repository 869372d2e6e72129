/*
 * SO_TIMESTAMPNS gives the time at which the packet passed the device, not when it was read.
 */
#include "tap.h"

#include "savefile.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <time.h>

int tap_open(unsigned ifindex)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = (int)ifindex };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
	const int on = 1, room = 64 << 20;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		broken("tap: %s", strerror(errno));
	return fd;
}

static int64_t time_of(struct msghdr *m)
{
	struct timespec t = { 0 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&t, CMSG_DATA(c), sizeof t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void note(const struct host *h, const struct packet *p, int64_t time, struct happenings *out)
{
	struct happening told = { .time = time, .side = h->side };
	struct segment s;

	if (!packet_segment(p, &s))
		return;
	bool left = packet_is_from(p, &h->addr);
	if (!left)
		told.kind = SEGMENT_IN;
	else if (s.flags & FIN)
		told.kind = FIN_OUT;
	else if ((s.flags & (SYN | ACK)) == (SYN | ACK))
		told.kind = h->cookies ? COOKIE_OUT : SYN_ACK_OUT;
	else
		return;
	told.port = left ? s.sport : s.dport;
	told.peer = left ? s.dport : s.sport;
	happened(out, &told);
}

void tap_drain(const struct host *h, FILE *file, uint32_t snaplen, struct happenings *out)
{
	static union {
		struct packet packet;
		uint8_t room[sizeof(struct packet) + PACKET_MAX];
	} in;
	union {
		char room[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr align;
	} control;
	struct iovec to = { in.packet.bytes, PACKET_MAX };

	for (;;) {
		struct msghdr m = {
			.msg_iov = &to, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
		};

		ssize_t n = recvmsg(h->tap, &m, 0);
		if (n <= 0)
			return;
		in.packet.len = (size_t)n;
		if (!packet_is_wanted(in.packet.bytes, in.packet.len))
			continue;
		savefile_put(file, time_of(&m), in.packet.bytes, in.packet.len, snaplen);
		note(h, &in.packet, time_of(&m), out);
	}
}
