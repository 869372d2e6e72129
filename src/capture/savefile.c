/*
 * The filter is run here rather than by a reader of packets, so that those it leaves out are still counted.
 */
#include "capture/savefile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/blocks.h"
#include "capture/classic.h"
#include "capture/filters.h"
#include "capture/linktype.h"
#include "capture/pcapng.h"
#include "capture/problem.h"

#define MAGIC_LEN 4

struct savefile {
	struct blocks blocks;
	bool is_pcapng;
	struct classic classic; /* one of the two */
	struct pcapng pcapng;
	struct source_remarks remarks; /* of pcap: none */
	struct filters filters;
	struct filter *filter; /* for the last packet; NULL before any */
	bool is_held;          /* the last packet was read, but a problem with its link type came first */
	struct ws_packet held;
};

/* ---- Opening ------------------------------------------------------------------------------------------------- */

/* What else captures, and captures in archives, begin with. */
static const struct {
	const char *magic;
	const char *what;
	const char *advice;
} others[] = {
	{ "snoop", "a capture in snoop's format", "convert it with editcap" },
	{ "btsnoop", "a capture of Bluetooth", "it has no TCP" },
	{ "GMBU", "a capture of Microsoft's Network Monitor", "convert it with editcap" },
	{ "RTSS", "a capture of Microsoft's Network Monitor", "convert it with editcap" },
	{ "TRSNIFF data", "a capture of the Sniffer", "convert it with editcap" },
	{ "XCP", "a capture of the Sniffer for Windows", "convert it with editcap" },
	{ "BZh", "perhaps one packed with bzip2", "unpack it first" },
	{ "PK\x03\x04", "perhaps one in a zip archive", "unpack it first" },
	{ "\x1f\x9d", "perhaps one packed with compress", "unpack it first" },
	{ "\x1f\x8b", "one that was packed with gzip twice", "unpack it first" },
	{ "\x28\xb5\x2f\xfd", "one that was packed twice", "unpack it first" },
};

static void set_foreign(struct blocks *blocks, struct source_problem *problem)
{
	size_t left;

	(void)blocks_have(blocks, strlen("TRSNIFF data"));
	left = (size_t)(blocks->end - blocks->at);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		size_t len = strlen(others[i].magic);

		if (left >= len && memcmp(blocks->at, others[i].magic, len) == 0) {
			problem_set(problem, SOURCE_FAULT_FOREIGN, "not a capture file (pcap or pcapng), but %s: %s",
				    others[i].what, others[i].advice);
			return;
		}
	}
	problem_set(problem, SOURCE_FAULT_FOREIGN, "not a capture file (pcap or pcapng)");
}

static bool open_format(struct savefile *savefile, struct source_problem *problem)
{
	struct blocks *blocks = &savefile->blocks;

	if (blocks_have(blocks, MAGIC_LEN) && pcapng_is(blocks->at)) {
		savefile->is_pcapng = true;
		return pcapng_open(&savefile->pcapng, blocks, problem);
	}
	if (blocks_have(blocks, MAGIC_LEN) && classic_is(blocks->at))
		return classic_open(&savefile->classic, blocks, problem);
	if (blocks->state == BLOCKS_FAILED)
		blocks_set_cut(blocks, 0, problem);
	else
		set_foreign(blocks, problem);
	return false;
}

/* An expression that is wrong is wrong for every link type: the first one shows it. Only a pcap file as a whole is of a
 * link type that is not known. */
static bool try_filter(struct savefile *savefile, struct source_problem *problem, bool *is_fine)
{
	uint32_t linktype = savefile_linktype(savefile);
	bool is_new;
	struct filter *filter;

	*is_fine = true;
	if (savefile->is_pcapng && !ws_linktype_known(linktype))
		return true;
	filter = filters_for(&savefile->filters, linktype, &is_new, problem);
	*is_fine = ws_linktype_known(linktype);
	if (filter->kind == FILTER_TAKES_NONE)
		return false;
	savefile->filter = filter;
	return true;
}

struct savefile *savefile_open(const char *name, const struct source_options *options, struct source_problem *problem,
			       bool *is_fine)
{
	struct savefile *savefile = calloc(1, sizeof(*savefile));

	*is_fine = false;
	if (savefile == NULL) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", strerror(ENOMEM));
		return NULL;
	}
	filters_init(&savefile->filters, options->filter);
	if (!blocks_open(&savefile->blocks, name, &options->wait, problem) || !open_format(savefile, problem) ||
	    !try_filter(savefile, problem, is_fine)) {
		savefile_close(savefile);
		*is_fine = false;
		return NULL;
	}
	return savefile;
}

void savefile_close(struct savefile *savefile)
{
	if (savefile == NULL)
		return;
	filters_fini(&savefile->filters);
	pcapng_close(&savefile->pcapng);
	blocks_close(&savefile->blocks);
	free(savefile);
}

/* ---- What is known of it ------------------------------------------------------------------------------------- */

uint64_t savefile_done(const struct savefile *savefile)
{
	return blocks_done(&savefile->blocks);
}

bool savefile_size(const char *name, uint64_t *out)
{
	return input_size(name, out);
}

uint32_t savefile_linktype(const struct savefile *savefile)
{
	if (savefile->filter != NULL)
		return savefile->filter->linktype;
	if (!savefile->is_pcapng)
		return savefile->classic.linktype;
	return savefile->pcapng.interfaces_len > 0 ? savefile->pcapng.interfaces[0].linktype : SAVEFILE_NO_LINKTYPE;
}

const struct source_remarks *savefile_remarks(const struct savefile *savefile)
{
	return savefile->is_pcapng ? &savefile->pcapng.remarks : &savefile->remarks;
}

/* ---- Packets ------------------------------------------------------------------------------------------------- */

static inline enum source_result filtered(const struct savefile *savefile, const struct ws_packet *packet)
{
	return filter_takes(savefile->filter, packet) ? SOURCE_PACKET : SOURCE_SKIPPED;
}

/* A packet of another link type than the one before. Is there something to say about that, the packet waits. */
static enum source_result change_filter(struct savefile *savefile, const struct ws_packet *packet,
					struct source_problem *problem)
{
	struct source_problem why;
	bool is_new;

	savefile->filter = filters_for(&savefile->filters, packet->linktype, &is_new, &why);
	if (!is_new || (savefile->filter->kind != FILTER_TAKES_NONE && ws_linktype_known(packet->linktype)))
		return filtered(savefile, packet);
	if (savefile->filter->kind == FILTER_TAKES_NONE)
		problem_set(problem, SOURCE_FAULT_UNFILTERED, "the filter makes no sense for link type %u (%s): %s",
			    packet->linktype, ws_linktype_name(packet->linktype), why.text);
	else
		problem_set(problem, why.fault, "%s", why.text);
	savefile->held = *packet;
	savefile->is_held = true;
	return SOURCE_PROBLEM;
}

static enum source_result take_held(struct savefile *savefile, struct ws_packet *packet)
{
	savefile->is_held = false;
	packet->ts = savefile->held.ts;
	packet->data = savefile->held.data;
	packet->caplen = savefile->held.caplen;
	packet->len = savefile->held.len;
	packet->linktype = savefile->held.linktype;
	packet->interface = savefile->held.interface;
	return filtered(savefile, packet);
}

enum source_result savefile_next(struct savefile *savefile, struct ws_packet *packet, struct source_problem *problem)
{
	enum source_result result;

	if (savefile->is_held)
		return take_held(savefile, packet);
	result = savefile->is_pcapng ? pcapng_next(&savefile->pcapng, &savefile->blocks, packet, problem)
				     : classic_next(&savefile->classic, &savefile->blocks, packet, problem);
	if (result != SOURCE_PACKET)
		return result;
	if (savefile->filter != NULL && savefile->filter->linktype == packet->linktype)
		return filtered(savefile, packet);
	return change_filter(savefile, packet, problem);
}

/* ---- Batches ------------------------------------------------------------------------------------------------- */

/* Those that the filter leaves out go. */
static void sieve(const struct filter *filter, struct source_batch *batch)
{
	size_t len = 0;

	for (size_t i = 0; i < batch->len; i++)
		if (filter_takes(filter, &batch->packets[i])) {
			if (len < i)
				batch->packets[len] = batch->packets[i];
			len++;
		}
	batch->skipped = batch->len - len;
	batch->len = len;
}

void savefile_batch(struct savefile *savefile, uint64_t frame, uint32_t file, struct source_batch *batch)
{
	const struct filter *filter = savefile->filter;
	struct ws_packet like = { .frame = frame, .file = file };

	if (savefile->is_held || filter == NULL || filter->kind == FILTER_TAKES_NONE)
		return;
	like.linktype = filter->linktype;
	if (savefile->is_pcapng)
		pcapng_batch(&savefile->pcapng, &savefile->blocks, &like, batch);
	else
		classic_batch(&savefile->classic, &savefile->blocks, &like, batch);
	if (filter->kind == FILTER_PROGRAM)
		sieve(filter, batch);
}
