/*
 * Whose side of a connection is "local", as netstat and ss mean it: the addresses that were given, else those of the live
 * host, else of each family the address that most connections have. Loopback addresses are local wherever they are seen.
 */
#ifndef VIEW_LOCAL_H
#define VIEW_LOCAL_H

#include "view/view.h"

/* All zero: nothing was chosen yet. `hosts` is borrowed. */
struct local {
	const struct ws_addr *hosts; /* given */
	size_t hosts_len;
	struct ws_addr chosen[2]; /* of IPv4 and of IPv6; family 0: none */
};

/* Looks at every connection the tracker holds, unless hosts were given. Of equals the one that serves more connections is
 * chosen, then the lower address. 0, or WS_ERROR_MEMORY. */
int local_choose(struct local *local, const struct view_options *options, ws_tracker *tracker);

bool local_has(const struct local *local, const struct ws_addr *addr);

/* Tells on `out` which addresses were chosen; nothing when they were given. */
void local_tell(const struct local *local, FILE *out);

#endif
