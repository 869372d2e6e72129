#include "capture/source.h"

#include <stdlib.h>

#include "capture/live.h"
#include "capture/merge.h"

struct source {
	struct source_options options;
	struct live *live; /* the interface; NULL: files, or not open yet */
	uint64_t live_frames;
	uint32_t live_linktype;
	struct merge *merge; /* the files; NULL: an interface */
};

struct source *source_new(const struct source_options *options)
{
	struct source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	source->options = *options;
	if (options->live.interface == NULL) {
		source->merge = merge_new(&source->options);
		if (source->merge == NULL) {
			free(source);
			return NULL;
		}
	}
	return source;
}

void source_free(struct source *source)
{
	if (source == NULL)
		return;
	live_close(source->live);
	merge_free(source->merge);
	free(source);
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
	source->live_linktype = live_linktype(source->live);
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

void source_remarks(const struct source *source, struct source_remarks *out)
{
	*out = (struct source_remarks){ .has_drops = false };
	if (source->merge != NULL)
		merge_remarks(source->merge, out);
}

bool source_drops(struct source *source, uint64_t *kernel, uint64_t *interface)
{
	struct source_remarks remarks;

	if (source->live != NULL) {
		live_drops(source->live, kernel, interface);
		return true;
	}
	source_remarks(source, &remarks);
	*kernel = remarks.kernel_drops;
	*interface = remarks.interface_drops;
	return remarks.has_drops;
}

bool source_is_up(const struct source *source)
{
	return source->live == NULL || live_is_up(source->live);
}

static enum source_result read_live(struct source *source, struct ws_packet *packet, struct source_problem *problem)
{
	enum source_result result = live_next(source->live, packet, problem);

	if (result == SOURCE_PACKET) {
		packet->frame = ++source->live_frames;
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
	return source->merge != NULL ? merge_next(source->merge, packet, problem) : SOURCE_END;
}

void source_batch(struct source *source, struct source_batch *batch)
{
	batch->len = 0;
	batch->skipped = 0;
	if (source->merge != NULL)
		merge_batch(source->merge, batch);
}

bool source_progress(const struct source *source, uint64_t *done, uint64_t *total)
{
	return source->merge != NULL && merge_progress(source->merge, done, total);
}

uint64_t source_frames(const struct source *source, size_t file)
{
	return source->merge != NULL ? merge_frames(source->merge, file) : source->live_frames;
}

size_t source_linktypes(const struct source *source, const uint32_t **out)
{
	if (source->merge != NULL)
		return merge_linktypes(source->merge, out);
	*out = &source->live_linktype;
	return source->live != NULL;
}
