/*
 * tshark's opinion on the packets of lib/odd_packet.c: those that stand with a display filter are written to one file per
 * link type, and tshark, asked for the numbers of the frames that match, names ours. Skipped, in words, where there is no tshark.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/odd_packet.h"
#include "lib/suite.h"
#include "lib/writer.h"

static uint8_t frame[PACKET_MAX];
static uint8_t file[1 << 18];
static char path[] = "/tmp/wirestat-noticed-XXXXXX";

static void put_u32le(struct writer *w, uint32_t value)
{
	put_u8(w, value & 0xFF);
	put_u8(w, value >> 8 & 0xFF);
	put_u8(w, value >> 16 & 0xFF);
	put_u8(w, value >> 24);
}

static void put_head(struct writer *w, uint32_t linktype)
{
	put_u32le(w, 0xA1B2C3D4);
	put_u32le(w, 0x00040002);
	put_u32le(w, 0);
	put_u32le(w, 0);
	put_u32le(w, 65535);
	put_u32le(w, linktype);
}

/* One packet alone in the file: nothing that went before can sway tshark. */
static void write_file(const struct odd_packet *odd)
{
	struct writer w = { file, sizeof file, 0 };
	size_t caplen;
	size_t len = odd_packet_build(odd, frame, sizeof frame, &caplen);
	FILE *out = fopen(path, "wb");

	put_head(&w, odd_packet_linktype(odd));
	put_u32le(&w, 1700000000);
	put_u32le(&w, 0);
	put_u32le(&w, (uint32_t)caplen);
	put_u32le(&w, (uint32_t)len);
	put(&w, frame, caplen);
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(file, 1, w.len, out), w.len);
	ck_assert_int_eq(fclose(out), 0);
}

static bool tshark_matches(const char *filter)
{
	char command[1024];
	char line[64];
	FILE *in;
	bool matches;

	snprintf(command, sizeof command,
		 "tshark -n -o ip.check_checksum:TRUE -r %s -Y '%s' -T fields -e frame.number 2>/dev/null", path,
		 filter);
	in = popen(command, "r");
	ck_assert_ptr_nonnull(in);
	matches = fgets(line, sizeof line, in) != NULL;
	ck_assert_int_eq(pclose(in), 0);
	return matches;
}

static const struct odd_packet *asked[256];
static int asked_len;

START_TEST(agrees)
{
	const struct odd_packet *odd = asked[_i];

	write_file(odd);
	if (odd->tshark)
		ck_assert_msg(tshark_matches(odd->tshark), "%s: not %s", odd->name, odd->tshark);
	if (odd->tshark_not)
		ck_assert_msg(!tshark_matches(odd->tshark_not), "%s: %s", odd->name, odd->tshark_not);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("noticed_tshark", &tcase);
	int status;
	int fd;

	if (system("tshark -v >/dev/null 2>&1") != 0) {
		puts("no tshark here");
		return 77;
	}
	fd = mkstemp(path);
	if (fd < 0)
		return EXIT_FAILURE;
	close(fd);
	for (size_t i = 0; i < odd_packets_len; i++)
		if (odd_packets[i].tshark || odd_packets[i].tshark_not)
			asked[asked_len++] = &odd_packets[i];
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, agrees, 0, asked_len);
	status = suite_run(suite);
	unlink(path);
	return status;
}
