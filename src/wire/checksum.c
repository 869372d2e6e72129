/*
 * The checksum of TCP. Sums are of 32-bit words in the byte order of memory: a ones' complement sum is the same in any
 * byte order, its bytes swapped (RFC 1071 section 2), so only constants need turning.
 */
#include "wire/checksum.h"

#include <string.h>

#include "base/bytes.h"

#define CHECKSUM_OFFSET 16

/* Constants as they stand in memory in network byte order. */
static inline uint16_t in_memory(uint16_t value)
{
	const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };
	uint16_t out;

	memcpy(&out, bytes, sizeof(out));
	return out;
}

static inline uint16_t fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & 0xFFFFFFFF);
	sum = (sum >> 32) + (sum & 0xFFFFFFFF);
	sum = (sum >> 16) + (sum & 0xFFFF);
	sum = (sum >> 16) + (sum & 0xFFFF);
	return (uint16_t)sum;
}

static inline uint64_t sum_word(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return (word >> 32) + (word & 0xFFFFFFFF);
}

static inline uint64_t sum_half(const uint8_t *p)
{
	uint16_t half;

	memcpy(&half, p, sizeof(half));
	return half;
}

/* Cannot overflow: 2^32 words of 32 bits would fit. */
static uint64_t sum_bytes(const uint8_t *p, uint32_t len)
{
	uint64_t even = 0;
	uint64_t odd = 0;

	for (; len >= 32; len -= 32, p += 32) {
		even += sum_word(p) + sum_word(p + 8);
		odd += sum_word(p + 16) + sum_word(p + 24);
	}
	for (; len >= 8; len -= 8, p += 8)
		even += sum_word(p);
	for (; len >= 2; len -= 2, p += 2)
		odd += sum_half(p);
	if (len > 0)
		odd += in_memory((uint16_t)(p[0] << 8));
	return even + odd;
}

/* Addresses and protocol; the length is added by the caller. */
static uint64_t sum_pseudo_header(const struct ip_packet *ip)
{
	uint32_t address_len = ip->family == 4 ? 4 : 16;

	return sum_bytes(ip->src, address_len) + sum_bytes(ip->dst, address_len) + in_memory(IP_PROTOCOL_TCP);
}

static uint64_t sum_length(uint32_t len)
{
	return (uint64_t)in_memory((uint16_t)(len >> 16)) + in_memory((uint16_t)len);
}

enum segment_checksum checksum_judge(const struct ip_packet *ip)
{
	uint32_t len = ip->payload_len;
	uint16_t field;

	if (ip->is_fragment || ip->is_route_unknown || ip->payload_caplen < len)
		return CHECKSUM_UNVERIFIED;

	uint64_t pseudo = sum_pseudo_header(ip);

	if (fold(pseudo + sum_length(len) + sum_bytes(ip->payload, len)) == 0xFFFF)
		return CHECKSUM_GOOD;
	if (ip->is_offload)
		return CHECKSUM_OFFLOAD;
	memcpy(&field, ip->payload + CHECKSUM_OFFSET, sizeof(field));
	if (field == fold(pseudo + sum_length(len)) || field == fold(pseudo))
		return CHECKSUM_OFFLOAD;
	return CHECKSUM_BAD;
}
