/*
 * A whole capture file, of whatever format and compression, through the source into a tracker.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/source.h"
#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const char *name, ws_tracker *tracker)
{
	struct source_options options = { .names = &name, .names_len = 1 };
	struct source *source = source_new(&options);
	struct ws_packet packet;
	struct source_problem problem;
	enum source_result result;

	if (source == NULL)
		return;
	while ((result = source_next(source, &packet, &problem)) != SOURCE_END)
		if (result == SOURCE_PACKET)
			ws_tracker_feed(tracker, &packet);
	source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sum = 0;
	char name[64];
	int fd = memfd_create("capture", 0);
	ws_tracker *tracker = exercise_new(&sum);

	if (fd >= 0 && tracker != NULL && write(fd, data, size) == (ssize_t)size) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		read_all(name, tracker);
	}
	if (tracker != NULL)
		exercise_end(tracker);
	if (fd >= 0)
		close(fd);
	return 0;
}
