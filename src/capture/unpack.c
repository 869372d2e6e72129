/*
 * The worker owns the codec and the input, the reader the part that it takes from; the ring of parts is guarded by the
 * mutex. Two descriptors stand for conditions, so that either side can wait for them along with others: `ready` can be
 * read when a part or the end has come, `stop` when nobody wants more.
 */
#include "capture/unpack.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "capture/problem.h"
#include "capture/waiting.h"

#define PARTS 4u
#define PART_BYTES ((size_t)256 * 1024)
#define RAW_BYTES ((size_t)256 * 1024)

struct part {
	uint8_t *data;
	size_t len;
};

struct unpack {
	const struct codec *codec;
	const struct input *input;
	int ready;
	int stop;
	bool has_thread;
	pthread_t thread;
	_Atomic uint64_t done;

	pthread_mutex_t mutex;
	pthread_cond_t room; /* for the worker: a part is free, or nobody wants more */
	unsigned first;      /* of the parts that are full */
	unsigned full;
	bool has_ended;
	bool has_failed; /* then `problem` is filled */
	bool is_stopped;
	struct source_problem problem;

	struct part parts[PARTS];
	size_t taken; /* by the reader, of the first part */

	void *state; /* from here on the worker's: of the codec */
	uint8_t *raw;
	size_t raw_len;
	bool may_end;
};

/* ---- The worker ---------------------------------------------------------------------------------------------- */

static void tell_ready(const struct unpack *unpack)
{
	uint64_t one = 1;

	(void)!write(unpack->ready, &one, sizeof(one));
}

/* The part to be filled; NULL when nobody wants it any more. */
static struct part *free_part(struct unpack *unpack)
{
	struct part *part = NULL;

	pthread_mutex_lock(&unpack->mutex);
	while (unpack->full == PARTS && !unpack->is_stopped)
		pthread_cond_wait(&unpack->room, &unpack->mutex);
	if (!unpack->is_stopped)
		part = &unpack->parts[(unpack->first + unpack->full) % PARTS];
	pthread_mutex_unlock(&unpack->mutex);
	return part;
}

static void hand_over(struct unpack *unpack, size_t len)
{
	pthread_mutex_lock(&unpack->mutex);
	unpack->parts[(unpack->first + unpack->full) % PARTS].len = len;
	unpack->full++;
	pthread_mutex_unlock(&unpack->mutex);
	tell_ready(unpack);
}

static bool fail(struct unpack *unpack, enum source_fault fault, const char *why)
{
	problem_set(&unpack->problem, fault, "%s (%s)", why, unpack->codec->name);
	unpack->has_failed = true;
	return false;
}

/* One step into a part; false when it failed. */
static bool step_once(struct unpack *unpack, struct codec_step *step)
{
	size_t in_len = step->in_len;
	size_t out_len = step->out_len;
	enum codec_result result = unpack->codec->step(unpack->state, step);
	bool has_moved = step->in_len != in_len || step->out_len != out_len;

	if (result == CODEC_FAILED)
		return fail(unpack, SOURCE_FAULT_DAMAGED, step->why);
	if (!has_moved && in_len > 0)
		return fail(unpack, SOURCE_FAULT_DAMAGED, "the compressed data are damaged");
	/* Some take the beginning of the next member for begun before its first byte has come. */
	if (has_moved || result == CODEC_MAY_END)
		unpack->may_end = result == CODEC_MAY_END;
	return true;
}

/* Everything that the raw bytes hold, handed over: whoever reads a pipe wants it now. False: do not go on. */
static bool unpack_raw(struct unpack *unpack)
{
	struct codec_step step = { .in = unpack->raw, .in_len = unpack->raw_len };
	bool is_fine = true;
	bool is_full = true;

	while (is_fine && (step.in_len > 0 || is_full)) {
		struct part *part = free_part(unpack);

		if (part == NULL)
			return false;
		step.out = part->data;
		step.out_len = PART_BYTES;
		do
			is_fine = step_once(unpack, &step);
		while (is_fine && step.in_len > 0 && step.out_len > 0);
		is_full = step.out_len == 0;
		if (step.out_len < PART_BYTES)
			hand_over(unpack, PART_BYTES - step.out_len);
	}
	return is_fine;
}

/* False when there is no more: the end, a failure, or nobody wants it. */
static bool read_raw(struct unpack *unpack)
{
	struct pollfd fds[] = { { .fd = unpack->input->fd, .events = POLLIN },
				{ .fd = unpack->stop, .events = POLLIN } };
	ssize_t len;

	do {
		(void)poll(fds, 2, -1);
		if (fds[1].revents != 0)
			return false;
		len = read(unpack->input->fd, unpack->raw, RAW_BYTES);
	} while (len < 0 && (errno == EINTR || errno == EAGAIN));
	if (len < 0)
		return fail(unpack, SOURCE_FAULT_DAMAGED, strerror(errno));
	if (len == 0 && !unpack->may_end)
		return fail(unpack, SOURCE_FAULT_CUT, "the compressed data end too early");
	if (len == 0)
		return false;
	unpack->raw_len = (size_t)len;
	atomic_fetch_add(&unpack->done, unpack->raw_len);
	return true;
}

static void *work(void *user)
{
	struct unpack *unpack = user;

	while (unpack_raw(unpack) && read_raw(unpack))
		;
	pthread_mutex_lock(&unpack->mutex);
	unpack->has_ended = true;
	pthread_mutex_unlock(&unpack->mutex);
	tell_ready(unpack);
	return NULL;
}

/* ---- The reader ---------------------------------------------------------------------------------------------- */

/* Signals are for the first thread. */
static bool start_worker(struct unpack *unpack)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	unpack->has_thread = pthread_create(&unpack->thread, NULL, work, unpack) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return unpack->has_thread;
}

static bool has_memory(struct unpack *unpack)
{
	unpack->raw = malloc(RAW_BYTES);
	unpack->state = unpack->codec->begin();
	for (unsigned i = 0; i < PARTS; i++) {
		unpack->parts[i].data = malloc(PART_BYTES);
		if (unpack->parts[i].data == NULL)
			return false;
	}
	return unpack->raw != NULL && unpack->state != NULL;
}

struct unpack *unpack_open(const struct codec *codec, const struct input *input, const uint8_t *first, size_t first_len,
			   struct source_problem *problem)
{
	struct unpack *unpack = first_len <= RAW_BYTES ? calloc(1, sizeof(*unpack)) : NULL;

	if (unpack == NULL) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", strerror(ENOMEM));
		return NULL;
	}
	unpack->codec = codec;
	unpack->input = input;
	pthread_mutex_init(&unpack->mutex, NULL);
	pthread_cond_init(&unpack->room, NULL);
	unpack->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	unpack->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (has_memory(unpack) && unpack->ready >= 0 && unpack->stop >= 0) {
		memcpy(unpack->raw, first, first_len);
		unpack->raw_len = first_len;
		atomic_store(&unpack->done, first_len);
		if (start_worker(unpack))
			return unpack;
	}
	problem_set(problem, SOURCE_FAULT_OPEN, "cannot be unpacked: no memory, descriptor or thread for it");
	unpack_close(unpack);
	return NULL;
}

static void stop_worker(struct unpack *unpack)
{
	uint64_t one = 1;

	pthread_mutex_lock(&unpack->mutex);
	unpack->is_stopped = true;
	pthread_cond_signal(&unpack->room);
	pthread_mutex_unlock(&unpack->mutex);
	(void)!write(unpack->stop, &one, sizeof(one));
	pthread_join(unpack->thread, NULL);
}

void unpack_close(struct unpack *unpack)
{
	if (unpack == NULL)
		return;
	if (unpack->has_thread)
		stop_worker(unpack);
	if (unpack->state != NULL)
		unpack->codec->end(unpack->state);
	for (unsigned i = 0; i < PARTS; i++)
		free(unpack->parts[i].data);
	free(unpack->raw);
	if (unpack->ready >= 0)
		close(unpack->ready);
	if (unpack->stop >= 0)
		close(unpack->stop);
	pthread_cond_destroy(&unpack->room);
	pthread_mutex_destroy(&unpack->mutex);
	free(unpack);
}

/* The first full part; NULL at the end, and when whoever waits wants to go on no longer. */
static struct part *full_part(struct unpack *unpack)
{
	for (;;) {
		uint64_t count;
		bool has_part, has_ended;

		pthread_mutex_lock(&unpack->mutex);
		has_part = unpack->full > 0;
		has_ended = unpack->has_ended;
		pthread_mutex_unlock(&unpack->mutex);
		if (has_part)
			return &unpack->parts[unpack->first];
		if (has_ended || !waiting_for(unpack->ready, unpack->input->wait))
			return NULL;
		(void)!read(unpack->ready, &count, sizeof(count));
	}
}

static void free_first(struct unpack *unpack)
{
	unpack->taken = 0;
	pthread_mutex_lock(&unpack->mutex);
	unpack->first = (unpack->first + 1) % PARTS;
	unpack->full--;
	pthread_cond_signal(&unpack->room);
	pthread_mutex_unlock(&unpack->mutex);
}

/* What went wrong, once the worker has ended; until then only the reader can have wanted to end. */
static ssize_t end_of(struct unpack *unpack, struct source_problem *problem)
{
	bool has_failed;

	pthread_mutex_lock(&unpack->mutex);
	has_failed = unpack->has_ended && unpack->has_failed;
	pthread_mutex_unlock(&unpack->mutex);
	if (!has_failed)
		return 0;
	problem_set(problem, unpack->problem.fault, "%s", unpack->problem.text);
	return -1;
}

ssize_t unpack_read(struct unpack *unpack, void *data, size_t size, struct source_problem *problem)
{
	struct part *part = full_part(unpack);
	size_t len;

	if (part == NULL)
		return end_of(unpack, problem);
	len = part->len - unpack->taken;
	if (len > size)
		len = size;
	memcpy(data, part->data + unpack->taken, len);
	unpack->taken += len;
	if (unpack->taken == part->len)
		free_first(unpack);
	return (ssize_t)len;
}

uint64_t unpack_done(const struct unpack *unpack)
{
	return atomic_load(&unpack->done);
}
