/*
 * Packets of any link type into a tracker. The input is a link type, then records: the milliseconds since the packet
 * before, the length, the bytes. Each packet lies in a block of its own size, so that a byte read too far is found.
 */
#include <string.h>

#include "exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t linktypes[] = { 1, 101, 113, 276, 0, 108, 9, 50, 51, 104, 228, 229, 219 };

static void feed(ws_tracker *tracker, struct ws_packet *packet, const uint8_t *data, uint32_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		return;
	memcpy(copy, data, len);
	packet->data = copy;
	packet->caplen = len;
	packet->len = len;
	packet->frame++;
	ws_tracker_feed(tracker, packet);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sum = 0;
	struct ws_packet packet = { .ts = 0 };
	ws_tracker *tracker;

	if (size < 1)
		return 0;
	tracker = exercise_new(&sum);
	if (tracker == NULL)
		return 0;
	packet.linktype = linktypes[data[0] % (sizeof(linktypes) / sizeof(linktypes[0]))];
	data++;
	size--;
	while (size >= 2) {
		uint32_t len = data[1] < size - 2 ? data[1] : (uint32_t)size - 2;

		packet.ts += data[0] * INT64_C(1000000);
		feed(tracker, &packet, data + 2, len);
		data += 2 + len;
		size -= 2 + len;
	}
	exercise_end(tracker);
	return 0;
}
