/*
 * tshark's opinion: the same packets, of every kind the builder knows, read by tshark and by our decoder, compared field
 * by field as lines of text. Skipped, in words, where there is no tshark.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/packet.h"
#include "lib/suite.h"
#include "lib/writer.h"
#include "wire/decode.h"

#define FIELDS                                                                                                \
	"-e frame.number -e ip.ttl -e ipv6.hlim -e tcp.srcport -e tcp.dstport -e tcp.seq_raw -e tcp.ack_raw " \
	"-e tcp.flags -e tcp.window_size_value -e tcp.urgent_pointer -e tcp.len -e tcp.checksum.status "      \
	"-e tcp.options.mss_val -e tcp.options.wscale.shift -e tcp.options.timestamp.tsval "                  \
	"-e tcp.options.timestamp.tsecr -e tcp.options.sack_le -e tcp.options.sack_re -e vlan.id "            \
	"-e ieee8021ad.id"

static uint8_t frame[PACKET_MAX];
static uint8_t file[4000000];
static struct writer out = { file, sizeof(file), 0 };
static struct text ours;
static struct decoder *decoder;
static uint64_t frames;
static uint32_t interfaces[FRAMING_COUNT * 2]; /* link type of each; in the file in this order */

/* ---- pcapng (draft-ietf-opsawg-pcapng), big endian --------------------------------------------------------------- */

static void put_block(uint32_t type, const uint8_t *body, size_t len)
{
	uint32_t total = (uint32_t)(12 + (len + 3) / 4 * 4);

	put_u32(&out, type);
	put_u32(&out, total);
	put(&out, body, len);
	put_zeros(&out, total - 12 - len);
	put_u32(&out, total);
}

static void put_file_head(void)
{
	static const uint8_t section[16] = {
		0x1A, 0x2B, 0x3C, 0x4D, 0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255
	};

	put_block(0x0A0D0D0A, section, sizeof(section));
	for (size_t i = 0; i < sizeof(interfaces) / sizeof(interfaces[0]); i++) {
		struct packet packet;
		uint8_t body[8] = { 0 };

		packet_init(&packet, i % 2 != 0 ? "::1" : "1.1.1.1", 1, i % 2 != 0 ? "::2" : "1.1.1.2", 2);
		packet.framing = (enum packet_framing)(i / 2);
		interfaces[i] = packet_linktype(&packet);
		body[0] = (uint8_t)(interfaces[i] >> 8);
		body[1] = (uint8_t)interfaces[i];
		put_block(1, body, sizeof(body));
	}
}

static void put_frame(uint32_t interface, size_t caplen, size_t len)
{
	static uint8_t body[PACKET_MAX + 20];
	struct writer w = { body, sizeof(body), 0 };

	put_u32(&w, interface);
	put_u32(&w, 0);
	put_u32(&w, (uint32_t)frames);
	put_u32(&w, (uint32_t)caplen);
	put_u32(&w, (uint32_t)len);
	put(&w, frame, caplen);
	put_block(6, body, w.len);
}

/* ---- A segment as tshark's line ---------------------------------------------------------------------------------- */

/* 0 bad, 1 good, 2 unverified (tshark's values). It puts fragments together and sees their checksum good; we keep no
 * payload and do not. */
static int status_of(const struct segment *s)
{
	if (s->checksum == CHECKSUM_UNVERIFIED)
		return s->is_fragmented ? 1 : 2;
	return s->checksum == CHECKSUM_GOOD;
}

static void line_options(const struct tcp_options *o)
{
	if (o->present & OPTION_MSS)
		text_printf(&ours, "%u", o->mss);
	text_char(&ours, '|');
	if (o->present & OPTION_WSCALE)
		text_printf(&ours, "%u", o->wscale);
	text_char(&ours, '|');
	if (o->present & OPTION_TIMESTAMPS)
		text_printf(&ours, "%" PRIu32 "|%" PRIu32, o->tsval, o->tsecr);
	else
		text_char(&ours, '|');
	for (unsigned edge = 0; edge < 2; edge++) {
		text_char(&ours, '|');
		for (unsigned i = 0; i < o->sack_len; i++)
			text_printf(&ours, "%s%" PRIu32, i > 0 ? "," : "", o->sack[i][edge]);
	}
}

static void line_segment(const struct segment *s, const struct packet *packet)
{
	text_printf(&ours, "%" PRIu64 "|", frames);
	text_printf(&ours, s->src.family == 4 ? "%u||" : "|%u|", s->ttl);
	text_printf(&ours, "%u|%u|%" PRIu32 "|%" PRIu32 "|", s->sport, s->dport, s->seq, s->ack);
	text_printf(&ours, "0x%04x|%u|%u|%" PRIu32 "|%d|", (unsigned)s->reserved << 8 | s->flags, s->window, s->urgent,
		    s->len, status_of(s));
	line_options(&s->options);
	text_char(&ours, '|');
	/* The outer tag of 802.1ad has a field of its own; the inner one is 7. */
	if (packet->framing == FRAMING_QINQ)
		text_puts(&ours, "7|");
	if (s->outer.vlans_len > 0)
		text_u64(&ours, s->outer.vlans[0]);
	if (packet->framing != FRAMING_QINQ)
		text_char(&ours, '|');
	text_char(&ours, '\n');
}

/* Hands the frame to both. */
static void give(const struct packet *packet, size_t caplen, size_t len)
{
	uint32_t interface = (uint32_t)packet->framing * 2 + (packet->src.family == 6);
	struct ws_packet p = {
		.data = frame,
		.caplen = (uint32_t)caplen,
		.len = (uint32_t)len,
		.linktype = interfaces[interface],
		.frame = ++frames,
	};
	struct segment segment;
	enum ws_undecoded reason;

	put_frame(interface, caplen, len);
	if (decoder_packet(decoder, &p, &segment, &reason) == DECODE_SEGMENT)
		line_segment(&segment, packet);
}

/* ---- The packets --------------------------------------------------------------------------------------------------- */

static void start(struct packet *packet, unsigned number, enum packet_framing framing, bool is_v6)
{
	packet_init(packet, is_v6 ? "2001:db8::1" : "10.0.0.1", (uint16_t)(20000 + number),
		    is_v6 ? "2001:db8::2" : "10.0.0.2", (uint16_t)(30000 + number));
	packet->framing = framing;
	packet->vlan = 291;
	packet->ttl = (uint8_t)(30 + number % 200);
	packet->seq = 0xFFFFFF00u + number;
	packet->ack = 77;
	packet->flags = WS_FLAG_ACK;
	packet->payload_len = number % 50;
}

static void give_options(struct packet *packet, unsigned variant)
{
	static const uint32_t blocks[3][2] = { { 100, 200 }, { 300, 4000000000 }, { 500, 600 } };

	switch (variant) {
	case 1:
		packet->flags = WS_FLAG_SYN;
		packet->payload_len = 0;
		packet_option_mss(&packet->options, 1460);
		packet_option_sack_permitted(&packet->options);
		packet_option_timestamps(&packet->options, 4000000000, 0);
		packet_option_wscale(&packet->options, 7);
		break;
	case 2:
		packet_option_nop(&packet->options);
		packet_option_nop(&packet->options);
		packet_option_timestamps(&packet->options, 1, 2);
		break;
	case 3:
		packet_option_sack(&packet->options, blocks, 3);
		break;
	case 4:
		packet->flags = WS_FLAG_ACK | WS_FLAG_URG | WS_FLAG_ECE | WS_FLAG_CWR | WS_FLAG_PSH | WS_FLAG_FIN;
		packet->urgent = 99;
		packet->reserved = 1;
		break;
	default:
		packet->checksum = PACKET_CHECKSUM_WRONG;
		break;
	}
}

static void give_every_framing(void)
{
	unsigned number = 0;

	for (unsigned framing = 0; framing < FRAMING_COUNT; framing++) {
		for (unsigned variant = 0; variant < 12; variant++) {
			struct packet packet;

			start(&packet, number++, (enum packet_framing)framing, variant >= 6);
			give_options(&packet, variant % 6);
			packet.padding = variant % 2 * 4;

			size_t len = packet_build(&packet, frame, sizeof(frame));

			give(&packet, len, len);
		}
	}
}

static void give_extensions(void)
{
	static const uint8_t options[8] = { 0, 0, 1, 4 };
	static const uint8_t travelled[24] = { 0, 2, 0, 0, [8] = 0x20, 1, [23] = 5 };
	static const uint8_t authentication[16] = { 0, 2 };
	static const uint8_t atomic[8] = { 0 };
	static const struct packet_extension all[] = {
		{ 0, options, 8 },          { 60, options, 8 }, { 43, travelled, 24 },
		{ 51, authentication, 16 }, { 44, atomic, 8 },  { 60, options, 8 },
	};

	for (size_t from = 0; from < 6; from++) {
		struct packet packet;

		start(&packet, (unsigned)from, FRAMING_ETHERNET, true);
		packet.extensions_len = 6 - from;
		memcpy(packet.extensions, all + from, packet.extensions_len * sizeof(all[0]));

		size_t len = packet_build(&packet, frame, sizeof(frame));

		give(&packet, len, len);
	}
}

/* Cut by the capture behind the fixed header; and, left whole, longer than any wire allows. */
static void give_lengths(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct packet packet;

		start(&packet, 44, FRAMING_ETHERNET, i == 1);

		size_t len = packet_build(&packet, frame, sizeof(frame));

		give(&packet, len - 10, len);
		packet.payload_len = 40000;
		len = packet_build(&packet, frame, sizeof(frame));
		give(&packet, len, len);
	}
}

/* In order and the wrong way round; tshark tells a fragmented segment with the frame that completes it, as we do. */
static void give_fragments(void)
{
	for (unsigned i = 0; i < 4; i++) {
		static const size_t cuts[4] = { 0, 104, 504, 700 };
		struct packet packet;

		start(&packet, 55, FRAMING_ETHERNET, i % 2 == 1);
		packet_option_mss(&packet.options, 1000);
		packet.payload_len = 700 - 24;
		for (unsigned n = 0; n < 3; n++) {
			unsigned at = i < 2 ? n : 2 - n;
			size_t len = packet_build_fragment(&packet, 500 + i, cuts[at], cuts[at + 1] - cuts[at], at < 2,
							   frame, sizeof(frame));

			give(&packet, len, len);
		}
	}
}

/* ---- The comparison -------------------------------------------------------------------------------------------------- */

/* Line by line; cuts both up. */
static void compare(char *mine, char *theirs)
{
	unsigned lines = 0;

	for (; *theirs != '\0'; lines++) {
		char *end = strchr(mine, '\n');
		char *their_end = strchr(theirs, '\n');

		ck_assert_msg(end != NULL, "tshark alone: %s", theirs);
		ck_assert_ptr_nonnull(their_end);
		*end = '\0';
		*their_end = '\0';
		ck_assert_str_eq(mine, theirs);
		mine = end + 1;
		theirs = their_end + 1;
	}
	ck_assert_msg(*mine == '\0', "wirestat alone: %s", mine);
	ck_assert_uint_gt(lines, 200);
}

/* What tshark prints of the file. */
static void run_tshark(const char *name, struct text *theirs)
{
	char command[2000];
	char line[1000];

	snprintf(command, sizeof(command),
		 "tshark -n -r %s -Y tcp -o tcp.check_checksum:TRUE -o tcp.relative_sequence_numbers:FALSE "
		 "-d mpls.label==18,pwethcw -o tcp.analyze_sequence_numbers:FALSE "
		 "-o tcp.desegment_tcp_streams:FALSE -T fields -E separator='|' %s 2>/dev/null",
		 name, FIELDS);

	FILE *tshark = popen(command, "r");

	ck_assert_ptr_nonnull(tshark);
	while (fgets(line, sizeof(line), tshark))
		text_puts(theirs, line);
	ck_assert_int_eq(pclose(tshark), 0);
}

START_TEST(agrees)
{
	char name[] = "/tmp/test_tshark.XXXXXX";
	struct text theirs = { 0 };
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, out.out, out.len), (ssize_t)out.len);
	close(fd);
	run_tshark(name, &theirs);
	unlink(name);
	ck_assert_uint_gt(theirs.len, 0);
	compare(ours.data, theirs.data);
	text_fini(&theirs);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tshark", &tcase);

	if (system("tshark --version >/dev/null 2>&1") != 0) {
		fprintf(stderr, "test_tshark: SKIPPED, there is no tshark here\n");
		return EXIT_SUCCESS;
	}
	decoder = decoder_new();
	put_file_head();
	give_every_framing();
	give_extensions();
	give_lengths();
	give_fragments();
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, agrees);

	int status = suite_run(suite);

	decoder_free(decoder);
	text_fini(&ours);
	return status;
}
