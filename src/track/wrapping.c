#include "track/wrapping.h"

#include <stdlib.h>
#include <string.h>

#include "track/course.h"

static bool has_tags(const struct wrapping_side *side, const struct scope_tags *tags)
{
	for (unsigned i = 0; i < side->tags_len; i++)
		if (memcmp(&side->tags[i], tags, sizeof *tags) == 0)
			return true;
	return false;
}

static void see(struct wrapping_side *side, const struct outer *outer)
{
	struct scope_tags tags;

	if (!side->is_seen)
		side->first = *outer;
	side->is_seen = true;
	scope_tags_of(outer, &tags);
	if (has_tags(side, &tags))
		return;
	if (side->tags_len == WRAPPING_TAGS_MAX)
		side->has_more = true;
	else
		side->tags[side->tags_len++] = tags;
}

/* Had it sent anything before `from` sent this? A course has counted that already; a plain connection that rests has seen
 * both. */
static bool has_shown(const struct ws_connection *c, unsigned who, unsigned from)
{
	uint64_t packets;
	uint64_t bytes;

	if (c->detail)
		return c->detail->pair.side[who].packets + c->detail->pair.side[who].duplicates > 0;
	if (!c->course)
		return c->rest != NULL;
	course_amounts(c->course, who, &packets, &bytes);
	return packets > (who == from);
}

/* Whatever was sent before had nothing around it. */
static void begin(struct ws_connection *c, unsigned who, uint64_t *heap)
{
	static const struct outer nothing;
	struct extra *extra = connection_extra(c, heap);

	if (extra)
		extra->wrapping = calloc(1, sizeof *extra->wrapping);
	if (!extra || !extra->wrapping)
		return;
	*heap += sizeof *extra->wrapping;
	for (unsigned i = 0; i < 2; i++)
		if (has_shown(c, i, who))
			see(&extra->wrapping->side[i], &nothing);
}

void wrapping_note(struct ws_connection *c, unsigned who, const struct segment *s, uint64_t *heap)
{
	if (!connection_wrapping(c))
		begin(c, who, heap);
	if (connection_wrapping(c))
		see(&c->extra->wrapping->side[who], &s->outer);
}

static bool lacks(const struct wrapping_side *side, const struct wrapping_side *other)
{
	for (unsigned i = 0; i < other->tags_len; i++)
		if (!has_tags(side, &other->tags[i]))
			return true;
	return false;
}

bool wrapping_is_asymmetric(const struct wrapping *wrapping)
{
	const struct wrapping_side *a;
	const struct wrapping_side *b;

	if (!wrapping)
		return false;
	a = &wrapping->side[0];
	b = &wrapping->side[1];
	if (!a->is_seen || !b->is_seen || a->has_more || b->has_more)
		return false;
	return lacks(a, b) || lacks(b, a);
}

static struct ws_addr addr_of(uint8_t family, const uint8_t *bytes)
{
	struct ws_addr addr = { .family = family };

	if (family != 0)
		memcpy(addr.bytes, bytes, sizeof addr.bytes);
	return addr;
}

void wrapping_outer(const struct wrapping *wrapping, unsigned who, struct ws_outer *out)
{
	const struct wrapping_side *side;

	*out = (struct ws_outer){ .is_known = false };
	if (!wrapping || !wrapping->side[who].is_seen)
		return;
	side = &wrapping->side[who];
	out->is_known = true;
	out->kind = (enum ws_tunnel)side->first.kind;
	out->has_id = side->first.has_id;
	out->id = side->first.id;
	out->src = addr_of(side->first.family, side->first.src);
	out->dst = addr_of(side->first.family, side->first.dst);
	out->vlans_len = side->first.vlans_len;
	memcpy(out->vlans, side->first.vlans, out->vlans_len * sizeof out->vlans[0]);
}
