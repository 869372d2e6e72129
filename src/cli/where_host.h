/*
 * HOST of ss(8), as --where writes it: [FAMILY:]ADDRESS[/PREFIX][:PORT], each part of it optional or *.
 * A name is looked up nowhere but in the table of services (/etc/services).
 */
#ifndef CLI_WHERE_HOST_H
#define CLI_WHERE_HOST_H

#include "wirestat.h"

#define WHERE_PORT_ANY (-1)

struct where_host {
	uint8_t family; /* 4 or 6; 0: any */
	struct ws_addr addr;
	unsigned prefix; /* bits of `addr` that count; 0: any address */
	int32_t port;    /* or WHERE_PORT_ANY */
};

/* With `is_port` as behind sport and dport, where a word without a colon is a port too. NULL, or what is wrong with it,
 * to be said behind the quoted word: "is not an address ...". */
const char *where_host_parse(const char *word, bool is_port, struct where_host *out);

/* Whether the address is within, whatever the port. */
bool where_host_has(const struct where_host *host, const struct ws_addr *addr);

#endif
