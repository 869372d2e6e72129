#include "view/outer.h"

#include <string.h>

static bool is_around(const struct ws_outer *outer)
{
	return outer->is_known && (outer->kind != WS_TUNNEL_NONE || outer->vlans_len > 0);
}

/* The side that tells which tunnel it is. */
static const struct ws_outer *teller(const struct ws_record *record)
{
	const struct ws_outer *client = &record->outer[WS_CLIENT];

	return client->kind != WS_TUNNEL_NONE ? client : &record->outer[WS_SERVER];
}

/* Each direction has an id of its own, chosen by its receiver. */
static bool has_two_ids(const struct ws_record *record)
{
	const struct ws_outer *a = &record->outer[WS_CLIENT];
	const struct ws_outer *b = &record->outer[WS_SERVER];

	return a->has_id && b->has_id && a->id != b->id;
}

/* Where the side's packets come out of the tunnel: told by its own, else by those it was sent. */
static const struct ws_addr *end_of(const struct ws_record *record, enum ws_side side)
{
	const struct ws_outer *own = &record->outer[side];
	const struct ws_outer *other = &record->outer[side == WS_CLIENT ? WS_SERVER : WS_CLIENT];

	if (own->src.family != 0)
		return &own->src;
	return other->dst.family != 0 ? &other->dst : NULL;
}

/* ---- For machines ----------------------------------------------------------------------------------------------- */

static void vlan_list(struct fields *f, const struct ws_outer *outer)
{
	if (f->mode == FIELDS_JSON && outer->vlans_len == 0)
		return;
	fields_list_begin(f, "vlan");
	for (size_t i = 0; i < outer->vlans_len; i++)
		fields_list_u64(f, outer->vlans[i]);
	fields_list_end(f);
}

static void side_group(struct fields *f, const struct ws_record *record, enum ws_side side)
{
	const struct ws_outer *outer = &record->outer[side];
	const struct ws_addr *addr = end_of(record, side);
	char text[WS_ADDR_TEXT_MAX];

	if (!fields_group_begin(f, ws_side_name(side), addr != NULL || is_around(outer)))
		return;
	fields_string(f, "addr", addr ? ws_addr_text(addr, text) : NULL);
	fields_u64(f, "id", has_two_ids(record), outer->id);
	vlan_list(f, outer);
	fields_group_end(f);
}

void outer_members(struct fields *f, const struct ws_record *record)
{
	const struct ws_outer *client = &record->outer[WS_CLIENT];
	const struct ws_outer *server = &record->outer[WS_SERVER];
	const struct ws_outer *one = teller(record);

	if (fields_group_begin(f, "outer", is_around(client) || is_around(server))) {
		fields_string(f, "kind", one->kind != WS_TUNNEL_NONE ? ws_tunnel_name(one->kind) : NULL);
		fields_u64(f, "id", one->has_id && !has_two_ids(record), one->id);
		side_group(f, record, WS_CLIENT);
		side_group(f, record, WS_SERVER);
		fields_group_end(f);
	}
	vlan_list(f, client->vlans_len > 0 ? client : server);
}

/* ---- For people --------------------------------------------------------------------------------------------------- */

static void tunnel_text(struct text *out, const struct ws_record *record)
{
	const struct ws_outer *one = teller(record);
	const struct ws_addr *client = end_of(record, WS_CLIENT);
	const struct ws_addr *server = end_of(record, WS_SERVER);
	char addr[WS_ADDR_TEXT_MAX];

	text_puts(out, ws_tunnel_name(one->kind));
	if (one->has_id) {
		text_char(out, ' ');
		text_u64(out, one->id);
	}
	if (has_two_ids(record)) {
		text_puts(out, " / ");
		text_u64(out, record->outer[WS_SERVER].id);
	}
	if (!client || !server)
		return;
	text_puts(out, "  ");
	text_puts(out, ws_addr_text(client, addr));
	text_puts(out, " - ");
	text_puts(out, ws_addr_text(server, addr));
}

static void tags_text(struct text *out, const struct ws_outer *outer)
{
	if (outer->vlans_len == 0)
		text_puts(out, "none");
	for (size_t i = 0; i < outer->vlans_len; i++) {
		if (i > 0)
			text_char(out, ',');
		text_u64(out, outer->vlans[i]);
	}
}

static bool has_same_tags(const struct ws_outer *a, const struct ws_outer *b)
{
	return a->vlans_len == b->vlans_len && memcmp(a->vlans, b->vlans, a->vlans_len * sizeof(a->vlans[0])) == 0;
}

void outer_text(struct text *out, const struct ws_record *record)
{
	const struct ws_outer *client = &record->outer[WS_CLIENT];
	const struct ws_outer *server = &record->outer[WS_SERVER];
	bool has_tunnel = teller(record)->kind != WS_TUNNEL_NONE;

	if (has_tunnel)
		tunnel_text(out, record);
	if (client->vlans_len + server->vlans_len == 0)
		return;
	text_puts(out, has_tunnel ? "  vlan " : "vlan ");
	tags_text(out, client->is_known ? client : server);
	if (client->is_known && server->is_known && !has_same_tags(client, server)) {
		text_puts(out, " / ");
		tags_text(out, server);
	}
}
