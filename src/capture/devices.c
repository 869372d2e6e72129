#include "capture/devices.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

/* False when it is no IP address. */
static bool read_address(const struct sockaddr *from, struct ws_addr *out)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memset(out, 0, sizeof(*out));
	if (from != NULL && from->sa_family == AF_INET) {
		memcpy(&v4, from, sizeof(v4));
		out->family = 4;
		memcpy(out->bytes, &v4.sin_addr, 4);
		return true;
	}
	if (from != NULL && from->sa_family == AF_INET6) {
		memcpy(&v6, from, sizeof(v6));
		out->family = 6;
		memcpy(out->bytes, &v6.sin6_addr, 16);
		return true;
	}
	return false;
}

static const char *state_of(const pcap_if_t *device)
{
	if ((device->flags & PCAP_IF_UP) == 0)
		return "down";
	if ((device->flags & PCAP_IF_CONNECTION_STATUS) == PCAP_IF_CONNECTION_STATUS_DISCONNECTED)
		return "no-link";
	return (device->flags & PCAP_IF_RUNNING) != 0 ? "up" : "idle";
}

static void print_device(FILE *out, const pcap_if_t *device, int width)
{
	char text[WS_ADDR_TEXT_MAX];
	struct ws_addr addr;
	bool has_address = false;

	fprintf(out, "%-*s  %-7s", width, device->name, state_of(device));
	for (const pcap_addr_t *a = device->addresses; a != NULL; a = a->next) {
		if (!read_address(a->addr, &addr))
			continue;
		fprintf(out, "%s%s", has_address ? " " : "  ", ws_addr_text(&addr, text));
		has_address = true;
	}
	if (!has_address && device->description != NULL)
		fprintf(out, "  (%s)", device->description);
	fputc('\n', out);
}

bool devices_print(FILE *out)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_if_t *all;
	int width = 0;

	if (pcap_findalldevs(&all, error) != 0) {
		fprintf(stderr, "wirestat: the interfaces cannot be listed: %s\n", error);
		return false;
	}
	for (const pcap_if_t *device = all; device != NULL; device = device->next)
		if ((int)strlen(device->name) > width)
			width = (int)strlen(device->name);
	for (const pcap_if_t *device = all; device != NULL; device = device->next)
		print_device(out, device, width);
	if (all == NULL)
		fputs("wirestat: there is no interface, or none may be captured from\n", stderr);
	else
		pcap_freealldevs(all);
	return true;
}

static bool has(const struct ws_addr *list, size_t len, const struct ws_addr *addr)
{
	for (size_t i = 0; i < len; i++)
		if (list[i].family == addr->family && memcmp(list[i].bytes, addr->bytes, sizeof(addr->bytes)) == 0)
			return true;
	return false;
}

struct ws_addr *devices_addresses(size_t *len)
{
	struct ifaddrs *all;
	struct ws_addr *list;
	size_t count = 0;

	*len = 0;
	if (getifaddrs(&all) != 0)
		return NULL;
	for (const struct ifaddrs *a = all; a != NULL; a = a->ifa_next)
		count++;
	list = count > 0 ? calloc(count, sizeof(*list)) : NULL;
	for (const struct ifaddrs *a = all; list != NULL && a != NULL; a = a->ifa_next)
		if (read_address(a->ifa_addr, &list[*len]) && !has(list, *len, &list[*len]))
			++*len;
	freeifaddrs(all);
	if (*len > 0)
		return list;
	free(list);
	return NULL;
}
