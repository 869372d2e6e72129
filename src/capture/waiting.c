#include "capture/waiting.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define WAIT_MS 100

struct waiting {
	int fd;
	const struct source_wait *wait;
};

/* A signal ends the waiting as a key does: whoever is asked knows what it meant. */
static bool wait_for_input(const struct waiting *waiting)
{
	for (;;) {
		struct pollfd fds[] = { { .fd = waiting->fd, .events = POLLIN },
					{ .fd = waiting->wait->fd, .events = POLLIN } };

		if (poll(fds, 2, WAIT_MS) > 0 && fds[0].revents != 0)
			return true;
		if (!waiting->wait->goes_on(waiting->wait->user))
			return false;
	}
}

static ssize_t read_some(void *cookie, char *data, size_t size)
{
	const struct waiting *waiting = cookie;
	ssize_t len;

	do {
		if (!wait_for_input(waiting))
			return 0;
		len = read(waiting->fd, data, size);
	} while (len < 0 && (errno == EINTR || errno == EAGAIN));
	return len;
}

static int close_all(void *cookie)
{
	struct waiting *waiting = cookie;
	int result = close(waiting->fd);

	free(waiting);
	return result;
}

FILE *waiting_open(int fd, const struct source_wait *wait)
{
	cookie_io_functions_t functions = { .read = read_some, .close = close_all };
	struct waiting *waiting = malloc(sizeof(*waiting));
	FILE *file;

	if (waiting == NULL)
		return NULL;
	*waiting = (struct waiting){ .fd = fd, .wait = wait };
	file = fopencookie(waiting, "rb", functions);
	if (file == NULL)
		free(waiting);
	return file;
}
