#include "capture/source.h"

#include <stdlib.h>

#include "capture/live.h"
#include "capture/savefile.h"

/* More kinds than a run meets; the rest is not listed. */
#define LINKTYPES_MAX 32

struct source {
	struct source_options options;
	struct live *live;     /* the interface; NULL: files */
	struct savefile *open; /* the file being read; NULL between files */
	size_t next;           /* index of the file to open next */
	uint64_t *frames;      /* per file */
	uint32_t linktypes[LINKTYPES_MAX];
	size_t linktypes_len;
};

struct source *source_new(const struct source_options *options)
{
	struct source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	source->options = *options;
	source->frames = calloc(options->names_len + 1, sizeof(*source->frames));
	if (source->frames == NULL) {
		free(source);
		return NULL;
	}
	return source;
}

void source_free(struct source *source)
{
	if (source == NULL)
		return;
	live_close(source->live);
	savefile_close(source->open);
	free(source->frames);
	free(source);
}

static void note_linktype(struct source *source, uint32_t linktype)
{
	size_t i;

	for (i = 0; i < source->linktypes_len; i++)
		if (source->linktypes[i] == linktype)
			return;
	if (i < LINKTYPES_MAX)
		source->linktypes[source->linktypes_len++] = linktype;
}

/* Opens the next file of the list; false, with *problem filled, when there is something to say about it. */
static bool open_next(struct source *source, struct source_problem *problem)
{
	size_t file = source->next++;
	bool is_fine;

	source->open = savefile_open(source->options.names[file], &source->options, problem, &is_fine);
	if (source->open != NULL)
		note_linktype(source, savefile_linktype(source->open));
	if (!is_fine) {
		problem->file = (uint32_t)file;
		problem->frame = 0;
	}
	return is_fine;
}

static void close_current(struct source *source)
{
	savefile_close(source->open);
	source->open = NULL;
}

/* One step in the open file. */
static enum source_result read_current(struct source *source, struct ws_packet *packet, struct source_problem *problem)
{
	size_t file = source->next - 1;
	enum source_result result = savefile_next(source->open, packet, problem);

	switch (result) {
	case SOURCE_PACKET:
	case SOURCE_SKIPPED:
		packet->frame = ++source->frames[file];
		packet->file = (uint32_t)file;
		packet->interface = 0; /* libpcap does not tell the interfaces of a pcapng file apart */
		break;
	case SOURCE_PROBLEM:
		problem->file = (uint32_t)file;
		problem->frame = source->frames[file] + 1;
		close_current(source);
		break;
	case SOURCE_END:
		close_current(source);
		break;
	case SOURCE_NOTICE:
	case SOURCE_IDLE:
		break;
	}
	return result;
}

/* ---- An interface -------------------------------------------------------------------------------------------- */

bool source_open(struct source *source, struct source_problem *problem)
{
	if (source->options.live.interface == NULL)
		return true;
	problem->file = 0;
	problem->frame = 0;
	source->live = live_open(&source->options.live, source->options.filter, problem);
	if (source->live == NULL)
		return false;
	note_linktype(source, live_linktype(source->live));
	return true;
}

int source_descriptor(const struct source *source)
{
	return source->live != NULL ? live_descriptor(source->live) : -1;
}

void source_wait_for(struct source *source, int fd)
{
	source->options.wait.fd = fd;
	if (source->live != NULL)
		live_wait_for(source->live, fd);
}

bool source_drops(struct source *source, uint64_t *kernel, uint64_t *interface)
{
	if (source->live == NULL)
		return false;
	live_drops(source->live, kernel, interface);
	return true;
}

bool source_is_up(const struct source *source)
{
	return source->live == NULL || live_is_up(source->live);
}

static enum source_result read_live(struct source *source, struct ws_packet *packet, struct source_problem *problem)
{
	enum source_result result = live_next(source->live, packet, problem);

	if (result == SOURCE_PACKET) {
		packet->frame = ++source->frames[0];
		packet->file = 0;
		packet->interface = 0;
	} else if (result != SOURCE_IDLE && result != SOURCE_END) {
		problem->file = 0;
		problem->frame = 0;
	}
	return result;
}

/* ---- Either -------------------------------------------------------------------------------------------------- */

enum source_result source_next(struct source *source, struct ws_packet *packet, struct source_problem *problem)
{
	if (source->live != NULL)
		return read_live(source, packet, problem);
	for (;;) {
		enum source_result result;

		if (source->open == NULL) {
			if (source->next == source->options.names_len)
				return SOURCE_END;
			if (!open_next(source, problem))
				return SOURCE_PROBLEM;
		}
		result = read_current(source, packet, problem);
		if (result != SOURCE_END)
			return result;
	}
}

bool source_progress(const struct source *source, uint64_t *done, uint64_t *total)
{
	size_t i;

	*done = source->open != NULL ? savefile_done(source->open) : 0;
	*total = 0;
	for (i = 0; i < source->options.names_len; i++) {
		uint64_t size;

		if (source->options.live.interface != NULL || !savefile_size(source->options.names[i], &size))
			return false;
		*total += size;
		if (i + 1 < source->next || (i + 1 == source->next && source->open == NULL))
			*done += size;
	}
	return true;
}

uint64_t source_frames(const struct source *source, size_t file)
{
	return source->frames[file];
}

size_t source_linktypes(const struct source *source, const uint32_t **out)
{
	*out = source->linktypes;
	return source->linktypes_len;
}
