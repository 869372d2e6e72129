/*
 * The TCP sockets of this host, as the kernel sees them: sock_diag(7), both families, every state but LISTEN. What ss
 * prints. Needs no permission.
 */
#ifndef CAPTURE_SOCKDIAG_H
#define CAPTURE_SOCKDIAG_H

#include "wirestat.h"

struct sockdiag;

/* NULL when the kernel does not answer such questions, or memory ran out; errno is set. */
struct sockdiag *sockdiag_new(void);
void sockdiag_free(struct sockdiag *diag);

/* The descriptor that is asked. */
int sockdiag_descriptor(const struct sockdiag *diag);

/* Takes the list anew, in one go: the moment is between begin and end of the call. False, with errno set, when that
 * failed; then the list is empty. */
bool sockdiag_take(struct sockdiag *diag);

/* The state of the socket with these ends; CLOSED when the list has none. IPv4 mapped into IPv6 is IPv4. */
enum ws_state sockdiag_state(const struct sockdiag *diag, const struct ws_addr *local, uint16_t local_port,
			     const struct ws_addr *remote, uint16_t remote_port);

#endif
