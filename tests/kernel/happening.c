/*
 * A list that grows by half.
 */
#include "happening.h"

#include <stdlib.h>

const char *state_name(enum tcp_state state)
{
	/* clang-format off */
	static const char *const names[] = {
		[TCP_NONE] = "NONE",         [K_ESTABLISHED] = "ESTABLISHED", [K_SYN_SENT] = "SYN-SENT",
		[K_SYN_RECV] = "SYN-RECEIVED", [K_FIN_WAIT_1] = "FIN-WAIT-1", [K_FIN_WAIT_2] = "FIN-WAIT-2",
		[K_TIME_WAIT] = "TIME-WAIT", [K_CLOSED] = "CLOSED",           [K_CLOSE_WAIT] = "CLOSE-WAIT",
		[K_LAST_ACK] = "LAST-ACK",   [K_LISTEN] = "LISTEN",           [K_CLOSING] = "CLOSING",
		[K_NEW_SYN_RECV] = "SYN-RECEIVED",
	};
	/* clang-format on */

	return names[state];
}

void happened(struct happenings *all, const struct happening *h)
{
	if (all->len == all->room) {
		all->room += all->room / 2 + 64;
		all->list = realloc(all->list, all->room * sizeof *all->list);
		if (!all->list)
			abort();
	}
	all->list[all->len++] = *h;
}

static void merge(struct happening *out, const struct happening *a, size_t n, const struct happening *b, size_t m)
{
	while (n && m) {
		if (b->time < a->time) {
			*out++ = *b++;
			m--;
		} else {
			*out++ = *a++;
			n--;
		}
	}
	while (n--)
		*out++ = *a++;
	while (m--)
		*out++ = *b++;
}

void happenings_sort(struct happenings *all)
{
	struct happening *from = all->list, *to = calloc(all->len + 1, sizeof *to);

	if (!to)
		abort();
	for (size_t run = 1; run < all->len; run *= 2) {
		for (size_t i = 0; i < all->len; i += 2 * run) {
			size_t left = all->len - i < run ? all->len - i : run;
			size_t right = all->len - i - left < run ? all->len - i - left : run;

			merge(to + i, from + i, left, from + i + left, right);
		}
		struct happening *swap = from;
		from = to;
		to = swap;
	}
	all->list = from;
	all->room = all->len;
	free(to);
}

void happenings_fini(struct happenings *all)
{
	free(all->list);
}
