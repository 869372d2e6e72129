#include "tcp/audit_header.h"

#include "tcp/audit.h"

#define FLAGS_XMAS (WS_FLAG_FIN | WS_FLAG_PSH | WS_FLAG_URG)
#define FLAGS_MAIN (WS_FLAG_SYN | WS_FLAG_ACK | WS_FLAG_RST)

static bool has_all(const struct segment *s, unsigned flags)
{
	return (s->flags & flags) == flags;
}

static bool has_any(const struct segment *s, unsigned flags)
{
	return (s->flags & flags) != 0;
}

/* ---- Checksum, ports -------------------------------------------------------------------------------------------- */

static bool checksum_bad(const struct sight *sight, struct finding *finding)
{
	return is_damaged(sight->x, sight->s) && finding_seen(finding, sight->s->tcp_checksum);
}

static bool checksum_offload(const struct sight *sight, struct finding *finding)
{
	return sight->s->checksum == CHECKSUM_OFFLOAD && !sight->memory->header.has_offload[sight->who] &&
	       finding_seen(finding, sight->s->tcp_checksum);
}

/* RFC 1624 3: the two zeros of ones' complement are one value to who verifies, but only 0 is what the sum comes to, for
 * there is always something in it that is not zero. */
static bool checksum_ffff(const struct sight *sight, struct finding *finding)
{
	return sight->s->checksum == CHECKSUM_GOOD && sight->s->tcp_checksum == 0xFFFF &&
	       finding_values(finding, 0, 0xFFFF);
}

static bool port_zero(const struct sight *sight, struct finding *finding)
{
	return (sight->s->sport == 0 || sight->s->dport == 0) && finding_seen(finding, 0);
}

/* ---- Flags ------------------------------------------------------------------------------------------------------ */

static bool flags_null(const struct sight *sight, struct finding *finding)
{
	return sight->s->flags == 0 && finding_seen(finding, 0);
}

static bool flags_syn_rst(const struct sight *sight, struct finding *finding)
{
	return has_all(sight->s, WS_FLAG_SYN | WS_FLAG_RST) && finding_seen(finding, sight->s->flags);
}

static bool flags_fin_rst(const struct sight *sight, struct finding *finding)
{
	return has_all(sight->s, WS_FLAG_FIN | WS_FLAG_RST) && finding_seen(finding, sight->s->flags);
}

static bool flags_syn_urg(const struct sight *sight, struct finding *finding)
{
	return has_all(sight->s, WS_FLAG_SYN | WS_FLAG_URG) && finding_seen(finding, sight->s->flags);
}

static bool flags_xmas(const struct sight *sight, struct finding *finding)
{
	return has_all(sight->s, FLAGS_XMAS | FLAGS_MAIN) && finding_seen(finding, sight->s->flags);
}

static bool flags_nmap_xmas(const struct sight *sight, struct finding *finding)
{
	return has_all(sight->s, FLAGS_XMAS) && !has_any(sight->s, FLAGS_MAIN) &&
	       finding_seen(finding, sight->s->flags);
}

static bool flags_no_syn_ack_rst(const struct sight *sight, struct finding *finding)
{
	return !has_any(sight->s, FLAGS_MAIN) && finding_seen(finding, sight->s->flags);
}

/* SYN and RST may come without ACK, so what else is set with them is left to other rules. */
static bool flags_missing_ack(const struct sight *sight, struct finding *finding)
{
	return has_any(sight->s, FLAGS_XMAS) && !has_any(sight->s, FLAGS_MAIN) &&
	       finding_values(finding, sight->s->flags | WS_FLAG_ACK, sight->s->flags);
}

static bool ack_without_flag(const struct sight *sight, struct finding *finding)
{
	return !has_any(sight->s, WS_FLAG_ACK) && sight->s->ack != 0 && finding_values(finding, 0, sight->s->ack);
}

/* ---- Urgent data ------------------------------------------------------------------------------------------------ */

static bool is_pointer_beyond(const struct segment *s)
{
	return s->len == 0 || s->urgent > s->len;
}

static bool pointer_without_urg(const struct sight *sight, struct finding *finding)
{
	return !has_any(sight->s, WS_FLAG_URG) && sight->s->urgent != 0 && finding_values(finding, 0, sight->s->urgent);
}

static bool pointer_invalid(const struct sight *sight, struct finding *finding)
{
	return has_any(sight->s, WS_FLAG_URG) && is_pointer_beyond(sight->s) &&
	       finding_values(finding, sight->s->len, sight->s->urgent);
}

static bool urgent_data(const struct sight *sight, struct finding *finding)
{
	return has_any(sight->s, WS_FLAG_URG) && !is_pointer_beyond(sight->s) &&
	       finding_seen(finding, sight->s->urgent);
}

/* ---- Reserved bits, congestion notification --------------------------------------------------------------------- */

#define AE 1u /* the lowest of the four bits, once called NS */

/* Sets of what AE, CWR and ECE can be on a SYN and on its SYN-ACK: RFC 3168 6.1.1, RFC 9768 table 2. */
#define SYN_CLASSIC (1u << 3 | 1u << 7)
#define SYN_ACCURATE (1u << 7)
#define SYN_ACK_CLASSIC (1u << 1 | 1u << 5)
#define SYN_ACK_ACCURATE (1u << 2 | 1u << 3 | 1u << 4 | 1u << 6)

static unsigned ecn_bits(const struct segment *s)
{
	return (s->reserved & AE) << 2 | (has_any(s, WS_FLAG_CWR) ? 2u : 0u) | (has_any(s, WS_FLAG_ECE) ? 1u : 0u);
}

/* Whether the handshake of `opener` was seen, and one SYN-ACK that agrees to any of its SYNs. */
static bool is_seen(const struct header_memory *memory, unsigned opener)
{
	return memory->ecn_syn[opener] && memory->ecn_syn_ack[!opener];
}

static bool is_accurate(const struct header_memory *memory, unsigned opener)
{
	return (memory->ecn_syn[opener] & SYN_ACCURATE) && (memory->ecn_syn_ack[!opener] & SYN_ACK_ACCURATE);
}

static bool is_classic(const struct header_memory *memory, unsigned opener)
{
	return (memory->ecn_syn[opener] & SYN_CLASSIC) && (memory->ecn_syn_ack[!opener] & SYN_ACK_CLASSIC);
}

/* AE is part of the accurate feedback where both have agreed to it, and on the SYNs that ask for it. */
static bool is_ae_rightful(const struct sight *sight)
{
	const struct header_memory *memory = &sight->memory->header;

	if (has_all(sight->s, WS_FLAG_SYN | WS_FLAG_ACK))
		return !memory->ecn_syn[!sight->who] || (memory->ecn_syn[!sight->who] & SYN_ACCURATE);
	if (has_any(sight->s, WS_FLAG_SYN))
		return ecn_bits(sight->s) == 7;
	if (!is_seen(memory, 0) && !is_seen(memory, 1))
		return true;
	return is_accurate(memory, 0) || is_accurate(memory, 1);
}

static bool reserved_bits(const struct sight *sight, struct finding *finding)
{
	unsigned others = sight->s->reserved & ~AE;

	return (others || (sight->s->reserved && !is_ae_rightful(sight))) &&
	       finding_values(finding, 0, sight->s->reserved);
}

static bool ece_without_negotiation(const struct sight *sight, struct finding *finding)
{
	const struct header_memory *memory = &sight->memory->header;

	if (!has_any(sight->s, WS_FLAG_ECE | WS_FLAG_CWR) || has_any(sight->s, WS_FLAG_SYN) ||
	    (!is_seen(memory, 0) && !is_seen(memory, 1)))
		return false;
	for (unsigned opener = 0; opener < 2; opener++)
		if (is_classic(memory, opener) || is_accurate(memory, opener))
			return false;
	return finding_seen(finding, sight->s->flags);
}

/* ---- Topics ------------------------------------------------------------------------------------------------------ */

uint32_t audit_header_topics(const struct sight *sight)
{
	return sight->s->sport == 0 || sight->s->dport == 0 ? ON_NO_PORT : 0u;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_tcp_checksum_bad, ON_CHECKSUM, UNIT_NUMBER, OF_SENDER, checksum_bad },
	{ WS_FINDING_tcp_checksum_offload_suspected, ON_CHECKSUM, UNIT_NUMBER, OF_SENDER, checksum_offload },
	{ WS_FINDING_tcp_checksum_ffff, ON_CHECKSUM, UNIT_NUMBER, OF_SENDER, checksum_ffff },
	{ WS_FINDING_tcp_port_zero, ON_NO_PORT, UNIT_NUMBER, OF_BOTH, port_zero },
	{ WS_FINDING_tcp_reserved_bits_set, ON_ODD_FLAGS, UNIT_NUMBER, OF_SENDER, reserved_bits },
	{ WS_FINDING_flags_null, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_null },
	{ WS_FINDING_flags_syn_rst, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_syn_rst },
	{ WS_FINDING_flags_fin_rst, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_fin_rst },
	{ WS_FINDING_flags_syn_urg, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_syn_urg },
	{ WS_FINDING_flags_xmas, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_xmas },
	{ WS_FINDING_flags_nmap_xmas, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_nmap_xmas },
	{ WS_FINDING_flags_no_syn_ack_rst, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_no_syn_ack_rst },
	{ WS_FINDING_flags_missing_ack, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, flags_missing_ack },
	{ WS_FINDING_ack_nonzero_without_ack_flag, ON_SYN | ON_RST | ON_ODD_FLAGS, UNIT_NUMBER, OF_SENDER,
	  ack_without_flag },
	{ WS_FINDING_urgent_pointer_without_urg, ON_ODD_FLAGS, UNIT_NUMBER, OF_SENDER, pointer_without_urg },
	{ WS_FINDING_urgent_pointer_invalid, ON_ODD_FLAGS, UNIT_NUMBER, OF_SENDER, pointer_invalid },
	{ WS_FINDING_urgent_data_seen, ON_ODD_FLAGS, UNIT_NUMBER, OF_SENDER, urgent_data },
	{ WS_FINDING_ece_without_negotiation, ON_ODD_FLAGS, UNIT_FLAGS, OF_SENDER, ece_without_negotiation },
};

const struct rules audit_header_rules = RULE_TABLE(rules, ON_SYN | ON_RST | ON_ODD_FLAGS | ON_NO_PORT | ON_CHECKSUM);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

void audit_header_note(const struct sight *sight, struct audit_memory *memory)
{
	struct header_memory *header = &memory->header;
	const struct segment *s = sight->s;
	uint8_t bit = (uint8_t)(1u << ecn_bits(s));

	header->has_offload[sight->who] |= s->checksum == CHECKSUM_OFFLOAD;
	if (!(s->flags & WS_FLAG_SYN) || (s->flags & WS_FLAG_RST) || is_damaged(sight->x, s))
		return;
	if (s->flags & WS_FLAG_ACK)
		header->ecn_syn_ack[sight->who] |= bit;
	else
		header->ecn_syn[sight->who] |= bit;
}
