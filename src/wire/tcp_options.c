#include "wire/tcp_options.h"

#include "base/bytes.h"

/* https://www.iana.org/assignments/tcp-parameters */
#define KIND_END 0
#define KIND_NOP 1
#define KIND_MSS 2
#define KIND_WSCALE 3
#define KIND_SACK_PERMITTED 4
#define KIND_SACK 5
#define KIND_ECHO 6
#define KIND_ECHO_REPLY 7
#define KIND_TIMESTAMPS 8
#define KIND_PARTIAL_ORDER_PERMITTED 9
#define KIND_PARTIAL_ORDER_PROFILE 10
#define KIND_CC 11
#define KIND_CC_NEW 12
#define KIND_CC_ECHO 13
#define KIND_CHECKSUM_REQUEST 14
#define KIND_CHECKSUM_DATA 15
#define KIND_SKEETER 16
#define KIND_BUBBA 17
#define KIND_MD5 19
#define KIND_SNACK 21
#define KIND_UNASSIGNED 25
#define KIND_QUICK_START 27
#define KIND_USER_TIMEOUT 28
#define KIND_AO 29
#define KIND_MPTCP 30
#define KIND_FAST_OPEN 34
#define KIND_ENO 69
#define KIND_ACCECN_0 172
#define KIND_ACCECN_1 174
#define KIND_EXPERIMENT_1 253 /* RFC 4727 2.2 */
#define KIND_EXPERIMENT_2 254
#define FAST_OPEN_EXPERIMENT 0xF989 /* RFC 7413 appendix A */

#define COOKIE_MIN 4 /* RFC 7413 4.1.1 */
#define COOKIE_MAX 16

/* Four NOPs align nothing: something stood there. */
#define NOP_RUN 4

/* Kinds that can stand only once. */
#define KIND_BIT(kind) (UINT64_C(1) << (kind))
#define ONCE                                                                                                \
	(KIND_BIT(KIND_MSS) | KIND_BIT(KIND_WSCALE) | KIND_BIT(KIND_SACK_PERMITTED) | KIND_BIT(KIND_SACK) | \
	 KIND_BIT(KIND_TIMESTAMPS) | KIND_BIT(KIND_FAST_OPEN))

/* Keeps the value of the first of each sort. */
static void note_odd(struct tcp_options *out, enum option_oddity oddity, uint8_t value)
{
	if (out->odd & ODD_BIT(oddity))
		return;
	out->odd |= ODD_BIT(oddity);
	out->odd_value[oddity] = value;
}

/* ---- Lengths, kind and length byte included -------------------------------------------------------------------- */

/* RFC 7413 4.1.1: no cookie is a request; a cookie has 4 to 16 bytes, an even number of them. */
static bool is_cookie(unsigned len)
{
	return len == 0 || (len >= COOKIE_MIN && len <= COOKIE_MAX && len % 2 == 0);
}

static bool is_right_length(uint8_t kind, uint8_t len)
{
	switch (kind) {
	case KIND_MSS:
	case KIND_USER_TIMEOUT: /* RFC 5482 3 */
		return len == 4;
	case KIND_WSCALE:
		return len == 3;
	case KIND_SACK_PERMITTED:
		return len == 2;
	case KIND_SACK: /* one to four blocks (RFC 2018 3) */
		return len % 8 == 2 && len > 2 && len <= 2 + 8 * SACK_BLOCKS_MAX;
	case KIND_TIMESTAMPS:
		return len == 10;
	case KIND_MD5:
		return len == 18;
	case KIND_QUICK_START: /* RFC 4782 4.1 */
		return len == 8;
	case KIND_AO: /* key identifiers, then the code (RFC 5925 2.2) */
		return len >= 4;
	case KIND_MPTCP:
		return len >= 3;
	case KIND_FAST_OPEN:
		return is_cookie(len - 2u);
	default:
		return true;
	}
}

static enum option_oddity length_oddity_of(uint8_t kind)
{
	switch (kind) {
	case KIND_MSS:
		return ODD_MSS_LENGTH;
	case KIND_WSCALE:
		return ODD_WSCALE_LENGTH;
	case KIND_SACK_PERMITTED:
		return ODD_SACK_PERMITTED_LENGTH;
	case KIND_SACK:
		return ODD_SACK_LENGTH;
	case KIND_TIMESTAMPS:
		return ODD_TIMESTAMPS_LENGTH;
	case KIND_QUICK_START:
		return ODD_QUICK_START_LENGTH;
	case KIND_USER_TIMEOUT:
		return ODD_USER_TIMEOUT_LENGTH;
	case KIND_AO:
		return ODD_AO_LENGTH;
	case KIND_MD5:
		return ODD_MD5_LENGTH;
	case KIND_FAST_OPEN:
		return ODD_FAST_OPEN_LENGTH;
	default:
		return ODD_LENGTH;
	}
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

static void malformed(struct tcp_options *out, enum option_oddity oddity, uint8_t len)
{
	out->present |= OPTION_MALFORMED;
	note_odd(out, oddity, len);
}

static void read_unknown(uint8_t kind, uint8_t len, struct tcp_options *out)
{
	out->present |= OPTION_UNKNOWN;
	if (out->unknown_len == UNKNOWN_OPTIONS_MAX)
		return;
	out->unknown[out->unknown_len][0] = kind;
	out->unknown[out->unknown_len][1] = len;
	out->unknown_len++;
}

static void read_sack(const uint8_t *value, uint8_t len, struct tcp_options *out)
{
	out->sack_len = (uint8_t)((len - 2) / 8);
	for (size_t i = 0; i < out->sack_len; i++) {
		out->sack[i][0] = load_u32be(value + i * 8);
		out->sack[i][1] = load_u32be(value + i * 8 + 4);
	}
}

static void read_fast_open(unsigned cookie_len, uint32_t bits, struct tcp_options *out)
{
	out->present |= bits;
	out->fast_open_len = (uint8_t)cookie_len;
}

static void read_experiment(uint8_t kind, const uint8_t *value, uint8_t len, struct tcp_options *out)
{
	note_odd(out, ODD_EXPERIMENTAL, kind);
	if (len < 4 || load_u16be(value) != FAST_OPEN_EXPERIMENT)
		read_unknown(kind, len, out);
	else if (is_cookie(len - 4u))
		read_fast_open(len - 4u, OPTION_FAST_OPEN | OPTION_FAST_OPEN_EXPERIMENTAL, out);
	else
		malformed(out, ODD_FAST_OPEN_LENGTH, len);
}

/* Kinds without a meaning of their own here. Obsolete by RFC 6247 3, or never documented. */
static void read_other(uint8_t kind, uint8_t len, struct tcp_options *out)
{
	read_unknown(kind, len, out);
	switch (kind) {
	case KIND_CC:
	case KIND_CC_NEW:
	case KIND_CC_ECHO:
		note_odd(out, ODD_TTCP, kind);
		break;
	case KIND_SNACK:
		note_odd(out, ODD_SNACK, kind);
		break;
	case KIND_ECHO:
	case KIND_ECHO_REPLY:
	case KIND_PARTIAL_ORDER_PERMITTED:
	case KIND_PARTIAL_ORDER_PROFILE:
	case KIND_CHECKSUM_REQUEST:
	case KIND_CHECKSUM_DATA:
	case KIND_SKEETER:
	case KIND_BUBBA:
		note_odd(out, ODD_OBSOLETE, kind);
		break;
	case KIND_ENO:
	case KIND_ACCECN_0:
	case KIND_ACCECN_1:
		break;
	default:
		if (kind > KIND_MPTCP || kind == KIND_UNASSIGNED)
			note_odd(out, ODD_EXPERIMENTAL, kind);
		break;
	}
}

/* An option of a length that is right for it. */
static void read_option(uint8_t kind, const uint8_t *value, uint8_t len, struct tcp_options *out)
{
	switch (kind) {
	case KIND_MSS:
		out->present |= OPTION_MSS;
		out->mss = load_u16be(value);
		break;
	case KIND_WSCALE:
		out->present |= OPTION_WSCALE;
		out->wscale = value[0];
		break;
	case KIND_SACK_PERMITTED:
		out->present |= OPTION_SACK_PERMITTED;
		break;
	case KIND_SACK:
		out->present |= OPTION_SACK;
		read_sack(value, len, out);
		break;
	case KIND_TIMESTAMPS:
		out->present |= OPTION_TIMESTAMPS;
		out->tsval = load_u32be(value);
		out->tsecr = load_u32be(value + 4);
		break;
	case KIND_MD5:
		out->present |= OPTION_MD5;
		note_odd(out, ODD_OBSOLETE, kind);
		break;
	case KIND_AO:
		out->present |= OPTION_AO;
		break;
	case KIND_MPTCP:
		out->present |= OPTION_MPTCP;
		out->mptcp_subtype = value[0] >> 4;
		break;
	case KIND_FAST_OPEN:
		read_fast_open(len - 2u, OPTION_FAST_OPEN, out);
		break;
	case KIND_EXPERIMENT_1:
	case KIND_EXPERIMENT_2:
		read_experiment(kind, value, len, out);
		break;
	default:
		read_other(kind, len, out);
		break;
	}
}

/* ---- The list -------------------------------------------------------------------------------------------------- */

/* RFC 9293 3.1: what stands behind the end of the list is zero. */
static void read_padding(struct bytes in, struct tcp_options *out)
{
	while (in.len > 0) {
		uint8_t byte = bytes_u8(&in);

		if (byte != 0)
			note_odd(out, ODD_AFTER_END, byte);
	}
}

static void count_nop(struct tcp_options *out, unsigned run)
{
	if (run < NOP_RUN)
		return;
	note_odd(out, ODD_NOP_RUN, NOP_RUN);
	if (run > out->odd_value[ODD_NOP_RUN])
		out->odd_value[ODD_NOP_RUN] = (uint8_t)run;
}

/* How long the option says to be, kind and length byte included; 0 when that cannot be, or was not captured. `left` counts
 * the bytes that the sender sent behind the kind, `area` all of its options. */
static uint8_t length_of(struct bytes *in, uint32_t left, uint32_t area, struct tcp_options *out)
{
	uint8_t len;

	if (left == 0) {
		malformed(out, ODD_TRUNCATED, 1);
		return 0;
	}
	len = bytes_u8(in);
	if (in->failed)
		return 0;
	if (len >= 2 && len - 1u <= left)
		return len;
	malformed(out, len < 2 || len > area ? ODD_LENGTH : ODD_TRUNCATED, len);
	return 0;
}

static void take_option(uint8_t kind, const uint8_t *value, uint8_t len, uint64_t *kinds, struct tcp_options *out)
{
	uint64_t bit = kind < 64 ? KIND_BIT(kind) & ONCE : 0;

	if (*kinds & bit)
		note_odd(out, ODD_DUPLICATE, kind);
	*kinds |= bit;
	if (is_right_length(kind, len))
		read_option(kind, value, len, out);
	else
		malformed(out, length_oddity_of(kind), len);
}

void tcp_options_decode(const uint8_t *data, uint32_t captured, uint32_t len, struct tcp_options *out)
{
	struct bytes in = bytes_of(data, captured);
	uint64_t kinds = 0;
	uint32_t left = len;
	unsigned nops = 0;

	while (left > 0 && in.len > 0) {
		uint8_t kind = bytes_u8(&in);
		const uint8_t *value;
		uint8_t option_len;

		left--;
		if (kind == KIND_END) {
			read_padding(in, out);
			return;
		}
		if (kind == KIND_NOP) {
			count_nop(out, ++nops);
			continue;
		}
		nops = 0;
		option_len = length_of(&in, left, len, out);
		value = option_len ? bytes_take(&in, option_len - 2u) : NULL;
		if (!value)
			return;
		take_option(kind, value, option_len, &kinds, out);
		left -= option_len - 1u;
	}
}
