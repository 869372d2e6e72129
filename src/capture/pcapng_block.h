/*
 * Blocks of pcapng from inside: what pcapng.c and pcapng_packet.c share.
 */
#ifndef CAPTURE_PCAPNG_BLOCK_H
#define CAPTURE_PCAPNG_BLOCK_H

#include "base/bytes.h"
#include "capture/pcapng.h"

#define BLOCK_PACKET_OBSOLETE 2
#define BLOCK_PACKET_SIMPLE 3
#define BLOCK_PACKET 6

/* Type and length at the front, the length again behind. */
#define BLOCK_HEADER 8
#define BLOCK_TRAILER 4
#define PACKET_HEADER 28 /* of both kinds that have a time */
#define SIMPLE_HEADER 12

/* One that was read as a whole. */
struct pcapng_block {
	uint64_t begin; /* its place in the file */
	uint32_t type;
	uint32_t len;
	const uint8_t *at;
};

static inline uint32_t pcapng_word(const struct pcapng *pcapng, const uint8_t *at)
{
	return pcapng->is_big ? load_u32be(at) : load_u32le(at);
}

static inline uint16_t pcapng_half(const struct pcapng *pcapng, const uint8_t *at)
{
	return pcapng->is_big ? load_u16be(at) : load_u16le(at);
}

/* What stands between the fixed part of a block and its trailer. */
static inline struct bytes pcapng_options_of(const struct pcapng_block *block, uint32_t fixed)
{
	return bytes_of(block->at + fixed, block->len - fixed - BLOCK_TRAILER);
}

/* Whether the section has described it. False with *problem filled. */
bool pcapng_has_interface(const struct pcapng *pcapng, uint32_t number, const struct pcapng_block *block,
			  const struct blocks *blocks, struct source_problem *problem);

/* A block that holds a packet with its time, or one without. False, with *problem filled, when it cannot be. */
bool pcapng_take_packet(struct pcapng *pcapng, const struct pcapng_block *block, const struct blocks *blocks,
			struct ws_packet *packet, struct source_problem *problem);
bool pcapng_take_simple(struct pcapng *pcapng, const struct pcapng_block *block, const struct blocks *blocks,
			struct ws_packet *packet, struct source_problem *problem);

#endif
