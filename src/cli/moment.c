#include "cli/moment.h"

#include <string.h>

#include "base/clock.h"
#include "cli/number.h"

static const char frame_prefix[] = "frame:";

bool moment_parse(const char *text, struct moment *out)
{
	struct moment moment = { .kind = MOMENT_NONE, .time = WS_TIME_NONE };
	bool is_good;

	if (strncmp(text, frame_prefix, sizeof(frame_prefix) - 1) == 0) {
		moment.kind = MOMENT_FRAME;
		is_good = number_parse(text + sizeof(frame_prefix) - 1, &moment.frame) && moment.frame > 0;
	} else if (text[0] == '+') {
		moment.kind = MOMENT_OFFSET;
		is_good = clock_parse_duration(text + 1, &moment.offset_ns);
	} else {
		moment.kind = MOMENT_TIME;
		is_good = clock_parse(text, &moment.time);
	}
	if (is_good)
		*out = moment;
	return is_good;
}

ws_time moment_time(const struct moment *moment, ws_time first)
{
	if (moment->kind == MOMENT_TIME)
		return moment->time;
	if (moment->kind != MOMENT_OFFSET || first == WS_TIME_NONE)
		return WS_TIME_NONE;
	return first > INT64_MAX - moment->offset_ns ? INT64_MAX : first + moment->offset_ns;
}

bool moment_is_before(const struct moment *moment, ws_time first, const struct ws_packet *packet)
{
	switch (moment->kind) {
	case MOMENT_NONE:
		return false;
	case MOMENT_TIME:
	case MOMENT_OFFSET:
		return packet->ts > moment_time(moment, first);
	case MOMENT_FRAME:
		return packet->file == 0 && packet->frame > moment->frame;
	}
	return false;
}

bool moment_is_reached(const struct moment *moment, const struct ws_packet *packet)
{
	return moment->kind == MOMENT_FRAME && packet->file == 0 && packet->frame >= moment->frame;
}
