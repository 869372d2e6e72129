/*
 * The options of a capture from an interface, which mean nothing for a file.
 */
#ifndef CLI_LIVE_OPTIONS_H
#define CLI_LIVE_OPTIONS_H

#include "capture/source.h"

/* How long -1 listens, unless --for says. */
#define LIVE_ONCE_NS INT64_C(2000000000)

struct live_options {
	const char *interface; /* NULL: files are read */
	bool is_quiet;         /* -p */
	uint32_t snaplen;      /* 0: not given, and likewise below */
	uint32_t buffer_kib;
	enum source_direction direction;
	int64_t for_ns;
	bool is_once; /* -1 */
	int64_t patience_ns;
	const char *user; /* NULL: chosen by privilege_drop */
	bool checks_kernel;
};

/* Bytes; 0 is all that a packet has. */
bool live_options_parse_snaplen(const char *text, uint32_t *out);

bool live_options_parse_buffer(const char *text, uint32_t *out);

/* in, out or inout. */
bool live_options_parse_direction(const char *text, enum source_direction *out);

/* With the defaults where nothing was given. */
struct source_live live_options_source(const struct live_options *options);

/* For how long to capture; 0: until it is ended. */
int64_t live_options_duration(const struct live_options *options);

#endif
