#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define BLOCK_BYTES (64 * 1024)

static ssize_t write_all(void *cookie, const char *data, size_t len)
{
	struct output *output = cookie;
	size_t done = 0;

	while (done < len) {
		ssize_t count = write(output->fd, data + done, len - done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			if (output->error == 0)
				output->error = errno;
			break;
		}
		done += (size_t)count;
	}
	return (ssize_t)done;
}

int output_open(struct output *output, int fd)
{
	cookie_io_functions_t functions = { .write = write_all };

	output->fd = fd;
	output->error = 0;
	output->stream = fopencookie(output, "w", functions);
	if (output->stream == NULL)
		return -1;
	return setvbuf(output->stream, NULL, isatty(fd) ? _IOLBF : _IOFBF, BLOCK_BYTES) == 0 ? 0 : -1;
}

bool output_redirect(const char *name, bool is_new)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (is_new ? O_TRUNC : 0), 0666);
	bool is_good;

	if (fd < 0)
		return false;
	is_good = dup2(fd, STDOUT_FILENO) >= 0;
	if (fd != STDOUT_FILENO)
		close(fd);
	return is_good;
}

int output_close(struct output *output)
{
	errno = 0;
	if (fclose(output->stream) != 0 && output->error == 0)
		output->error = errno != 0 ? errno : EIO;
	return output->error;
}
