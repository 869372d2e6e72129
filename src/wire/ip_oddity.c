#include "wire/ip_oddity.h"

#define IPV4_RESERVED 0x8000 /* RFC 791 3.1, RFC 3514 */
#define IPV4_NO_FRAGMENTS 0x4000
#define IPV4_CHECKSUM_AT 10

#define IP_PROTOCOL_OSPF 89
#define IP_PROTOCOL_PIM 103

#define TCP_HEADER_MIN 20

/* ---- Addresses (RFC 1122 3.2.1.3) -------------------------------------------------------------------------------------- */

static bool is_multicast_v4(const uint8_t *addr)
{
	return addr[0] >> 4 == 14;
}

static bool is_all_v4(const uint8_t *addr)
{
	return load_u32be(addr) == UINT32_MAX;
}

/* Who does not have an address yet, and asks everyone, has 0.0.0.0. */
static bool is_bad_source_v4(const uint8_t *src, const uint8_t *dst)
{
	if (src[0] == 0)
		return load_u32be(src) != 0 || (!is_multicast_v4(dst) && !is_all_v4(dst));
	return src[0] >= 224;
}

static bool is_bad_destination_v4(const uint8_t *dst)
{
	return dst[0] == 0 || (dst[0] >= 240 && !is_all_v4(dst));
}

/* ---- Both versions ---------------------------------------------------------------------------------------------------- */

/* Routing protocols speak to neighbours only; so does BGP, but its TTL of 1 counts as low. */
bool ip_oddity_is_ttl_low(uint8_t ttl, uint8_t protocol, bool is_to_many)
{
	return ttl < IP_TTL_LOW && !is_to_many && protocol != IP_PROTOCOL_OSPF && protocol != IP_PROTOCOL_PIM;
}

bool ip_oddity_is_tiny(uint32_t offset, const uint8_t *data, uint32_t caplen, uint32_t len)
{
	if (offset > 0)
		return offset < TCP_HEADER_MIN;
	return len < TCP_HEADER_MIN || (caplen > 12 && len < (data[12] >> 4) * 4u);
}

/* ---- IPv4 ------------------------------------------------------------------------------------------------------------- */

static bool has_right_sum(const uint8_t *header, uint32_t len)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < len; i += 2)
		sum += load_u16be(header + i);
	sum = (sum >> 16) + (sum & 0xFFFF);
	sum = (sum >> 16) + (sum & 0xFFFF);
	return sum == 0xFFFF;
}

static uint64_t oddity_of_sum(const uint8_t *ip, uint32_t header)
{
	if (has_right_sum(ip, header))
		return 0;
	return load_u16be(ip + IPV4_CHECKSUM_AT) == 0 ? NOTICED_BIT(ipv4_checksum_offload)
						      : NOTICED_BIT(ipv4_checksum_bad);
}

static uint64_t oddities_of_fragment(const uint8_t *ip, uint32_t header, const struct ip_packet *out)
{
	uint64_t noticed = NOTICED_BIT(fragment_seen);

	if (load_u16be(ip + 6) & IPV4_NO_FRAGMENTS)
		noticed |= NOTICED_BIT(fragment_df);
	if (ip[9] == IP_PROTOCOL_TCP && out->len >= header &&
	    ip_oddity_is_tiny(out->fragment_offset, ip + header, out->captured - header, out->len - header))
		noticed |= NOTICED_BIT(fragment_tiny);
	return noticed;
}

uint64_t ip_oddity_v4(const uint8_t *ip, uint32_t header, struct ip_packet *out)
{
	const uint8_t *src = ip + 12;
	const uint8_t *dst = ip + 16;
	struct bytes options = bytes_of(ip + 20, header - 20);
	uint64_t noticed = oddity_of_sum(ip, header);

	out->has_loopback = src[0] == 127 || dst[0] == 127;
	if (load_u16be(ip + 2) == 0)
		noticed |= NOTICED_BIT(ip_total_length_zero);
	if (load_u16be(ip + 6) & IPV4_RESERVED)
		noticed |= NOTICED_BIT(ipv4_reserved_flag);
	if (is_bad_source_v4(src, dst) || is_bad_destination_v4(dst))
		noticed |= NOTICED_BIT(ip_address_bad);
	if (ip_oddity_is_ttl_low(ip[8], ip[9], is_multicast_v4(dst) || is_all_v4(dst)))
		noticed |= NOTICED_BIT(ip_ttl_low);
	if (ip_oddity_options_v4(options))
		noticed |= NOTICED_BIT(ipv4_options_bad);
	if (out->is_fragment) {
		noticed |= oddities_of_fragment(ip, header, out);
		out->copied_options = ip_oddity_copied_options(options);
	}
	return noticed;
}
