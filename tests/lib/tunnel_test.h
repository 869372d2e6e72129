/*
 * What the tests of tunnels share: a segment of 30 bytes, what it is put into, and what the decoder makes of that, read
 * against an unmapped page.
 */
#ifndef TESTS_TUNNEL_TEST_H
#define TESTS_TUNNEL_TEST_H

#include <check.h>
#include <string.h>

#include "guard.h"
#include "packet.h"
#include "wire/decode.h"
#include "wrap.h"

#define TUNNEL_TEST_SIZE 4096

struct tunnel_test {
	uint8_t buffer[TUNNEL_TEST_SIZE];
	uint8_t inner[PACKET_MAX];
	size_t inner_len;
	struct wrap wrap;
	struct guard guard;
	struct decoder *decoder;
	struct segment segment;
	enum ws_undecoded reason;
};

extern struct tunnel_test tunnel;

/* A fixture. */
void tunnel_test_setup(void);
void tunnel_test_teardown(void);

/* The packet to be carried, of either family, in tunnel.wrap. */
void tunnel_test_begin(uint8_t family, bool is_back);

/* Decodes `caplen` bytes of what tunnel.wrap has, of `len` that were sent; or all of it, finished. */
enum decode_result tunnel_test_decode_len(size_t caplen, size_t len);
enum decode_result tunnel_test_decode(void);

/* All of it is no segment, for this reason. */
void ck_tunnel_reason(const char *why);

#endif
