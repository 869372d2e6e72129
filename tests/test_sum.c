/*
 * The ones' complement sum, against the code that RFC 1071 section 4.1 prints, and a header whose checksum is known.
 */
#include "lib/suite.h"
#include "wire/sum.h"

static uint8_t bytes[300];

/* Section 4.1, over bytes in network order. */
static uint16_t printed(const uint8_t *p, uint32_t len)
{
	uint32_t sum = 0;

	for (; len > 1; len -= 2, p += 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	if (len > 0)
		sum += (uint32_t)p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return (uint16_t)sum;
}

static uint16_t ours(const uint8_t *p, uint32_t len)
{
	return sum_constant(sum_fold(sum_bytes(p, len)));
}

START_TEST(every_length_and_place)
{
	/* Random bytes, all ones, where every addition carries, and all ones but one. */
	uint32_t random = 1;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		random = random * 1664525u + 1013904223u;
		bytes[i] = _i == 0 ? (uint8_t)(random >> 24) : 0xFF;
	}
	if (_i == 2)
		bytes[77] = 0xFE;
	for (uint32_t len = 0; len < 280; len++)
		for (size_t place = 0; place < 16; place++)
			ck_assert_uint_eq(ours(bytes + place, len), printed(bytes + place, len));
}
END_TEST

/* Not more than is asked for: a byte behind it counts nothing. */
START_TEST(nothing_beyond)
{
	for (uint32_t len = 0; len < 100; len++) {
		memset(bytes, 0, sizeof(bytes));
		bytes[len] = 0xA5;
		ck_assert_uint_eq(ours(bytes, len), 0);
		ck_assert_uint_ne(ours(bytes, len + 1), 0);
	}
}
END_TEST

/* Only what is all zero sums to zero: ones' complement has two of them. */
START_TEST(two_zeros)
{
	uint8_t minus_zero[16] = { 0xFF, 0xFF };

	ck_assert_uint_eq(sum_fold(sum_bytes(minus_zero, 16)), 0xFFFF);
	minus_zero[0] = minus_zero[1] = 0;
	ck_assert_uint_eq(sum_fold(sum_bytes(minus_zero, 16)), 0);
	ck_assert_uint_eq(sum_fold(sum_add(UINT64_MAX, 1)), 1);
	ck_assert_uint_eq(sum_fold(sum_add(UINT64_MAX, UINT64_MAX)), 0xFFFF);
}
END_TEST

/* The header that textbooks and Wikipedia ("Internet checksum") work through: its checksum is B861. */
START_TEST(known_header)
{
	uint8_t header[20] = { 0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
			       0xB8, 0x61, 0xC0, 0xA8, 0x00, 0x01, 0xC0, 0xA8, 0x00, 0xC7 };

	ck_assert_uint_eq(sum_fold(sum_header20(header)), 0xFFFF);
	header[10] = header[11] = 0;
	ck_assert_uint_eq(sum_constant(sum_fold(sum_header20(header))), 0xFFFF - 0xB861);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("sum", &t);

	tcase_add_loop_test(t, every_length_and_place, 0, 3);
	tcase_add_test(t, nothing_beyond);
	tcase_add_test(t, two_zeros);
	tcase_add_test(t, known_header);
	return suite_run(suite);
}
