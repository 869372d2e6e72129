#include "track/network.h"

void networks_init(struct networks *networks, enum ws_key key, uint64_t seed)
{
	networks->key = key;
	scopes_init(&networks->scopes, seed);
	twins_init(&networks->twins, seed);
}

void networks_fini(struct networks *networks)
{
	scopes_fini(&networks->scopes);
	twins_fini(&networks->twins);
}

bool networks_enter_scope(struct networks *networks, const struct segment *s, struct flow_key *key)
{
	uint32_t scope = scopes_enter(&networks->scopes, networks->key, &s->outer);

	if (scope == SCOPE_NONE)
		return false;
	flow_set_scope(key, scope);
	return true;
}

struct ws_connection *networks_join(struct networks *networks, struct ws_connection *c)
{
	if (networks->key == WS_KEY_4TUPLE)
		return NULL;
	scopes_hold(&networks->scopes, flow_scope(&c->key));
	return twins_meet(&networks->twins, c);
}

void networks_part(struct networks *networks, const struct ws_connection *c)
{
	if (networks->key == WS_KEY_4TUPLE)
		return;
	twins_forget(&networks->twins, c);
	scopes_leave(&networks->scopes, flow_scope(&c->key));
}

size_t networks_bytes(const struct networks *networks)
{
	return scopes_bytes(&networks->scopes) + twins_bytes(&networks->twins);
}
