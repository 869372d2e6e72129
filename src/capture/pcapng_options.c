#include "capture/pcapng_options.h"

#define END_OF_OPTIONS 0
#define IF_TSRESOL 9
#define IF_FCSLEN 13
#define IF_TSOFFSET 14
#define ISB_IFDROP 5
#define ISB_OSDROP 7
#define EPB_DROPCOUNT 4

#define MICROSECONDS 6
#define BITS_PER_BYTE 8

struct option {
	uint16_t code;
	struct bytes value;
};

static bool next_option(struct bytes *options, bool is_big, struct option *option)
{
	uint16_t len;

	option->code = is_big ? bytes_u16be(options) : bytes_u16le(options);
	len = is_big ? bytes_u16be(options) : bytes_u16le(options);
	option->value = bytes_sub(options, len);
	if (options->failed || option->code == END_OF_OPTIONS)
		return false;
	bytes_skip(options, -len & 3u);
	return true;
}

static uint64_t number(struct bytes value, bool is_big)
{
	uint64_t first = is_big ? bytes_u32be(&value) : bytes_u32le(&value);
	uint64_t second = is_big ? bytes_u32be(&value) : bytes_u32le(&value);

	return is_big ? first << 32 | second : second << 32 | first;
}

/* In bits, says the draft; its example and some writers have bytes. No check sequence is shorter than a byte, or as long
 * as eight. */
static uint32_t fcs_bytes(uint8_t value)
{
	return value < BITS_PER_BYTE ? value : value / BITS_PER_BYTE;
}

void pcapng_options_of_interface(struct pcapng_interface *interface, struct bytes options, bool is_big)
{
	uint8_t resolution = MICROSECONDS;
	int64_t offset = 0;
	struct option option;

	while (next_option(&options, is_big, &option)) {
		if (option.code == IF_TSRESOL && option.value.len == 1)
			resolution = bytes_u8(&option.value);
		else if (option.code == IF_TSOFFSET && option.value.len == 8)
			offset = (int64_t)number(option.value, is_big);
		else if (option.code == IF_FCSLEN && option.value.len == 1)
			interface->fcs_len = fcs_bytes(bytes_u8(&option.value));
	}
	ticks_init(&interface->ticks, resolution);
	ticks_set_offset(&interface->ticks, offset);
}

void pcapng_note_statistics(struct pcapng *pcapng, struct pcapng_interface *interface, struct bytes options)
{
	bool is_big = pcapng->is_big;
	uint64_t kernel = 0, device = 0;
	bool has_drops = false;
	struct option option;

	while (next_option(&options, is_big, &option)) {
		if (option.value.len != 8 || (option.code != ISB_IFDROP && option.code != ISB_OSDROP))
			continue;
		has_drops = true;
		*(option.code == ISB_IFDROP ? &device : &kernel) = number(option.value, is_big);
	}
	if (!has_drops)
		return;
	pcapng->remarks.has_drops = true;
	pcapng->remarks.kernel_drops += kernel - interface->kernel_drops;
	pcapng->remarks.interface_drops += device - interface->interface_drops;
	interface->has_statistics = true;
	interface->kernel_drops = kernel;
	interface->interface_drops = device;
}

void pcapng_note_drops(struct pcapng *pcapng, struct pcapng_interface *interface, uint64_t count)
{
	pcapng->remarks.has_drops = true;
	if (interface->has_statistics)
		return;
	interface->interface_drops += count;
	pcapng->remarks.interface_drops += count;
}

void pcapng_note_packet(struct pcapng *pcapng, struct pcapng_interface *interface, struct bytes options)
{
	struct option option;

	while (next_option(&options, pcapng->is_big, &option))
		if (option.code == EPB_DROPCOUNT && option.value.len == 8)
			pcapng_note_drops(pcapng, interface, number(option.value, pcapng->is_big));
}
