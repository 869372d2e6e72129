/*
 * What the kinds of tunnels are put together from; for the files that know them alone.
 */
#ifndef TESTS_WRAP_PUSH_H
#define TESTS_WRAP_PUSH_H

#include "wrap.h"

/* Bytes, numbers in network order, and whole headers, put in front of what is there. */
unsigned wrap_sent_len(const struct wrap *wrap);
void wrap_push(struct wrap *wrap, const void *data, size_t len);
void wrap_push_u8(struct wrap *wrap, unsigned value);
void wrap_push_u16(struct wrap *wrap, unsigned value);
void wrap_push_u32(struct wrap *wrap, uint32_t value);
unsigned wrap_ethertype(const struct wrap *wrap);
unsigned wrap_ppp_type(const struct wrap *wrap);
void wrap_push_ethernet(struct wrap *wrap, unsigned type);
void wrap_push_tag(struct wrap *wrap, unsigned id, unsigned type);
void wrap_push_frame(struct wrap *wrap);
void wrap_push_tagged_frame(struct wrap *wrap, unsigned id);
void wrap_push_label(struct wrap *wrap, unsigned label, bool is_bottom);
void wrap_push_ipv4(struct wrap *wrap, unsigned protocol);
void wrap_push_ipv6(struct wrap *wrap, unsigned protocol);
void wrap_push_udp(struct wrap *wrap, unsigned from, unsigned to);
void wrap_push_udp4(struct wrap *wrap, unsigned to);
void wrap_push_gre4(struct wrap *wrap, unsigned flags, unsigned type);

/* The kinds: GRE and what is built upon it (wrap_gre.c), tunnels over UDP (wrap_udp.c). */
void wrap_put_gre(struct wrap *wrap);
void wrap_put_gre_in_ipv6(struct wrap *wrap);
void wrap_put_gre_all(struct wrap *wrap);
void wrap_put_gre_ethernet(struct wrap *wrap);
void wrap_put_gre_ethernet_key(struct wrap *wrap);
void wrap_put_gre_mpls(struct wrap *wrap);
void wrap_put_gre_ppp(struct wrap *wrap);
void wrap_put_nvgre(struct wrap *wrap);
void wrap_put_pptp(struct wrap *wrap);
void wrap_put_erspan_1(struct wrap *wrap);
void wrap_put_erspan_2(struct wrap *wrap);
void wrap_put_erspan_2_tagged(struct wrap *wrap);
void wrap_put_erspan_3(struct wrap *wrap);
void wrap_put_erspan_3_platform(struct wrap *wrap);
void wrap_put_vxlan(struct wrap *wrap);
void wrap_put_vxlan_old_port(struct wrap *wrap);
void wrap_put_vxlan_in_ipv6_tagged(struct wrap *wrap);
void wrap_put_vxlan_gpe(struct wrap *wrap);
void wrap_put_vxlan_gpe_ethernet(struct wrap *wrap);
void wrap_put_vxlan_gpe_mpls(struct wrap *wrap);
void wrap_put_geneve(struct wrap *wrap);
void wrap_put_geneve_ip(struct wrap *wrap);
void wrap_put_gtp(struct wrap *wrap);
void wrap_put_gtp_extended(struct wrap *wrap);
void wrap_put_teredo(struct wrap *wrap);
void wrap_put_teredo_all(struct wrap *wrap);
void wrap_put_l2tp(struct wrap *wrap);
void wrap_put_l2tp_short(struct wrap *wrap);
void wrap_put_mpls_in_udp(struct wrap *wrap);

#endif
