/*
 * What the full audit remembers of a connection besides what inference does: one member for each subject, defined where
 * its rules are. All zero is a connection of which nothing was seen.
 */
#ifndef TCP_AUDIT_MEMORY_H
#define TCP_AUDIT_MEMORY_H

#include "tcp/audit_ack.h"
#include "tcp/audit_again.h"
#include "tcp/audit_capture.h"
#include "tcp/audit_data.h"
#include "tcp/audit_handshake.h"
#include "tcp/audit_header.h"
#include "tcp/audit_network.h"
#include "tcp/audit_options.h"
#include "tcp/audit_probe.h"
#include "tcp/audit_reset.h"
#include "tcp/audit_teardown.h"
#include "tcp/audit_timing.h"
#include "tcp/audit_window.h"
#include "wirestat.h"

struct audit_memory {
	uint64_t segments; /* audited so far */
	struct header_memory header;
	struct options_memory options;
	/* Handshake. */
	struct handshake_memory handshake;
	/* Capture, network. */
	struct capture_memory capture;
	struct network_memory network;
	/* Sequence, acknowledgement, window. */
	struct data_memory data;
	struct again_memory again;
	struct ack_memory ack;
	struct sack_memory sack;
	struct window_memory window;
	struct probe_memory probe;
	/* Close, reset, time. */
	struct teardown_memory teardown;
	struct reset_memory reset;
	struct timing_memory timing;
};

#endif
