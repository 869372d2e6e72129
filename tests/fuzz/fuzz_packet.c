/*
 * libFuzzer: bytes as a run of packets through one decoder, so that fragments meet. The first byte picks the link type;
 * then come packets: two bytes of captured length, one of what the wire had more, and the bytes. Beside crashes it looks
 * for segments that claim what cannot be.
 */
#include <stdlib.h>
#include <string.h>

#include "wire/decode.h"

static const uint32_t linktypes[] = { 1, 0, 9, 12, 50, 51, 101, 104, 108, 113, 228, 229, 276, 147 };

#define LINKTYPES (sizeof(linktypes) / sizeof(linktypes[0]))

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void look_at(const struct segment *s, const struct ws_packet *packet)
{
	require(s->src.family == s->dst.family && (s->src.family == 4 || s->src.family == 6));
	require(s->payload_caplen <= s->len);
	require((s->payload == NULL) == (s->payload_caplen == 0));
	require(s->is_fragmented || s->len + 40 <= s->ip_len);
	require(s->options.sack_len <= SACK_BLOCKS_MAX && s->options.unknown_len <= UNKNOWN_OPTIONS_MAX);
	if (s->payload) {
		require(s->payload >= packet->data);
		require(s->payload + s->payload_caplen <= packet->data + packet->caplen);
	}
}

static void flush(struct decoder *decoder, ws_time before)
{
	struct segment segment;

	while (decoder_flush(decoder, before, &segment))
		require(segment.is_fragmented);
}

/* A copy of its own for each packet, so that AddressSanitizer sees every byte too far; never an empty block. */
static void feed(struct decoder *decoder, struct ws_packet *packet, const uint8_t *data)
{
	uint8_t *copy = malloc(packet->caplen + 1);
	struct segment segment;
	enum ws_undecoded reason = WS_UNDECODED_COUNT;

	require(copy != NULL);
	memcpy(copy + 1, data, packet->caplen);
	packet->data = copy + 1;
	if (decoder_packet(decoder, packet, &segment, &reason) == DECODE_SEGMENT)
		look_at(&segment, packet);
	else
		require(reason < WS_UNDECODED_COUNT && ws_undecoded_name(reason)[0] != '\0');
	require(segment.noticed >> WS_NOTICED_COUNT == 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoder *decoder = decoder_new();
	struct ws_packet packet = { .linktype = linktypes[size > 0 ? data[0] % LINKTYPES : 0] };
	size_t at = 1;

	require(decoder != NULL);
	while (at + 3 <= size) {
		size_t caplen = (size_t)(data[at] & 0x0F) << 8 | data[at + 1];
		uint32_t more = (uint32_t)data[at + 2] * 257;

		at += 3;
		if (caplen > size - at)
			caplen = size - at;
		packet.caplen = (uint32_t)caplen;
		packet.len = packet.caplen + more;
		packet.ts += (data[at - 3] >> 4) * INT64_C(3000000000);
		packet.frame++;
		feed(decoder, &packet, data + at);
		flush(decoder, packet.ts - INT64_C(30000000000));
		at += caplen;
	}
	flush(decoder, WS_TIME_NONE);
	decoder_incomplete(decoder);
	decoder_free(decoder);
	return 0;
}
