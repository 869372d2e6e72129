#include "same.h"

#include <string.h>

#define SAME(member) (a->member == b->member)

static bool is_same_addr(const struct ws_addr *a, const struct ws_addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static bool is_same_outer(const struct outer *a, const struct outer *b)
{
	return SAME(kind) && SAME(family) && SAME(has_id) && SAME(vlans_len) && SAME(id) && SAME(link_src) &&
	       memcmp(a->vlans, b->vlans, a->vlans_len * sizeof(a->vlans[0])) == 0;
}

static bool is_same_options(const struct tcp_options *a, const struct tcp_options *b)
{
	if (!(SAME(present) && SAME(odd) && SAME(tsecr) && SAME(tsval) && SAME(mss) && SAME(wscale) && SAME(sack_len) &&
	      SAME(fast_open_len) && SAME(mptcp_subtype) && SAME(unknown_len)))
		return false;
	for (unsigned i = 0; i < ODDITY_COUNT; i++)
		if (a->odd & ODD_BIT(i) && !SAME(odd_value[i]))
			return false;
	return memcmp(a->unknown, b->unknown, a->unknown_len * sizeof(a->unknown[0])) == 0 &&
	       memcmp(a->sack, b->sack, a->sack_len * sizeof(a->sack[0])) == 0;
}

bool is_same_segment(const struct segment *a, const struct segment *b)
{
	return SAME(ts) && SAME(frame) && SAME(file) && SAME(interface) && is_same_addr(&a->src, &b->src) &&
	       is_same_addr(&a->dst, &b->dst) && SAME(sport) && SAME(dport) && SAME(seq) && SAME(ack) && SAME(len) &&
	       SAME(ip_len) && SAME(window) && SAME(urgent) && SAME(tcp_checksum) && SAME(flags) && SAME(reserved) &&
	       SAME(ttl) && SAME(has_ip_id) && SAME(ip_id) && SAME(checksum) && SAME(is_truncated) &&
	       SAME(is_header_cut) && SAME(is_offload) && SAME(is_fragmented) && SAME(noticed) &&
	       is_same_outer(&a->outer, &b->outer) && is_same_options(&a->options, &b->options) && SAME(payload) &&
	       SAME(payload_caplen);
}
