/*
 * Every way to open.
 */
#include "scenarios.h"
#include "verbs.h"

static void refused(struct bed *b)
{
	dial_to(b, FIRST_PORT, CLOSED_PORT);
	quiet(b, 60);
}

static void normal(struct bed *b)
{
	meet(b);
	quiet(b, 60);
}

const struct scenario scenarios_open[] = {
	{ "open-normal", "three segments, nothing said", normal, 0 },
	{ "open-refused", "nothing listens: SYN, RST", refused, 0 },
	{ 0 },
};
