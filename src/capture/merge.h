/*
 * Many capture files as one stream of packets, by time. A file is opened when the packets come to the time of its first
 * one, and closed when it was read, so that files which do not overlap need one descriptor among them; those that do are
 * merged by the times of their next packets. What is of the same time goes by whose file began earlier, then by the
 * list. The order within a file is never touched: a packet that is earlier than the one before it comes right after it.
 *
 * Pipes, and standard input whatever it is, cannot be looked into beforehand: they are opened at once, and nothing goes
 * on before their next packet has come.
 */
#ifndef CAPTURE_MERGE_H
#define CAPTURE_MERGE_H

#include "capture/source.h"

struct merge;

/* NULL when out of memory. The options are borrowed as long as it lives. Opens nothing yet. */
struct merge *merge_new(const struct source_options *options);
void merge_free(struct merge *merge);

/* Like source_next over files. */
enum source_result merge_next(struct merge *merge, struct ws_packet *packet, struct source_problem *problem);

/* Like source_batch, whose members len and skipped are 0. */
void merge_batch(struct merge *merge, struct source_batch *batch);

/* Likewise, what the functions of source.h with these names tell. */
bool merge_progress(const struct merge *merge, uint64_t *done, uint64_t *total);
uint64_t merge_frames(const struct merge *merge, size_t file);
size_t merge_linktypes(const struct merge *merge, const uint32_t **out);
void merge_remarks(const struct merge *merge, struct source_remarks *out);

#endif
