/*
 * The manual page wirestat-findings(7), made from the catalogue: it cannot be out of date.
 */
#ifndef VIEW_FINDINGS_MAN_H
#define VIEW_FINDINGS_MAN_H

#include "base/text.h"

/* The whole page, as mdoc(7). */
void findings_man(struct text *out);

#endif
