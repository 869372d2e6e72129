/*
 * The options of IPv4 (RFC 791 3.1) and of IPv6 (RFC 8200 4.2), as far as they can be wrong. Kinds, types and lengths are
 * those of IANA's registries.
 */
#include "wire/ip_oddity.h"

#define IPV4_END 0
#define IPV4_NOP 1
#define IPV4_COPIED 0x80
#define IPV4_ROUTE_FIRST 4 /* where the pointer of a route starts */

#define IPV6_PAD1 0
#define IPV6_PADN 1

struct option_row {
	uint8_t kind;
	uint8_t min; /* length; of IPv4 with the first two bytes, of IPv6 without */
	uint8_t max;
};

static const struct option_row rows_v4[] = {
	{ 7, 3, 255 },   /* record route */
	{ 11, 4, 4 },    /* MTU probe (RFC 1063) */
	{ 12, 4, 4 },    /* MTU reply */
	{ 25, 8, 8 },    /* quick start (RFC 4782) */
	{ 30, 2, 255 },  /* experiments (RFC 4727) */
	{ 68, 4, 40 },   /* time stamp */
	{ 82, 12, 12 },  /* traceroute (RFC 1393) */
	{ 94, 2, 255 },  /* experiments */
	{ 130, 3, 255 }, /* security (RFC 1108) */
	{ 131, 3, 255 }, /* loose source route */
	{ 133, 3, 255 }, /* extended security */
	{ 134, 6, 255 }, /* commercial security */
	{ 136, 4, 4 },   /* stream identifier */
	{ 137, 3, 255 }, /* strict source route */
	{ 147, 10, 10 }, /* address extension */
	{ 148, 4, 4 },   /* router alert (RFC 2113) */
	{ 149, 6, 255 }, /* selective broadcast */
	{ 151, 3, 255 }, /* dynamic packet state */
	{ 152, 3, 255 }, /* upstream multicast */
	{ 158, 2, 255 }, /* experiments */
	{ 222, 2, 255 },
};

static const struct option_row rows_v6[] = {
	{ 0x04, 1, 1 },                                     /* tunnel encapsulation limit (RFC 2473) */
	{ 0x05, 2, 2 },                                     /* router alert (RFC 2711) */
	{ 0x07, 8, 255 },                                   /* CALIPSO (RFC 5570) */
	{ 0x08, 1, 255 },                                   /* SMF_DPD (RFC 6621) */
	{ 0x0F, 10, 10 },                                   /* performance metrics (RFC 8250) */
	{ 0x11, 2, 255 },                                   /* IOAM (RFC 9486) */
	{ 0x12, 4, 255 },                                   /* alternate marking (RFC 9343) */
	{ 0x1E, 0, 255 },                                   /* experiments (RFC 4727), eight of them */
	{ 0x23, 4, 255 },                                   /* RPL (RFC 9008) */
	{ 0x26, 6, 6 },                                     /* quick start (RFC 4782) */
	{ 0x30, 4, 4 },                                     /* minimum path MTU (RFC 9268) */
	{ 0x31, 2, 255 },                                   /* IOAM */
	{ 0x3E, 0, 255 }, { 0x4D, 0, 255 },                 /* deprecated */
	{ 0x5E, 0, 255 }, { 0x63, 4, 255 },                 /* RPL, as it was (RFC 6553) */
	{ 0x6D, 2, 255 },                                   /* MPL (RFC 7731) */
	{ 0x7E, 0, 255 }, { 0x8A, 0, 255 },                 /* endpoint identification, deprecated */
	{ 0x8B, 0, 255 },                                   /* ILNP nonce (RFC 6744) */
	{ 0x8C, 0, 255 },                                   /* line identification (RFC 6788) */
	{ 0x9E, 0, 255 }, { 0xBE, 0, 255 }, { 0xC2, 4, 4 }, /* jumbo payload (RFC 2675) */
	{ 0xC9, 16, 16 },                                   /* home address (RFC 6275) */
	{ 0xDE, 0, 255 }, { 0xEE, 2, 3 },                   /* DFF (RFC 6971) */
	{ 0xFE, 0, 255 },
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool is_right(const struct option_row *rows, size_t rows_len, uint8_t kind, size_t len)
{
	for (size_t i = 0; i < rows_len; i++)
		if (rows[i].kind == kind)
			return rows[i].min <= len && len <= rows[i].max;
	return false;
}

/* ---- IPv4 ------------------------------------------------------------------------------------------------------------- */

/* The next option that is longer than a byte, taken; NULL when there is none. `failed` when one does not fit. */
static const uint8_t *next_option_v4(struct bytes *options)
{
	while (options->len > 0 && options->data[0] == IPV4_NOP)
		bytes_skip(options, 1);
	if (options->len == 0 || options->data[0] == IPV4_END)
		return NULL;
	if (options->len < 2 || options->data[1] < 2) {
		options->failed = true;
		return NULL;
	}
	return bytes_take(options, options->data[1]);
}

/* The pointer of a route begins at its first address and steps from one to the next. */
static bool is_route_odd(const uint8_t *option)
{
	bool is_route = option[0] == 7 || option[0] == 131 || option[0] == 137;

	return is_route && ((option[1] - 3) % 4 != 0 || option[2] < IPV4_ROUTE_FIRST || option[2] % 4 != 0);
}

bool ip_oddity_options_v4(struct bytes options)
{
	uint64_t seen[4] = { 0 };
	const uint8_t *option;

	while ((option = next_option_v4(&options)) != NULL) {
		uint64_t bit = UINT64_C(1) << (option[0] & 63);

		if (!is_right(rows_v4, LENGTH(rows_v4), option[0], option[1]) || is_route_odd(option) ||
		    (seen[option[0] >> 6] & bit))
			return true;
		seen[option[0] >> 6] |= bit;
	}
	return options.failed;
}

uint32_t ip_oddity_copied_options(struct bytes options)
{
	uint32_t hash = 0;
	const uint8_t *option;

	while ((option = next_option_v4(&options)) != NULL)
		for (uint8_t i = 0; (option[0] & IPV4_COPIED) && i < option[1]; i++)
			hash = (hash ^ option[i]) * UINT32_C(16777619) + 1;
	return hash;
}

/* ---- IPv6 ------------------------------------------------------------------------------------------------------------- */

/* RFC 8200 4.2: padding is made of zeros. */
static bool is_padding_odd(struct bytes value)
{
	while (value.len > 0)
		if (bytes_u8(&value) != 0)
			return true;
	return false;
}

bool ip_oddity_options_v6(struct bytes options)
{
	bool has_other = false;

	while (options.len > 0) {
		uint8_t type = bytes_u8(&options);

		if (type == IPV6_PAD1)
			continue;

		size_t len = bytes_u8(&options);
		struct bytes value = bytes_sub(&options, len);

		if (type == IPV6_PADN ? is_padding_odd(value) : !is_right(rows_v6, LENGTH(rows_v6), type, len))
			return true;
		has_other |= type != IPV6_PADN;
	}
	return !has_other;
}
