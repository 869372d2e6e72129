/*
 * The keyed hash: against a second implementation by school multiplication, and the properties that a table wants.
 */
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

/* splitmix64 from seed 0, as published with xoshiro by Vigna. */
START_TEST(keys_from_a_seed)
{
	uint64_t key[2];

	hash_key_init(key, 0);
	ck_assert_uint_eq(key[0], UINT64_C(0xE220A8397B1DCDAF));
	ck_assert_uint_eq(key[1], UINT64_C(0x6E789E6AA1B965F4));
}
END_TEST

/* ---- Properties ------------------------------------------------------------------------------------------------ */

#define KEY_LEN 40

/* Each input bit flips each output bit half of the time: 2000 trials, six standard deviations either way. */
START_TEST(avalanche)
{
	static unsigned flips[KEY_LEN * 8][64];
	const unsigned trials = 2000;
	uint64_t random = 2;
	uint64_t key[2];

	hash_key_init(key, 42);
	for (unsigned trial = 0; trial < trials; trial++) {
		uint8_t data[KEY_LEN];

		for (size_t i = 0; i < KEY_LEN; i++)
			data[i] = (uint8_t)(next_random(&random) >> 56);

		uint64_t hash = hash_keyed(data, KEY_LEN, key);

		for (unsigned bit = 0; bit < KEY_LEN * 8; bit++) {
			data[bit / 8] ^= (uint8_t)(1u << bit % 8);

			uint64_t changed = hash ^ hash_keyed(data, KEY_LEN, key);

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

#define BUCKETS 4096

/* Connections as they are, hosts and ports counting up, into buckets by low, middle and high bits: chi-square with 4095
 * degrees of freedom, mean 4095, standard deviation 90. */
START_TEST(spreads_real_keys)
{
	static unsigned counts[3][BUCKETS];
	const unsigned total = BUCKETS * 16;
	uint64_t key[2];

	memset(counts, 0, sizeof(counts));
	hash_key_init(key, (uint64_t)_i);
	for (unsigned i = 0; i < total; i++) {
		uint8_t data[KEY_LEN];

		connection_key(data, 0x0A000000 + i / 256, (uint16_t)(32768 + i % 256));

		uint64_t hash = hash_keyed(data, KEY_LEN, key);

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

/* Keys chosen to share one of 4096 buckets under one key: under another they lie as if thrown. This is what a flood of
 * collisions made against a known key comes to. */
START_TEST(collisions_do_not_carry_over)
{
	static unsigned counts[BUCKETS];
	uint64_t key[2];
	uint64_t other[2];
	unsigned found = 0;
	unsigned worst = 0;

	hash_key_init(key, 1);
	hash_key_init(other, 2);
	for (uint32_t i = 0; found < 1000; i++) {
		uint8_t data[KEY_LEN];

		connection_key(data, i, (uint16_t)(i * 7));
		if (hash_keyed(data, KEY_LEN, key) % BUCKETS != 0)
			continue;
		found++;
		counts[hash_keyed(data, KEY_LEN, other) % BUCKETS]++;
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
	tcase_add_test(tcase, keys_from_a_seed);
	tcase_add_test(tcase, avalanche);
	tcase_add_loop_test(tcase, spreads_real_keys, 0, 8);
	tcase_add_test(tcase, collisions_do_not_carry_over);
	tcase_add_test(tcase, length_counts);
	return suite_run(suite);
}
