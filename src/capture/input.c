#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/problem.h"
#include "capture/waiting.h"

/* A descriptor of our own, closed like any other. A terminal would only be waited for. */
static int open_standard_input(void)
{
	if (!isatty(STDIN_FILENO))
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	errno = 0;
	return -1;
}

bool input_open(struct input *input, const char *name, const struct source_wait *wait, struct source_problem *problem)
{
	struct stat info;

	*input = (struct input){ .wait = wait };
	input->fd = strcmp(name, "-") == 0 ? open_standard_input() : open(name, O_RDONLY | O_CLOEXEC);
	if (input->fd < 0) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", errno != 0 ? strerror(errno) : "is a terminal");
		return false;
	}
	if (fstat(input->fd, &info) == 0 && S_ISREG(info.st_mode)) {
		input->is_regular = true;
		input->size = info.st_size > 0 ? (uint64_t)info.st_size : 0;
		(void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	return true;
}

void input_close(struct input *input)
{
	if (input->fd >= 0)
		close(input->fd);
	input->fd = -1;
}

ssize_t input_read(const struct input *input, void *data, size_t size)
{
	ssize_t len;

	if (!input->is_regular)
		return waiting_read(input->fd, input->wait, data, size);
	do
		len = read(input->fd, data, size);
	while (len < 0 && errno == EINTR);
	return len;
}

bool input_size(const char *name, uint64_t *out)
{
	struct stat info;
	int result = strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, &info) : stat(name, &info);

	*out = result == 0 && info.st_size > 0 ? (uint64_t)info.st_size : 0;
	return result == 0 && S_ISREG(info.st_mode);
}
