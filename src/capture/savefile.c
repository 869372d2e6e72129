/*
 * Capture files through libpcap: https://www.tcpdump.org/manpages/pcap-savefile.5.html and the pcapng draft. The file is
 * opened here rather than by libpcap, so that a missing, an empty and a foreign one can be told apart, and the filter is
 * run here rather than by libpcap, so that the packets it leaves out are still counted.
 */
#include "capture/savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "capture/linktype.h"
#include "capture/problem.h"
#include "capture/waiting.h"

/* libpcap reads through stdio, whose own 4 kB would cost a fifth of the speed. */
#define READ_BUFFER_BYTES ((size_t)256 * 1024)

/* Far beyond any year that a capture names, and far enough from the end of ws_time to add to. */
#define SECONDS_MAX (INT64_MAX / NS_PER_SEC / 2)

struct savefile {
	pcap_t *pcap;
	FILE *file;
	char *buffer;
	uint32_t linktype;
	bool has_filter;
	struct bpf_program filter;
};

/* The first byte tells an empty file, a directory and the usual compressors; libpcap gets it back. EOF: none. */
static int peek(FILE *file)
{
	int c = getc(file);

	if (c != EOF)
		ungetc(c, file);
	return c;
}

static const char *compressor(int first)
{
	switch (first) {
	case 0x1f:
		return "gzip";
	case 0x28:
		return "zstd";
	case 0xfd:
		return "xz";
	default:
		return NULL;
	}
}

static void set_foreign(struct source_problem *problem, int first, const char *error)
{
	const char *tool = compressor(first);

	if (strstr(error, "unknown file format") == NULL && strstr(error, "truncated dump file") == NULL)
		problem_set(problem, SOURCE_FAULT_FOREIGN, "%s", error);
	else if (tool != NULL)
		problem_set(problem, SOURCE_FAULT_FOREIGN,
			    "not a capture file (pcap or pcapng), but perhaps one packed with %s: unpack it first",
			    tool);
	else
		problem_set(problem, SOURCE_FAULT_FOREIGN, "not a capture file (pcap or pcapng)");
}

/* A descriptor of our own, closed like any other. A terminal would only be waited for. */
static int open_standard_input(void)
{
	return isatty(STDIN_FILENO) ? -1 : dup(STDIN_FILENO);
}

/* Only a pipe keeps one waiting. */
static FILE *open_file(const char *name, const struct source_wait *wait)
{
	int fd = strcmp(name, "-") == 0 ? open_standard_input() : open(name, O_RDONLY | O_CLOEXEC);
	struct stat info;
	bool is_waiting;
	FILE *file;

	if (fd < 0)
		return NULL;
	is_waiting = wait->goes_on != NULL && fstat(fd, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
	file = is_waiting ? waiting_open(fd, wait) : fdopen(fd, "rb");
	if (file == NULL)
		close(fd);
	return file;
}

/* Opens the stream and makes sure that there is something in it. */
static bool open_stream(struct savefile *savefile, const char *name, const struct source_wait *wait,
			struct source_problem *problem, int *first)
{
	errno = 0;
	savefile->file = open_file(name, wait);
	if (savefile->file == NULL) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", errno != 0 ? strerror(errno) : "is a terminal");
		return false;
	}
	savefile->buffer = malloc(READ_BUFFER_BYTES);
	if (savefile->buffer != NULL)
		setvbuf(savefile->file, savefile->buffer, _IOFBF, READ_BUFFER_BYTES);
	errno = 0;
	*first = peek(savefile->file);
	if (*first != EOF)
		return true;
	if (ferror(savefile->file))
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", strerror(errno));
	else
		problem_set(problem, SOURCE_FAULT_EMPTY, "empty, not even a file header");
	return false;
}

static bool open_pcap(struct savefile *savefile, struct source_problem *problem, int first)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	savefile->pcap = pcap_fopen_offline_with_tstamp_precision(savefile->file, PCAP_TSTAMP_PRECISION_NANO, error);
	if (savefile->pcap == NULL) {
		set_foreign(problem, first, error);
		return false;
	}
	savefile->linktype = linktype_of(pcap_datalink(savefile->pcap));
	return true;
}

static bool compile_filter(struct savefile *savefile, const char *filter, struct source_problem *problem)
{
	if (filter == NULL || filter[0] == '\0')
		return true;
	if (pcap_compile(savefile->pcap, &savefile->filter, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		problem_set(problem, SOURCE_FAULT_FILTER, "%s", pcap_geterr(savefile->pcap));
		return false;
	}
	savefile->has_filter = true;
	return true;
}

struct savefile *savefile_open(const char *name, const struct source_options *options, struct source_problem *problem,
			       bool *is_fine)
{
	struct savefile *savefile = calloc(1, sizeof(*savefile));
	int first;

	*is_fine = false;
	if (savefile == NULL) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", strerror(ENOMEM));
		return NULL;
	}
	if (!open_stream(savefile, name, &options->wait, problem, &first) || !open_pcap(savefile, problem, first)) {
		savefile_close(savefile);
		return NULL;
	}
	if (!ws_linktype_known(savefile->linktype)) {
		linktype_set_problem(savefile->linktype, problem);
		return savefile;
	}
	if (!compile_filter(savefile, options->filter, problem)) {
		savefile_close(savefile);
		return NULL;
	}
	*is_fine = true;
	return savefile;
}

void savefile_close(struct savefile *savefile)
{
	if (savefile == NULL)
		return;
	if (savefile->has_filter)
		pcap_freecode(&savefile->filter);
	if (savefile->pcap != NULL)
		pcap_close(savefile->pcap); /* and the stream with it */
	else if (savefile->file != NULL)
		fclose(savefile->file);
	free(savefile->buffer);
	free(savefile);
}

uint64_t savefile_done(const struct savefile *savefile)
{
	off_t at = ftello(savefile->file);

	return at > 0 ? (uint64_t)at : 0;
}

bool savefile_size(const char *name, uint64_t *out)
{
	struct stat info;
	int result = strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, &info) : stat(name, &info);

	*out = result == 0 && info.st_size > 0 ? (uint64_t)info.st_size : 0;
	return result == 0 && S_ISREG(info.st_mode);
}

uint32_t savefile_linktype(const struct savefile *savefile)
{
	return savefile->linktype;
}

/* With the nanosecond precision asked for, tv_usec holds nanoseconds. Seconds are unsigned 32-bit numbers in a pcap file,
 * which libpcap takes for signed ones in one of the two byte orders. Hostile ones are brought into range. */
static ws_time time_of(const struct pcap_pkthdr *header)
{
	int64_t seconds = header->ts.tv_sec;

	if (seconds < 0 && seconds >= INT32_MIN)
		seconds += INT64_C(1) << 32;
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	if (seconds < -SECONDS_MAX)
		seconds = -SECONDS_MAX;
	return seconds * NS_PER_SEC + header->ts.tv_usec;
}

static void set_read_problem(struct savefile *savefile, struct source_problem *problem)
{
	const char *error = pcap_geterr(savefile->pcap);

	if (strstr(error, "truncated") != NULL)
		problem_set(problem, SOURCE_FAULT_CUT, "the file ends in the middle of it");
	else
		problem_set(problem, SOURCE_FAULT_DAMAGED, "damaged (%s)", error);
}

enum source_result savefile_next(struct savefile *savefile, struct ws_packet *packet, struct source_problem *problem)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	int result = pcap_next_ex(savefile->pcap, &header, &data);

	if (result == PCAP_ERROR_BREAK)
		return SOURCE_END;
	if (result != 1) {
		set_read_problem(savefile, problem);
		return SOURCE_PROBLEM;
	}
	packet->ts = time_of(header);
	packet->data = data;
	packet->caplen = header->caplen;
	packet->len = header->len;
	packet->linktype = savefile->linktype;
	if (savefile->has_filter && pcap_offline_filter(&savefile->filter, header, data) == 0)
		return SOURCE_SKIPPED;
	return SOURCE_PACKET;
}

const char *source_library(void)
{
	return pcap_lib_version();
}
