/*
 * An interface read through libpcap. The handle never blocks; waiting is done here, so that time goes on when no packet
 * comes. An interface that goes down is waited for; so is one that is removed, for as long as the options say: when it
 * comes back under its name the socket is bound to it anew, for which no permission is needed.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "capture/source.h"

struct live;

/* NULL when it cannot be read: *problem then has fault and text. */
struct live *live_open(const struct source_live *options, const char *filter, struct source_problem *problem);
void live_close(struct live *live);

uint32_t live_linktype(const struct live *live);
int live_descriptor(const struct live *live);
void live_wait_for(struct live *live, int fd);
bool live_is_up(const struct live *live);
void live_drops(struct live *live, uint64_t *kernel, uint64_t *interface);

/* The next packet, without frame, file and interface; or as source_next tells. SOURCE_END never comes but after
 * SOURCE_PROBLEM. */
enum source_result live_next(struct live *live, struct ws_packet *packet, struct source_problem *problem);

#endif
