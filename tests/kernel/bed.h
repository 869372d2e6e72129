/*
 * The bed: two hosts, the path between them, three captures, and the kernels' account of what happened.
 */
#ifndef KERNEL_BED_H
#define KERNEL_BED_H

#include "diag.h"
#include "happening.h"
#include "host.h"
#include "truth.h"
#include "wire.h"

#include <pthread.h>

enum { SERVER_PORT = 5000, CLOSED_PORT = 5001, FIRST_PORT = 40001, CONNECTIONS_MAX = 4096, EXEMPTIONS_MAX = 16 };

/* Both ends of one connection, as descriptors; -1 when not open. */
struct connection {
	uint16_t port; /* of the client */
	int fd[SIDES];
};

/* A judgement that packets cannot give, told by the scenario (KERNEL 2). */
struct exemption {
	enum side endpoint;
	int tap; /* enum tap, or ANY_TAP */
	const char *reason;
};

enum tap { TAP_CLIENT, TAP_MIDDLE, TAP_SERVER, TAPS, ANY_TAP = -1 };
extern const char *const tap_name[TAPS];

struct bed {
	int family;
	uint32_t snaplen;
	struct host host[SIDES];
	struct wire *wire;
	FILE *file[TAPS];
	char path[TAPS][512];
	const char *instance;  /* of tracefs */
	int64_t captured_from; /* 0: the whole */
	uint16_t server_port;
	int listener;
	bool listening;
	int protocol; /* 0, or IPPROTO_MPTCP */
	/* Called for every new socket before it connects or listens; may be NULL. */
	void (*prepare)(struct bed *b, enum side side, int fd);
	struct connection connection[CONNECTIONS_MAX];
	size_t connections;
	struct connection *now; /* the one the verbs are about */
	size_t exemptions;
	struct exemption exemption[EXEMPTIONS_MAX];
	struct diag watch[SIDES], look[SIDES];
	struct happenings happenings;
	pthread_t watcher;
	bool stopping;
	pthread_mutex_t lock;
};

struct scenario {
	const char *name;
	const char *what; /* one line */
	void (*run)(struct bed *b);
	unsigned flags; /* enum scenario_flag */
};

enum scenario_flag {
	OFFLOAD = 1,      /* checksums and segmentation left to the devices */
	ONLY_4 = 2,       /* IPv4 only */
	SOAK = 4,         /* only when asked for by name or with -S */
	FULL_SNAPLEN = 8, /* keep whole packets */
	UNSEEN = 32,      /* written after the inference was done: the honest test */
	MOVES_ON = 16     /* the last state may still move while it is looked at */
};

/* One taking of a scenario. Captures go to DIRECTORY/NAME.TAP.pcap. */
struct taking {
	const struct scenario *scenario;
	const char *directory, *name;
	const char *instance; /* of tracefs */
	int family;
	unsigned subnet;
	uint32_t snaplen;
};

void bed_init(struct bed *b, const struct taking *t);
/* Ends captures and records and replays what was recorded. */
void bed_finish(struct bed *b, struct truth *t);
void bed_fini(struct bed *b);

/* DIRECTORY/NAME.truth.json. */
void bed_write_truth(const struct bed *b, const struct truth *t, const struct scenario *s, const char *path,
		     const char *name);

#endif
