/*
 * tshark's opinion on tunnels: the conversations of a capture in each kind of tunnel, read by tshark and by our decoder,
 * which agree on the segment inside, and on the tunnel's id where tshark tells it. Skipped, in words, where there is no
 * tshark.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/recording.h"
#include "lib/suite.h"
#include "lib/wrap.h"
#include "lib/writer.h"
#include "wire/decode.h"

/* Of fields that occur in several layers tshark is asked for the last. */
#define FIELDS                                                                                               \
	"-e frame.number -e tcp.srcport -e tcp.dstport -e tcp.seq_raw -e tcp.ack_raw -e tcp.len -e gre.key " \
	"-e gre.key.call_id -e erspan.spanid -e vxlan.vni -e geneve.vni -e gtp.teid -e mpls.label "          \
	"-e pppoe.session_id -e l2tp.session -e vlan.id"

enum column {
	COLUMN_GRE_KEY = 6,
	COLUMN_CALL,
	COLUMN_ERSPAN,
	COLUMN_VXLAN,
	COLUMN_GENEVE,
	COLUMN_GTP,
	COLUMN_MPLS,
	COLUMN_PPPOE,
	COLUMN_L2TP,
	COLUMN_VLAN,
	COLUMN_COUNT
};

/* What tshark has to be told: VXLAN on Linux's old port, and what the pseudowires' label means. */
#define HINTS "-d udp.port==8472,vxlan -d mpls.label==19,%s"

#define FRAMES_MAX 20000

static uint8_t buffer[4096];
static uint8_t file[8000000];
static struct writer out = { file, sizeof(file), 0 };
static struct segment segments[FRAMES_MAX + 1]; /* by frame */
static bool is_segment[FRAMES_MAX + 1];
static size_t frames;
static struct decoder *decoder;

/* ---- The file ------------------------------------------------------------------------------------------------------- */

static void put_u32le(uint32_t value)
{
	put_u8(&out, value & 0xFF);
	put_u8(&out, value >> 8 & 0xFF);
	put_u8(&out, value >> 16 & 0xFF);
	put_u8(&out, value >> 24);
}

static void put_file_head(void)
{
	put_u32le(0xA1B2C3D4);
	put_u32le(0x00040002);
	put_u32le(0);
	put_u32le(0);
	put_u32le(65535);
	put_u32le(1);
}

static void give(const struct recorded *from, const struct wrap_kind *kind)
{
	struct ws_packet packet = { .linktype = 1, .frame = ++frames };
	enum ws_undecoded reason;
	struct wrap wrap;

	ck_assert_uint_le(frames, FRAMES_MAX);
	wrap_init(&wrap, buffer, sizeof(buffer), from->data, from->caplen, from->len - from->caplen, from->is_back);
	kind->put(&wrap);
	wrap_finish(&wrap);
	packet.data = wrap_data(&wrap);
	packet.caplen = (uint32_t)wrap_len(&wrap);
	packet.len = packet.caplen + from->len - from->caplen;
	is_segment[frames] = decoder_packet(decoder, &packet, &segments[frames], &reason) == DECODE_SEGMENT;
	put_u32le((uint32_t)(1700000000 + frames));
	put_u32le(0);
	put_u32le(packet.caplen);
	put_u32le(packet.len);
	put(&out, packet.data, packet.caplen);
}

static void give_recording(const char *path, uint8_t family, bool is_bare_pseudowire)
{
	struct recording recording;

	recording_init(&recording, path);
	for (size_t k = 0; k < wrap_kinds_len; k++) {
		const struct wrap_kind *kind = &wrap_kinds[k];

		if (kind->inside != 0 && kind->inside != family)
			continue;
		/* One label means one thing to tshark. */
		if (strncmp(kind->name, "pseudowire", 10) == 0 &&
		    (strcmp(kind->name, "pseudowire-bare") == 0) != is_bare_pseudowire)
			continue;
		for (size_t i = 0; i < recording.len; i++)
			give(&recording.packet[i], kind);
	}
	recording_fini(&recording);
}

/* ---- The comparison --------------------------------------------------------------------------------------------------- */

/* The column that has the id of such a tunnel, and how many bits of it ours is shifted by. */
static int column_of(const struct outer *outer, unsigned *shift)
{
	*shift = 0;
	switch ((int)outer->kind) {
	case WS_TUNNEL_GRE:
		return COLUMN_GRE_KEY;
	case WS_TUNNEL_NVGRE:
		*shift = 8;
		return COLUMN_GRE_KEY;
	case WS_TUNNEL_PPTP:
		return COLUMN_CALL;
	case WS_TUNNEL_ERSPAN:
		return COLUMN_ERSPAN;
	case WS_TUNNEL_VXLAN:
	case WS_TUNNEL_VXLAN_GPE:
		return COLUMN_VXLAN;
	case WS_TUNNEL_GENEVE:
		return COLUMN_GENEVE;
	case WS_TUNNEL_GTP_U:
		return COLUMN_GTP;
	case WS_TUNNEL_MPLS:
		return COLUMN_MPLS;
	case WS_TUNNEL_PPPOE:
		return COLUMN_PPPOE;
	default:
		return 0;
	}
}

/* Cuts the line up at its bars. */
static void split(char *line, const char *column[COLUMN_COUNT])
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		column[i] = line ? line : "";
		line = line ? strchr(line, '|') : NULL;
		if (line)
			*line++ = '\0';
	}
}

static uint32_t number(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 0);
}

static void ck_agrees(const char *const column[COLUMN_COUNT])
{
	uint32_t frame = number(column[0]);
	const struct segment *s = &segments[frame];
	unsigned shift;
	int id;

	ck_assert_msg(frame > 0 && frame <= frames && is_segment[frame], "frame %" PRIu32 ": TCP to tshark alone",
		      frame);
	ck_assert_uint_eq(s->sport, number(column[1]));
	ck_assert_uint_eq(s->dport, number(column[2]));
	ck_assert_uint_eq(s->seq, number(column[3]));
	ck_assert_uint_eq(s->ack, number(column[4]));
	ck_assert_uint_eq(s->len, number(column[5]));
	id = column_of(&s->outer, &shift);
	if (s->outer.has_id && id != 0)
		ck_assert_msg(number(column[id]) >> shift == s->outer.id, "frame %" PRIu32 ": id %s, ours %" PRIu32,
			      frame, column[id], s->outer.id);
	if (s->outer.kind == WS_TUNNEL_L2TP)
		ck_assert_uint_eq(number(column[COLUMN_L2TP]), s->outer.id & 0xFFFF);
	/* ERSPAN's own tag is no field of that name. */
	if (s->outer.vlans_len > 0 && s->outer.kind != WS_TUNNEL_ERSPAN)
		ck_assert_uint_eq(number(column[COLUMN_VLAN]), s->outer.vlans[s->outer.vlans_len - 1]);
}

static void ask_tshark(const char *name, const char *pseudowire)
{
	char command[2000];
	char line[1000];
	size_t lines = 0;
	FILE *tshark;

	snprintf(
		command, sizeof(command),
		"tshark -n -r %s -Y tcp -o tcp.relative_sequence_numbers:FALSE -o tcp.desegment_tcp_streams:FALSE " HINTS
		" -T fields -E separator='|' -E occurrence=l %s 2>/dev/null",
		name, pseudowire, FIELDS);
	tshark = popen(command, "r");
	ck_assert_ptr_nonnull(tshark);
	while (fgets(line, sizeof(line), tshark)) {
		const char *column[COLUMN_COUNT];

		lines++;
		split(line, column);
		ck_agrees(column);
	}
	ck_assert_int_eq(pclose(tshark), 0);
	for (size_t i = 1; i <= frames; i++)
		ck_assert_msg(is_segment[i], "frame %zu: not decoded", i);
	ck_assert_msg(lines == frames, "TCP in %zu frames of %zu to tshark", lines, frames);
}

START_TEST(agrees)
{
	char name[] = "/tmp/test_tunnel_tshark.XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	decoder = decoder_new();
	ck_assert_ptr_nonnull(decoder);
	put_file_head();
	give_recording("pcaps/demo.pcap", 4, _i == 1);
	give_recording("pcaps/real/close-at-once-v6.middle.pcap", 6, _i == 1);
	decoder_free(decoder);
	ck_assert_int_eq(write(fd, out.out, out.len), (ssize_t)out.len);
	close(fd);
	ask_tshark(name, _i == 1 ? "pwethnocw" : "pwethcw");
	unlink(name);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tunnel_tshark", &tcase);

	if (system("command -v tshark >/dev/null") != 0) {
		puts("skipped: tshark is not installed");
		return 77;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, agrees, 0, 2);
	return suite_run(suite);
}
