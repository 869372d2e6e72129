/*
 * A finding's key: its name, the client's address, the service.
 */
#include "view/finding_key.h"

#include "view/parts.h"

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
	ws_addr_text(&ends[WS_CLIENT].addr, client);
	parts_endpoint(&ends[WS_SERVER].addr, ends[WS_SERVER].port, server);
	text_printf(out, ends[WS_CLIENT].addr.family == 6 ? " [%s] %s" : " %s %s", client, server);
}
