/*
 * The scenarios, in tables by what they try, and the soak.
 */
#ifndef KERNEL_SCENARIOS_H
#define KERNEL_SCENARIOS_H

#include "bed.h"

/* Each ends with a row without a name. */
extern const struct scenario scenarios_open[], scenarios_listen[], scenarios_talk[], scenarios_close[],
	scenarios_reset[], scenarios_early[], scenarios_late[], scenarios_odd[], scenarios_soak[];

#endif
