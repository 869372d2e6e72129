/*
 * The columns of the people's table. Fitting is a list of sacrifices, made in their order until the line fits.
 */
#include "view/layout.h"

#include <string.h>

#define GAP_NARROW 1

/* Enough of a finding's name to know it by. */
#define FINDINGS_LEAST 16
#define ADDRESS_IPV4 21
#define ADDRESS_SHORT 12

enum sacrifice_kind {
	NARROW,      /* down to `least`, by no more than needed */
	NARROW_BOTH, /* both addresses, in step */
	DROP,
	SHORTEN_FINDINGS,
};

struct sacrifice {
	enum sacrifice_kind kind;
	enum layout_column column;
	size_t least;
};

/* clang-format off */
static const struct sacrifice sacrifices[] = {
	{ NARROW,           COLUMN_FINDINGS, FINDINGS_LEAST },
	{ DROP,             COLUMN_BYTES,    0 },
	{ DROP,             COLUMN_PACKETS,  0 },
	{ NARROW_BOTH,      COLUMN_CLIENT,   ADDRESS_IPV4 },
	{ SHORTEN_FINDINGS, COLUMN_FINDINGS, LAYOUT_SHORT_FINDINGS },
	{ DROP,             COLUMN_AGE,      0 },
	{ NARROW_BOTH,      COLUMN_CLIENT,   ADDRESS_SHORT },
	{ DROP,             COLUMN_FINDINGS, 0 },
	{ NARROW_BOTH,      COLUMN_CLIENT,   4 },
	{ DROP,             COLUMN_CLIENT,   0 },
	{ DROP,             COLUMN_SERVER,   0 },
};
/* clang-format on */

const char *layout_heading(enum layout_column column)
{
	static const char *const headings[COLUMN_COUNT] = {
		[COLUMN_CLIENT] = "CLIENT", [COLUMN_CLIENT_STATE] = "STATE",
		[COLUMN_SERVER] = "SERVER", [COLUMN_SERVER_STATE] = "STATE",
		[COLUMN_AGE] = "AGE",       [COLUMN_PACKETS] = "PACKETS",
		[COLUMN_BYTES] = "BYTES",   [COLUMN_FINDINGS] = "FINDINGS",
	};

	return headings[column];
}

bool layout_is_right(enum layout_column column)
{
	return column == COLUMN_AGE || column == COLUMN_PACKETS || column == COLUMN_BYTES;
}

size_t layout_width(const struct layout *layout)
{
	size_t total = 0;

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (layout->width[i] > 0)
			total += layout->width[i] + (total > 0 ? layout->gap : 0);
	}
	return total;
}

static size_t excess(const struct layout *layout, size_t terminal)
{
	size_t width = layout_width(layout);

	return width > terminal ? width - terminal : 0;
}

static void narrow(struct layout *layout, enum layout_column column, size_t least, size_t by)
{
	size_t *width = &layout->width[column];

	if (*width > least)
		*width = *width - least > by ? *width - by : least;
}

/* The wider of the two gives way first, so that they end up alike. */
static void narrow_both(struct layout *layout, size_t least, size_t terminal)
{
	size_t *client = &layout->width[COLUMN_CLIENT];
	size_t *server = &layout->width[COLUMN_SERVER];

	while (excess(layout, terminal) > 0 && (*client > least || *server > least)) {
		if (*client > *server)
			--*client;
		else
			--*server;
	}
}

static void sacrifice(struct layout *layout, const struct sacrifice *what, size_t terminal)
{
	switch (what->kind) {
	case NARROW:
		narrow(layout, what->column, what->least, excess(layout, terminal));
		break;
	case NARROW_BOTH:
		narrow_both(layout, what->least, terminal);
		break;
	case DROP:
		layout->width[what->column] = 0;
		break;
	case SHORTEN_FINDINGS:
		layout->has_short_findings = layout->width[COLUMN_FINDINGS] > what->least;
		narrow(layout, COLUMN_FINDINGS, what->least, layout->width[COLUMN_FINDINGS]);
		break;
	}
}

/* What an early sacrifice cost may have become affordable by a later, bigger one. */
static void give_back(struct layout *layout, const size_t natural[COLUMN_COUNT], size_t terminal)
{
	static const enum layout_column dropped[] = { COLUMN_PACKETS, COLUMN_BYTES };
	size_t *findings = &layout->width[COLUMN_FINDINGS];

	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
		size_t *width = &layout->width[dropped[i]];
		size_t before = *width;

		*width = natural[dropped[i]];
		if (excess(layout, terminal) > 0)
			*width = before;
	}
	if (*findings == 0 || layout_width(layout) >= terminal)
		return;

	size_t wider = *findings + terminal - layout_width(layout);

	if (layout->has_short_findings && wider < FINDINGS_LEAST)
		return;
	layout->has_short_findings = false;
	*findings = wider < natural[COLUMN_FINDINGS] ? wider : natural[COLUMN_FINDINGS];
}

void layout_fit(struct layout *layout, const size_t natural[COLUMN_COUNT], size_t terminal)
{
	size_t count = sizeof(sacrifices) / sizeof(sacrifices[0]);

	*layout = (struct layout){ .gap = LAYOUT_GAP, .is_ragged = terminal == 0 };
	memcpy(layout->width, natural, sizeof(layout->width));
	if (terminal == 0 || excess(layout, terminal) == 0)
		return;
	layout->gap = GAP_NARROW;
	for (size_t i = 0; i < count && excess(layout, terminal) > 0; i++)
		sacrifice(layout, &sacrifices[i], terminal);
	give_back(layout, natural, terminal);
}
