/*
 * Every way to talk.
 */
#include "scenarios.h"
#include "verbs.h"

const struct scenario scenarios_talk[] = {
	{ 0 },
};
