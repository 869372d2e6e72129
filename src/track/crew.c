#include "track/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "track/tracker.h"

/* Half of them stay in a cache of the second level. */
#define GROUPS 128
/* To sleep and to be woken costs more than a group takes: it is worth it for that many only. */
#define WORTH_WAKING (GROUPS / 2)
/* Looks at the other one's number before it is worth to sleep. */
#define LOOKS 256
#define LINE 64 /* a cache line */

struct crew {
	ws_tracker *tracker;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t is_more; /* for the thread */
	pthread_cond_t is_room; /* for the caller */
	struct group *filling;  /* the next one to be handed over */
	/* What the caller writes, and, in cache lines of their own, what the thread does. */
	char apart[LINE];
	atomic_size_t handed;
	atomic_size_t hurried; /* groups below are to be taken without delay */
	atomic_size_t wanted;  /* the caller sleeps until so many are taken; 0: it is awake */
	atomic_bool is_over;
	char apart_too[LINE];
	atomic_size_t taken;
	atomic_bool is_asleep;
	atomic_bool has_failed;
	atomic_bool has_begun;
	char apart_as_well[LINE];
	struct group ring[GROUPS];
};

static inline void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/* ---- The thread --------------------------------------------------------------------------------------------------- */

static bool is_due(struct crew *crew, size_t taken)
{
	size_t handed = atomic_load(&crew->handed);

	return handed - taken >= WORTH_WAKING || (handed > taken && atomic_load(&crew->hurried) > taken) ||
	       atomic_load(&crew->is_over);
}

static void sleep_until_due(struct crew *crew, size_t taken)
{
	pthread_mutex_lock(&crew->lock);
	atomic_store(&crew->is_asleep, true);
	while (!is_due(crew, taken))
		pthread_cond_wait(&crew->is_more, &crew->lock);
	atomic_store(&crew->is_asleep, false);
	pthread_mutex_unlock(&crew->lock);
}

/* False when none will come any more. */
static bool wait_for_group(struct crew *crew, size_t taken)
{
	for (unsigned i = 0; i < LOOKS; i++) {
		if (atomic_load_explicit(&crew->handed, memory_order_acquire) != taken)
			return true;
		pause_briefly();
	}
	sleep_until_due(crew, taken);
	return atomic_load(&crew->handed) != taken;
}

static void wake_caller(struct crew *crew, size_t taken)
{
	size_t wanted = atomic_load(&crew->wanted);

	if (wanted == 0 || taken < wanted)
		return;
	pthread_mutex_lock(&crew->lock);
	pthread_cond_signal(&crew->is_room);
	pthread_mutex_unlock(&crew->lock);
}

static void *work(void *self)
{
	struct crew *crew = self;

	pthread_mutex_lock(&crew->lock);
	atomic_store(&crew->has_begun, true);
	pthread_cond_signal(&crew->is_room);
	pthread_mutex_unlock(&crew->lock);
	for (size_t taken = 0; wait_for_group(crew, taken);) {
		if (group_take(crew->tracker, &crew->ring[taken % GROUPS]) != WS_OK)
			atomic_store(&crew->has_failed, true);
		atomic_store(&crew->taken, ++taken);
		wake_caller(crew, taken);
	}
	return NULL;
}

/* ---- The caller --------------------------------------------------------------------------------------------------- */

static void wait_until_taken(struct crew *crew, size_t wanted)
{
	for (unsigned i = 0; i < LOOKS; i++) {
		if (atomic_load_explicit(&crew->taken, memory_order_acquire) >= wanted)
			return;
		pause_briefly();
	}
	pthread_mutex_lock(&crew->lock);
	atomic_store(&crew->wanted, wanted);
	while (atomic_load(&crew->taken) < wanted)
		pthread_cond_wait(&crew->is_room, &crew->lock);
	atomic_store(&crew->wanted, 0);
	pthread_mutex_unlock(&crew->lock);
}

static void wake_thread(struct crew *crew)
{
	if (!atomic_load(&crew->is_asleep) || !is_due(crew, atomic_load(&crew->taken)))
		return;
	pthread_mutex_lock(&crew->lock);
	pthread_cond_signal(&crew->is_more);
	pthread_mutex_unlock(&crew->lock);
}

void crew_hand_over(struct crew *crew)
{
	size_t handed = atomic_load_explicit(&crew->handed, memory_order_relaxed) + 1;

	atomic_store(&crew->handed, handed);
	wake_thread(crew);
	/* That one is being filled, so one less may wait. When all wait, half of them shall go. */
	if (handed - atomic_load_explicit(&crew->taken, memory_order_acquire) > GROUPS - 1)
		wait_until_taken(crew, handed - WORTH_WAKING);
	crew->filling = &crew->ring[handed % GROUPS];
}

void crew_hurry(struct crew *crew)
{
	atomic_store(&crew->hurried, atomic_load_explicit(&crew->handed, memory_order_relaxed));
	wake_thread(crew);
}

void crew_settle(struct crew *crew)
{
	size_t handed;

	/* Whom it tells of an event may ask, too. */
	if (pthread_equal(pthread_self(), crew->thread))
		return;
	if (crew->filling->len > 0)
		crew_hand_over(crew);
	handed = atomic_load_explicit(&crew->handed, memory_order_relaxed);
	if (atomic_load_explicit(&crew->taken, memory_order_acquire) == handed)
		return;
	crew_hurry(crew);
	wait_until_taken(crew, handed);
}

int crew_error(struct crew *crew)
{
	if (!atomic_load_explicit(&crew->has_failed, memory_order_relaxed))
		return WS_OK;
	atomic_store(&crew->has_failed, false);
	return WS_ERROR_MEMORY;
}

/* ---- Beginning and end -------------------------------------------------------------------------------------------- */

static void fini(struct crew *crew)
{
	pthread_cond_destroy(&crew->is_room);
	pthread_cond_destroy(&crew->is_more);
	pthread_mutex_destroy(&crew->lock);
	for (size_t i = 0; crew->tracker->config.full_audit && i < GROUPS; i++)
		group_fini(&crew->ring[i]);
	free(crew);
}

/* Signals are for the threads that know what to do about them. */
static bool start(struct crew *crew)
{
	sigset_t all;
	sigset_t before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	error = pthread_create(&crew->thread, NULL, work, crew);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error == 0;
}

/* What the C library does for a new thread is done: whoever forbids system calls from now on does not stop it. */
static void wait_for_begin(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	while (!atomic_load(&crew->has_begun))
		pthread_cond_wait(&crew->is_room, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

struct crew *crew_new(ws_tracker *t, struct group ***filling)
{
	struct crew *crew = calloc(1, sizeof *crew);
	bool is_made = true;

	if (!crew)
		return NULL;
	crew->tracker = t;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->is_more, NULL);
	pthread_cond_init(&crew->is_room, NULL);
	for (size_t i = 0; t->config.full_audit && i < GROUPS; i++)
		is_made = group_keep_payloads(&crew->ring[i]) && is_made;
	if (!is_made || !start(crew)) {
		fini(crew);
		return NULL;
	}
	crew->filling = &crew->ring[0];
	*filling = &crew->filling;
	wait_for_begin(crew);
	return crew;
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	atomic_store(&crew->is_over, true);
	pthread_cond_signal(&crew->is_more);
	pthread_mutex_unlock(&crew->lock);
	pthread_join(crew->thread, NULL);
	fini(crew);
}
