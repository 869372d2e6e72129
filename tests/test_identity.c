/*
 * SHA-1 by the vectors of FIPS 180 and RFC 3174, base 64 by those of RFC 4648, the Community ID by the baseline that is
 * published with its specification, and the properties of the uid.
 */
#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/sha1.h"
#include "lib/suite.h"
#include "track/identity.h"

static struct ws_addr addr(const char *text)
{
	struct ws_addr a = { .family = strchr(text, ':') ? 6 : 4 };

	ck_assert_int_eq(inet_pton(a.family == 6 ? AF_INET6 : AF_INET, text, a.bytes), 1);
	return a;
}

/* ---- SHA-1 -------------------------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	size_t times;
	const char *digest;
} sha1_vectors[] = {
	{ "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	{ "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
	{ "0123456701234567012345670123456701234567012345670123456701234567", 10,
	  "dea356a2cddd90c7a7ecedc5ebb563934f460452" },
};

START_TEST(sha1_vector)
{
	size_t len = strlen(sha1_vectors[_i].text);
	size_t total = len * sha1_vectors[_i].times;
	char *message = malloc(total + 1);
	uint8_t digest[SHA1_SIZE];
	char hex[2 * SHA1_SIZE + 1];

	ck_assert_ptr_nonnull(message);
	for (size_t i = 0; i < total; i++)
		message[i] = sha1_vectors[_i].text[i % len];
	sha1(message, total, digest);
	for (size_t i = 0; i < SHA1_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	ck_assert_str_eq(hex, sha1_vectors[_i].digest);
	free(message);
}
END_TEST

/* Every length about the ends of a block: the padding needs one block up to 55 bytes and two from 56 on. */
START_TEST(sha1_block_ends)
{
	static const struct {
		size_t len;
		uint8_t first;
	} expected[] = { { 55, 0xc1 }, { 56, 0xc2 }, { 63, 0x03 }, { 64, 0x00 }, { 65, 0x11 } };
	uint8_t message[65];
	uint8_t digest[SHA1_SIZE];

	memset(message, 'a', sizeof(message));
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		sha1(message, expected[i].len, digest);
		ck_assert_uint_eq(digest[0], expected[i].first);
	}
}
END_TEST

/* ---- Base 64 ------------------------------------------------------------------------------------------------ */

static const char *const base64_vectors[][2] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xbf", "+/+/" },
};

START_TEST(base64_vector)
{
	char out[BASE64_SIZE(6)];
	const char *in = base64_vectors[_i][0];

	ck_assert_ptr_eq(base64(in, strlen(in), out), out);
	ck_assert_str_eq(out, base64_vectors[_i][1]);
}
END_TEST

/* ---- Community ID ------------------------------------------------------------------------------------------- */

static const struct {
	const char *a;
	uint16_t port_a;
	const char *b;
	uint16_t port_b;
	const char *id;
} community_vectors[] = {
	{ "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ "2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25,
	  "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=" },
};

START_TEST(community_vector)
{
	struct ws_addr a = addr(community_vectors[_i].a);
	struct ws_addr b = addr(community_vectors[_i].b);
	uint16_t port_a = community_vectors[_i].port_a;
	uint16_t port_b = community_vectors[_i].port_b;
	char id[IDENTITY_COMMUNITY_ID_SIZE];

	identity_community_id(&a, port_a, &b, port_b, id);
	ck_assert_str_eq(id, community_vectors[_i].id);
	identity_community_id(&b, port_b, &a, port_a, id);
	ck_assert_str_eq(id, community_vectors[_i].id);
}
END_TEST

/* Equal addresses are put in the order of the ports. */
START_TEST(community_same_address)
{
	struct ws_addr a = addr("127.0.0.1");
	char low_first[IDENTITY_COMMUNITY_ID_SIZE];
	char high_first[IDENTITY_COMMUNITY_ID_SIZE];

	identity_community_id(&a, 80, &a, 50000, low_first);
	identity_community_id(&a, 50000, &a, 80, high_first);
	ck_assert_str_eq(low_first, high_first);
}
END_TEST

/* ---- uid ---------------------------------------------------------------------------------------------------- */

START_TEST(uid_form)
{
	struct ws_addr a = addr("10.0.0.1");
	struct ws_addr b = addr("10.0.0.2");

	for (uint64_t i = 0; i < 1000; i++) {
		char uid[IDENTITY_UID_SIZE];

		identity_uid(&a, 1024, &b, 80, 1700000000000000000, i, uid);
		ck_assert_uint_eq(strlen(uid), 18);
		ck_assert_int_eq(uid[0], 'C');
		ck_assert_uint_eq(strspn(uid + 1, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
				  17);
	}
}
END_TEST

START_TEST(uid_is_both_sides)
{
	struct ws_addr a = addr("10.0.0.2");
	struct ws_addr b = addr("10.0.0.1");
	char here[IDENTITY_UID_SIZE];
	char there[IDENTITY_UID_SIZE];

	identity_uid(&a, 1024, &b, 80, 5, 0, here);
	identity_uid(&b, 80, &a, 1024, 5, 0, there);
	ck_assert_str_eq(here, there);
}
END_TEST

/* Each of address, port, time and incarnation makes another name; and so does which port belongs to which address. */
START_TEST(uid_tells_apart)
{
	struct ws_addr a = addr("10.0.0.1");
	struct ws_addr b = addr("10.0.0.2");
	struct ws_addr c = addr("10.0.0.3");
	struct ws_addr a6 = addr("a00:1::");
	struct ws_addr b6 = addr("a00:2::");
	char uid[8][IDENTITY_UID_SIZE];

	identity_uid(&a, 1024, &b, 80, 5, 0, uid[0]);
	identity_uid(&a, 1024, &c, 80, 5, 0, uid[1]);
	identity_uid(&a, 1025, &b, 80, 5, 0, uid[2]);
	identity_uid(&a, 1024, &b, 81, 5, 0, uid[3]);
	identity_uid(&a, 1024, &b, 80, 6, 0, uid[4]);
	identity_uid(&a, 1024, &b, 80, 5, 1, uid[5]);
	identity_uid(&a, 80, &b, 1024, 5, 0, uid[6]);
	identity_uid(&a6, 1024, &b6, 80, 5, 0, uid[7]);
	for (size_t i = 0; i < 8; i++)
		for (size_t j = i + 1; j < 8; j++)
			ck_assert_str_ne(uid[i], uid[j]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("identity");
	TCase *t = tcase_create("sha1");

	tcase_add_loop_test(t, sha1_vector, 0, sizeof(sha1_vectors) / sizeof(sha1_vectors[0]));
	tcase_add_test(t, sha1_block_ends);
	suite_add_tcase(s, t);
	t = tcase_create("base64");
	tcase_add_loop_test(t, base64_vector, 0, sizeof(base64_vectors) / sizeof(base64_vectors[0]));
	suite_add_tcase(s, t);
	t = tcase_create("community-id");
	tcase_add_loop_test(t, community_vector, 0, sizeof(community_vectors) / sizeof(community_vectors[0]));
	tcase_add_test(t, community_same_address);
	suite_add_tcase(s, t);
	t = tcase_create("uid");
	tcase_add_test(t, uid_form);
	tcase_add_test(t, uid_is_both_sides);
	tcase_add_test(t, uid_tells_apart);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_run(suite());
}
