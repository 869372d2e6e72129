/* A table that cannot grow is no reason to exit: the scope is just not made. */
#define HASH_NONFATAL_OOM 1

#include "track/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "track/flow.h"

#define SCOPES_FIRST 16

_Static_assert(sizeof(struct scope_tags) == 16, "no padding in what is compared as bytes");
_Static_assert(sizeof(struct scope_key) == 52, "no padding in what is hashed");

void scopes_init(struct scopes *scopes, uint64_t seed)
{
	*scopes = (struct scopes){ .table = NULL };
	hash_key_init(scopes->key, seed);
}

void scopes_fini(struct scopes *scopes)
{
	HASH_CLEAR(hh, scopes->table);
	for (uint32_t i = 0; i < scopes->size; i++)
		free(scopes->scope[i]);
	free(scopes->scope);
	free(scopes->unused);
}

static bool has_common_id(const struct outer *outer)
{
	switch ((int)outer->kind) {
	case WS_TUNNEL_GRE:
	case WS_TUNNEL_NVGRE:
	case WS_TUNNEL_VXLAN:
	case WS_TUNNEL_VXLAN_GPE:
	case WS_TUNNEL_GENEVE:
	case WS_TUNNEL_PPPOE:
		return outer->has_id;
	default:
		return false;
	}
}

void scope_tags_of(const struct outer *outer, struct scope_tags *out)
{
	*out = (struct scope_tags){ .vlans_len = outer->vlans_len };
	memcpy(out->vlans, outer->vlans, outer->vlans_len * sizeof out->vlans[0]);
	if (has_common_id(outer)) {
		out->kind = outer->kind;
		out->id = outer->id;
	}
}

static void key_of(enum ws_key key, const struct outer *outer, struct scope_key *out)
{
	unsigned sender;

	memset(out, 0, sizeof *out);
	scope_tags_of(outer, &out->tags);
	if (key != WS_KEY_OUTER || outer->family == 0)
		return;
	sender = memcmp(outer->src, outer->dst, sizeof outer->src) > 0;
	memcpy(out->addr[sender], outer->src, sizeof outer->src);
	memcpy(out->addr[!sender], outer->dst, sizeof outer->dst);
	out->family = outer->family;
	out->kind = outer->kind;
}

static bool is_nowhere(const struct scope_key *key)
{
	return key->tags.vlans_len == 0 && key->tags.kind == WS_TUNNEL_NONE && key->family == 0;
}

static unsigned hash_of(const struct scopes *scopes, const struct scope_key *key)
{
	return (unsigned)hash_keyed(key, sizeof *key, scopes->key);
}

/* Room for twice as many; numbers that come free are handed out the lowest first. */
static bool grow(struct scopes *scopes)
{
	uint32_t size = scopes->size > 0 ? scopes->size * 2 : SCOPES_FIRST;
	struct scope **scope;
	uint32_t *unused;

	if (size > FLOW_SCOPE_MAX)
		return false;
	scope = realloc(scopes->scope, size * sizeof(struct scope *));
	if (!scope)
		return false;
	memset(scope + scopes->size, 0, (size - scopes->size) * sizeof(struct scope *));
	scopes->scope = scope;
	unused = realloc(scopes->unused, size * sizeof *unused);
	if (!unused)
		return false;
	scopes->unused = unused;
	for (uint32_t i = 0; i < size - scopes->size; i++)
		unused[i] = size - i;
	scopes->size = size;
	return true;
}

static struct scope *add(struct scopes *scopes, const struct scope_key *key)
{
	struct scope *scope;

	if (scopes->used == scopes->size && !grow(scopes))
		return NULL;
	scope = calloc(1, sizeof *scope);
	if (!scope)
		return NULL;
	scope->key = *key;
	HASH_ADD_BYHASHVALUE(hh, scopes->table, key, sizeof scope->key, hash_of(scopes, key), scope);
	if (!scope->hh.tbl) {
		free(scope);
		return NULL;
	}
	scope->number = scopes->unused[scopes->size - scopes->used - 1];
	scopes->used++;
	scopes->scope[scope->number - 1] = scope;
	return scope;
}

uint32_t scopes_enter(struct scopes *scopes, enum ws_key key, const struct outer *outer)
{
	struct scope_key wanted;
	struct scope *scope = NULL;

	key_of(key, outer, &wanted);
	if (is_nowhere(&wanted))
		return 0;
	HASH_FIND_BYHASHVALUE(hh, scopes->table, &wanted, sizeof wanted, hash_of(scopes, &wanted), scope);
	if (!scope)
		scope = add(scopes, &wanted);
	if (!scope)
		return SCOPE_NONE;
	scope->users++;
	return scope->number;
}

void scopes_hold(struct scopes *scopes, uint32_t number)
{
	if (number > 0)
		scopes->scope[number - 1]->users++;
}

void scopes_leave(struct scopes *scopes, uint32_t number)
{
	struct scope *scope;

	if (number == 0)
		return;
	scope = scopes->scope[number - 1];
	if (--scope->users > 0)
		return;
	HASH_DEL(scopes->table, scope);
	scopes->scope[number - 1] = NULL;
	scopes->unused[scopes->size - scopes->used] = number;
	scopes->used--;
	free(scope);
}

size_t scopes_bytes(const struct scopes *scopes)
{
	return scopes->used * sizeof(struct scope) + scopes->size * (sizeof(struct scope *) + sizeof *scopes->unused);
}
