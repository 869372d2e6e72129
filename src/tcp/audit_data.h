/*
 * What the full audit remembers of the data of a connection: how far each side has come in the capture, and how its
 * segments lay in the stream so far.
 */
#ifndef TCP_AUDIT_DATA_H
#define TCP_AUDIT_DATA_H

#include <stdbool.h>
#include <stdint.h>

struct sight;
struct audit_memory;

/* For each side. */
struct data_memory {
	uint32_t nxt[2]; /* highest SEQ + LEN captured, window probes left out */
	bool has_nxt[2];
	uint8_t overlaps[2]; /* segments that begin in what was sent before and go on beyond, at most 255 */
	uint8_t small[2];    /* small ones in a row while others were under way, at most 255 */
};

/* Of the topics in audit.h, those of this subject that are up. */
uint32_t audit_data_topics(const struct sight *sight);
void audit_data_note(const struct sight *sight, struct audit_memory *memory);

/* For the rules of this and other subjects. Side `who` comes from the capture, and nobody forged it as far as can be told:
 * what it says of itself counts. */
bool data_is_sound(const struct sight *sight);

/* Neither SYN, FIN nor RST, and sound. */
bool data_is_plain(const struct sight *sight);

#endif
