#include "capture/waiting.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define WAIT_MS 100

/* A signal ends the waiting as a key does: whoever is asked knows what it meant. */
bool waiting_for(int fd, const struct source_wait *wait)
{
	bool is_asked = wait->goes_on != NULL;

	for (;;) {
		struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
					{ .fd = is_asked ? wait->fd : -1, .events = POLLIN } };

		if (poll(fds, 2, is_asked ? WAIT_MS : -1) > 0 && fds[0].revents != 0)
			return true;
		if (is_asked && !wait->goes_on(wait->user))
			return false;
	}
}

ssize_t waiting_read(int fd, const struct source_wait *wait, void *data, size_t size)
{
	ssize_t len;

	do {
		if (!waiting_for(fd, wait))
			return 0;
		len = read(fd, data, size);
	} while (len < 0 && (errno == EINTR || errno == EAGAIN));
	return len;
}
