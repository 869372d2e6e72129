/*
 * A finding's key: its name, the client's address, the service.
 */
#include "view/finding_key.h"

#include "view/parts.h"

static void open_end(struct text *out, const struct ws_endpoint *end)
{
	char addr[WS_ADDR_TEXT_MAX] = "*";

	if (end->addr.family != 0)
		ws_addr_text(&end->addr, addr);
	text_printf(out, end->addr.family == 6 ? " [%s]" : " %s", addr);
	if (end->port != 0)
		text_printf(out, ":%u", (unsigned)end->port);
}

/* Of a host: whatever is not known is open. */
static void open_key(struct text *out, const struct ws_endpoint *ends)
{
	struct ws_endpoint client = ends[WS_CLIENT];

	client.port = 0;
	open_end(out, &client);
	open_end(out, &ends[WS_SERVER]);
}

void finding_key(struct text *out, enum ws_finding_id id, const struct ws_record *record)
{
	char server[PARTS_ENDPOINT_MAX];
	char client[WS_ADDR_TEXT_MAX];
	const struct ws_endpoint *ends = record ? record->endpoint : NULL;

	text_puts(out, ws_finding_info(id)->id);
	if (!ends) {
		text_puts(out, " * *");
		return;
	}
	if (record->uid[0] == '\0' &&
	    (ends[WS_CLIENT].addr.family == 0 || ends[WS_SERVER].addr.family == 0 || ends[WS_SERVER].port == 0)) {
		open_key(out, ends);
		return;
	}
	ws_addr_text(&ends[WS_CLIENT].addr, client);
	parts_endpoint(&ends[WS_SERVER].addr, ends[WS_SERVER].port, server);
	text_printf(out, ends[WS_CLIENT].addr.family == 6 ? " [%s] %s" : " %s %s", client, server);
}
