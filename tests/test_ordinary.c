/*
 * The straight way of the decoder against the general one: where it says that it is for a packet, every member of the
 * segment is what the general way makes of it. Over the frames of all captures of pcaps/ and of all cases, packets with
 * each kind of checksum, and millions of changed copies of them (by fixed seeds); no byte behind what was captured is
 * read.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "lib/frames.h"
#include "lib/guard.h"
#include "lib/packet.h"
#include "lib/same.h"
#include "lib/suite.h"
#include "wire/decode.h"

#define CASES "tests/cases/*.case"
#define CASE_MAX (1 << 20)
#define MUTANTS 8000000
#define ETHERNET 14
#define FRAME_MAX 2048 /* of those that are changed */

static struct frames seeds = { .linktype = LINKTYPE_ETHERNET };

/* The same in other framings. */
#define FRAMED_MAX (64 * FRAMING_COUNT)
static struct framed {
	uint32_t linktype;
	struct frame frame;
} framed[FRAMED_MAX];
static size_t framed_len;
static struct guard guard;
static struct decoder *decoder;
static struct segment quick, general;
static uint64_t number;

/* ---- One packet both ways -------------------------------------------------------------------------------------- */

struct outcome {
	uint64_t frames;
	uint64_t segments; /* of the general way */
	uint64_t taken;    /* by the straight way */
	uint64_t checksums[CHECKSUM_UNVERIFIED + 1];
};

static void show_frame(const struct ws_packet *packet)
{
	for (uint32_t i = 0; i < packet->caplen && i < 200; i++)
		fprintf(stderr, "%02x%s", packet->data[i], i % 16 == 15 ? "\n" : " ");
	fprintf(stderr, "\n%u of %u bytes\n", packet->caplen, packet->len);
}

/* What is not written shows: the two begin with different bytes. */
static void compare_as(uint32_t linktype, const uint8_t *data, uint32_t caplen, uint32_t len, struct outcome *outcome)
{
	struct ws_packet packet = {
		.ts = (ws_time)number * 1000003,
		.frame = number + 1,
		.data = guard_copy(&guard, data, caplen),
		.caplen = caplen,
		.len = len,
		.linktype = linktype,
		.interface = (uint32_t)number % 7,
		.file = (uint32_t)number % 5,
	};
	enum ws_undecoded reason;

	number++;
	memset(&quick, 0xA5, sizeof(quick));
	memset(&general, 0x5A, sizeof(general));

	bool is_taken = ordinary_decode(&packet, &quick);
	bool is_segment = decoder_general(decoder, &packet, &general, &reason) == DECODE_SEGMENT;

	outcome->frames++;
	outcome->segments += is_segment;
	outcome->taken += is_taken;
	if (is_taken && (!is_segment || !is_same_segment(&quick, &general))) {
		show_frame(&packet);
		ck_abort_msg("frame %llu is not the same both ways", (unsigned long long)number);
	}
	if (is_taken)
		outcome->checksums[quick.checksum]++;
}

static void compare(const uint8_t *data, uint32_t caplen, uint32_t len, struct outcome *outcome)
{
	compare_as(LINKTYPE_ETHERNET, data, caplen, len, outcome);
}

/* ---- Frames to begin with ---------------------------------------------------------------------------------------- */

static void add_frames(struct frames *more)
{
	for (size_t i = 0; i < more->len; i++)
		if (!more->at[i].is_timer && more->at[i].caplen == more->at[i].len)
			(void)frames_add(&seeds, 0, more->at[i].data, more->at[i].len);
	frames_fini(more);
}

static void add_captures(const char *pattern)
{
	glob_t names;

	ck_assert_int_eq(glob(pattern, 0, NULL, &names), 0);
	for (size_t i = 0; i < names.gl_pathc; i++) {
		struct frames more = { .linktype = 0 };

		if (frames_of_file(&more, names.gl_pathv[i]) && more.linktype == LINKTYPE_ETHERNET)
			add_frames(&more);
		else
			frames_fini(&more);
	}
	globfree(&names);
}

static void add_cases(void)
{
	static struct case_file file;
	static char text[CASE_MAX];
	char error[CASE_ERROR_MAX];
	glob_t names;

	ck_assert_int_eq(glob(CASES, 0, NULL, &names), 0);
	for (size_t i = 0; i < names.gl_pathc; i++) {
		FILE *in = fopen(names.gl_pathv[i], "rb");
		struct frames more = { .linktype = 0 };

		ck_assert_ptr_nonnull(in);
		ck_assert(case_parse(text, fread(text, 1, sizeof(text), in), &file, error));
		fclose(in);
		frames_of_case(&more, &file, i % 2 == 1);
		add_frames(&more);
	}
	globfree(&names);
}

/* Checksums of every kind, with and without options and padding, and a super-frame of each version. */
static void make_packet(struct packet *packet, unsigned i)
{
	static const char *const addresses[2][2] = { { "192.0.2.1", "198.51.100.2" },
						     { "2001:db8::1", "2001:db8::2" } };

	packet_init(packet, addresses[i & 1][0], 40000, addresses[i & 1][1], 443);
	packet->flags = i & 2 ? WS_FLAG_ACK : WS_FLAG_SYN;
	packet->payload_len = i & 4 ? 33 : 0;
	packet->checksum = (enum packet_checksum)(i >> 3 & 3);
	packet->padding = i & 32 ? 6 : 0;
	packet->vlan = (uint16_t)(i & 8 ? 0 : 77);
	if (i & 2) {
		packet_option_nop(&packet->options);
		packet_option_nop(&packet->options);
		packet_option_timestamps(&packet->options, 0x01020304, 0xF5F6F7F8);
	} else if (i & 4) {
		packet_option_mss(&packet->options, 1460);
		packet_option_sack_permitted(&packet->options);
		packet_option_timestamps(&packet->options, 7, 0);
		packet_option_nop(&packet->options);
		packet_option_wscale(&packet->options, 7);
	}
	if (i >> 1 == 0x17)
		packet->payload_len = 20000;
}

static void add_built(void)
{
	static uint8_t bytes[PACKET_MAX];

	for (unsigned i = 0; i < FRAMED_MAX; i++) {
		struct packet packet;
		struct framed *out = &framed[framed_len];
		uint32_t len;

		make_packet(&packet, i % 64);
		packet.framing = (enum packet_framing)(i / 64);
		if (packet.framing == FRAMING_LLC_SNAP && packet.payload_len > 1000)
			packet.payload_len = 1000; /* more does not fit into a length of 802.3 */
		len = (uint32_t)packet_build(&packet, bytes, sizeof(bytes));
		if (packet.framing == FRAMING_ETHERNET) {
			(void)frames_add(&seeds, 0, bytes, len);
			continue;
		}
		*out = (struct framed){ packet_linktype(&packet), { .data = malloc(len), .caplen = len, .len = len } };
		ck_assert_ptr_nonnull(out->frame.data);
		memcpy(out->frame.data, bytes, len);
		framed_len++;
	}
}

static void setup(void)
{
	guard_init(&guard, PACKET_MAX);
	decoder = decoder_new();
	ck_assert_ptr_nonnull(decoder);
	add_captures("pcaps/*.pcap");
	add_captures("pcaps/real/*.pcap");
	add_cases();
	add_built();
	ck_assert_uint_gt(seeds.len, 3000);
}

static void teardown(void)
{
	frames_fini(&seeds);
	while (framed_len > 0)
		free(framed[--framed_len].frame.data);
	decoder_free(decoder);
	guard_fini(&guard);
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

/* Nearly all of them are ordinary, and at every length to which a snap length may cut them. */
START_TEST(as_they_are)
{
	struct outcome whole = { .frames = 0 };
	struct outcome cut = { .frames = 0 };

	for (size_t i = 0; i < seeds.len; i++) {
		const struct frame *frame = &seeds.at[i];

		compare(frame->data, frame->len, frame->len, &whole);
		for (uint32_t caplen = 0; caplen < frame->len && caplen < 140; caplen++)
			compare(frame->data, caplen, frame->len, &cut);
	}
	ck_assert_uint_gt(whole.taken * 100, whole.segments * 90);
	ck_assert_uint_gt(whole.checksums[CHECKSUM_GOOD], 1000);
	ck_assert_uint_gt(whole.checksums[CHECKSUM_BAD], 10);
	ck_assert_uint_gt(whole.checksums[CHECKSUM_OFFLOAD], 10);
	ck_assert_uint_eq(whole.checksums[CHECKSUM_UNVERIFIED], 0);
	ck_assert_uint_gt(cut.checksums[CHECKSUM_UNVERIFIED], 1000);
}
END_TEST

/* Which framings it is for, tags of a priority only among them. */
START_TEST(framings)
{
	static const bool is_for[FRAMING_COUNT] = {
		[FRAMING_VLAN] = true, [FRAMING_QINQ] = true, [FRAMING_RAW] = true,
		[FRAMING_SLL] = true,  [FRAMING_SLL2] = true,
	};

	for (size_t i = 0; i < framed_len; i++) {
		const struct framed *f = &framed[i];
		struct outcome outcome = { .frames = 0 };
		struct outcome cut = { .frames = 0 };

		compare_as(f->linktype, f->frame.data, f->frame.len, f->frame.len, &outcome);
		ck_assert_uint_eq(outcome.segments, 1);
		ck_assert_uint_eq(outcome.taken, is_for[i / 64 + 1]);
		for (uint32_t caplen = 0; caplen < f->frame.len && caplen < 140; caplen++)
			compare_as(f->linktype, f->frame.data, caplen, f->frame.len, &cut);
	}
}
END_TEST

/* xorshift (Marsaglia 2003), as good on every machine. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* RFC 791 3.1, so that a changed header is not left at its checksum. */
static void fix_header(uint8_t *ip)
{
	uint32_t sum = 0;

	ip[10] = ip[11] = 0;
	for (unsigned i = 0; i < 20; i += 2)
		sum += load_u16be(ip + i);
	sum = (sum >> 16) + (sum & 0xFFFF);
	sum = ~((sum >> 16) + sum) & 0xFFFF;
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
}

/* One to three bytes of the headers, to anything, to an extreme, or by one bit; some frames longer or shorter on the wire or
 * in the capture than they were. */
static void mutate(uint8_t *frame, uint32_t *caplen, uint32_t *len, uint32_t *random)
{
	static const uint8_t extremes[] = { 0x00, 0x01, 0x04, 0x05, 0x06, 0x7F, 0x80, 0xDF, 0xE0, 0xFF };
	uint32_t reach = *len < 96 ? *len : 96;

	for (unsigned times = next_random(random) % 3 + 1; times > 0; times--) {
		uint32_t how = next_random(random);
		uint32_t at = how >> 16;

		at = how & 8 ? at % reach : 12 + at % 42 % (reach - 12);
		if (how % 3 == 0)
			frame[at] = (uint8_t)(how >> 8);
		else if (how % 3 == 1)
			frame[at] = extremes[(how >> 8) % sizeof(extremes)];
		else
			frame[at] ^= (uint8_t)(1u << (how >> 8 & 7));
	}
	if (next_random(random) % 4 > 0 && *len >= ETHERNET + 20)
		fix_header(frame + ETHERNET);
	switch (next_random(random) % 8) {
	case 0:
		*caplen = next_random(random) % (*len + 1);
		break;
	case 1:
		*len += next_random(random) % 64;
		break;
	case 2:
		*len -= next_random(random) % 16;
		break;
	case 3:
		*len -= next_random(random) % 16;
		*caplen = *len;
		break;
	default:
		break;
	}
}

START_TEST(changed)
{
	struct outcome outcome = { .frames = 0 };
	uint32_t random = 0x9E3779B9u * (uint32_t)(_i + 1);
	uint8_t mutant[FRAME_MAX];

	while (outcome.frames < MUTANTS / 4) {
		uint32_t which = next_random(&random);
		const struct framed *other = &framed[which / 4 % framed_len];
		const struct frame *frame = which % 4 == 0 ? &other->frame : &seeds.at[which / 4 % seeds.len];
		uint32_t caplen = frame->len, len = frame->len;

		if (len > sizeof(mutant) || len < 40)
			continue;
		memcpy(mutant, frame->data, len);
		mutate(mutant, &caplen, &len, &random);
		compare_as(which % 4 == 0 ? other->linktype : LINKTYPE_ETHERNET, mutant, caplen, len, &outcome);
	}
	/* Neither way had all of them. */
	ck_assert_uint_gt(outcome.taken, outcome.frames / 10);
	ck_assert_uint_gt(outcome.segments, outcome.taken + outcome.frames / 100);
}
END_TEST

/* What is not for it, one condition at a time: a packet that is taken, and the same but for one byte. */
START_TEST(refused)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = {
		{ 12, 0x86 }, /* another type */
		{ 14, 0x46 }, /* IP options */
		{ 20, 0x20 }, /* a fragment */
		{ 21, 0x01 }, /* a later one */
		{ 20, 0x80 }, /* the reserved flag */
		{ 22, 4 },    /* a low TTL */
		{ 23, 17 },   /* UDP */
		{ 24, 0xFF }, /* a wrong checksum */
		{ 26, 127 },  /* loopback */
		{ 30, 224 },  /* a group */
		{ 46, 0x40 }, /* data offset too small */
		{ 46, 0xF0 }, /* too large */
	};
	uint8_t frame[PACKET_MAX];
	struct packet packet;
	struct outcome outcome = { .frames = 0 };
	size_t len;

	packet_init(&packet, "192.0.2.1", 40000, "198.51.100.2", 443);
	len = packet_build(&packet, frame, sizeof(frame));
	compare(frame, (uint32_t)len, (uint32_t)len, &outcome);
	ck_assert_uint_eq(outcome.taken, 1);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		len = packet_build(&packet, frame, sizeof(frame));
		frame[changes[i].at] = changes[i].value;
		if (changes[i].at != 24)
			fix_header(frame + ETHERNET);
		compare(frame, (uint32_t)len, (uint32_t)len, &outcome);
		ck_assert_uint_eq(outcome.taken, 1);
	}
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("ordinary", &t);

	tcase_set_timeout(t, 120);
	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, as_they_are);
	tcase_add_test(t, framings);
	tcase_add_loop_test(t, changed, 0, 4);
	tcase_add_test(t, refused);
	return suite_run(suite);
}
