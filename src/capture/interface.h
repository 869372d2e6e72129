/*
 * A network interface from outside, while packets are captured from it: whether it is up, down or removed, and what it
 * dropped. Needs no permission, and opens nothing after interface_init.
 */
#ifndef CAPTURE_INTERFACE_H
#define CAPTURE_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

#define INTERFACE_NAME_MAX 16
#define INTERFACE_COUNTERS 2

enum interface_state { INTERFACE_UP, INTERFACE_DOWN, INTERFACE_REMOVED };

struct interface {
	char name[INTERFACE_NAME_MAX];
	int socket;                       /* to ask by; -1: not a real interface ("any"), always up */
	int index;                        /* when last looked at; a new one under the old name is another interface */
	int hardware;                     /* ARPHRD_ value, likewise */
	int counters[INTERFACE_COUNTERS]; /* descriptors; -1: there is no such counter */
	uint64_t before[INTERFACE_COUNTERS];
	uint64_t dropped; /* since then, as far as known */
};

void interface_init(struct interface *interface, const char *name);
void interface_fini(struct interface *interface);

/* How it is now. Removed: index and hardware stay what they were. */
enum interface_state interface_look(struct interface *interface);

/* Packets it lost since interface_init. */
uint64_t interface_dropped(struct interface *interface);

#endif
