/*
 * GRE (RFC 2784, 2890), NVGRE (RFC 7637), PPTP (RFC 2637) and ERSPAN (draft-foschiano-erspan).
 */
#include "wrap_push.h"

void wrap_put_gre(struct wrap *wrap)
{
	wrap_push_gre4(wrap, 0, wrap_ethertype(wrap));
}

void wrap_put_gre_in_ipv6(struct wrap *wrap)
{
	wrap_push_u32(wrap, 42);
	wrap_push_u16(wrap, wrap_ethertype(wrap));
	wrap_push_u16(wrap, 0x2000);
	wrap_push_ipv6(wrap, 47);
}

/* Checksum (over the header and the payload), key and sequence number. */
void wrap_put_gre_all(struct wrap *wrap)
{
	unsigned type = wrap_ethertype(wrap);
	uint32_t sum = 0;
	uint8_t *gre;

	wrap_push_u32(wrap, 7);
	wrap_push_u32(wrap, 0xDEADBEEF);
	wrap_push_u32(wrap, 0);
	wrap_push_u16(wrap, type);
	wrap_push_u16(wrap, 0xB000);
	gre = wrap->buffer + wrap->at;
	for (size_t i = 0; i < wrap_len(wrap); i++)
		sum += i % 2 != 0 ? gre[i] : (uint32_t)gre[i] << 8;
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xFFFF);
	gre[4] = (uint8_t)(~sum >> 8);
	gre[5] = (uint8_t)~sum;
	wrap_push_ipv4(wrap, 47);
}

void wrap_put_gre_ethernet(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_gre4(wrap, 0, 0x6558);
}

/* What Linux calls gretap: the key is no virtual subnet. */
void wrap_put_gre_ethernet_key(struct wrap *wrap)
{
	wrap_push_tagged_frame(wrap, 30);
	wrap_push_u32(wrap, 42);
	wrap_push_gre4(wrap, 0x2000, 0x6558);
}

void wrap_put_gre_mpls(struct wrap *wrap)
{
	wrap_push_label(wrap, 18, true);
	wrap_push_label(wrap, 16001, false);
	wrap_push_gre4(wrap, 0, 0x8847);
}

void wrap_put_gre_ppp(struct wrap *wrap)
{
	wrap_push_u16(wrap, wrap_ppp_type(wrap));
	wrap_push_gre4(wrap, 0, 0x880B);
}

void wrap_put_nvgre(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_u32(wrap, 0x00123400 | (wrap->is_back ? 9u : 8u));
	wrap_push_gre4(wrap, 0x2000, 0x6558);
}

void wrap_put_pptp(struct wrap *wrap)
{
	unsigned len;

	wrap_push_u16(wrap, wrap_ppp_type(wrap));
	wrap_push_u16(wrap, 0xFF03);
	len = wrap_sent_len(wrap);
	wrap_push_u32(wrap, 12);
	wrap_push_u32(wrap, 11);
	wrap_push_u16(wrap, wrap->is_back ? 200 : 100);
	wrap_push_u16(wrap, len);
	wrap_push_gre4(wrap, 0x3081, 0x880B);
}

/* ---- ERSPAN (draft-foschiano-erspan) ------------------------------------------------------------------------------ */

void wrap_put_erspan_1(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_gre4(wrap, 0, 0x88BE);
}

/* The tag was taken off the frame. */
void wrap_put_erspan_2(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_u32(wrap, 5);
	wrap_push_u16(wrap, 0x0000 | 77);
	wrap_push_u16(wrap, 0x1000 | 20);
	wrap_push_u32(wrap, 1000);
	wrap_push_gre4(wrap, 0x1000, 0x88BE);
}

/* The tag was left in the frame: encapsulation 3. */
void wrap_put_erspan_2_tagged(struct wrap *wrap)
{
	wrap_push_tagged_frame(wrap, 21);
	wrap_push_u32(wrap, 5);
	wrap_push_u16(wrap, 0x1800 | 77);
	wrap_push_u16(wrap, 0x1000 | 999);
	wrap_push_u32(wrap, 1000);
	wrap_push_gre4(wrap, 0x1000, 0x88BE);
}

void wrap_put_erspan_3(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_u16(wrap, 0x8000);
	wrap_push_u16(wrap, 0);
	wrap_push_u32(wrap, 0x11223344);
	wrap_push_u16(wrap, 78);
	wrap_push_u16(wrap, 0x2000 | 22);
	wrap_push_u32(wrap, 1000);
	wrap_push_gre4(wrap, 0x1000, 0x22EB);
}

void wrap_put_erspan_3_platform(struct wrap *wrap)
{
	wrap_push_frame(wrap);
	wrap_push_u32(wrap, 2);
	wrap_push_u32(wrap, 1);
	wrap_push_u16(wrap, 0x8001);
	wrap_push_u16(wrap, 0);
	wrap_push_u32(wrap, 0x11223344);
	wrap_push_u16(wrap, 78);
	wrap_push_u16(wrap, 0x2000 | 22);
	wrap_push_u32(wrap, 1000);
	wrap_push_gre4(wrap, 0x1000, 0x22EB);
}
