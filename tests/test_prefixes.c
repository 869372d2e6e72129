/*
 * Every packet of every capture in pcaps/, and every segment of every case in every framing, at every captured
 * length, placed so that one byte more cannot be read: what comes of a packet cut short is the segment that the whole
 * one is, or nothing, never another one.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/source.h"
#include "lib/guard.h"
#include "lib/replay.h"
#include "lib/suite.h"
#include "wire/decode.h"

static glob_t captures;
static glob_t cases;
static struct guard guard;
static struct decoder *decoder;
static uint64_t packets;
static uint64_t wholes; /* that are segments */

static void setup(void)
{
	guard_init(&guard, SOURCE_SNAPLEN_MAX);
	decoder = decoder_new();
	ck_assert_ptr_nonnull(decoder);
}

static void teardown(void)
{
	decoder_free(decoder);
	guard_fini(&guard);
}

static enum decode_result decode(const struct ws_packet *packet, uint32_t caplen, struct segment *out)
{
	struct ws_packet cut = *packet;
	enum ws_undecoded reason = WS_UNDECODED_COUNT;
	enum decode_result result;

	cut.data = guard_copy(&guard, packet->data, caplen);
	cut.caplen = caplen;
	result = decoder_packet(decoder, &cut, out, &reason);
	if (result == DECODE_UNDECODED && reason >= WS_UNDECODED_COUNT)
		ck_abort_msg("frame %llu at %u bytes: no reason", (unsigned long long)packet->frame, caplen);
	return result;
}

static bool is_same(const struct segment *a, const struct segment *b)
{
	return memcmp(&a->src, &b->src, sizeof a->src) == 0 && memcmp(&a->dst, &b->dst, sizeof a->dst) == 0 &&
	       a->sport == b->sport && a->dport == b->dport && a->seq == b->seq && a->ack == b->ack &&
	       a->flags == b->flags && a->window == b->window && a->len == b->len && a->ip_len == b->ip_len &&
	       a->ttl == b->ttl;
}

/* Fragments are put together, so that the same one again is a copy: they are only read, not compared. */
static void cut_everywhere(const struct ws_packet *packet, const char *name)
{
	struct segment whole = { .frame = 0 };
	struct segment part;
	bool is_segment = decode(packet, packet->caplen, &whole) == DECODE_SEGMENT;

	packets++;
	wholes += is_segment;
	for (uint32_t caplen = 0; caplen < packet->caplen; caplen++) {
		if (decode(packet, caplen, &part) != DECODE_SEGMENT || whole.is_fragmented || part.is_fragmented)
			continue;
		if (!is_segment || !is_same(&part, &whole) || part.payload_caplen > caplen)
			ck_abort_msg("%s frame %llu: at %u bytes it is another segment", name,
				     (unsigned long long)packet->frame, caplen);
	}
}

START_TEST(capture)
{
	const char *name = captures.gl_pathv[_i];
	struct source_options options = { .names = &name, .names_len = 1 };
	struct source *source = source_new(&options);
	struct source_problem problem;
	struct ws_packet packet;
	enum source_result result;

	ck_assert_ptr_nonnull(source);
	while ((result = source_next(source, &packet, &problem)) != SOURCE_END)
		if (result == SOURCE_PACKET)
			cut_everywhere(&packet, name);
	source_free(source);
	ck_assert_uint_gt(packets, 0);
	ck_assert_uint_gt(wholes, 0);
}
END_TEST

static struct case_file *read_case(const char *name)
{
	struct case_file *file = malloc(sizeof *file);
	char *text = malloc(1 << 20);
	char error[CASE_ERROR_MAX];
	FILE *in = fopen(name, "rb");
	size_t len;

	ck_assert(file && text && in);
	len = fread(text, 1, 1 << 20, in);
	fclose(in);
	if (!case_parse(text, len, file, error))
		ck_abort_msg("%s: %s", name, error);
	free(text);
	return file;
}

static void cut_replay(const struct replay *replay, const char *name)
{
	for (size_t i = 0; i < replay->steps_len; i++) {
		const struct replay_step *step = &replay->steps[i];
		struct ws_packet packet = { .ts = step->ts,
					    .frame = i + 1,
					    .data = replay->bytes + step->at,
					    .caplen = step->caplen,
					    .len = step->len,
					    .linktype = replay->linktype };

		/* Beyond the headers there is only payload: one length of many is as good as the next. */
		if (packet.caplen > 300)
			packet.caplen = 300;
		if (!step->is_timer)
			cut_everywhere(&packet, name);
	}
}

START_TEST(framing)
{
	for (size_t i = 0; i < cases.gl_pathc; i++) {
		const char *name = cases.gl_pathv[i];
		struct case_file *file = read_case(name);

		for (unsigned is_ipv6 = 0; is_ipv6 < 2; is_ipv6++) {
			struct replay_way way = { .framing = (enum packet_framing)_i, .is_ipv6 = is_ipv6 };
			struct replay replay;

			/* A length field above 1500 would be an EtherType. */
			for (size_t k = 0; way.framing == FRAMING_LLC_SNAP && k < file->lines_len; k++)
				if (file->lines[k].segment.len > 1000)
					file->lines[k].segment.len = 1000;
			replay_init(&replay, file, &way);
			cut_replay(&replay, name);
			replay_fini(&replay);
		}
		free(file);
	}
	ck_assert_uint_gt(packets, 1000);
	ck_assert_uint_eq(wholes, packets);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("prefixes", &t);
	int status;

	if (glob("pcaps/*.pcap*", 0, NULL, &captures) != 0 ||
	    glob("pcaps/real/*.pcap*", GLOB_APPEND, NULL, &captures) != 0 ||
	    glob("tests/cases/*.case", 0, NULL, &cases) != 0)
		return EXIT_FAILURE;
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, capture, 0, (int)captures.gl_pathc);
	tcase_add_loop_test(t, framing, 0, FRAMING_COUNT);
	status = suite_run(suite);
	globfree(&captures);
	globfree(&cases);
	return status;
}
