/*
 * INT and TERM: the first one asks for a clean end, the second one ends at once. USR1 asks for the counters, HUP for the
 * output to be opened anew if it has a name. A closed pipe ends quietly.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <stdbool.h>

void signals_install(void);

/* Whether INT or TERM has come. */
bool signals_stop_wanted(void);

/* From now on HUP is a request. */
void signals_catch_hangup(void);

/* Whether HUP has come since this was last asked. */
bool signals_reopen_wanted(void);

/* Whether USR1 has come since this was last asked. */
bool signals_counters_wanted(void);

#endif
