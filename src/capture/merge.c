#include "capture/merge.h"

#include <stdlib.h>
#include <string.h>

#include "capture/savefile.h"

/* More kinds than a run meets; the rest is not listed. */
#define LINKTYPES_MAX 32

/* One file of the list. */
struct input {
	struct savefile *open; /* NULL: not open now */
	struct ws_packet head; /* the next packet, if it was read */
	enum source_result head_result;
	bool has_head;
	bool is_over;
	bool is_regular;
	uint32_t index;
	ws_time first; /* of its first packet; WS_TIME_NONE: not known yet */
	uint64_t size;
	uint64_t frames;               /* handed out */
	struct source_remarks remarks; /* when it was closed last */
};

struct merge {
	const struct source_options *options;
	struct input *inputs;
	uint32_t inputs_len;
	uint32_t looked_at;     /* so many were looked into, or opened for good */
	struct input **waiting; /* those to be opened, in the order of their first packets */
	uint32_t waiting_next;
	uint32_t waiting_len;
	struct input **heap; /* those that are open and have a head: no parent after its children */
	uint32_t heap_len;
	struct input *current; /* in neither; its packet was handed out last, or it was just opened */
	uint32_t linktypes[LINKTYPES_MAX];
	size_t linktypes_len;
	size_t linktype_last; /* index of the one noted or met last */
};

struct merge *merge_new(const struct source_options *options)
{
	struct merge *merge = calloc(1, sizeof(*merge));
	size_t len = options->names_len;
	uint32_t i;

	if (merge == NULL)
		return NULL;
	merge->options = options;
	merge->inputs = calloc(len + 1, sizeof(*merge->inputs));
	merge->waiting = calloc(len + 1, sizeof(struct input *));
	merge->heap = calloc(len + 1, sizeof(struct input *));
	if (len > UINT32_MAX || merge->inputs == NULL || merge->waiting == NULL || merge->heap == NULL) {
		merge_free(merge);
		return NULL;
	}
	merge->inputs_len = (uint32_t)len;
	for (i = 0; i < merge->inputs_len; i++) {
		struct input *input = &merge->inputs[i];

		input->index = i;
		input->first = WS_TIME_NONE;
		input->is_regular = savefile_size(options->names[i], &input->size);
	}
	return merge;
}

void merge_free(struct merge *merge)
{
	uint32_t i;

	if (merge == NULL)
		return;
	for (i = 0; i < merge->inputs_len; i++)
		savefile_close(merge->inputs[i].open);
	free(merge->inputs);
	free(merge->waiting);
	free(merge->heap);
	free(merge);
}

/* ---- Order --------------------------------------------------------------------------------------------------- */

/* Rotated files may share the time of their seam: there the older file goes first, whatever the order of the list. */
static bool is_older(const struct input *a, const struct input *b)
{
	return a->first != b->first ? a->first < b->first : a->index < b->index;
}

/* Of two files with heads. */
static bool is_before(const struct input *a, const struct input *b)
{
	return a->head.ts != b->head.ts ? a->head.ts < b->head.ts : is_older(a, b);
}

static void push(struct merge *merge, struct input *input)
{
	uint32_t at = merge->heap_len++;

	while (at > 0 && is_before(input, merge->heap[(at - 1) / 2])) {
		merge->heap[at] = merge->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	merge->heap[at] = input;
}

static struct input *pop(struct merge *merge)
{
	struct input *top = merge->heap[0];
	struct input *moved = merge->heap[--merge->heap_len];
	uint32_t at = 0;

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child + 1 < merge->heap_len && is_before(merge->heap[child + 1], merge->heap[child]))
			child++;
		if (child >= merge->heap_len || !is_before(merge->heap[child], moved))
			break;
		merge->heap[at] = merge->heap[child];
		at = child;
	}
	merge->heap[at] = moved;
	return top;
}

static int compare_age(const void *a, const void *b)
{
	const struct input *const *x = a;
	const struct input *const *y = b;

	return is_older(*x, *y) ? -1 : is_older(*y, *x);
}

/* ---- One file ------------------------------------------------------------------------------------------------ */

static void note_linktype(struct merge *merge, uint32_t linktype)
{
	size_t i;

	for (i = 0; i < merge->linktypes_len; i++)
		if (merge->linktypes[i] == linktype)
			break;
	if (i == merge->linktypes_len) {
		if (i == LINKTYPES_MAX || linktype == SAVEFILE_NO_LINKTYPE)
			return;
		merge->linktypes[merge->linktypes_len++] = linktype;
	}
	merge->linktype_last = i;
}

/* False, with *problem filled, when there is something to say about it; it may be open all the same. */
static bool open_input(struct merge *merge, struct input *input, struct source_problem *problem)
{
	bool is_fine;

	input->open = savefile_open(merge->options->names[input->index], merge->options, problem, &is_fine);
	input->is_over = input->open == NULL;
	if (!is_fine) {
		problem->file = input->index;
		problem->frame = 0;
	}
	return is_fine;
}

static void close_input(struct input *input)
{
	input->remarks = *savefile_remarks(input->open);
	savefile_close(input->open);
	input->open = NULL;
}

/* Opens it to be read. */
static bool begin(struct merge *merge, struct input *input, struct source_problem *problem)
{
	bool is_fine = open_input(merge, input, problem);

	if (input->open != NULL) {
		note_linktype(merge, savefile_linktype(input->open));
		merge->current = input;
	}
	return is_fine;
}

/* False, with *problem filled, when there is something to say about it. Where it is broken, and at its end, it is over. */
static bool read_head(struct input *input, struct source_problem *problem)
{
	enum source_result result = savefile_next(input->open, &input->head, problem);

	input->head_result = result;
	input->has_head = result == SOURCE_PACKET || result == SOURCE_SKIPPED;
	input->is_over = result == SOURCE_END || (result == SOURCE_PROBLEM && !savefile_goes_on(problem));
	if (input->has_head && input->first == WS_TIME_NONE)
		input->first = input->head.ts;
	if (result != SOURCE_PROBLEM)
		return true;
	problem->file = input->index;
	problem->frame = input->frames + 1;
	return false;
}

/* When a file begins is seen from its first packet. What is wrong with it is told now only if it is not opened again. */
static bool look_into(struct merge *merge, struct input *input, struct source_problem *problem)
{
	bool is_fine = open_input(merge, input, problem);

	if (input->open == NULL)
		return false;
	while (!read_head(input, problem)) {
		is_fine = false;
		if (input->is_over)
			break;
	}
	if (input->has_head) {
		merge->waiting[merge->waiting_len++] = input;
		is_fine = true;
	} else {
		note_linktype(merge, savefile_linktype(input->open));
	}
	input->has_head = false;
	close_input(input);
	return is_fine;
}

/* ---- The stream ---------------------------------------------------------------------------------------------- */

/* The next file of the list gets its place among the others. */
static bool look_at_next(struct merge *merge, struct source_problem *problem)
{
	struct input *input = &merge->inputs[merge->looked_at++];
	/* What was read of standard input is not there a second time. */
	bool has_beginning = input->is_regular && strcmp(merge->options->names[input->index], "-") != 0;
	bool is_fine = has_beginning && merge->inputs_len > 1 ? look_into(merge, input, problem)
							      : begin(merge, input, problem);

	if (merge->looked_at == merge->inputs_len)
		qsort(merge->waiting, merge->waiting_len, sizeof(struct input *), compare_age);
	return is_fine;
}

/* Whether a file that waits begins before the next packet of one that is open. */
static bool is_due(const struct input *waiting, const struct input *open)
{
	return waiting->first != open->head.ts ? waiting->first < open->head.ts : is_older(waiting, open);
}

static bool is_current_next(const struct merge *merge)
{
	const struct input *current = merge->current;

	return current != NULL && current->has_head && (merge->heap_len == 0 || is_before(current, merge->heap[0])) &&
	       (merge->waiting_next == merge->waiting_len || !is_due(merge->waiting[merge->waiting_next], current));
}

/* Back among the others, or done with. */
static void put_back_current(struct merge *merge)
{
	struct input *input = merge->current;

	merge->current = NULL;
	if (input != NULL && input->has_head)
		push(merge, input);
	else if (input != NULL)
		close_input(input);
}

/* A file that is due, or else the open one whose packet is next, becomes the current one; there may be neither. */
static bool choose_current(struct merge *merge, struct source_problem *problem)
{
	if (merge->waiting_next < merge->waiting_len) {
		struct input *input = merge->waiting[merge->waiting_next];

		if (merge->heap_len == 0 || is_due(input, merge->heap[0])) {
			merge->waiting_next++;
			return begin(merge, input, problem);
		}
	}
	if (merge->heap_len > 0)
		merge->current = pop(merge);
	return true;
}

static enum source_result hand_out(struct merge *merge, struct ws_packet *packet)
{
	struct input *input = merge->current;

	input->has_head = false;
	*packet = input->head;
	if (packet->linktype != merge->linktypes[merge->linktype_last])
		note_linktype(merge, packet->linktype);
	packet->frame = ++input->frames;
	packet->file = input->index;
	return input->head_result;
}

enum source_result merge_next(struct merge *merge, struct ws_packet *packet, struct source_problem *problem)
{
	for (;;) {
		bool is_ready = merge->looked_at == merge->inputs_len;
		bool is_fine;

		if (merge->current != NULL && !merge->current->has_head && !read_head(merge->current, problem)) {
			if (merge->current->is_over)
				put_back_current(merge);
			return SOURCE_PROBLEM;
		}
		if (is_ready && is_current_next(merge))
			return hand_out(merge, packet);
		put_back_current(merge);
		is_fine = is_ready ? choose_current(merge, problem) : look_at_next(merge, problem);
		if (!is_fine)
			return SOURCE_PROBLEM;
		if (is_ready && merge->current == NULL)
			return SOURCE_END;
	}
}

/* As long as no other file may have a packet between them. */
static void limit_batch(const struct merge *merge, struct source_batch *batch)
{
	if (merge->heap_len > 0 && merge->heap[0]->head.ts < batch->before)
		batch->before = merge->heap[0]->head.ts;
	if (merge->waiting_next < merge->waiting_len && merge->waiting[merge->waiting_next]->first < batch->before)
		batch->before = merge->waiting[merge->waiting_next]->first;
}

void merge_batch(struct merge *merge, struct source_batch *batch)
{
	struct input *input = merge->current;
	ws_time before = batch->before;

	if (input == NULL || input->has_head || input->frames == 0 || merge->looked_at < merge->inputs_len)
		return;
	limit_batch(merge, batch);
	savefile_batch(input->open, input->frames + 1, input->index, batch);
	input->frames += batch->len + batch->skipped;
	batch->before = before;
}

/* ---- Questions ----------------------------------------------------------------------------------------------- */

bool merge_progress(const struct merge *merge, uint64_t *done, uint64_t *total)
{
	uint32_t i;

	*done = *total = 0;
	for (i = 0; i < merge->inputs_len; i++) {
		const struct input *input = &merge->inputs[i];

		if (!input->is_regular)
			return false;
		*total += input->size;
		if (input->is_over)
			*done += input->size;
		else if (input->open != NULL)
			*done += savefile_done(input->open);
	}
	return true;
}

uint64_t merge_frames(const struct merge *merge, size_t file)
{
	return merge->inputs[file].frames;
}

size_t merge_linktypes(const struct merge *merge, const uint32_t **out)
{
	*out = merge->linktypes;
	return merge->linktypes_len;
}

void merge_remarks(const struct merge *merge, struct source_remarks *out)
{
	uint32_t i;

	for (i = 0; i < merge->inputs_len; i++) {
		const struct input *input = &merge->inputs[i];
		const struct source_remarks *remarks =
			input->open != NULL ? savefile_remarks(input->open) : &input->remarks;

		out->has_drops = out->has_drops || remarks->has_drops;
		out->kernel_drops += remarks->kernel_drops;
		out->interface_drops += remarks->interface_drops;
		out->untimed += remarks->untimed;
		out->unknown_blocks += remarks->unknown_blocks;
	}
}
