/*
 * Capture files written byte by byte after the descriptions of their formats, without libpcap or the reader under test, in
 * either byte order; and the file as a name that can be opened. Running out of memory aborts.
 */
#ifndef TESTS_CAPTURE_FILE_H
#define TESTS_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: empty, little-endian. */
struct capture_file {
	uint8_t *data;
	size_t len;
	size_t size;
	bool is_big;
	int fd;        /* of file_name */
	char name[64]; /* likewise */
};

void file_put(struct capture_file *file, const void *data, size_t len);
void file_number(struct capture_file *file, uint64_t value, size_t size);
void file_u16(struct capture_file *file, uint16_t value);
void file_u32(struct capture_file *file, uint32_t value);
void file_u64(struct capture_file *file, uint64_t value);

/* Sets a number that was put before. */
void file_set_u32(struct capture_file *file, size_t at, uint32_t value);

/* A name under which the first `len` bytes can be opened, until file_free or the next call. */
const char *file_name(struct capture_file *file, size_t len);
void file_free(struct capture_file *file);

/* pcap: the file header (major version 2), and the first 16 bytes of a record header. */
void file_pcap(struct capture_file *file, uint32_t magic, uint16_t minor, uint32_t snaplen, uint32_t linktype);
void file_record(struct capture_file *file, uint32_t seconds, uint32_t fraction, uint32_t first, uint32_t second);

/* pcapng: a block begins, gets its body, and ends; an option of a block; the end of options. */
size_t file_block(struct capture_file *file, uint32_t type);
void file_block_end(struct capture_file *file, size_t block);
void file_option(struct capture_file *file, uint16_t code, const void *value, uint16_t len);
void file_option_u64(struct capture_file *file, uint16_t code, uint64_t value);
void file_options_end(struct capture_file *file);

/* Whole blocks: a section header of version 1.0 and unknown length; an interface whose clock is `resolution`, or the usual one when
 * that is 6; an enhanced packet. */
void file_section(struct capture_file *file);
void file_interface(struct capture_file *file, uint16_t linktype, uint32_t snaplen, uint8_t resolution);
void file_packet(struct capture_file *file, uint32_t interface, uint64_t ticks, const void *data, uint32_t len);

#endif
