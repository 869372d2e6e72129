/*
 * What is odd about the options of a header, by the RFCs; values of right ones are in test_tcp.c. Each row is read in full,
 * then cut after every byte against an unmapped page: what was cut off is never called odd.
 */
#include <string.h>

#include "lib/guard.h"
#include "lib/suite.h"
#include "wire/tcp_options.h"

#define LENGTH(array) (int)(sizeof(array) / sizeof((array)[0]))
#define NONE (-1)

/* Option bytes, and the two oddities that they have at most. */
/* clang-format off */
static const struct {
	const char *what;
	const char *bytes;
	uint32_t len;
	struct { int oddity; uint8_t value; } odd[2];
} rows[] = {
#define BYTES(s) s, sizeof(s) - 1
#define NOTHING { { NONE, 0 }, { NONE, 0 } }
#define ONE(oddity, value) { { oddity, value }, { NONE, 0 } }
	{ "as Linux has them on a SYN", BYTES("\2\4\5\xB4\4\2\x08\x0A\0\0\0\1\0\0\0\0\1\3\3\7"), NOTHING },
	{ "as Windows has them on a SYN", BYTES("\2\4\5\xB4\1\3\3\x08\1\1\4\2"), NOTHING },
	{ "as macOS has them on a SYN", BYTES("\2\4\5\xB4\1\3\3\6\1\1\x08\x0A\0\0\0\1\0\0\0\0\4\2\0\0"), NOTHING },
	{ "two blocks of SACK with time stamps",
	  BYTES("\1\1\x08\x0A\0\0\0\1\0\0\0\2\1\1\5\x12" "0123456789abcdef"), NOTHING },

	{ "length 0", BYTES("\2\0\1\1"), ONE(ODD_LENGTH, 0) },
	{ "length 1", BYTES("\3\1\1\1"), ONE(ODD_LENGTH, 1) },
	{ "length 1 of an unknown kind", BYTES("\x45\1\1\1"), ONE(ODD_LENGTH, 1) },
	{ "longer than all options", BYTES("\2\x09\5\xB4\1\1\1\0"), ONE(ODD_LENGTH, 9) },
	{ "length 255", BYTES("\1\1\x45\xFF"), ONE(ODD_LENGTH, 255) },
	{ "nothing is read behind length 0", BYTES("\2\0\xFE\3\1\1\1\1"), ONE(ODD_LENGTH, 0) },
	{ "MPTCP without a subtype", BYTES("\x1E\2\1\1"), ONE(ODD_LENGTH, 2) },
	{ "longer than what is left", BYTES("\2\4\5\xB4\1\2\4\5"), ONE(ODD_TRUNCATED, 4) },
	{ "time stamps, two bytes short", BYTES("\1\1\1\0\x08\x0A\0\0\0\1\0\0"), ONE(ODD_AFTER_END, 8) },
	{ "time stamps that begin too late", BYTES("\1\1\3\3\7\x08\x0A\0\0\0\1\0"), ONE(ODD_TRUNCATED, 10) },
	{ "a kind alone at the end", BYTES("\1\1\1\2"), ONE(ODD_TRUNCATED, 1) },

	{ "MSS of 3", BYTES("\2\3\5\1"), ONE(ODD_MSS_LENGTH, 3) },
	{ "MSS of 8", BYTES("\2\x08\5\xB4\0\0\0\0"), ONE(ODD_MSS_LENGTH, 8) },
	{ "window scale of 2", BYTES("\3\2\1\1"), ONE(ODD_WSCALE_LENGTH, 2) },
	{ "window scale of 4", BYTES("\3\4\7\0"), ONE(ODD_WSCALE_LENGTH, 4) },
	{ "SACK permitted of 3", BYTES("\4\3\0\1"), ONE(ODD_SACK_PERMITTED_LENGTH, 3) },
	{ "SACK without blocks", BYTES("\5\2\1\1"), ONE(ODD_SACK_LENGTH, 2) },
	{ "SACK of half a block", BYTES("\5\6\0\0\0\1\1\1"), ONE(ODD_SACK_LENGTH, 6) },
	{ "SACK of a block and a byte", BYTES("\5\x0B\0\0\0\1\0\0\0\2\3\0"), ONE(ODD_SACK_LENGTH, 11) },
	{ "time stamps of 6, as an echo", BYTES("\x08\6\0\0\0\1\1\1"), ONE(ODD_TIMESTAMPS_LENGTH, 6) },
	{ "time stamps of 12", BYTES("\x08\x0C\0\0\0\1\0\0\0\0\0\0"), ONE(ODD_TIMESTAMPS_LENGTH, 12) },
	{ "Quick-Start of 8", BYTES("\x1B\x08\0\1\0\0\0\0"), NOTHING },
	{ "Quick-Start of 7", BYTES("\x1B\7\0\1\0\0\0\0"), ONE(ODD_QUICK_START_LENGTH, 7) },
	{ "user timeout of 4", BYTES("\x1C\4\0\x0A"), NOTHING },
	{ "user timeout of 3", BYTES("\x1C\3\0\1"), ONE(ODD_USER_TIMEOUT_LENGTH, 3) },
	{ "AO of 4", BYTES("\x1D\4\1\2"), NOTHING },
	{ "AO of 3", BYTES("\x1D\3\1\1"), ONE(ODD_AO_LENGTH, 3) },
	{ "MD5 of 16", BYTES("\x13\x10" "0123456789abcd"), ONE(ODD_MD5_LENGTH, 16) },
	{ "a cookie of 2", BYTES("\x22\4" "01"), ONE(ODD_FAST_OPEN_LENGTH, 4) },
	{ "a cookie of 5", BYTES("\x22\7" "01234\1"), ONE(ODD_FAST_OPEN_LENGTH, 7) },
	{ "a cookie of 18", BYTES("\x22\x14" "0123456789abcdefgh"), ONE(ODD_FAST_OPEN_LENGTH, 20) },
	{ "no cookie", BYTES("\x22\2\1\1"), NOTHING },
	{ "a cookie of 16", BYTES("\x22\x12" "0123456789abcdef\1\1"), NOTHING },
	{ "an experimental cookie of 3", BYTES("\xFE\7\xF9\x89" "012\1"),
	  { { ODD_EXPERIMENTAL, 254 }, { ODD_FAST_OPEN_LENGTH, 7 } } },

	{ "MSS twice", BYTES("\2\4\5\xB4\2\4\2\x18"), ONE(ODD_DUPLICATE, 2) },
	{ "window scale twice, once wrong", BYTES("\3\3\7\3\2\0\0\0"),
	  { { ODD_DUPLICATE, 3 }, { ODD_WSCALE_LENGTH, 2 } } },
	{ "SACK permitted twice", BYTES("\4\2\4\2"), ONE(ODD_DUPLICATE, 4) },
	{ "SACK twice", BYTES("\5\x0A\0\0\0\1\0\0\0\2\5\x0A\0\0\0\3\0\0\0\4"), ONE(ODD_DUPLICATE, 5) },
	{ "time stamps twice", BYTES("\x08\x0A\0\0\0\1\0\0\0\0\x08\x0A\0\0\0\1\0\0\0\0"), ONE(ODD_DUPLICATE, 8) },
	{ "fast open twice", BYTES("\x22\2\x22\2"), ONE(ODD_DUPLICATE, 34) },
	{ "MPTCP twice, as ADD_ADDR comes", BYTES("\x1E\3\x30\x1E\3\x40\1\1"), NOTHING },
	{ "a byte behind the end", BYTES("\2\4\5\xB4\0\0\7\1"), ONE(ODD_AFTER_END, 7) },
	{ "an option behind the end counts for nothing", BYTES("\0\2\0\0"), ONE(ODD_AFTER_END, 2) },
	{ "three NOPs", BYTES("\1\1\1\0"), NOTHING },
	{ "twice three NOPs", BYTES("\1\1\1\4\2\1\1\1"), NOTHING },
	{ "four NOPs", BYTES("\1\1\1\1"), ONE(ODD_NOP_RUN, 4) },
	{ "four NOPs, then six", BYTES("\1\1\1\1\4\2\1\1\1\1\1\1"), ONE(ODD_NOP_RUN, 6) },

	{ "echo", BYTES("\6\6\0\0\0\1\1\1"), ONE(ODD_OBSOLETE, 6) },
	{ "echo reply", BYTES("\7\6\0\0\0\1\1\1"), ONE(ODD_OBSOLETE, 7) },
	{ "alternate checksum", BYTES("\x0E\3\1\1"), ONE(ODD_OBSOLETE, 14) },
	{ "Skeeter, then Bubba", BYTES("\x10\2\x11\2"), ONE(ODD_OBSOLETE, 16) },
	{ "MD5", BYTES("\x13\x12" "0123456789abcdef\1\1"), ONE(ODD_OBSOLETE, 19) },
	{ "experiment 253", BYTES("\xFD\4\x12\x34"), ONE(ODD_EXPERIMENTAL, 253) },
	{ "experiment without a number", BYTES("\xFE\2\1\1"), ONE(ODD_EXPERIMENTAL, 254) },
	{ "kind 25, given back", BYTES("\x19\2\1\1"), ONE(ODD_EXPERIMENTAL, 25) },
	{ "kind 31, not assigned", BYTES("\x1F\2\1\1"), ONE(ODD_EXPERIMENTAL, 31) },
	{ "kind 76, of a vendor", BYTES("\x4C\2\1\1"), ONE(ODD_EXPERIMENTAL, 76) },
	{ "kind 69, TCP-ENO", BYTES("\x45\3\x21\1"), NOTHING },
	{ "kind 172, AccECN", BYTES("\xAC\2\1\1"), NOTHING },
	{ "kind 20, SCPS", BYTES("\x14\4\0\0"), NOTHING },
	{ "CC", BYTES("\x0B\6\0\0\0\1\1\1"), ONE(ODD_TTCP, 11) },
	{ "CC.ECHO", BYTES("\x0D\6\0\0\0\1\1\1"), ONE(ODD_TTCP, 13) },
	{ "SNACK", BYTES("\x15\6\0\1\0\1\1\1"), ONE(ODD_SNACK, 21) },
#undef BYTES
};
/* clang-format on */

static struct tcp_options options;

static void decode(const uint8_t *data, uint32_t captured, uint32_t len)
{
	memset(&options, 0, sizeof options);
	tcp_options_decode(data, captured, len, &options);
}

START_TEST(oddities)
{
	uint32_t odd = 0;

	decode((const uint8_t *)rows[_i].bytes, rows[_i].len, rows[_i].len);
	for (int k = 0; k < 2; k++)
		if (rows[_i].odd[k].oddity != NONE)
			odd |= ODD_BIT((unsigned)rows[_i].odd[k].oddity);
	ck_assert_msg(options.odd == odd, "%s: %#x, not %#x", rows[_i].what, options.odd, odd);
	for (int k = 0; k < 2; k++)
		if (rows[_i].odd[k].oddity != NONE)
			ck_assert_msg(options.odd_value[rows[_i].odd[k].oddity] == rows[_i].odd[k].value, "%s: %u",
				      rows[_i].what, options.odd_value[rows[_i].odd[k].oddity]);
}
END_TEST

/* A capture that is shorter shows no more than a longer one. */
START_TEST(cut)
{
	struct guard guard;
	uint32_t odd;

	decode((const uint8_t *)rows[_i].bytes, rows[_i].len, rows[_i].len);
	odd = options.odd;
	guard_init(&guard, 4096);
	for (uint32_t captured = 0; captured < rows[_i].len; captured++) {
		decode(guard_copy(&guard, rows[_i].bytes, captured), captured, rows[_i].len);
		ck_assert_msg((options.odd & ~odd) == 0, "%s, %u bytes: %#x", rows[_i].what, captured, options.odd);
	}
	guard_fini(&guard);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("tcp_options", &tcase);

	tcase_add_loop_test(tcase, oddities, 0, LENGTH(rows));
	tcase_add_loop_test(tcase, cut, 0, LENGTH(rows));
	return suite_run(suite);
}
