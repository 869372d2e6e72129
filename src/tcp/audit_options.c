#include "tcp/audit_options.h"

#include "tcp/audit.h"

/* ---- What `wire` has found odd ---------------------------------------------------------------------------------- */

/* Which finding each oddity is, and the length that is right where there is just one. What tells of the sender's stack
 * and not of one segment is said once for each side. */
static const struct oddity {
	enum ws_finding_id id;
	uint8_t right;
	bool is_once;
} oddities[ODDITY_COUNT] = {
	[ODD_LENGTH] = { WS_FINDING_option_length_invalid, 0, false },
	[ODD_TRUNCATED] = { WS_FINDING_option_truncated, 0, false },
	[ODD_MSS_LENGTH] = { WS_FINDING_option_mss_length, 4, false },
	[ODD_WSCALE_LENGTH] = { WS_FINDING_option_wscale_length, 3, false },
	[ODD_SACK_PERMITTED_LENGTH] = { WS_FINDING_option_sackok_length, 2, false },
	[ODD_SACK_LENGTH] = { WS_FINDING_option_sack_length, 0, false },
	[ODD_TIMESTAMPS_LENGTH] = { WS_FINDING_option_timestamp_length, 10, false },
	[ODD_QUICK_START_LENGTH] = { WS_FINDING_option_quickstart_length, 8, false },
	[ODD_USER_TIMEOUT_LENGTH] = { WS_FINDING_option_uto_length, 4, false },
	[ODD_AO_LENGTH] = { WS_FINDING_option_ao_length, 0, false },
	[ODD_MD5_LENGTH] = { WS_FINDING_option_md5_length, 18, false },
	[ODD_FAST_OPEN_LENGTH] = { WS_FINDING_option_tfo_length, 0, false },
	[ODD_DUPLICATE] = { WS_FINDING_option_duplicate, 0, false },
	[ODD_AFTER_END] = { WS_FINDING_option_data_after_eol, 0, false },
	[ODD_NOP_RUN] = { WS_FINDING_option_nop_run, 0, true },
	[ODD_OBSOLETE] = { WS_FINDING_option_obsolete, 0, true },
	[ODD_EXPERIMENTAL] = { WS_FINDING_option_experimental, 0, true },
	[ODD_TTCP] = { WS_FINDING_option_ttcp, 0, true },
	[ODD_SNACK] = { WS_FINDING_option_snack, 0, true },
};

_Static_assert(ODDITY_COUNT <= 27, "above are the bits SEEN_");

static enum option_oddity oddity_of(enum ws_finding_id id)
{
	enum option_oddity oddity = 0;

	while (oddity + 1 < ODDITY_COUNT && oddities[oddity].id != id)
		oddity++;
	return oddity;
}

static bool option_odd(const struct sight *sight, struct finding *finding)
{
	const struct tcp_options *o = &sight->s->options;
	enum option_oddity oddity = oddity_of(finding->id);

	if (!(o->odd & ODD_BIT(oddity)))
		return false;
	if (oddities[oddity].is_once && (sight->memory->options.seen[sight->who] & ODD_BIT(oddity)))
		return false;
	if (oddities[oddity].right > 0)
		return finding_values(finding, oddities[oddity].right, o->odd_value[oddity]);
	return finding_seen(finding, o->odd_value[oddity]);
}

/* ---- What is there, or should be -------------------------------------------------------------------------------- */

/* One that opens something. */
static bool is_syn(const struct segment *s)
{
	return (s->flags & (WS_FLAG_SYN | WS_FLAG_RST)) == WS_FLAG_SYN;
}

static bool has_syn(const struct segment *s)
{
	return (s->flags & WS_FLAG_SYN) != 0;
}

static bool has(const struct segment *s, enum option_bit option)
{
	return (s->options.present & (uint32_t)option) != 0;
}

/* Whether there would be an MSS if one had been sent: nothing was cut off, and nothing hides what is behind it. */
static bool is_mss_told(const struct segment *s)
{
	return !s->is_header_cut &&
	       !(s->options.odd & (ODD_BIT(ODD_LENGTH) | ODD_BIT(ODD_TRUNCATED) | ODD_BIT(ODD_MSS_LENGTH)));
}

static bool wscale_exceeds_14(const struct sight *sight, struct finding *finding)
{
	return is_syn(sight->s) && has(sight->s, OPTION_WSCALE) && sight->s->options.wscale > 14 &&
	       finding_values(finding, 14, sight->s->options.wscale);
}

static bool wscale_on_non_syn(const struct sight *sight, struct finding *finding)
{
	return !has_syn(sight->s) && has(sight->s, OPTION_WSCALE) && finding_seen(finding, sight->s->options.wscale);
}

static bool sackok_on_non_syn(const struct sight *sight, struct finding *finding)
{
	return !has_syn(sight->s) && has(sight->s, OPTION_SACK_PERMITTED) && finding_seen(finding, sight->s->flags);
}

static bool mss_on_non_syn(const struct sight *sight, struct finding *finding)
{
	return !has_syn(sight->s) && has(sight->s, OPTION_MSS) && finding_seen(finding, sight->s->options.mss);
}

static bool mss_absent(const struct sight *sight, struct finding *finding)
{
	return is_syn(sight->s) && !has(sight->s, OPTION_MSS) && is_mss_told(sight->s) &&
	       finding_seen(finding, sight->s->src.family == 4 ? 536 : 1220);
}

static bool mss_too_small(const struct sight *sight, struct finding *finding)
{
	return is_syn(sight->s) && has(sight->s, OPTION_MSS) && sight->s->options.mss < MSS_MIN &&
	       finding_values(finding, MSS_MIN, sight->s->options.mss);
}

static bool auth_option_present(const struct sight *sight, struct finding *finding)
{
	bool is_new = !(sight->memory->options.seen[sight->who] & SEEN_AUTH);

	return is_new && (has(sight->s, OPTION_MD5) || has(sight->s, OPTION_AO)) &&
	       finding_seen(finding, has(sight->s, OPTION_MD5) ? 19 : 29);
}

static bool mptcp_seen(const struct sight *sight, struct finding *finding)
{
	bool is_new = !(sight->memory->options.seen[sight->who] & SEEN_MPTCP);

	return is_new && has(sight->s, OPTION_MPTCP) && finding_seen(finding, sight->s->options.mptcp_subtype);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
	{ WS_FINDING_option_length_invalid, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_truncated, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_mss_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_wscale_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_sackok_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_sack_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_timestamp_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_quickstart_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_uto_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_ao_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_md5_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_tfo_length, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_duplicate, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_data_after_eol, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_nop_run, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_obsolete, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_experimental, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_ttcp, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_option_snack, ON_ODD_OPTIONS, UNIT_NUMBER, OF_SENDER, option_odd },
	{ WS_FINDING_wscale_exceeds_14, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, wscale_exceeds_14 },
	{ WS_FINDING_wscale_on_non_syn, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, wscale_on_non_syn },
	{ WS_FINDING_sackok_on_non_syn, ON_OPTIONS, UNIT_FLAGS, OF_SENDER, sackok_on_non_syn },
	{ WS_FINDING_mss_on_non_syn, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, mss_on_non_syn },
	{ WS_FINDING_mss_absent, ON_SYN, UNIT_NUMBER, OF_SENDER, mss_absent },
	{ WS_FINDING_mss_too_small, ON_SYN, UNIT_NUMBER, OF_SENDER, mss_too_small },
	{ WS_FINDING_auth_option_present, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, auth_option_present },
	{ WS_FINDING_mptcp_seen, ON_OPTIONS, UNIT_NUMBER, OF_SENDER, mptcp_seen },
};

const struct rules audit_options_rules = RULE_TABLE(rules, ON_SYN | ON_OPTIONS | ON_ODD_OPTIONS);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

void audit_options_note(const struct sight *sight, struct audit_memory *memory)
{
	const struct tcp_options *o = &sight->s->options;
	uint32_t *seen = &memory->options.seen[sight->who];

	if (is_damaged(sight->x, sight->s))
		return;
	*seen |= o->odd;
	*seen |= o->present & (OPTION_MD5 | OPTION_AO) ? SEEN_AUTH : 0u;
	*seen |= o->present & OPTION_MPTCP ? SEEN_MPTCP : 0u;
	if ((sight->s->flags & WS_FLAG_SYN) && (sight->s->is_header_cut || (o->present & OPTION_MALFORMED)))
		*seen |= SEEN_SYN_CUT;
	audit_agreed_note(sight, &memory->options);
}
