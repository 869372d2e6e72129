/*
 * The options of pcapng blocks (draft-ietf-opsawg-pcapng 3.5) that matter here. A list that does not fit its block simply
 * ends where it does not.
 */
#ifndef CAPTURE_PCAPNG_OPTIONS_H
#define CAPTURE_PCAPNG_OPTIONS_H

#include "base/bytes.h"
#include "capture/pcapng.h"

/* Sets the clock and the length of the check sequence. */
void pcapng_options_of_interface(struct pcapng_interface *interface, struct bytes options, bool is_big);

/* Takes the counters of an interface statistics block, which are of the whole capture up to then: the last ones hold. */
void pcapng_note_statistics(struct pcapng *pcapng, struct pcapng_interface *interface, struct bytes options);

/* Takes what an enhanced packet block says was lost before its packet. */
void pcapng_note_packet(struct pcapng *pcapng, struct pcapng_interface *interface, struct bytes options);

/* Adds packets lost between two, of which nobody tells whether kernel or interface lost them. Statistics overrule. */
void pcapng_note_drops(struct pcapng *pcapng, struct pcapng_interface *interface, uint64_t count);

#endif
