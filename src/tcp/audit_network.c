#include <string.h>

#include "tcp/audit.h"

/* More hops than a change of routes adds or takes away. */
#define TTL_JUMP 5

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

static bool is_opening(const struct sight *sight)
{
	return (sight->s->flags & (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST)) == WS_FLAG_SYN;
}

static bool is_all(const uint8_t *bytes, size_t len, uint8_t value)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

static bool is_loopback(const struct ws_addr *addr)
{
	return addr->family == 4 ? addr->bytes[0] == 127 : is_all(addr->bytes, 15, 0) && addr->bytes[15] == 1;
}

/* RFC 1122 3.2.1.3, RFC 4291 2.7: a multicast group, or every host of the link. */
static bool is_group(const struct ws_addr *addr)
{
	if (addr->family == 6)
		return addr->bytes[0] == 0xFF;
	return (addr->bytes[0] & 0xF0) == 0xE0 || is_all(addr->bytes, 4, 0xFF);
}

static bool is_unspecified(const struct ws_addr *addr)
{
	return is_all(addr->bytes, addr->family == 4 ? 4 : 16, 0);
}

/* A program may well connect to itself over the loopback interface; RFC 9293 3.5 allows even one port for both. */
static bool land_attack(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;

	return is_opening(sight) && s->sport == s->dport && !is_loopback(&s->src) &&
	       memcmp(s->src.bytes, s->dst.bytes, sizeof s->src.bytes) == 0 && finding_seen(finding, s->sport);
}

static bool syn_to_multicast(const struct sight *sight, struct finding *finding)
{
	return is_opening(sight) && is_group(&sight->s->dst) && finding_seen(finding, sight->s->dport);
}

static bool syn_invalid_source(const struct sight *sight, struct finding *finding)
{
	const struct segment *s = sight->s;
	bool is_astray = is_loopback(&s->src) && !is_loopback(&s->dst);

	return is_opening(sight) && (is_group(&s->src) || is_unspecified(&s->src) || is_astray) &&
	       finding_seen(finding, s->sport);
}

/* ---- The way ----------------------------------------------------------------------------------------------------- */

/* Where the capture shows things twice it shows them at two places, where they differ. */
static bool is_of_one_place(const struct sight *sight)
{
	return !(sight->tags & WS_TAG_DUPLICATES);
}

static uint32_t tap_of(const struct segment *s)
{
	return (s->file << 16 ^ s->interface) + 1;
}

static bool mac_changed(const struct sight *sight, struct finding *finding)
{
	const struct network_memory *memory = &sight->memory->network;
	const uint32_t *known = memory->link[sight->who];
	uint32_t link = sight->s->outer.link_src;

	(void)finding;
	return link != 0 && known[0] != 0 && link != known[0] && link != known[1] && is_of_one_place(sight) &&
	       memory->tap == tap_of(sight->s);
}

static bool is_jump(uint8_t from, uint8_t to)
{
	return from > to ? from - to >= TTL_JUMP : to - from >= TTL_JUMP;
}

static bool ttl_changed(const struct sight *sight, struct finding *finding)
{
	const struct network_memory *memory = &sight->memory->network;
	uint8_t usual = memory->ttl[sight->who];
	uint8_t ttl = sight->s->ttl;

	return usual != 0 && ttl != memory->ttl_odd[sight->who] && is_jump(usual, ttl) && is_of_one_place(sight) &&
	       memory->tap == tap_of(sight->s) && finding_values(finding, usual, ttl);
}

static void note_link(struct network_memory *memory, unsigned who, uint32_t link)
{
	uint32_t *known = memory->link[who];

	if (link == 0 || link == known[0])
		return;
	known[1] = known[0];
	known[0] = link;
}

/* What comes twice in a row is the usual from then on: another route, or another host in its place. */
static void note_ttl(struct network_memory *memory, unsigned who, uint8_t ttl)
{
	bool is_usual = memory->ttl[who] == 0 || ttl == memory->ttl_odd[who] || !is_jump(memory->ttl[who], ttl);

	memory->ttl_odd[who] = is_usual ? 0 : ttl;
	if (is_usual)
		memory->ttl[who] = ttl;
}

void audit_network_note(const struct sight *sight, struct audit_memory *memory)
{
	struct network_memory *network = &memory->network;

	if (network->tap == 0)
		network->tap = tap_of(sight->s);
	if (network->tap != tap_of(sight->s))
		return;
	note_link(network, sight->who, sight->s->outer.link_src);
	note_ttl(network, sight->who, sight->s->ttl);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_network_topics(const struct sight *sight)
{
	const struct network_memory *memory = &sight->memory->network;
	const struct segment *s = sight->s;

	return s->outer.link_src != memory->link[sight->who][0] || s->ttl != memory->ttl[sight->who] ? ON_OTHER_WAY
												     : 0u;
}

static const struct rule rules[] = {
	{ WS_FINDING_land_attack, ON_SYN, UNIT_NUMBER, OF_SENDER, land_attack },
	{ WS_FINDING_syn_to_multicast, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_to_multicast },
	{ WS_FINDING_syn_invalid_source, ON_SYN, UNIT_NUMBER, OF_SENDER, syn_invalid_source },
	{ WS_FINDING_mac_changed, ON_OTHER_WAY, UNIT_NONE, OF_SENDER, mac_changed },
	{ WS_FINDING_ttl_changed, ON_OTHER_WAY, UNIT_NUMBER, OF_SENDER, ttl_changed },
};

const struct rules audit_network_rules = RULE_TABLE(rules, ON_SYN | ON_OTHER_WAY);
