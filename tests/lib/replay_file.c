/*
 * Capture files written byte by byte from their specifications: pcap (draft-ietf-opsawg-pcap) and pcapng
 * (draft-ietf-opsawg-pcapng: section header, one interface description, enhanced packets), in either byte order.
 */
#include "replay.h"

struct writer {
	FILE *out;
	bool is_big;
};

static void put(const struct writer *w, uint32_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		fputc((int)(value >> 8 * (w->is_big ? size - 1 - i : i) & 0xff), w->out);
}

static void put_padded(const struct writer *w, const uint8_t *bytes, uint32_t len)
{
	fwrite(bytes, 1, len, w->out);
	for (; len % 4; len++)
		fputc(0, w->out);
}

static void put_pcap_header(const struct writer *w, uint32_t linktype, bool is_microseconds)
{
	put(w, is_microseconds ? 0xa1b2c3d4u : 0xa1b23c4du, 4);
	put(w, 2, 2);
	put(w, 4, 2);
	put(w, 0, 4);
	put(w, 0, 4);
	put(w, 262144, 4);
	put(w, linktype, 4);
}

static void put_pcap_record(const struct writer *w, const struct replay_step *step, const uint8_t *bytes,
			    bool is_microseconds)
{
	put(w, (uint32_t)(step->ts / 1000000000), 4);
	put(w, (uint32_t)(step->ts % 1000000000 / (is_microseconds ? 1000 : 1)), 4);
	put(w, step->caplen, 4);
	put(w, step->len, 4);
	fwrite(bytes, 1, step->caplen, w->out);
}

static void put_pcapng_header(const struct writer *w, uint32_t linktype, bool is_microseconds)
{
	put(w, 0x0a0d0d0au, 4); /* section header block */
	put(w, 28, 4);
	put(w, 0x1a2b3c4du, 4);
	put(w, 1, 2);
	put(w, 0, 2);
	put(w, UINT32_MAX, 4); /* section length not given */
	put(w, UINT32_MAX, 4);
	put(w, 28, 4);
	put(w, 1, 4); /* interface description block */
	put(w, 32, 4);
	put(w, linktype, 2);
	put(w, 0, 2);
	put(w, 262144, 4);
	put(w, 9, 2); /* if_tsresol */
	put(w, 1, 2);
	fputc(is_microseconds ? 6 : 9, w->out);
	fwrite("\0\0", 1, 3, w->out);
	put(w, 0, 4); /* end of options */
	put(w, 32, 4);
}

static void put_pcapng_packet(const struct writer *w, const struct replay_step *step, const uint8_t *bytes,
			      bool is_microseconds)
{
	uint64_t ticks = (uint64_t)step->ts / (is_microseconds ? 1000 : 1);
	uint32_t padded = (step->caplen + 3) / 4 * 4;

	put(w, 6, 4); /* enhanced packet block */
	put(w, 32 + padded, 4);
	put(w, 0, 4);
	put(w, (uint32_t)(ticks >> 32), 4);
	put(w, (uint32_t)ticks, 4);
	put(w, step->caplen, 4);
	put(w, step->len, 4);
	put_padded(w, bytes, step->caplen);
	put(w, 32 + padded, 4);
}

void replay_write(const struct replay *replay, const struct replay_way *way, FILE *out)
{
	bool is_pcapng = way->file == REPLAY_PCAPNG_LE || way->file == REPLAY_PCAPNG_BE;
	struct writer w = { out, way->file == REPLAY_PCAP_BE || way->file == REPLAY_PCAPNG_BE };

	if (is_pcapng)
		put_pcapng_header(&w, replay->linktype, way->is_microseconds);
	else
		put_pcap_header(&w, replay->linktype, way->is_microseconds);
	for (size_t i = 0; i < replay->steps_len; i++) {
		const struct replay_step *step = &replay->steps[i];

		if (step->is_timer)
			continue;
		if (is_pcapng)
			put_pcapng_packet(&w, step, replay->bytes + step->at, way->is_microseconds);
		else
			put_pcap_record(&w, step, replay->bytes + step->at, way->is_microseconds);
	}
}
