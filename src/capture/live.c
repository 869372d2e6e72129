#include "capture/live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "capture/interface.h"
#include "capture/linktype.h"
#include "capture/pace.h"
#include "capture/problem.h"

/* How long the kernel gathers packets before it hands them out, and how long one may be under way: it looks at a block
 * at most twice before it lets go of it. */
#define GATHER_MS 100
#define LAG_NS ((2 * GATHER_MS + 50) * NS_PER_MS)

/* How often the interface is looked at, and how long a socket in error is left alone. */
#define LOOK_NS (500 * NS_PER_MS)
#define REST_MS 50

/* Errors in a row, with the interface up all the while, before the device counts as broken. */
#define ERRORS_MAX 20

/* Of libpcap 1.10; older ones cannot capture from "any" in this form. */
#ifndef DLT_LINUX_SLL2
#define DLT_LINUX_SLL2 276
#endif

struct live {
	pcap_t *pcap;
	uint32_t linktype;
	bool is_quiet;
	bool is_nano;
	int64_t patience_ns;
	struct interface interface;
	enum interface_state state;
	int index;    /* the socket is bound to */
	int hardware; /* and what kind that is */
	bool was_bound_anew;
	bool is_over;
	ws_time removed; /* when, by the clock */
	struct pace look;
	unsigned errors;
	char error[SOURCE_TEXT_MAX];
	int also; /* descriptor to wait for; -1: none */
	uint32_t dropped_before;
	uint64_t dropped;
};

ws_time source_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (ws_time)now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

/* ---- Opening ------------------------------------------------------------------------------------------------- */

static void set_activate_problem(pcap_t *pcap, int result, struct source_problem *problem)
{
	const char *text = pcap_geterr(pcap);

	switch (result) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		problem_set(problem, SOURCE_FAULT_PERMISSION,
			    "no permission to capture: be root, or give the program the capability CAP_NET_RAW");
		break;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		problem_set(problem, SOURCE_FAULT_OPEN, "there is no such interface; -D lists those there are");
		break;
	case PCAP_ERROR_IFACE_NOT_UP:
		problem_set(problem, SOURCE_FAULT_OPEN, "the interface is down");
		break;
	default:
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", text[0] != '\0' ? text : pcap_statustostr(result));
		break;
	}
}

/* Options come before activation, in any order; each of them only fails on an activated handle. */
static void set_options(struct live *live, const struct source_live *options)
{
	live->is_quiet = options->is_quiet || strcmp(options->interface, "any") == 0;
	pcap_set_snaplen(live->pcap, (int)options->snaplen);
	pcap_set_promisc(live->pcap, !live->is_quiet);
	pcap_set_timeout(live->pcap, GATHER_MS);
	pcap_set_buffer_size(live->pcap, (int)options->buffer_kib * 1024);
	live->is_nano = pcap_set_tstamp_precision(live->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
}

static bool activate(struct live *live, const struct source_live *options, struct source_problem *problem)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	int result;

	live->pcap = pcap_create(options->interface, error);
	if (live->pcap == NULL) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", error);
		return false;
	}
	set_options(live, options);
	result = pcap_activate(live->pcap);
	if (result < 0) {
		set_activate_problem(live->pcap, result, problem);
		return false;
	}
	if (pcap_setnonblock(live->pcap, 1, error) != 0 || pcap_get_selectable_fd(live->pcap) < 0) {
		problem_set(problem, SOURCE_FAULT_OPEN, "cannot be waited for: %s", error);
		return false;
	}
	return true;
}

static bool choose_linktype(struct live *live, const char *name, struct source_problem *problem)
{
	/* It tells the interface of each packet; where there is none, SLL is what libpcap has chosen. */
	if (strcmp(name, "any") == 0)
		(void)pcap_set_datalink(live->pcap, DLT_LINUX_SLL2);
	live->linktype = linktype_of(pcap_datalink(live->pcap));
	if (ws_linktype_known(live->linktype))
		return true;
	linktype_set_problem(live->linktype, problem);
	return false;
}

static bool set_direction(struct live *live, enum source_direction direction, struct source_problem *problem)
{
	static const pcap_direction_t directions[] = {
		[SOURCE_INOUT] = PCAP_D_INOUT,
		[SOURCE_IN] = PCAP_D_IN,
		[SOURCE_OUT] = PCAP_D_OUT,
	};

	if (direction == SOURCE_INOUT || pcap_setdirection(live->pcap, directions[direction]) == 0)
		return true;
	problem_set(problem, SOURCE_FAULT_OPEN, "cannot tell the directions apart: %s", pcap_geterr(live->pcap));
	return false;
}

static bool set_filter(struct live *live, const char *filter, struct source_problem *problem)
{
	struct bpf_program program;
	bool is_set;

	if (filter == NULL || filter[0] == '\0')
		return true;
	if (pcap_compile(live->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		problem_set(problem, SOURCE_FAULT_FILTER, "%s", pcap_geterr(live->pcap));
		return false;
	}
	is_set = pcap_setfilter(live->pcap, &program) == 0;
	if (!is_set)
		problem_set(problem, SOURCE_FAULT_FILTER, "%s", pcap_geterr(live->pcap));
	pcap_freecode(&program);
	return is_set;
}

struct live *live_open(const struct source_live *options, const char *filter, struct source_problem *problem)
{
	struct live *live = calloc(1, sizeof(*live));

	if (live == NULL) {
		problem_set(problem, SOURCE_FAULT_OPEN, "%s", strerror(ENOMEM));
		return NULL;
	}
	live->also = -1;
	live->patience_ns = options->patience_ns;
	interface_init(&live->interface, options->interface);
	live->index = live->interface.index;
	live->hardware = live->interface.hardware;
	if (activate(live, options, problem) && choose_linktype(live, options->interface, problem) &&
	    set_direction(live, options->direction, problem) && set_filter(live, filter, problem))
		return live;
	live_close(live);
	return NULL;
}

void live_close(struct live *live)
{
	if (live == NULL)
		return;
	if (live->pcap != NULL)
		pcap_close(live->pcap);
	interface_fini(&live->interface);
	free(live);
}

uint32_t live_linktype(const struct live *live)
{
	return live->linktype;
}

int live_descriptor(const struct live *live)
{
	return pcap_get_selectable_fd(live->pcap);
}

void live_wait_for(struct live *live, int fd)
{
	live->also = fd;
}

bool live_is_up(const struct live *live)
{
	return live->state == INTERFACE_UP;
}

/* What libpcap counts is 32 bits wide. What it says of the interface it reads from files, which cannot be opened here. */
void live_drops(struct live *live, uint64_t *kernel, uint64_t *interface)
{
	struct pcap_stat stat;

	if (pcap_stats(live->pcap, &stat) == 0) {
		live->dropped += (uint32_t)(stat.ps_drop - live->dropped_before);
		live->dropped_before = stat.ps_drop;
	}
	*kernel = live->dropped;
	*interface = interface_dropped(&live->interface);
}

/* ---- The interface comes and goes ---------------------------------------------------------------------------- */

/* The socket stays; the kernel asks for no permission to bind it (packet(7)). */
static bool bind_anew(struct live *live)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(ETH_P_ALL),
				       .sll_ifindex = live->interface.index };
	struct packet_mreq promiscuous = { .mr_ifindex = live->interface.index, .mr_type = PACKET_MR_PROMISC };
	int fd = live_descriptor(live);

	if (live->interface.hardware != live->hardware ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		return false;
	if (!live->is_quiet)
		(void)setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof(promiscuous));
	live->index = live->interface.index;
	live->was_bound_anew = true;
	return true;
}

static enum source_result give_up(struct live *live, struct source_problem *problem, const char *text)
{
	live->is_over = true;
	problem_set(problem, SOURCE_FAULT_LINK, "%s", text);
	return SOURCE_PROBLEM;
}

static enum source_result note_removed(struct live *live, ws_time now, struct source_problem *problem)
{
	char patience[CLOCK_TEXT_MAX];

	clock_duration_text(live->patience_ns, patience);
	if (live->state != INTERFACE_REMOVED) {
		live->state = INTERFACE_REMOVED;
		live->removed = now;
		problem_set(problem, SOURCE_FAULT_LINK, "the interface was removed; waiting %s for it to come back",
			    patience);
		return SOURCE_NOTICE;
	}
	if (now - live->removed < live->patience_ns)
		return SOURCE_IDLE;
	return give_up(live, problem, "the interface was removed and did not come back");
}

/* SOURCE_IDLE: nothing new. */
static enum source_result look_at_interface(struct live *live, ws_time now, struct source_problem *problem)
{
	enum interface_state before = live->state;
	enum interface_state state = interface_look(&live->interface);
	bool is_another = live->interface.index != live->index;

	if (state == INTERFACE_REMOVED)
		return note_removed(live, now, problem);
	if (is_another && !bind_anew(live))
		return give_up(live, problem,
			       "the interface was removed, and what came back under its name cannot be read");
	live->state = state;
	if (state == before && !is_another)
		return SOURCE_IDLE;
	if (state == INTERFACE_DOWN)
		problem_set(problem, SOURCE_FAULT_LINK, "the interface %s; waiting for it to come up",
			    is_another ? "was removed and came back, but is down" : "went down");
	else
		problem_set(problem, SOURCE_FAULT_LINK, "the interface %s",
			    is_another ? "was removed and came back" : "is up again");
	return SOURCE_NOTICE;
}

/* ---- Packets ------------------------------------------------------------------------------------------------- */

static void note_error(struct live *live)
{
	live->look.next_ns = 0;
	live->errors++;
	strncpy(live->error, pcap_geterr(live->pcap), sizeof(live->error) - 1);
}

static bool take(struct live *live, struct ws_packet *packet)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	int result = pcap_next_ex(live->pcap, &header, &data);

	if (result != 1) {
		if (result < 0)
			note_error(live);
		return false;
	}
	live->errors = 0;
	packet->ts = (ws_time)header->ts.tv_sec * NS_PER_SEC + header->ts.tv_usec * (live->is_nano ? 1 : NS_PER_US);
	packet->data = data;
	packet->caplen = header->caplen;
	packet->len = header->len;
	packet->linktype = live->linktype;
	return true;
}

/* A socket in error is ready at once, again and again: then only what else there is to wait for ends the wait. */
static void wait_a_while(const struct live *live)
{
	struct pollfd fds[2] = { { .fd = live->also, .events = POLLIN },
				 { .fd = live_descriptor(live), .events = POLLIN } };

	(void)poll(fds, live->errors > 0 ? 1 : 2, live->errors > 0 ? REST_MS : GATHER_MS);
	if (live->errors == 0 && (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0 &&
	    (fds[1].revents & POLLIN) == 0)
		(void)poll(fds, 1, REST_MS);
}

/* After it was bound anew libpcap still believes in the interface that is gone. */
static bool is_broken(const struct live *live)
{
	return live->errors > ERRORS_MAX && live->state == INTERFACE_UP && !live->was_bound_anew;
}

enum source_result live_next(struct live *live, struct ws_packet *packet, struct source_problem *problem)
{
	enum source_result result = SOURCE_IDLE;
	ws_time now;

	if (live->is_over)
		return SOURCE_END;
	if (take(live, packet))
		return SOURCE_PACKET;
	wait_a_while(live);
	/* In this order: what came before `now` less the lag has been taken. */
	now = source_clock();
	if (take(live, packet))
		return SOURCE_PACKET;
	if (pace_is_due(&live->look, LOOK_NS))
		result = look_at_interface(live, now, problem);
	if (result == SOURCE_IDLE && is_broken(live)) {
		live->is_over = true;
		problem_set(problem, SOURCE_FAULT_DAMAGED, "%s", live->error);
		return SOURCE_PROBLEM;
	}
	packet->ts = now - LAG_NS;
	return result;
}
