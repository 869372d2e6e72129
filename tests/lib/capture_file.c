#include "lib/capture_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MICROSECONDS 6
#define IF_TSRESOL 9

void file_put(struct capture_file *file, const void *data, size_t len)
{
	if (file->size - file->len < len) {
		file->size = (file->size + len) * 2;
		file->data = realloc(file->data, file->size);
		if (file->data == NULL)
			abort();
	}
	if (len > 0)
		memcpy(file->data + file->len, data, len);
	file->len += len;
}

void file_number(struct capture_file *file, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * (file->is_big ? size - 1 - i : i));

		file_put(file, &byte, 1);
	}
}

void file_u16(struct capture_file *file, uint16_t value)
{
	file_number(file, value, 2);
}

void file_u32(struct capture_file *file, uint32_t value)
{
	file_number(file, value, 4);
}

void file_u64(struct capture_file *file, uint64_t value)
{
	file_number(file, value, 8);
}

void file_set_u32(struct capture_file *file, size_t at, uint32_t value)
{
	size_t len = file->len;

	file->len = at;
	file_u32(file, value);
	file->len = len;
}

const char *file_name(struct capture_file *file, size_t len)
{
	if (file->fd > 0)
		close(file->fd);
	file->fd = memfd_create("capture", MFD_CLOEXEC);
	if (file->fd <= 0 || write(file->fd, file->data, len) != (ssize_t)len)
		abort();
	snprintf(file->name, sizeof(file->name), "/proc/self/fd/%d", file->fd);
	return file->name;
}

void file_free(struct capture_file *file)
{
	if (file->fd > 0)
		close(file->fd);
	free(file->data);
	*file = (struct capture_file){ .len = 0 };
}

/* ---- pcap ---------------------------------------------------------------------------------------------------- */

void file_pcap(struct capture_file *file, uint32_t magic, uint16_t minor, uint32_t snaplen, uint32_t linktype)
{
	file_u32(file, magic);
	file_u16(file, 2);
	file_u16(file, minor);
	file_u64(file, 0);
	file_u32(file, snaplen);
	file_u32(file, linktype);
}

void file_record(struct capture_file *file, uint32_t seconds, uint32_t fraction, uint32_t first, uint32_t second)
{
	file_u32(file, seconds);
	file_u32(file, fraction);
	file_u32(file, first);
	file_u32(file, second);
}

/* ---- pcapng -------------------------------------------------------------------------------------------------- */

static void pad(struct capture_file *file)
{
	while (file->len % 4 != 0)
		file_put(file, "", 1);
}

size_t file_block(struct capture_file *file, uint32_t type)
{
	size_t block = file->len;

	file_u32(file, type);
	file_u32(file, 0);
	return block;
}

void file_block_end(struct capture_file *file, size_t block)
{
	uint32_t len;

	pad(file);
	len = (uint32_t)(file->len - block) + 4;
	file_set_u32(file, block + 4, len);
	file_u32(file, len);
}

void file_option(struct capture_file *file, uint16_t code, const void *value, uint16_t len)
{
	file_u16(file, code);
	file_u16(file, len);
	file_put(file, value, len);
	pad(file);
}

void file_option_u64(struct capture_file *file, uint16_t code, uint64_t value)
{
	file_u16(file, code);
	file_u16(file, 8);
	file_u64(file, value);
}

void file_options_end(struct capture_file *file)
{
	file_u32(file, 0);
}

void file_section(struct capture_file *file)
{
	size_t block = file_block(file, 0x0A0D0D0A);

	file_u32(file, 0x1A2B3C4D);
	file_u16(file, 1);
	file_u16(file, 0);
	file_u64(file, UINT64_MAX);
	file_block_end(file, block);
}

void file_interface(struct capture_file *file, uint16_t linktype, uint32_t snaplen, uint8_t resolution)
{
	size_t block = file_block(file, 1);

	file_u16(file, linktype);
	file_u16(file, 0);
	file_u32(file, snaplen);
	if (resolution != MICROSECONDS) {
		file_option(file, IF_TSRESOL, &resolution, 1);
		file_options_end(file);
	}
	file_block_end(file, block);
}

void file_packet(struct capture_file *file, uint32_t interface, uint64_t ticks, const void *data, uint32_t len)
{
	size_t block = file_block(file, 6);

	file_u32(file, interface);
	file_u32(file, (uint32_t)(ticks >> 32));
	file_u32(file, (uint32_t)ticks);
	file_u32(file, len);
	file_u32(file, len + 100);
	file_put(file, data, len);
	file_block_end(file, block);
}
