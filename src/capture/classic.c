#include "capture/classic.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "capture/linktype.h"
#include "capture/problem.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16
#define RECORD_HEADER_PATCHED 24 /* libpcap: pcap_sf_patched_pkthdr */
#define RECORD_HEADER_SUSE 28    /* wiretap: pcaprec_ss990915_hdr */
#define RECORD_HEADER_NOKIA 20   /* wiretap: pcaprec_nokia_hdr */

/* Of the link type field: 16 bits of it, 10 that must be zero, and the length of the check sequence, if P is set. */
#define LINKTYPE_MASK 0x03FFFFFFu
#define FCS_PRESENT 0x04000000u
#define FCS_SHIFT 28

enum magic_kind { MAGIC_USUAL, MAGIC_NANO, MAGIC_PATCHED, MAGIC_IXIA, MAGIC_IXIA_NANO };

static const struct {
	uint32_t number;
	enum magic_kind kind;
} magics[] = {
	{ 0xa1b2c3d4, MAGIC_USUAL },     { 0xa1b23c4d, MAGIC_NANO },
	{ 0xa12b3c4d, MAGIC_NANO },      /* Navtel (libpcap: NAVTEL_TCPDUMP_MAGIC) */
	{ 0xa1b2cd34, MAGIC_PATCHED },   /* Kuznetzov (libpcap: KUZNETZOV_TCPDUMP_MAGIC) */
	{ 0x1c0001ab, MAGIC_IXIA },      /* in software (wiretap: PCAP_IXIASW_MAGIC) */
	{ 0x1c0001ac, MAGIC_IXIA_NANO }, /* in hardware (wiretap: PCAP_IXIAHW_MAGIC) */
};

static bool find_magic(const uint8_t *at, bool *is_big, enum magic_kind *kind)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		*is_big = load_u32be(at) == magics[i].number;
		*kind = magics[i].kind;
		if (*is_big || load_u32le(at) == magics[i].number)
			return true;
	}
	return false;
}

bool classic_is(const uint8_t *magic)
{
	enum magic_kind kind;
	bool is_big;

	return find_magic(magic, &is_big, &kind);
}

static inline uint32_t word(const struct classic *classic, const uint8_t *at)
{
	return classic->is_big ? load_u32be(at) : load_u32le(at);
}

static inline uint16_t half(const struct classic *classic, const uint8_t *at)
{
	return classic->is_big ? load_u16be(at) : load_u16le(at);
}

/* ---- Records ------------------------------------------------------------------------------------------------- */

struct lengths {
	uint32_t captured;
	uint32_t wire;
};

/* Version 2.3 exchanged the two; some files say 2.3 and have them the old way (libpcap, sf-pcap.c). */
static inline struct lengths lengths_of(const struct classic *classic, const uint8_t *header)
{
	struct lengths l = { word(classic, header + 8), word(classic, header + 12) };

	if (classic->lengths == CLASSIC_WIRE_FIRST ||
	    (classic->lengths == CLASSIC_SMALLER_CAPTURED && l.captured > l.wire))
		l = (struct lengths){ l.wire, l.captured };
	return l;
}

static enum source_result end_of(const struct blocks *blocks, struct source_problem *problem)
{
	if (blocks_is_at_end(blocks))
		return SOURCE_END;
	blocks_set_cut(blocks, blocks_offset(blocks), problem);
	return SOURCE_PROBLEM;
}

/* The frame check sequence is no part of what the frame carries. */
static void cut_fcs(const struct classic *classic, struct ws_packet *packet)
{
	if (packet->len < classic->fcs_len)
		return;
	packet->len -= classic->fcs_len;
	if (packet->caplen > packet->len)
		packet->caplen = packet->len;
}

enum source_result classic_next(const struct classic *classic, struct blocks *blocks, struct ws_packet *packet,
				struct source_problem *problem)
{
	const uint8_t *header;
	struct lengths lengths;

	if (!blocks_have(blocks, classic->header_len))
		return end_of(blocks, problem);
	lengths = lengths_of(classic, blocks->at);
	if (lengths.captured > classic->captured_max) {
		blocks_set_damaged(blocks, blocks_offset(blocks), problem, "%u bytes captured of one packet",
				   lengths.captured);
		return SOURCE_PROBLEM;
	}
	if (!blocks_have(blocks, classic->header_len + lengths.captured))
		return end_of(blocks, problem);
	header = blocks->at;
	blocks->at += classic->header_len + lengths.captured;
	packet->ts =
		(int64_t)word(classic, header) * NS_PER_SEC + (int64_t)word(classic, header + 4) * classic->fraction_ns;
	packet->data = header + classic->header_len;
	packet->caplen = lengths.captured;
	packet->len = lengths.wire;
	packet->linktype = classic->linktype;
	packet->interface = classic->has_interface ? word(classic, header + RECORD_HEADER) : 0;
	if (classic->fcs_len > 0)
		cut_fcs(classic, packet);
	return SOURCE_PACKET;
}

/* Inlined for each byte order. */
static inline void take_records(const struct classic *classic, struct blocks *blocks, const struct ws_packet *like,
				struct source_batch *batch, uint32_t (*load)(const uint8_t *))
{
	const uint8_t *at = blocks->at;
	struct ws_packet packet = *like;

	while (batch->len < batch->max && (size_t)(blocks->end - at) >= classic->header_len) {
		size_t left = (size_t)(blocks->end - at) - classic->header_len;

		packet.ts = (int64_t)load(at) * NS_PER_SEC + (int64_t)load(at + 4) * classic->fraction_ns;
		packet.caplen = load(at + 8);
		packet.len = load(at + 12);
		if (packet.caplen > classic->captured_max || packet.caplen > left || packet.ts >= batch->before)
			break;
		packet.data = at + classic->header_len;
		batch->packets[batch->len++] = packet;
		packet.frame++;
		at = packet.data + packet.caplen;
	}
	blocks->at = at;
}

void classic_batch(const struct classic *classic, struct blocks *blocks, const struct ws_packet *like,
		   struct source_batch *batch)
{
	if (!classic->is_usual)
		return;
	if (classic->is_big)
		take_records(classic, blocks, like, batch, load_u32be);
	else
		take_records(classic, blocks, like, batch, load_u32le);
}

/* ---- Which variant: what a magic number does not tell, the first records do ------------------------------------ */

#define RECORDS_TO_TRY 3
#define MICROSECONDS 1000000
#define WIRE_MAX (128u * 1024 * 1024)
#define INTERFACE_MAX 10000
#define PACKET_TYPE_MAX 4

/* As wiretap checks the additional members (libpcap.c): interface index, ethertype or ETH_P_ value, packet type. */
static bool is_plausible_patched(const struct classic *form, const uint8_t *more)
{
	uint16_t protocol = half(form, more + 4);

	return word(form, more) <= INTERFACE_MAX && more[6] <= PACKET_TYPE_MAX &&
	       (protocol >= 0x0600 || protocol <= 0x0017 || protocol == 0x0060 || protocol == 0x0200 ||
		protocol == 0x0400);
}

/* Likewise: 0xXfbfYZ0W, of which X, Y, Z and W have two values each; 0 when wiretap wrote it. */
static bool is_plausible_nokia(const struct classic *form, const uint8_t *more)
{
	uint32_t stuff = word(form, more);
	uint32_t x = stuff >> 28, y = stuff >> 12 & 0xF, z = stuff >> 8 & 0xF, w = stuff & 0xF;

	return stuff == 0 || ((stuff & 0x0FFF00F0) == 0x0FBF0000 && (x == 0x9 || x == 0xB) && (y == 0xB || y == 0xD) &&
			      (z == 0x6 || z == 0x9) && (w == 1 || w == 2));
}

static bool is_plausible(const struct classic *form, const uint8_t *header)
{
	struct lengths lengths = lengths_of(form, header);

	if (word(form, header + 4) >= MICROSECONDS || lengths.captured > form->captured_max ||
	    (form->snaplen > 0 && lengths.captured > form->snaplen) || lengths.wire > WIRE_MAX ||
	    lengths.captured > lengths.wire)
		return false;
	if (form->header_len == RECORD_HEADER_NOKIA)
		return is_plausible_nokia(form, header + RECORD_HEADER);
	return form->header_len == RECORD_HEADER || is_plausible_patched(form, header + RECORD_HEADER);
}

/* Whether the first records, as many as are at hand, are all of this form: at least `least` of them. */
static bool fits(struct classic form, uint32_t header_len, struct bytes in, unsigned least)
{
	unsigned records = 0;

	form.header_len = header_len;
	while (records < RECORDS_TO_TRY && in.len > 0) {
		const uint8_t *header = bytes_take(&in, header_len);

		if (header == NULL || !is_plausible(&form, header))
			return false;
		bytes_skip(&in, lengths_of(&form, header).captured);
		if (in.failed)
			return false;
		records++;
	}
	return records >= least;
}

/* Patches that changed the record header without the magic number were in Red Hat 6.1 and in Nokia's firewalls; those with
 * one of their own in SuSE 6.3, where it is longer still. Whatever is not all of such a form is taken for the usual. A pipe
 * is not read ahead for that: who writes into it may wait for what is made of the first packet. */
static void find_variant(struct classic *classic, struct blocks *blocks, enum magic_kind kind)
{
	struct bytes in;

	if (kind == MAGIC_PATCHED)
		classic->header_len = RECORD_HEADER_PATCHED;
	else if (kind != MAGIC_USUAL || !blocks->input.is_regular || classic->lengths != CLASSIC_CAPTURED_FIRST)
		return;
	(void)blocks_have(blocks, blocks->size);
	in = bytes_of(blocks->at, (size_t)(blocks->end - blocks->at));
	if (fits(*classic, classic->header_len, in, 1))
		return;
	if (kind == MAGIC_PATCHED && fits(*classic, RECORD_HEADER_SUSE, in, 1))
		classic->header_len = RECORD_HEADER_SUSE;
	else if (kind == MAGIC_USUAL && fits(*classic, RECORD_HEADER_NOKIA, in, 2))
		classic->header_len = RECORD_HEADER_NOKIA;
	else if (kind == MAGIC_USUAL && fits(*classic, RECORD_HEADER_PATCHED, in, 2))
		classic->header_len = RECORD_HEADER_PATCHED;
}

/* ---- The file header ----------------------------------------------------------------------------------------- */

/* AIX writes version 2.2, nanoseconds, and the interface type (RFC 1573) for the link type: Ethernet, token ring, FDDI,
 * loopback (wiretap, libpcap.c). */
static void take_aix(struct classic *classic)
{
	static const struct {
		uint32_t type;
		uint32_t linktype;
	} types[] = { { 6, 1 }, { 9, 6 }, { 15, 10 }, { 24, 0 } };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (classic->linktype == types[i].type) {
			classic->linktype = types[i].linktype;
			classic->fraction_ns = 1;
			return;
		}
	}
}

/* 2.0 to 2.4, and the 543.0 of DG/UX (libpcap, sf-pcap.c). */
static bool take_version(struct classic *classic, uint16_t major, uint16_t minor, enum magic_kind kind)
{
	if (major == 543 && minor == 0)
		classic->lengths = CLASSIC_WIRE_FIRST;
	else if (major != 2 || minor > 4)
		return false;
	else if (minor < 4)
		classic->lengths = minor < 3 ? CLASSIC_WIRE_FIRST : CLASSIC_SMALLER_CAPTURED;
	if (kind == MAGIC_USUAL && major == 2 && minor == 2)
		take_aix(classic);
	return true;
}

static void take_linktype(struct classic *classic, uint32_t field)
{
	classic->linktype = linktype_in_file(field & LINKTYPE_MASK);
	if ((field & FCS_PRESENT) != 0)
		classic->fcs_len = (field >> FCS_SHIFT) * 2;
	classic->captured_max = linktype_captured_max(classic->linktype);
}

bool classic_open(struct classic *classic, struct blocks *blocks, struct source_problem *problem)
{
	enum magic_kind kind;
	uint16_t major, minor;
	bool is_ixia;

	*classic = (struct classic){ .header_len = RECORD_HEADER };
	(void)find_magic(blocks->at, &classic->is_big, &kind);
	is_ixia = kind == MAGIC_IXIA || kind == MAGIC_IXIA_NANO;
	/* Ixia's has one word more: how many bytes follow. */
	if (!blocks_have(blocks, is_ixia ? FILE_HEADER + 4 : FILE_HEADER)) {
		blocks_set_cut(blocks, 0, problem);
		return false;
	}
	major = half(classic, blocks->at + 4);
	minor = half(classic, blocks->at + 6);
	classic->snaplen = word(classic, blocks->at + 16);
	classic->linktype = word(classic, blocks->at + 20);
	classic->fraction_ns = kind == MAGIC_NANO || kind == MAGIC_IXIA_NANO ? 1 : NS_PER_US;
	if (!take_version(classic, major, minor, kind)) {
		problem_set(problem, SOURCE_FAULT_FOREIGN, "pcap of version %u.%u, which is not known here", major,
			    minor);
		return false;
	}
	take_linktype(classic, classic->linktype);
	blocks->at += is_ixia ? FILE_HEADER + 4 : FILE_HEADER;
	find_variant(classic, blocks, kind);
	classic->has_interface = classic->header_len >= RECORD_HEADER_PATCHED;
	classic->is_usual =
		classic->lengths == CLASSIC_CAPTURED_FIRST && classic->fcs_len == 0 && !classic->has_interface;
	return true;
}
