/*
 * What the tests of the IP layer share: one packet, built, changed and handed to ip_decode.
 */
#ifndef TESTS_IP_TEST_H
#define TESTS_IP_TEST_H

#include "packet.h"
#include "suite.h"
#include "wire/ip.h"

struct ip_test {
	uint8_t frame[PACKET_MAX];
	size_t frame_len;
	struct packet packet;
	struct ip_packet ip;
	enum ws_undecoded reason;
};

/* The only one. */
extern struct ip_test t;

/* t.packet is a segment of 20 + 10 bytes without a link header, in IPv4 with identification BEEF, or in IPv6. */
void ip_test_init_v4(void);
void ip_test_init_v6(void);

/* t.packet into t.frame. */
void ip_test_build(void);

/* t.frame into t.ip, or t.reason; the second with lengths of its own. */
bool ip_test_decode(void);
bool ip_test_decode_len(size_t caplen, size_t len);

/* t.frame leads to no TCP, for the reason of that name. */
void ck_undecoded(const char *why);

#endif
