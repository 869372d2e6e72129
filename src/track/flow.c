#include "track/flow.h"

_Static_assert(sizeof(struct flow_key) == 40, "no padding in what is hashed");

_Static_assert(FLOW_TAIL == sizeof(struct flow_key) - sizeof(uint64_t), "a word by itself");
_Static_assert(offsetof(struct flow_key, family) == FLOW_TAIL + 4, "as flow_tail has it");

unsigned flow_key_of_ipv6(const struct segment *s, struct flow_key *key)
{
	uint64_t a = load_u64be(s->src.bytes);
	uint64_t b = load_u64be(s->dst.bytes);
	uint64_t a_low = load_u64be(s->src.bytes + 8);
	uint64_t b_low = load_u64be(s->dst.bytes + 8);
	unsigned sender = (a > b) | ((a == b) & ((a_low > b_low) | ((a_low == b_low) & (s->sport > s->dport))));

	flow_key_fill(s, key, sender);
	return sender;
}

struct ws_addr flow_addr(const struct flow_key *key, unsigned side)
{
	struct ws_addr addr = { .family = key->family };

	memcpy(addr.bytes, key->addr[side], sizeof addr.bytes);
	return addr;
}
