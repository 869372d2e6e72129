/*
 * Asked by ioctls on a socket of its own (netdevice(7)); the counters are those that libpcap adds up, but open before
 * permission to open files is given up.
 */
#include "capture/interface.h"

#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(INTERFACE_NAME_MAX == IFNAMSIZ, "the name does not fit");

static const char *const counter_names[INTERFACE_COUNTERS] = { "rx_missed_errors", "rx_fifo_errors" };

static bool read_counter(int fd, uint64_t *out)
{
	char text[32];
	ssize_t len = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return false;
	text[len] = '\0';
	*out = strtoull(text, NULL, 10);
	return true;
}

static void open_counters(struct interface *interface)
{
	char path[128];

	for (int i = 0; i < INTERFACE_COUNTERS; i++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", interface->name, counter_names[i]);
		interface->counters[i] = open(path, O_RDONLY | O_CLOEXEC);
		(void)read_counter(interface->counters[i], &interface->before[i]);
	}
}

static bool ask(const struct interface *interface, unsigned long request, struct ifreq *answer)
{
	memset(answer, 0, sizeof(*answer));
	memcpy(answer->ifr_name, interface->name, sizeof(answer->ifr_name));
	return ioctl(interface->socket, request, answer) == 0;
}

void interface_init(struct interface *interface, const char *name)
{
	memset(interface, 0, sizeof(*interface));
	interface->socket = -1;
	for (int i = 0; i < INTERFACE_COUNTERS; i++)
		interface->counters[i] = -1;
	if (strcmp(name, "any") == 0 || strlen(name) >= sizeof(interface->name) || strchr(name, '/') != NULL)
		return;
	memcpy(interface->name, name, strlen(name) + 1);
	interface->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* Not every device that libpcap reads is a network interface. */
	if (interface->socket >= 0 && interface_look(interface) == INTERFACE_REMOVED) {
		close(interface->socket);
		interface->socket = -1;
	}
	if (interface->socket >= 0)
		open_counters(interface);
}

void interface_fini(struct interface *interface)
{
	for (int i = 0; i < INTERFACE_COUNTERS; i++)
		if (interface->counters[i] >= 0)
			close(interface->counters[i]);
	if (interface->socket >= 0)
		close(interface->socket);
}

enum interface_state interface_look(struct interface *interface)
{
	struct ifreq flags, index, hardware;

	if (interface->socket < 0)
		return INTERFACE_UP;
	if (!ask(interface, SIOCGIFINDEX, &index) || !ask(interface, SIOCGIFHWADDR, &hardware) ||
	    !ask(interface, SIOCGIFFLAGS, &flags))
		return INTERFACE_REMOVED;
	interface->index = index.ifr_ifindex;
	interface->hardware = hardware.ifr_hwaddr.sa_family;
	return ((unsigned)flags.ifr_flags & IFF_UP) != 0 ? INTERFACE_UP : INTERFACE_DOWN;
}

/* Of a removed interface they cannot be read any more: then what was known stays. */
uint64_t interface_dropped(struct interface *interface)
{
	for (int i = 0; i < INTERFACE_COUNTERS; i++) {
		uint64_t now;

		if (!read_counter(interface->counters[i], &now))
			continue;
		if (now > interface->before[i])
			interface->dropped += now - interface->before[i];
		interface->before[i] = now;
	}
	return interface->dropped;
}
