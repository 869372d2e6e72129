/*
 * SO_TIMESTAMPNS gives the time at which the packet passed the device, not when it was read.
 */
#include "tap.h"

#include "host.h"
#include "savefile.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <time.h>

int tap_open(unsigned ifindex)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)ifindex };
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

void tap_drain(int tap, FILE *file, uint32_t snaplen)
{
	static uint8_t bytes[PACKET_MAX];
	union {
		char room[CMSG_SPACE(sizeof(struct timespec))];
		struct cmsghdr align;
	} control;
	struct iovec in = { bytes, sizeof bytes };
	ssize_t n;

	for (;;) {
		struct msghdr m = { .msg_iov = &in,
				    .msg_iovlen = 1,
				    .msg_control = &control,
				    .msg_controllen = sizeof control };

		n = recvmsg(tap, &m, MSG_TRUNC);
		if (n <= 0)
			return;
		if (packet_is_wanted(bytes, (size_t)n))
			savefile_put(file, time_of(&m), bytes, (size_t)n, snaplen);
	}
}
