/*
 * The packets of a list of capture files, merged by time (capture/merge.h), or those of an interface. What is wrong with
 * an input is data, handed out in its place among the packets: what was read before a damage was delivered, and the
 * other inputs are read on. Frames are counted from 1 in each file, those that the filter leaves out included, so numbers
 * are Wireshark's; of an interface, those that the filter lets through.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "wirestat.h"

struct source;

enum source_direction { SOURCE_INOUT, SOURCE_IN, SOURCE_OUT };

/* An interface; "any" is all of them. */
struct source_live {
	const char *interface;
	uint32_t snaplen;    /* bytes kept of each packet */
	uint32_t buffer_kib; /* what the kernel holds until it is read */
	bool is_quiet;       /* not promiscuous: only what comes to and from this host */
	enum source_direction direction;
	int64_t patience_ns; /* how long an interface that was removed is waited for */
};

#define SOURCE_SNAPLEN 256
#define SOURCE_SNAPLEN_MAX 262144
#define SOURCE_BUFFER_KIB (32 * 1024)
#define SOURCE_BUFFER_KIB_MAX (1024 * 1024)
#define SOURCE_PATIENCE_NS INT64_C(10000000000)

/* Who is asked while a pipe keeps its reader waiting: ten times a second, when a signal came, and while `fd` can be read
 * (-1: none). False: go on no longer, as if the input had ended. */
struct source_wait {
	bool (*goes_on)(void *user); /* NULL: nobody is */
	void *user;
	int fd;
};

struct source_options {
	const char *const *names; /* borrowed as long as the source lives; "-" is standard input */
	size_t names_len;
	const char *filter;      /* a BPF expression, borrowed likewise; NULL or empty: every packet */
	struct source_live live; /* without an interface: the files */
	struct source_wait wait;
};

enum source_fault {
	SOURCE_FAULT_OPEN,       /* missing, not permitted, a directory */
	SOURCE_FAULT_EMPTY,      /* not one byte */
	SOURCE_FAULT_FOREIGN,    /* neither pcap nor pcapng, or of a kind that is not read here */
	SOURCE_FAULT_CUT,        /* the file, or what is packed in it, ends in the middle of a record */
	SOURCE_FAULT_DAMAGED,    /* a record is impossible, or the device failed */
	SOURCE_FAULT_LINKTYPE,   /* read on, but nothing of it can be decoded; the filter does not apply */
	SOURCE_FAULT_UNFILTERED, /* read on, but the filter makes no sense for one more link type, which is left out */
	SOURCE_FAULT_FILTER,     /* the expression is wrong, or makes no sense for this link type */
	SOURCE_FAULT_PERMISSION, /* capturing is not allowed */
	SOURCE_FAULT_LINK,       /* the interface went down or was removed: now, or (as a problem) for good */
};

/* What capture files say of themselves, and their packets do not. */
struct source_remarks {
	bool has_drops; /* then what kernel and interface did not hand out */
	uint64_t kernel_drops;
	uint64_t interface_drops;
	uint64_t untimed;        /* packets without a time, which were given that of the one before */
	uint64_t unknown_blocks; /* of pcapng: stepped over */
};

#define SOURCE_TEXT_MAX 320

struct source_problem {
	enum source_fault fault;
	uint32_t file;
	uint64_t frame; /* the one that could not be read; 0: the trouble came before any */
	char text[SOURCE_TEXT_MAX];
};

enum source_result {
	SOURCE_PACKET,  /* *packet is filled; its data is valid until the next call */
	SOURCE_SKIPPED, /* as a packet, but the filter leaves it out */
	SOURCE_PROBLEM, /* *problem is filled; the next call goes on behind it */
	SOURCE_NOTICE,  /* live: *problem is filled, but it may yet end well */
	SOURCE_IDLE,    /* live: nothing came for a while; every packet up to packet->ts was handed out */
	SOURCE_END,
};

/* NULL when out of memory. Opens nothing yet. */
struct source *source_new(const struct source_options *options);
void source_free(struct source *source);

/* Opens the interface, if there is one to be read, for which permission is needed; reading needs none. False when that
 * fails, with *problem filled. */
bool source_open(struct source *source, struct source_problem *problem);

/* Live: the descriptor that packets come from; -1 else. */
int source_descriptor(const struct source *source);

/* Waiting for an interface or a pipe also ends when this descriptor can be read. */
void source_wait_for(struct source *source, int fd);

/* What the files read so far say of themselves; of an interface, nothing. */
void source_remarks(const struct source *source, struct source_remarks *out);

/* What the kernel, for want of room in its buffer, and the interface did not hand out. False when nobody counted. */
bool source_drops(struct source *source, uint64_t *kernel, uint64_t *interface);

/* Live: false while the interface is down or removed. */
bool source_is_up(const struct source *source);

/* The time now, by the machine's clock. */
ws_time source_clock(void);

/* `packet` and `problem` are written as the result tells; the other one is left as it was. */
enum source_result source_next(struct source *source, struct ws_packet *packet, struct source_problem *problem);

/* Packets that are at hand, taken together because nothing has to be read, told or looked at between them. */
struct source_batch {
	struct ws_packet *packets; /* room for `max` of them; what they point to is valid until the next call */
	size_t max;
	ws_time before; /* only packets earlier than this, up to the first that is not */
	size_t len;     /* out: that the filter lets through */
	size_t skipped; /* out: that it leaves out */
};

/* The next packets, without waiting for any: none when the next one must be asked for by source_next, which has to give the
 * first of each file. Of an interface always none. */
void source_batch(struct source *source, struct source_batch *batch);

/* How many of all bytes of the files were read. False when one of them is none, so that nobody can tell. */
bool source_progress(const struct source *source, uint64_t *done, uint64_t *total);

/* Frames read so far of the file with this index, those filtered out included. */
uint64_t source_frames(const struct source *source, size_t file);

/* The distinct LINKTYPE_ values of the files read so far, in the order met. */
size_t source_linktypes(const struct source *source, const uint32_t **out);

/* "libpcap version 1.10.3 ..." */
const char *source_library(void);

#endif
