/*
 * The keyed hash: against a second implementation by school multiplication, and the properties that a table wants.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "lib/suite.h"

/* ---- The definition again: digits of 16 bits, no machine multiplication beyond 32 bits ------------------------- */

static uint64_t reference_fold(uint64_t a, uint64_t b)
{
	uint32_t digits[9] = { 0 };

	for (unsigned i = 0; i < 4; i++) {
		uint32_t carry = 0;

		for (unsigned j = 0; j < 4; j++) {
			uint32_t product = (uint32_t)(a >> (16 * i) & 0xFFFF) * (uint32_t)(b >> (16 * j) & 0xFFFF);
			uint64_t sum = (uint64_t)digits[i + j] + product + carry;

			digits[i + j] = (uint32_t)(sum & 0xFFFF);
			carry = (uint32_t)(sum >> 16);
		}
		digits[i + 4] += carry;
	}

	uint64_t low = 0;
	uint64_t high = 0;

	for (unsigned i = 0; i < 4; i++) {
		low |= (uint64_t)digits[i] << (16 * i);
		high |= (uint64_t)digits[i + 4] << (16 * i);
	}
	return low ^ high;
}

static uint64_t reference_load(const uint8_t *p, size_t len)
{
	uint64_t value = 0;

	while (len-- > 0)
		value = value << 8 | p[len];
	return value;
}

static uint64_t reference_hash(const uint8_t *p, size_t len, const uint64_t key[2])
{
	uint64_t state = key[0];
	size_t left = len;

	while (left > 0) {
		size_t block = left < 16 ? left : 16;
		uint64_t a;
		uint64_t b = 0;

		if (block >= 8) {
			a = reference_load(p, 8);
			b = reference_load(p + block - 8, 8);
		} else if (block >= 4) {
			a = reference_load(p, 4);
			b = reference_load(p + block - 4, 4);
		} else {
			a = (uint64_t)p[0] << 16 | (uint64_t)p[block / 2] << 8 | p[block - 1];
		}
		state = reference_fold(a ^ key[1], b ^ state);
		p += block;
		left -= block;
	}
	return reference_fold(state ^ key[1], key[0] ^ len);
}

/* By value as well, whatever the order of bytes. */
static uint64_t reference_tuple(const uint64_t word[5], const uint64_t key[4])
{
	uint64_t source = reference_fold(word[0] ^ key[0], word[1] ^ key[1]);
	uint64_t target = reference_fold(word[2] ^ key[2], word[3] ^ key[3]);
	uint64_t all = reference_fold(source ^ word[4], target ^ key[0]);

	return reference_fold(all ^ key[1], key[2]);
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state ^ *state >> 29;
}

START_TEST(follows_its_definition)
{
	uint64_t random = 1;
	uint8_t data[100];

	for (size_t len = 0; len <= sizeof(data); len++) {
		for (unsigned round = 0; round < 20; round++) {
			uint64_t key[2] = { next_random(&random), next_random(&random) };

			for (size_t i = 0; i < len; i++)
				data[i] = (uint8_t)(next_random(&random) >> 56);
			ck_assert_uint_eq(hash_keyed(data, len, key), reference_hash(data, len, key));
		}
	}
}
END_TEST

START_TEST(tuple_follows_its_definition)
{
	uint64_t random = 1;

	for (unsigned round = 0; round < 2000; round++) {
		uint64_t word[5];
		uint64_t key[4];

		for (size_t i = 0; i < 5; i++)
			word[i] = round % 7 == i ? 0 : next_random(&random);
		for (size_t i = 0; i < 4; i++)
			key[i] = next_random(&random);
		ck_assert_uint_eq(hash_tuple(word, key), reference_tuple(word, key));
	}
}
END_TEST

/* splitmix64 from seed 0, as published with xoshiro by Vigna. */
START_TEST(keys_from_a_seed)
{
	uint64_t key[2];
	uint64_t words[3];

	hash_key_init(key, 0);
	ck_assert_uint_eq(key[0], UINT64_C(0xE220A8397B1DCDAF));
	ck_assert_uint_eq(key[1], UINT64_C(0x6E789E6AA1B965F4));
	hash_words_init(words, 3, 0);
	ck_assert_mem_eq(words, key, sizeof key);
	ck_assert_uint_eq(words[2], UINT64_C(0x06C45D188009454F));
}
END_TEST

/* ---- Properties ------------------------------------------------------------------------------------------------ */

#define KEY_LEN HASH_TUPLE_SIZE

/* Both functions have all of them. */
struct function {
	uint64_t key[4];
	bool is_tuple;
};

static struct function function_of(bool is_tuple, uint64_t seed)
{
	struct function f = { .is_tuple = is_tuple };

	hash_words_init(f.key, 4, seed);
	return f;
}

static uint64_t hash_by(const struct function *f, const uint8_t *data)
{
	return f->is_tuple ? hash_tuple(data, f->key) : hash_keyed(data, KEY_LEN, f->key);
}

/* Each input bit flips each output bit half of the time: 2000 trials, six standard deviations either way. */
START_TEST(avalanche)
{
	static unsigned flips[KEY_LEN * 8][64];
	const unsigned trials = 2000;
	uint64_t random = 2;
	struct function f = function_of(_i != 0, 42);

	memset(flips, 0, sizeof(flips));
	for (unsigned trial = 0; trial < trials; trial++) {
		uint8_t data[KEY_LEN];

		for (size_t i = 0; i < KEY_LEN; i++)
			data[i] = (uint8_t)(next_random(&random) >> 56);

		uint64_t hash = hash_by(&f, data);

		for (unsigned bit = 0; bit < KEY_LEN * 8; bit++) {
			data[bit / 8] ^= (uint8_t)(1u << bit % 8);

			uint64_t changed = hash ^ hash_by(&f, data);

			data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			for (unsigned out = 0; out < 64; out++)
				flips[bit][out] += (unsigned)(changed >> out) & 1;
		}
	}
	for (unsigned bit = 0; bit < KEY_LEN * 8; bit++) {
		for (unsigned out = 0; out < 64; out++) {
			double off = flips[bit][out] - trials / 2.0;

			ck_assert_msg(off * off < 6 * 6 * trials / 4.0, "input bit %u, output bit %u: %u of %u", bit,
				      out, flips[bit][out], trials);
		}
	}
}
END_TEST

static void connection_key(uint8_t *out, uint32_t host, uint16_t port)
{
	memset(out, 0, KEY_LEN);
	memcpy(out, &host, 4);
	memcpy(out + 16, "\xC0\xA8\x01\x01", 4);
	memcpy(out + 32, &port, 2);
	out[34] = 443 >> 8;
	out[35] = 443 & 0xFF;
}

static int by_value(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	return (*x > *y) - (*x < *y);
}

#define BUCKETS 4096

/* Connections as they are, hosts and ports counting up, into buckets by low, middle and high bits: chi-square with 4095
 * degrees of freedom, mean 4095, standard deviation 90. */
START_TEST(spreads_real_keys)
{
	static unsigned counts[3][BUCKETS];
	const unsigned total = BUCKETS * 16;
	struct function f = function_of(_i % 2 != 0, (uint64_t)_i / 2);

	memset(counts, 0, sizeof(counts));
	for (unsigned i = 0; i < total; i++) {
		uint8_t data[KEY_LEN];

		connection_key(data, 0x0A000000 + i / 256, (uint16_t)(32768 + i % 256));

		uint64_t hash = hash_by(&f, data);

		counts[0][hash % BUCKETS]++;
		counts[1][hash >> 26 & (BUCKETS - 1)]++;
		counts[2][hash >> 52]++;
	}
	for (unsigned part = 0; part < 3; part++) {
		double chi = 0;

		for (unsigned i = 0; i < BUCKETS; i++)
			chi += (counts[part][i] - 16.0) * (counts[part][i] - 16.0) / 16.0;
		ck_assert_msg(chi > BUCKETS - 6 * 90.5 && chi < BUCKETS + 6 * 90.5, "part %u: chi-square %f", part,
			      chi);
	}
}
END_TEST

/* Keys of which each word but one is chosen to undo what the word before it does where words were added or
 * multiplied without a key: equal words, exchanged words, words of zeros and of ones. No two hash alike, in any half
 * of the hash more than chance has it: 7776 keys make 30 million pairs, of which 2^-32 is none. */
START_TEST(structured_keys_do_not_collide)
{
	static const uint64_t words[] = { 0, 1, UINT64_MAX, UINT64_C(1) << 63, UINT64_C(0x0A00000100000000), 443 };
	static uint32_t halves[2][6 * 6 * 6 * 6 * 6];
	struct function f = function_of(true, (uint64_t)_i);
	unsigned n = 0;
	unsigned alike = 0;

	for (; n < 6 * 6 * 6 * 6 * 6; n++) {
		uint64_t word[5];
		uint64_t hash;
		unsigned rest = n;

		for (size_t i = 0; i < 5; i++, rest /= 6)
			word[i] = words[rest % 6];
		hash = hash_tuple(word, f.key);
		halves[0][n] = (uint32_t)hash;
		halves[1][n] = (uint32_t)(hash >> 32);
	}
	for (unsigned half = 0; half < 2; half++) {
		qsort(halves[half], n, sizeof halves[0][0], by_value);
		for (unsigned i = 1; i < n; i++)
			alike += halves[half][i] == halves[half][i - 1];
	}
	ck_assert_uint_le(alike, 1);
}
END_TEST

/* Keys chosen to share one of 4096 buckets under one key: under another they lie as if thrown. This is what a flood of
 * collisions made against a known key comes to. */
START_TEST(collisions_do_not_carry_over)
{
	static unsigned counts[BUCKETS];
	struct function f = function_of(_i != 0, 1);
	struct function other = function_of(_i != 0, 2);
	unsigned found = 0;
	unsigned worst = 0;

	memset(counts, 0, sizeof(counts));
	for (uint32_t i = 0; found < 1000; i++) {
		uint8_t data[KEY_LEN];

		connection_key(data, i, (uint16_t)(i * 7));
		if (hash_by(&f, data) % BUCKETS != 0)
			continue;
		found++;
		counts[hash_by(&other, data) % BUCKETS]++;
	}
	for (unsigned i = 0; i < BUCKETS; i++)
		worst = counts[i] > worst ? counts[i] : worst;
	/* 1000 in 4096: eight in one is a chance below 1e-6. */
	ck_assert_uint_lt(worst, 8);
}
END_TEST

START_TEST(length_counts)
{
	const uint8_t zeros[64] = { 0 };
	uint64_t key[2];
	uint64_t seen[65];

	hash_key_init(key, 3);
	for (size_t len = 0; len <= 64; len++) {
		seen[len] = hash_keyed(zeros, len, key);
		for (size_t other = 0; other < len; other++)
			ck_assert_uint_ne(seen[other], seen[len]);
	}
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("hash", &tcase);

	tcase_add_test(tcase, follows_its_definition);
	tcase_add_test(tcase, tuple_follows_its_definition);
	tcase_add_test(tcase, keys_from_a_seed);
	tcase_add_loop_test(tcase, avalanche, 0, 2);
	tcase_add_loop_test(tcase, spreads_real_keys, 0, 32);
	tcase_add_loop_test(tcase, structured_keys_do_not_collide, 0, 8);
	tcase_add_loop_test(tcase, collisions_do_not_carry_over, 0, 2);
	tcase_add_test(tcase, length_counts);
	return suite_run(suite);
}
