#include "analysis.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

const char *const analysis_field[ANALYSIS_COUNT] = {
	"retransmission",        "fast_retransmission", "spurious_retransmission",
	"out_of_order",          "duplicate_ack",       "keep_alive",
	"keep_alive_ack",        "zero_window",         "zero_window_probe",
	"zero_window_probe_ack", "window_update",       "window_full",
	"lost_segment",          "ack_lost_segment",
};

/* ---- The capture --------------------------------------------------------------------------------------------------- */

static void put_le32(FILE *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		fputc((int)(value >> 8 * i & 0xFF), out);
}

void analysis_put_head(FILE *out)
{
	put_le32(out, 0xa1b23c4d);
	put_le32(out, 2 | 4 << 16);
	put_le32(out, 0);
	put_le32(out, 0);
	put_le32(out, 65535);
	put_le32(out, 101);
}

void analysis_put_packet(FILE *out, ws_time ts, const uint8_t *ip, uint32_t len)
{
	put_le32(out, (uint32_t)(ts / 1000000000));
	put_le32(out, (uint32_t)(ts % 1000000000));
	put_le32(out, len);
	put_le32(out, len);
	fwrite(ip, 1, len, out);
}

/* ---- tshark -------------------------------------------------------------------------------------------------------- */

static void read_line(char *line, uint32_t *kinds, size_t size)
{
	size_t frame = strtoul(line, &line, 10);

	ck_assert_uint_lt(frame, size);
	for (unsigned kind = 0; kind < ANALYSIS_COUNT && *line == '|'; kind++) {
		line++;
		if (*line != '|' && *line != '\n')
			kinds[frame] |= 1u << kind;
		line += strcspn(line, "|\n");
	}
}

size_t analysis_ask(const char *path, uint32_t *kinds, size_t size)
{
	char command[2048];
	char line[4096];
	size_t len = (size_t)snprintf(command, sizeof command,
				      "tshark -n -r %s -o tcp.desegment_tcp_streams:FALSE -T fields -E separator='|' "
				      "-e frame.number",
				      path);
	size_t lines = 0;
	FILE *in;

	for (unsigned kind = 0; kind < ANALYSIS_COUNT; kind++)
		len += (size_t)snprintf(command + len, sizeof command - len, " -e tcp.analysis.%s",
					analysis_field[kind]);
	snprintf(command + len, sizeof command - len, " 2>/dev/null");
	in = popen(command, "r");
	ck_assert_ptr_nonnull(in);
	for (; fgets(line, sizeof line, in); lines++)
		read_line(line, kinds, size);
	ck_assert_int_eq(pclose(in), 0);
	return lines;
}
