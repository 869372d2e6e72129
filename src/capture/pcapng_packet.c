/*
 * Packets out of the blocks of pcapng, one at a time or as many as are at hand.
 */
#include "capture/pcapng_block.h"
#include "capture/pcapng_options.h"
#include "capture/problem.h"

#define DROPS_UNKNOWN 0xFFFF

bool pcapng_has_interface(const struct pcapng *pcapng, uint32_t number, const struct pcapng_block *block,
			  const struct blocks *blocks, struct source_problem *problem)
{
	if (number < pcapng->interfaces_len)
		return true;
	blocks_set_damaged(blocks, block->begin, problem, "interface %u is not described before it is used", number);
	return false;
}

/* Whether the bytes captured are in the block, and not too many. */
static bool is_frame_possible(const struct pcapng_interface *interface, const struct pcapng_block *block,
			      uint32_t header, uint32_t captured, const struct blocks *blocks,
			      struct source_problem *problem)
{
	if (captured > interface->captured_max) {
		blocks_set_damaged(blocks, block->begin, problem, "%u bytes captured of one packet", captured);
		return false;
	}
	if (captured > block->len - header - BLOCK_TRAILER) {
		blocks_set_damaged(blocks, block->begin, problem, "%u bytes captured, in a block of %u", captured,
				   block->len);
		return false;
	}
	return true;
}

/* The frame check sequence is no part of what the frame carries. */
static inline void fill(const struct pcapng *pcapng, uint32_t number, const uint8_t *data, uint32_t captured,
			uint32_t len, struct ws_packet *packet)
{
	const struct pcapng_interface *interface = &pcapng->interfaces[number];

	packet->data = data;
	packet->caplen = captured;
	packet->len = len;
	packet->linktype = interface->linktype;
	packet->interface = pcapng->before + number;
	if (interface->fcs_len == 0 || len < interface->fcs_len)
		return;
	packet->len -= interface->fcs_len;
	if (packet->caplen > packet->len)
		packet->caplen = packet->len;
}

/* The enhanced packet block, and the obsolete one, which differs in its third word. */
bool pcapng_take_packet(struct pcapng *pcapng, const struct pcapng_block *block, const struct blocks *blocks,
			struct ws_packet *packet, struct source_problem *problem)
{
	bool is_obsolete = block->type == BLOCK_PACKET_OBSOLETE;
	uint32_t number = is_obsolete ? pcapng_half(pcapng, block->at + 8) : pcapng_word(pcapng, block->at + 8);
	uint32_t captured = pcapng_word(pcapng, block->at + 20);
	uint32_t padded = (captured + 3) & ~UINT32_C(3);
	struct pcapng_interface *interface;

	if (!pcapng_has_interface(pcapng, number, block, blocks, problem))
		return false;
	interface = &pcapng->interfaces[number];
	if (!is_frame_possible(interface, block, PACKET_HEADER, captured, blocks, problem))
		return false;
	fill(pcapng, number, block->at + PACKET_HEADER, captured, pcapng_word(pcapng, block->at + 24), packet);
	packet->ts = pcapng->newest =
		ticks_time(&interface->ticks,
			   (uint64_t)pcapng_word(pcapng, block->at + 12) << 32 | pcapng_word(pcapng, block->at + 16));
	if (is_obsolete && pcapng_half(pcapng, block->at + 10) != DROPS_UNKNOWN)
		pcapng_note_drops(pcapng, interface, pcapng_half(pcapng, block->at + 10));
	if (!is_obsolete && block->len > PACKET_HEADER + padded + BLOCK_TRAILER)
		pcapng_note_packet(pcapng, interface, pcapng_options_of(block, PACKET_HEADER + padded));
	return true;
}

/* It has no time, is of the first interface, and tells how much was captured by that one's snap length only. */
bool pcapng_take_simple(struct pcapng *pcapng, const struct pcapng_block *block, const struct blocks *blocks,
			struct ws_packet *packet, struct source_problem *problem)
{
	uint32_t len = pcapng_word(pcapng, block->at + 8);
	uint32_t captured = len;

	if (!pcapng_has_interface(pcapng, 0, block, blocks, problem))
		return false;
	if (pcapng->interfaces[0].snaplen > 0 && captured > pcapng->interfaces[0].snaplen)
		captured = pcapng->interfaces[0].snaplen;
	if (!is_frame_possible(&pcapng->interfaces[0], block, SIMPLE_HEADER, captured, blocks, problem))
		return false;
	fill(pcapng, 0, block->at + SIMPLE_HEADER, captured, len, packet);
	packet->ts = pcapng->newest;
	pcapng->remarks.untimed++;
	return true;
}

/* ---- Batches ------------------------------------------------------------------------------------------------- */

/* The next block, if it is an enhanced packet block of this link type, at hand and as it should be. */
struct candidate {
	struct pcapng_block block;
	struct pcapng_interface *interface;
	uint32_t number; /* of the interface */
	uint32_t captured;
};

static inline bool is_usual(const struct pcapng *pcapng, const uint8_t *at, size_t left, uint32_t linktype,
			    struct candidate *out, uint32_t (*load)(const uint8_t *))
{
	uint32_t len;

	if (left < PACKET_HEADER + BLOCK_TRAILER || load(at) != BLOCK_PACKET)
		return false;
	len = load(at + 4);
	out->number = load(at + 8);
	out->captured = load(at + 20);
	if (len < PACKET_HEADER + BLOCK_TRAILER || len % 4 != 0 || len > left || len > BLOCKS_PIECE_MAX ||
	    load(at + len - BLOCK_TRAILER) != len || out->number >= pcapng->interfaces_len)
		return false;
	out->interface = &pcapng->interfaces[out->number];
	out->block.at = at;
	out->block.len = len;
	return out->interface->linktype == linktype && out->captured <= out->interface->captured_max &&
	       out->captured <= len - PACKET_HEADER - BLOCK_TRAILER;
}

/* Inlined for each byte order. */
static inline void take_blocks(struct pcapng *pcapng, struct blocks *blocks, const struct ws_packet *like,
			       struct source_batch *batch, uint32_t (*load)(const uint8_t *))
{
	const uint8_t *at = blocks->at;
	uint64_t frame = like->frame;
	struct candidate c;

	while (batch->len < batch->max && is_usual(pcapng, at, (size_t)(blocks->end - at), like->linktype, &c, load)) {
		struct ws_packet *packet = &batch->packets[batch->len];
		uint32_t padded = (c.captured + 3) & ~UINT32_C(3);
		ws_time ts = ticks_time(&c.interface->ticks, (uint64_t)load(at + 12) << 32 | load(at + 16));

		if (ts >= batch->before)
			break;
		if (c.block.len > PACKET_HEADER + padded + BLOCK_TRAILER)
			pcapng_note_packet(pcapng, c.interface, pcapng_options_of(&c.block, PACKET_HEADER + padded));
		fill(pcapng, c.number, at + PACKET_HEADER, c.captured, load(at + 24), packet);
		packet->ts = pcapng->newest = ts;
		packet->frame = frame++;
		packet->file = like->file;
		batch->len++;
		at += c.block.len;
	}
	blocks->at = at;
}

void pcapng_batch(struct pcapng *pcapng, struct blocks *blocks, const struct ws_packet *like,
		  struct source_batch *batch)
{
	if (pcapng->is_big)
		take_blocks(pcapng, blocks, like, batch, load_u32be);
	else
		take_blocks(pcapng, blocks, like, batch, load_u32le);
}
