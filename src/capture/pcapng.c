/*
 * Each block is looked at when all of it is at hand, so that its length can be checked at both its ends before anything in
 * it is believed.
 */
#include "capture/pcapng.h"

#include <stdlib.h>
#include <string.h>

#include "capture/linktype.h"
#include "capture/pcapng_block.h"
#include "capture/pcapng_options.h"
#include "capture/problem.h"

#define BYTE_ORDER_MAGIC 0x1A2B3C4D
#define VERSION_MAJOR 1

#define BLOCK_SECTION 0x0A0D0D0A
#define BLOCK_INTERFACE 1
#define BLOCK_NAMES 4
#define BLOCK_STATISTICS 5
#define BLOCK_JOURNAL 9
#define BLOCK_SECRETS 10
#define BLOCK_CUSTOM 0x0BAD
#define BLOCK_CUSTOM_UNCOPIED 0x40000BAD

#define SECTION_MIN 28
#define INTERFACE_MIN 20
#define STATISTICS_MIN 24

#define INTERFACES_MAX 65536

bool pcapng_is(const uint8_t *magic)
{
	return load_u32be(magic) == BLOCK_SECTION;
}

/* ---- Sections and interfaces --------------------------------------------------------------------------------- */

static bool take_section(struct pcapng *pcapng, const struct pcapng_block *block, const struct blocks *blocks,
			 struct source_problem *problem)
{
	uint16_t major = pcapng_half(pcapng, block->at + 12);

	if (major != VERSION_MAJOR) {
		blocks_set_damaged(blocks, block->begin, problem,
				   "a section of pcapng version %u.%u, which is not known here", major,
				   pcapng_half(pcapng, block->at + 14));
		return false;
	}
	pcapng->before += (uint32_t)pcapng->interfaces_len;
	pcapng->interfaces_len = 0;
	return true;
}

static bool has_room(struct pcapng *pcapng)
{
	size_t max = pcapng->interfaces_max > 0 ? pcapng->interfaces_max * 2 : 4;
	struct pcapng_interface *interfaces;

	if (pcapng->interfaces_len < pcapng->interfaces_max)
		return true;
	interfaces = realloc(pcapng->interfaces, max * sizeof(*interfaces));
	if (interfaces == NULL)
		return false;
	pcapng->interfaces = interfaces;
	pcapng->interfaces_max = max;
	return true;
}

static bool take_interface(struct pcapng *pcapng, const struct pcapng_block *block, const struct blocks *blocks,
			   struct source_problem *problem)
{
	struct pcapng_interface *interface;

	if (pcapng->interfaces_len == INTERFACES_MAX) {
		blocks_set_damaged(blocks, block->begin, problem, "more than %d interfaces in a section",
				   INTERFACES_MAX);
		return false;
	}
	if (!has_room(pcapng)) {
		blocks_set_damaged(blocks, block->begin, problem, "no memory for another interface");
		return false;
	}
	interface = &pcapng->interfaces[pcapng->interfaces_len++];
	*interface = (struct pcapng_interface){
		.linktype = linktype_in_file(pcapng_half(pcapng, block->at + 8)),
		.snaplen = pcapng_word(pcapng, block->at + 12),
	};
	interface->captured_max = linktype_captured_max(interface->linktype);
	pcapng_options_of_interface(interface, pcapng_options_of(block, INTERFACE_MIN - BLOCK_TRAILER), pcapng->is_big);
	return true;
}

static bool take_statistics(struct pcapng *pcapng, const struct pcapng_block *block, const struct blocks *blocks,
			    struct source_problem *problem)
{
	uint32_t number = pcapng_word(pcapng, block->at + 8);

	if (!pcapng_has_interface(pcapng, number, block, blocks, problem))
		return false;
	pcapng_note_statistics(pcapng, &pcapng->interfaces[number],
			       pcapng_options_of(block, STATISTICS_MIN - BLOCK_TRAILER));
	return true;
}

/* ---- Blocks -------------------------------------------------------------------------------------------------- */

/* The least length of a block that is looked into; 0: it is not. */
static uint32_t least_len(uint32_t type)
{
	switch (type) {
	case BLOCK_SECTION:
		return SECTION_MIN;
	case BLOCK_INTERFACE:
		return INTERFACE_MIN;
	case BLOCK_PACKET_OBSOLETE:
	case BLOCK_PACKET:
		return PACKET_HEADER + BLOCK_TRAILER;
	case BLOCK_PACKET_SIMPLE:
		return SIMPLE_HEADER + BLOCK_TRAILER;
	case BLOCK_STATISTICS:
		return STATISTICS_MIN;
	default:
		return 0;
	}
}

static bool is_without_packets(uint32_t type)
{
	return type == BLOCK_NAMES || type == BLOCK_JOURNAL || type == BLOCK_SECRETS || type == BLOCK_CUSTOM ||
	       type == BLOCK_CUSTOM_UNCOPIED;
}

/* The byte order of a section is told by its header, before the length can be read. */
static bool take_byte_order(struct pcapng *pcapng, const struct blocks *blocks, uint64_t begin,
			    struct source_problem *problem)
{
	uint32_t magic = load_u32be(blocks->at + BLOCK_HEADER);

	pcapng->is_big = magic == BYTE_ORDER_MAGIC;
	if (pcapng->is_big || load_u32le(blocks->at + BLOCK_HEADER) == BYTE_ORDER_MAGIC)
		return true;
	blocks_set_damaged(blocks, begin, problem, "a section header without byte order (0x%08x)", magic);
	return false;
}

static bool is_len_possible(const struct blocks *blocks, const struct pcapng_block *block,
			    struct source_problem *problem)
{
	uint32_t least = least_len(block->type);

	if (block->len >= BLOCK_HEADER + BLOCK_TRAILER && block->len >= least && block->len % 4 == 0 &&
	    (least == 0 || block->len <= BLOCKS_PIECE_MAX))
		return true;
	blocks_set_damaged(blocks, block->begin, problem, "a block of type 0x%x and %u bytes", block->type, block->len);
	return false;
}

static bool is_trailer_fine(const struct pcapng *pcapng, const uint8_t *trailer, const struct pcapng_block *block,
			    const struct blocks *blocks, struct source_problem *problem)
{
	uint32_t len = pcapng_word(pcapng, trailer);

	if (len == block->len)
		return true;
	blocks_set_damaged(blocks, block->begin, problem,
			   "a block that begins with a length of %u and ends with one of %u", block->len, len);
	return false;
}

static enum source_result cut(const struct blocks *blocks, uint64_t begin, struct source_problem *problem)
{
	blocks_set_cut(blocks, begin, problem);
	return SOURCE_PROBLEM;
}

static enum source_result step_over(struct pcapng *pcapng, struct blocks *blocks, const struct pcapng_block *block,
				    struct source_problem *problem)
{
	if (!blocks_skip(blocks, block->len - BLOCK_TRAILER) || !blocks_have(blocks, BLOCK_TRAILER))
		return cut(blocks, block->begin, problem);
	if (!is_trailer_fine(pcapng, blocks->at, block, blocks, problem))
		return SOURCE_PROBLEM;
	blocks->at += BLOCK_TRAILER;
	pcapng->remarks.unknown_blocks += !is_without_packets(block->type);
	return SOURCE_SKIPPED;
}

/* The next block, taken whole: SOURCE_PACKET; SOURCE_SKIPPED when it was only stepped over. */
static inline enum source_result next_block(struct pcapng *pcapng, struct blocks *blocks, struct pcapng_block *block,
					    struct source_problem *problem)
{
	block->begin = blocks_offset(blocks);
	if (!blocks_have(blocks, BLOCK_HEADER + BLOCK_TRAILER))
		return blocks_is_at_end(blocks) ? SOURCE_END : cut(blocks, block->begin, problem);
	if (load_u32be(blocks->at) == BLOCK_SECTION && !take_byte_order(pcapng, blocks, block->begin, problem))
		return SOURCE_PROBLEM;
	block->type = pcapng_word(pcapng, blocks->at);
	block->len = pcapng_word(pcapng, blocks->at + 4);
	if (!is_len_possible(blocks, block, problem))
		return SOURCE_PROBLEM;
	if (least_len(block->type) == 0)
		return step_over(pcapng, blocks, block, problem);
	if (!blocks_have(blocks, block->len))
		return cut(blocks, block->begin, problem);
	block->at = blocks->at;
	blocks->at += block->len;
	return is_trailer_fine(pcapng, blocks->at - BLOCK_TRAILER, block, blocks, problem) ? SOURCE_PACKET
											   : SOURCE_PROBLEM;
}

/* SOURCE_SKIPPED: the block is no packet. */
static enum source_result take_block(struct pcapng *pcapng, struct blocks *blocks, struct ws_packet *packet,
				     struct source_problem *problem)
{
	struct pcapng_block block;
	enum source_result result = next_block(pcapng, blocks, &block, problem);

	if (result != SOURCE_PACKET)
		return result;
	switch (block.type) {
	case BLOCK_PACKET:
	case BLOCK_PACKET_OBSOLETE:
		return pcapng_take_packet(pcapng, &block, blocks, packet, problem) ? SOURCE_PACKET : SOURCE_PROBLEM;
	case BLOCK_PACKET_SIMPLE:
		return pcapng_take_simple(pcapng, &block, blocks, packet, problem) ? SOURCE_PACKET : SOURCE_PROBLEM;
	case BLOCK_INTERFACE:
		return take_interface(pcapng, &block, blocks, problem) ? SOURCE_SKIPPED : SOURCE_PROBLEM;
	case BLOCK_STATISTICS:
		return take_statistics(pcapng, &block, blocks, problem) ? SOURCE_SKIPPED : SOURCE_PROBLEM;
	default:
		return take_section(pcapng, &block, blocks, problem) ? SOURCE_SKIPPED : SOURCE_PROBLEM;
	}
}

enum source_result pcapng_next(struct pcapng *pcapng, struct blocks *blocks, struct ws_packet *packet,
			       struct source_problem *problem)
{
	enum source_result result;

	do
		result = take_block(pcapng, blocks, packet, problem);
	while (result == SOURCE_SKIPPED);
	return result;
}

bool pcapng_open(struct pcapng *pcapng, struct blocks *blocks, struct source_problem *problem)
{
	enum source_result result;
	struct ws_packet packet;

	*pcapng = (struct pcapng){ .is_big = false };
	do
		result = take_block(pcapng, blocks, &packet, problem);
	while (result == SOURCE_SKIPPED && pcapng->interfaces_len == 0);
	/* No packet comes before an interface. */
	return result != SOURCE_PROBLEM;
}

void pcapng_close(struct pcapng *pcapng)
{
	free(pcapng->interfaces);
	pcapng->interfaces = NULL;
}
