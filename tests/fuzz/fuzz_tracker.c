/*
 * libFuzzer: packets of any link type into a tracker. The input is a link type and the most connections, then records:
 * milliseconds since the packet before, length, bytes. Each packet lies in a block of its own size, so that a byte read
 * too far is found; after each the contract of wirestat.h must hold.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/contract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t linktypes[] = { 1, 101, 113, 276, 0, 108, 9, 50, 51, 104, 228, 229, 219 };

static void feed(struct contract *contract, struct ws_packet *packet, const uint8_t *data, uint32_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, len);
	packet->data = copy;
	packet->caplen = len;
	packet->len = len;
	packet->frame++;
	if (ws_tracker_feed(contract->tracker, packet) != WS_OK)
		abort();
	contract_check(contract);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ws_config config = { .max_connections = 16 };
	struct ws_packet packet = { .ts = 0 };
	struct contract contract;

	if (size < 2)
		return 0;
	packet.linktype = linktypes[data[0] % (sizeof(linktypes) / sizeof(linktypes[0]))];
	config.max_connections = (size_t)data[1] % 16 + 1;
	contract_begin(&contract, &config);
	data += 2;
	size -= 2;
	while (size >= 2) {
		uint32_t len = data[1] < size - 2 ? data[1] : (uint32_t)size - 2;

		packet.ts += data[0] * INT64_C(1000000);
		feed(&contract, &packet, data + 2, len);
		data += 2 + len;
		size -= 2 + len;
	}
	contract_end(&contract);
	return 0;
}
