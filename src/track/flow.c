#include "track/flow.h"

#include <stddef.h>

#include "base/bytes.h"

_Static_assert(sizeof(struct flow_key) == 40, "no padding in what is hashed");

/* What follows the addresses: the ports, the family and the scope. */
#define TAIL offsetof(struct flow_key, port)

_Static_assert(TAIL == sizeof(struct flow_key) - sizeof(uint64_t), "a word by itself");
_Static_assert(offsetof(struct flow_key, family) == TAIL + 4, "as last_word has it");

/* The tail, scope 0, made in a register: a word that is stored in pieces cannot be loaded soon after. `ports`: the lower
 * side's in the low half. */
static uint64_t last_word(uint32_t ports, unsigned family)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (uint64_t)family << 32 | ports;
#else
	struct flow_key key = { .port = { (uint16_t)ports, (uint16_t)(ports >> 16) }, .family = (uint8_t)family };
	uint64_t word;

	memcpy(&word, (const char *)&key + TAIL, sizeof word);
	return word;
#endif
}

static inline unsigned fill(const struct segment *s, struct flow_key *key, unsigned sender)
{
	uint64_t ports = (uint64_t)s->sport << 32 | (uint64_t)s->dport << 16 | s->sport;
	uint64_t last = last_word((uint32_t)(ports >> 16 * sender), s->src.family);

	memcpy(key->addr[sender], s->src.bytes, sizeof key->addr[0]);
	memcpy(key->addr[!sender], s->dst.bytes, sizeof key->addr[1]);
	memcpy((char *)key + TAIL, &last, sizeof last);
	return sender;
}

/* The sender's side is 1 where its address and port, read as one number, come after the other's. Nobody could foretell that, so
 * there is no branch on it. IPv6 by itself, lest it takes registers from IPv4. */
__attribute__((noinline)) static unsigned key_of_ipv6(const struct segment *s, struct flow_key *key)
{
	uint64_t a = load_u64be(s->src.bytes);
	uint64_t b = load_u64be(s->dst.bytes);
	uint64_t a_low = load_u64be(s->src.bytes + 8);
	uint64_t b_low = load_u64be(s->dst.bytes + 8);

	return fill(s, key, (a > b) | ((a == b) & ((a_low > b_low) | ((a_low == b_low) & (s->sport > s->dport)))));
}

unsigned flow_key_of(const struct segment *s, struct flow_key *key)
{
	uint64_t a = (uint64_t)load_u32be(s->src.bytes) << 16 | s->sport;
	uint64_t b = (uint64_t)load_u32be(s->dst.bytes) << 16 | s->dport;

	return s->src.family == 4 ? fill(s, key, a > b) : key_of_ipv6(s, key);
}

struct ws_addr flow_addr(const struct flow_key *key, unsigned side)
{
	struct ws_addr addr = { .family = key->family };

	memcpy(addr.bytes, key->addr[side], sizeof addr.bytes);
	return addr;
}
