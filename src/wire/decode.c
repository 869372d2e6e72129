/*
 * The one door of `wire`: link, network and transport header in a row, tunnels in a loop, fragments on the side.
 */
#include "wire/decode.h"

#include <stdlib.h>
#include <string.h>

#include "wire/checksum.h"
#include "wire/fragment.h"
#include "wire/ip.h"
#include "wire/link.h"
#include "wire/tcp.h"
#include "wire/tunnel.h"

struct decoder {
	struct icmp_quote quote;
	struct fragment_table fragments;
};

struct decoder *decoder_new(void)
{
	return calloc(1, sizeof(struct decoder));
}

void decoder_free(struct decoder *decoder)
{
	free(decoder);
}

/* All that is known of a segment before its TCP header. */
static inline void fill_from_ip(const struct ws_packet *packet, const struct ip_packet *ip, struct segment *out)
{
	out->ts = packet->ts;
	out->frame = packet->frame;
	out->file = packet->file;
	out->interface = packet->interface;
	ip_copy_addr(&out->src, ip->family, ip->src);
	ip_copy_addr(&out->dst, ip->family, ip->dst);
	out->ip_len = ip->len;
	out->ttl = ip->ttl;
	out->has_ip_id = ip->family == 4;
	out->ip_id = ip->id;
	out->is_truncated = ip->captured < ip->len && packet->caplen < packet->len;
	out->is_offload = ip->is_offload;
	out->is_fragmented = false;
}

/* A first fragment of a tunnel's packet has all that is told of what it carries but the end of the payload. Elsewhere a
 * tunnel that carries less than there was has cut it short itself, as mirrors do. */
static void fill_from_tunnel(const struct ip_packet *ip, bool is_piece, struct segment *out)
{
	out->is_fragmented = is_piece;
	out->is_truncated |= ip->captured < ip->len && !is_piece;
}

/* Loopback addresses are where they belong when the frame comes from no station, as on Linux, or is no Ethernet. */
static uint64_t noticed_of(const struct link_payload *link, const struct ip_packet *ip, const struct outer *outer)
{
	bool is_astray = ip->has_loopback && outer->link_src != 0;

	return link->noticed | ip->noticed | (is_astray ? NOTICED_BIT(ip_address_bad) : 0);
}

/* From a packet that is not TCP through tunnels to one that is. What is odd on the way is added to *noticed. */
static bool dig(struct link_payload *link, struct ip_packet *ip, struct outer *outer, bool *is_piece, uint64_t *noticed,
		enum ws_undecoded *reason)
{
	*is_piece = false;
	if (*reason != WS_UNDECODED_not_tcp)
		return false;
	for (unsigned depth = 0; *reason == WS_UNDECODED_not_tcp; depth++) {
		*is_piece |= ip->is_fragment;
		if (!tunnel_enter(ip, outer, link, reason)) {
			*noticed |= link->noticed;
			return false;
		}
		if (depth == TUNNELS_MAX) {
			*reason = WS_UNDECODED_tunnel_too_deep;
			return false;
		}

		bool is_tcp = ip_decode(link, ip, reason);

		*noticed |= noticed_of(link, ip, outer);
		if (is_tcp)
			return true;
	}
	*reason = tunnel_reason(link, *reason);
	return false;
}

enum decode_result decoder_general(struct decoder *decoder, const struct ws_packet *packet, struct segment *out,
				   enum ws_undecoded *reason)
{
	struct link_payload link;
	struct ip_packet ip;
	bool is_piece;

	outer_clear(&out->outer);
	out->noticed = packet->caplen > packet->len ? NOTICED_BIT(pcap_record_bad) : 0;
	if (!link_decode(packet, &link, &out->outer, reason)) {
		out->noticed |= link.noticed;
		return DECODE_UNDECODED;
	}

	bool is_tcp = ip_decode(&link, &ip, reason);

	out->noticed |= noticed_of(&link, &ip, &out->outer);
	if (is_tcp) {
		fill_from_ip(packet, &ip, out);
	} else {
		if (!dig(&link, &ip, &out->outer, &is_piece, &out->noticed, reason)) {
			if (*reason == WS_UNDECODED_not_tcp)
				*reason = other_reason(&ip, &decoder->quote, &out->noticed);
			return DECODE_UNDECODED;
		}
		fill_from_ip(packet, &ip, out);
		fill_from_tunnel(&ip, is_piece, out);
	}
	if (ip.is_fragment)
		return fragment_add(&decoder->fragments, &ip, out, reason) ? DECODE_SEGMENT : DECODE_UNDECODED;
	if (!tcp_decode(ip.payload, ip.payload_caplen, ip.payload_len, out, reason))
		return DECODE_UNDECODED;
	out->checksum = (uint8_t)checksum_judge(&ip);
	return DECODE_SEGMENT;
}

const struct icmp_quote *decoder_quote(const struct decoder *decoder)
{
	return &decoder->quote;
}

bool decoder_flush(struct decoder *decoder, ws_time before, struct segment *out)
{
	return fragment_flush(&decoder->fragments, before, out);
}

uint64_t decoder_incomplete(struct decoder *decoder)
{
	uint64_t count = decoder->fragments.incomplete;

	decoder->fragments.incomplete = 0;
	return count;
}

uint64_t decoder_ignored(struct decoder *decoder)
{
	uint64_t count = decoder->fragments.ignored;

	decoder->fragments.ignored = 0;
	return count;
}
