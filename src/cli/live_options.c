#include "cli/live_options.h"

#include <string.h>

#include "cli/number.h"

bool live_options_parse_snaplen(const char *text, uint32_t *out)
{
	uint64_t value;

	if (!number_parse(text, &value) || value > SOURCE_SNAPLEN_MAX)
		return false;
	*out = value == 0 ? SOURCE_SNAPLEN_MAX : (uint32_t)value;
	return true;
}

bool live_options_parse_buffer(const char *text, uint32_t *out)
{
	uint64_t value;

	if (!number_parse(text, &value) || value == 0 || value > SOURCE_BUFFER_KIB_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
}

bool live_options_parse_direction(const char *text, enum source_direction *out)
{
	static const char *const names[] = { [SOURCE_INOUT] = "inout", [SOURCE_IN] = "in", [SOURCE_OUT] = "out" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = (enum source_direction)i;
			return true;
		}
	}
	return false;
}

struct source_live live_options_source(const struct live_options *options)
{
	return (struct source_live){
		.interface = options->interface,
		.snaplen = options->snaplen > 0 ? options->snaplen : SOURCE_SNAPLEN,
		.buffer_kib = options->buffer_kib > 0 ? options->buffer_kib : SOURCE_BUFFER_KIB,
		.is_quiet = options->is_quiet,
		.direction = options->direction,
		.patience_ns = options->patience_ns > 0 ? options->patience_ns : SOURCE_PATIENCE_NS,
	};
}

int64_t live_options_duration(const struct live_options *options)
{
	if (options->for_ns > 0)
		return options->for_ns;
	return options->is_once ? LIVE_ONCE_NS : 0;
}
