#include "track/flow.h"

#include <string.h>

_Static_assert(sizeof(struct flow_key) == 40, "no padding in what is hashed");

unsigned flow_key_of(const struct segment *s, struct flow_key *key)
{
	int order = memcmp(s->src.bytes, s->dst.bytes, sizeof s->src.bytes);
	unsigned sender = order > 0 || (order == 0 && s->sport > s->dport);

	memcpy(key->addr[sender], s->src.bytes, sizeof key->addr[0]);
	memcpy(key->addr[!sender], s->dst.bytes, sizeof key->addr[0]);
	key->port[sender] = s->sport;
	key->port[!sender] = s->dport;
	key->family = s->src.family;
	flow_set_scope(key, 0);
	return sender;
}

struct ws_addr flow_addr(const struct flow_key *key, unsigned side)
{
	struct ws_addr addr = { .family = key->family };

	memcpy(addr.bytes, key->addr[side], sizeof addr.bytes);
	return addr;
}
