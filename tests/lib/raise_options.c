/*
 * Options byte by byte: lengths that cannot be, options twice, behind the end, or of kinds that hardly anyone sends; and
 * segment sizes, which need checksums that can be looked at.
 */
#include "stage.h"

/* A SYN of A with these bytes of options. */
static void play_syn(struct stage *stage, const void *options, size_t len)
{
	struct packet syn = stage_segment(STAGE_A, "S", 0, 0, 0);

	packet_option_raw(&syn.options, options, len);
	stage_play(stage, &syn);
}

/* Data of A with them, in an open connection. */
static void play_data(struct stage *stage, const void *options, size_t len)
{
	struct packet data = stage_segment(STAGE_A, "P.", 1, 1, 10);

	stage_open(stage);
	packet_option_raw(&data.options, options, len);
	stage_play(stage, &data);
}

/* A scene of one segment; the bytes are a string. */
#define SYN(name, bytes)                                   \
	static void name(struct stage *stage)              \
	{                                                  \
		play_syn(stage, bytes, sizeof(bytes) - 1); \
	}
#define DATA(name, bytes)                                   \
	static void name(struct stage *stage)               \
	{                                                   \
		play_data(stage, bytes, sizeof(bytes) - 1); \
	}

/* ---- Lengths ----------------------------------------------------------------------------------------------------- */

SYN(length, "\2\4\5\xB4\3\1\7\1")
SYN(length_not, "\2\4\5\xB4\3\3\7\1")
SYN(truncated, "\2\4\5\xB4\1\1\3\3")
SYN(truncated_not, "\2\4\5\xB4\1\3\3\7")

SYN(mss, "\2\3\5\1")
SYN(mss_not, "\2\4\5\xB4")
SYN(wscale, "\3\4\7\0")
SYN(wscale_not, "\3\3\7\1")
SYN(sackok, "\4\3\0\1")
SYN(sackok_not, "\4\2\1\1")
SYN(timestamps, "\x08\x08\0\0\1\0\0\0")
SYN(timestamps_not, "\x08\x0A\0\0\1\0\0\0\0\0\1\1")
SYN(quickstart, "\x1B\4\0\0")
SYN(quickstart_not, "\x1B\x08\0\1\0\0\0\0")
SYN(uto, "\x1C\3\0\1")
SYN(uto_not, "\x1C\4\0\x0A")
SYN(ao, "\x1D\3\1\1")
SYN(ao_not, "\x1D\4\1\1")
SYN(md5, "\023\01201234567\1\1")
SYN(md5_not, "\023\0220123456789abcdef\1\1")
SYN(tfo, "\042\005012\1\1\1")
SYN(tfo_not, "\042\0060123\1\1")

DATA(sack, "\1\1\5\x0E\0\0\0\1\0\0\0\2\0\0\0\3")
DATA(sack_not, "\1\1\5\x0A\0\0\0\1\0\0\0\2")

/* ---- How they stand ----------------------------------------------------------------------------------------------- */

SYN(duplicate, "\2\4\5\xB4\2\4\2\x18")
SYN(duplicate_not, "\2\4\5\xB4\4\2\1\1")
SYN(after_end, "\2\4\5\xB4\0\0\0\1")
SYN(after_end_not, "\2\4\5\xB4\0\0\0\0")
SYN(nops, "\2\4\5\xB4\1\1\1\1")
SYN(nops_not, "\2\4\5\xB4\1\1\1\0")

/* ---- Kinds --------------------------------------------------------------------------------------------------------- */

SYN(obsolete, "\2\4\5\xB4\6\6\0\0\0\1\1\1")
SYN(experimental, "\2\4\5\xB4\xFD\4\x12\x34")
SYN(ttcp, "\2\4\5\xB4\x0D\6\0\0\0\1\1\1")
SYN(snack, "\2\4\5\xB4\x15\6\0\1\0\1\1\1")
SYN(mptcp, "\2\4\5\xB4\x1E\4\1\x81")
/* The options of nearly every SYN. */
SYN(usual, "\2\4\5\xB4\4\2\x08\x0A\0\0\0\1\0\0\0\0\1\3\3\7")

/* ---- Segment size -------------------------------------------------------------------------------------------------- */

static void play_large(struct stage *stage, enum packet_checksum checksum)
{
	struct packet data = stage_segment(STAGE_A, "P.", 1, 1, 2920);

	stage_open(stage);
	data.checksum = checksum;
	stage_play(stage, &data);
}

static void exceeds(struct stage *stage)
{
	play_large(stage, PACKET_CHECKSUM_RIGHT);
}

/* Captured on A, before its network card has made two of it. */
static void exceeds_not(struct stage *stage)
{
	play_large(stage, PACKET_CHECKSUM_PSEUDO);
}

/* ---- The table ----------------------------------------------------------------------------------------------------- */

static const struct raise raises[] = {
	{ WS_FINDING_option_length_invalid, length, length_not },
	{ WS_FINDING_option_truncated, truncated, truncated_not },
	{ WS_FINDING_option_mss_length, mss, mss_not },
	{ WS_FINDING_option_wscale_length, wscale, wscale_not },
	{ WS_FINDING_option_sackok_length, sackok, sackok_not },
	{ WS_FINDING_option_sack_length, sack, sack_not },
	{ WS_FINDING_option_timestamp_length, timestamps, timestamps_not },
	{ WS_FINDING_option_quickstart_length, quickstart, quickstart_not },
	{ WS_FINDING_option_uto_length, uto, uto_not },
	{ WS_FINDING_option_ao_length, ao, ao_not },
	{ WS_FINDING_option_md5_length, md5, md5_not },
	{ WS_FINDING_option_tfo_length, tfo, tfo_not },
	{ WS_FINDING_option_duplicate, duplicate, duplicate_not },
	{ WS_FINDING_option_data_after_eol, after_end, after_end_not },
	{ WS_FINDING_option_nop_run, nops, nops_not },
	{ WS_FINDING_option_obsolete, obsolete, usual },
	{ WS_FINDING_option_experimental, experimental, tfo_not },
	{ WS_FINDING_option_ttcp, ttcp, usual },
	{ WS_FINDING_option_snack, snack, usual },
	{ WS_FINDING_auth_option_present, md5_not, usual },
	{ WS_FINDING_mptcp_seen, mptcp, usual },
	{ WS_FINDING_segment_exceeds_mss, exceeds, exceeds_not },
};

const struct raises raises_options = { raises, sizeof(raises) / sizeof(raises[0]) };
