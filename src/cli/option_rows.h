/*
 * The command line as two tables: the views and the options. Parsing (options.c) and --help (help.c) both read them, so
 * that a new option is one row here and one member of struct options.
 */
#ifndef CLI_OPTION_ROWS_H
#define CLI_OPTION_ROWS_H

#include <stddef.h>

#include "view/view.h"

/* For which views an option means something. */
enum view_bit {
	VIEW_BIT_TABLE = 1u << 0,
	VIEW_BIT_COUNT = 1u << 1,
	VIEW_BIT_EVENTS = 1u << 2,
	VIEW_BIT_AUDIT = 1u << 3,
	VIEW_BIT_LADDER = 1u << 4,
	VIEW_BIT_FINDINGS = 1u << 5,
	VIEW_BIT_TOP = 1u << 6,
};

/* `view` is NULL for `findings`, which needs no input. */
struct view_row {
	const char *name;
	const struct view *view;
	unsigned bit;
};

enum option_kind {
	OPTION_FLAG,     /* bool; takes no value */
	OPTION_FORMAT,   /* enum view_format, the one of the row; takes no value */
	OPTION_FILE,     /* one more of `files` */
	OPTION_TEXT,     /* const char * */
	OPTION_NUMBER,   /* uint64_t, from 1 up */
	OPTION_SIZE,     /* uint64_t of bytes, from 1 up */
	OPTION_DURATION, /* int64_t of nanoseconds, from 1 up */
	OPTION_MOMENT,   /* struct moment */
	OPTION_COLOR,    /* enum color_choice */
	OPTION_LEVEL,    /* enum ws_level of fail_on */
	OPTION_TOOL,     /* const struct view *, of the tool whose list is wanted */
	OPTION_HOST,     /* one more of `hosts` */
	OPTION_KEY,      /* enum ws_key */
	OPTION_SNAPLEN,
	OPTION_BUFFER,
	OPTION_DIRECTION,
	OPTION_SHELL,    /* enum completion_shell of completion */
	OPTION_MERGED,   /* one more of audit.merged */
	OPTION_FINDINGS, /* names of findings joined by commas: marks of audit.only or audit.ignored */
};

struct option_row {
	char letter;       /* '\0' when it has none */
	const char *name;  /* long, without dashes */
	const char *value; /* what --help calls it; NULL when it takes none */
	enum option_kind kind;
	size_t offset;           /* of the member of struct options */
	unsigned views;          /* bits of enum view_bit */
	enum view_format format; /* for OPTION_FORMAT */
	const char *help;
};

extern const struct view_row view_rows[];
extern const size_t view_rows_len;

#define OPTION_ROWS_MAX 96
extern const struct option_row option_rows[];

/* NULL when there is none. A letter means the same to every view. */
const struct option_row *option_row_of_letter(char letter);

/* Whether it means nothing without -i. */
bool option_row_is_live(const struct option_row *row);

extern const size_t option_rows_len;

#endif
