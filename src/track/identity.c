/*
 * Both names are SHA-1 digests of the 4-tuple in canonical order: lower address first, of equal addresses the lower
 * port.
 */
#include "track/identity.h"

#include <string.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/sha1.h"

#define IP_PROTOCOL_TCP 6
#define UID_BITS 96
#define UID_LIMBS (UID_BITS / 32)
#define UID_DIGITS 17 /* 62^17 > 2^96 */

_Static_assert(IDENTITY_COMMUNITY_ID_SIZE == 2 + BASE64_SIZE(SHA1_SIZE), "prefix, digest in base 64, NUL");
_Static_assert(IDENTITY_UID_SIZE == 1 + UID_DIGITS + 1, "letter, digits, NUL");
_Static_assert(IDENTITY_COMMUNITY_ID_SIZE <= sizeof(((struct ws_record *)0)->community_id), "fits the record");
_Static_assert(IDENTITY_UID_SIZE <= sizeof(((struct ws_record *)0)->uid), "fits the record");

struct message {
	uint8_t bytes[64];
	size_t len;
};

static void put_bytes(struct message *m, const void *bytes, size_t len)
{
	memcpy(m->bytes + m->len, bytes, len);
	m->len += len;
}

static void put_number(struct message *m, uint64_t value, size_t size)
{
	while (size--)
		m->bytes[m->len++] = (uint8_t)(value >> 8 * size);
}

static size_t addr_size(const struct ws_addr *addr)
{
	return addr->family == 4 ? 4 : 16;
}

static bool is_ordered(const struct ws_addr *a, uint16_t port_a, const struct ws_addr *b, uint16_t port_b)
{
	int order = memcmp(a->bytes, b->bytes, addr_size(a));

	return order < 0 || (order == 0 && port_a <= port_b);
}

/* Addresses, protocol, one byte of padding, ports: the layout of the Community ID specification. */
static void put_tuple(struct message *m, const struct ws_addr *a, uint16_t port_a, const struct ws_addr *b,
		      uint16_t port_b)
{
	bool in_order = is_ordered(a, port_a, b, port_b);
	const struct ws_addr *low = in_order ? a : b;
	const struct ws_addr *high = in_order ? b : a;

	put_bytes(m, low->bytes, addr_size(low));
	put_bytes(m, high->bytes, addr_size(high));
	put_number(m, IP_PROTOCOL_TCP, 1);
	put_number(m, 0, 1);
	put_number(m, in_order ? port_a : port_b, 2);
	put_number(m, in_order ? port_b : port_a, 2);
}

void identity_community_id(const struct ws_addr *a, uint16_t port_a, const struct ws_addr *b, uint16_t port_b,
			   char *out)
{
	struct message m = { .len = 0 };
	uint8_t digest[SHA1_SIZE];

	put_number(&m, 0, 2); /* the seed */
	put_tuple(&m, a, port_a, b, port_b);
	sha1(m.bytes, m.len, digest);
	memcpy(out, "1:", 2);
	base64(digest, sizeof(digest), out + 2);
}

/* Divides a number of UID_BITS by 62 in place, most significant limb first; returns the remainder. */
static unsigned divide_by_62(uint32_t number[UID_LIMBS])
{
	uint64_t rest = 0;

	for (size_t i = 0; i < UID_LIMBS; i++) {
		uint64_t part = rest << 32 | number[i];

		number[i] = (uint32_t)(part / 62);
		rest = part % 62;
	}
	return (unsigned)rest;
}

void identity_uid(const struct ws_addr *a, uint16_t port_a, const struct ws_addr *b, uint16_t port_b, ws_time start,
		  uint64_t incarnation, char *out)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	struct message m = { .len = 0 };
	uint8_t digest[SHA1_SIZE];
	uint32_t number[UID_LIMBS];

	put_tuple(&m, a, port_a, b, port_b);
	put_number(&m, (uint64_t)start, 8);
	put_number(&m, incarnation, 8);
	sha1(m.bytes, m.len, digest);
	for (size_t i = 0; i < UID_LIMBS; i++)
		number[i] = load_u32be(digest + 4 * i);
	out[0] = 'C';
	for (size_t i = UID_DIGITS; i > 0; i--)
		out[i] = digits[divide_by_62(number)];
	out[UID_DIGITS + 1] = '\0';
}
