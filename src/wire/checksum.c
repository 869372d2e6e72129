#include "wire/checksum.h"

#include <string.h>

#include "wire/sum.h"

#define CHECKSUM_OFFSET 16

/* Addresses and protocol; the length is added by the caller. */
static uint64_t sum_pseudo_header(const struct ip_packet *ip)
{
	uint32_t address_len = ip->family == 4 ? 4 : 16;
	uint64_t addresses = sum_add(sum_bytes(ip->src, address_len), sum_bytes(ip->dst, address_len));

	return sum_add(addresses, sum_constant(IP_PROTOCOL_TCP));
}

static uint64_t sum_length(uint32_t len)
{
	return (uint64_t)sum_constant((uint16_t)(len >> 16)) + sum_constant((uint16_t)len);
}

enum segment_checksum checksum_judge(const struct ip_packet *ip)
{
	uint32_t len = ip->payload_len;
	uint16_t field;

	if (ip->is_fragment || ip->is_route_unknown || ip->payload_caplen < len)
		return CHECKSUM_UNVERIFIED;

	uint64_t pseudo = sum_pseudo_header(ip);
	uint64_t with_length = sum_add(pseudo, sum_length(len));

	if (sum_is_right(sum_add(with_length, sum_bytes(ip->payload, len))))
		return CHECKSUM_GOOD;
	if (ip->is_offload)
		return CHECKSUM_OFFLOAD;
	memcpy(&field, ip->payload + CHECKSUM_OFFSET, sizeof(field));
	if (field == sum_fold(with_length) || field == sum_fold(pseudo))
		return CHECKSUM_OFFLOAD;
	return CHECKSUM_BAD;
}
