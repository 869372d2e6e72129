/*
 * Oddities as a set: one bit for each row of wirestat_noticed.def.
 */
#ifndef WIRE_NOTICED_H
#define WIRE_NOTICED_H

#include "wirestat.h"

#define NOTICED_BIT(id) (UINT64_C(1) << WS_NOTICED_##id)

#endif
