/*
 * The cursor: what it fetches, and that it never goes beyond its end, whichever fetch comes when.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "lib/guard.h"
#include "lib/suite.h"

static const uint8_t digits[] = { 0x81, 0x92, 0xA3, 0xB4, 0xC5, 0xD6, 0xE7, 0xF8 };

START_TEST(fetches)
{
	struct bytes b = bytes_of(digits, sizeof(digits));

	ck_assert_uint_eq(bytes_peek_u8(&b), 0x81);
	ck_assert_uint_eq(bytes_u8(&b), 0x81);
	ck_assert_uint_eq(bytes_u16be(&b), 0x92A3);
	ck_assert_uint_eq(bytes_u32be(&b), 0xB4C5D6E7);
	ck_assert_uint_eq(b.len, 1);
	b = bytes_of(digits, sizeof(digits));
	ck_assert_uint_eq(bytes_u16le(&b), 0x9281);
	ck_assert_uint_eq(bytes_u32le(&b), 0xD6C5B4A3);
	b = bytes_of(digits, sizeof(digits));
	ck_assert_uint_eq(bytes_u64be(&b), UINT64_C(0x8192A3B4C5D6E7F8));
	ck_assert_uint_eq(b.len, 0);
	ck_assert(!b.failed);
}
END_TEST

START_TEST(loads)
{
	ck_assert_uint_eq(load_u16be(digits), 0x8192);
	ck_assert_uint_eq(load_u32be(digits), 0x8192A3B4);
	ck_assert_uint_eq(load_u16le(digits), 0x9281);
	ck_assert_uint_eq(load_u32le(digits), 0xB4A39281);
	ck_assert_uint_eq(load_u64le(digits), UINT64_C(0xF8E7D6C5B4A39281));
}
END_TEST

START_TEST(parts)
{
	struct bytes b = bytes_of(digits, sizeof(digits));
	struct bytes part;

	bytes_skip(&b, 2);
	part = bytes_sub(&b, 3);
	ck_assert_uint_eq(b.data[0], 0xD6);
	ck_assert_uint_eq(bytes_u16be(&part), 0xA3B4);
	ck_assert_uint_eq(bytes_u16be(&part), 0);
	ck_assert(part.failed);
	ck_assert(!b.failed);
	ck_assert_ptr_eq(bytes_take(&b, 3), digits + 5);
	part = bytes_sub(&b, 1);
	ck_assert(part.failed && b.failed);
	ck_assert_uint_eq(part.len, 0);
}
END_TEST

/* Every fetch at every length, against an unmapped page: whole or nothing, and failure stays. */
START_TEST(every_length)
{
	static const size_t sizes[] = { 1, 2, 4, 8, 2, 4, 1, 3 };
	struct guard guard;

	guard_init(&guard, 4096);
	for (size_t len = 0; len <= sizeof(digits); len++) {
		for (unsigned fetch = 0; fetch < 8; fetch++) {
			struct bytes b = bytes_of(guard_copy(&guard, digits, len), len);
			uint64_t value = 0;

			switch (fetch) {
			case 0:
				value = bytes_u8(&b);
				break;
			case 1:
				value = bytes_u16be(&b);
				break;
			case 2:
				value = bytes_u32be(&b);
				break;
			case 3:
				value = bytes_u64be(&b);
				break;
			case 4:
				value = bytes_u16le(&b);
				break;
			case 5:
				value = bytes_u32le(&b);
				break;
			case 6:
				value = bytes_peek_u8(&b);
				bytes_skip(&b, 1);
				break;
			default:
				bytes_skip(&b, 3);
				value = 1;
				break;
			}
			ck_assert_int_eq(b.failed, len < sizes[fetch]);
			ck_assert_uint_eq(b.len, b.failed ? 0 : len - sizes[fetch]);
			ck_assert(value != 0 || b.failed);
			if (b.failed) {
				ck_assert_uint_eq(bytes_u8(&b), 0);
				ck_assert(b.failed);
			}
		}
	}
	guard_fini(&guard);
}
END_TEST

START_TEST(absurd_lengths)
{
	struct bytes b = bytes_of(digits, sizeof(digits));

	ck_assert_ptr_null(bytes_take(&b, SIZE_MAX));
	ck_assert(b.failed);
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("bytes", &tcase);

	tcase_add_test(tcase, fetches);
	tcase_add_test(tcase, loads);
	tcase_add_test(tcase, parts);
	tcase_add_test(tcase, every_length);
	tcase_add_test(tcase, absurd_lengths);
	return suite_run(suite);
}
