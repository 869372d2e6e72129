/*
 * wirestat: the state of both ends of every TCP connection, read off the wire.
 *
 * Feed packets to a tracker; ask it for connections, or let it call you when a state changes. The library does no
 * I/O, reads no clock, prints nothing, never exits and has no globals: time is always the time of the capture, and
 * any number of trackers can work side by side, each used by one thread at a time.
 *
 * Ownership: the caller owns packets (borrowed during the call); the tracker owns connections; a pointer handed to a
 * callback is valid until the callback returns.
 * Errors: functions that can fail return 0 or a negative enum ws_error. Malformed packets are data, not errors: they
 * are counted by reason in struct ws_totals.
 */
#ifndef WIRESTAT_H
#define WIRESTAT_H

#include "wirestat_record.h"
#include "wirestat_words.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Packets in --------------------------------------------------------------------------------------------- */

/* One captured packet. `linktype` is a LINKTYPE_ value of the tcpdump.org registry. `data` holds `caplen` bytes and
 * is borrowed during the call. `len` is the length on the wire. `frame` counts from 1 in each file `file`. A time more
 * than 146 years from 1970 is taken as that. */
struct ws_packet {
	ws_time ts;
	uint64_t frame;
	const uint8_t *data;
	uint32_t caplen;
	uint32_t len;
	uint32_t linktype;
	uint32_t interface;
	uint32_t file;
};

/* Whether packets of this link type can be decoded; its name ("EN10MB"), or NULL when it has none here. */
bool ws_linktype_known(uint32_t linktype);
const char *ws_linktype_name(uint32_t linktype);

/* ---- Connections out ---------------------------------------------------------------------------------------- */

typedef struct ws_connection ws_connection;
typedef struct ws_tracker ws_tracker;

/* Fills `out` with what is known of the connection at this moment. */
void ws_connection_record(const ws_connection *connection, struct ws_record *out);

/* The same without the names, which take longest: uid and community_id are empty. */
void ws_connection_outline(const ws_connection *connection, struct ws_record *out);

/* Only what a line of a table tells: of the sides address, port, states, since when, packets and bytes; findings and the
 * reason of the end. The rest of `out` is not touched. */
void ws_connection_glance(const ws_connection *connection, struct ws_record *out);

/* The name alone: `out` has as many bytes as ws_record.uid. */
void ws_connection_uid(const ws_connection *connection, char *out);

/* A number that is the connection's own within its tracker, counted from 1 in the order of first frames. */
uint64_t ws_connection_number(const ws_connection *connection);

/* True while not both sides are CLOSED: what netstat would show. */
bool ws_connection_is_open(const ws_connection *connection);

/* A pointer of the caller's own, kept with the connection; NULL at first. */
void *ws_connection_user(const ws_connection *connection);
void ws_connection_set_user(ws_connection *connection, void *user);

/* ---- Events ------------------------------------------------------------------------------------------------- */

enum ws_event_type {
	WS_EVENT_OPEN,    /* a connection was first seen */
	WS_EVENT_SEGMENT, /* a segment was attributed to it; states are already those after it */
	WS_EVENT_STATE,   /* a side changed state */
	WS_EVENT_RETRACT, /* a presumed state was taken back */
	WS_EVENT_PROOF,   /* a presumed state is now proven */
	WS_EVENT_FINDING,
	WS_EVENT_CLOSE, /* both sides are CLOSED now */
	WS_EVENT_END,   /* the record leaves the tracker, or the input ended; no more can come */
	WS_EVENT_HOST,  /* what only many connections together show: a scan, a flood, ports that run out */
	WS_EVENT_COUNT
};

#define WS_MASK(type) (1u << (type))

/* TCP flags as they stand in the header (RFC 9293 section 3.1). */
enum ws_flag {
	WS_FLAG_FIN = 0x01,
	WS_FLAG_SYN = 0x02,
	WS_FLAG_RST = 0x04,
	WS_FLAG_PSH = 0x08,
	WS_FLAG_ACK = 0x10,
	WS_FLAG_URG = 0x20,
	WS_FLAG_ECE = 0x40,
	WS_FLAG_CWR = 0x80
};

/* A segment as the views show it. An option that is absent is -1, or has its `has_` false. */
struct ws_segment {
	enum ws_side from;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	uint32_t len;    /* payload bytes, by the IP header */
	uint16_t window; /* as it stands in the header, not scaled */
	int32_t mss;
	int32_t wscale;
	bool sack_permitted;
	bool has_timestamps;
	uint32_t tsval;
	uint32_t tsecr;
	uint8_t sack_len; /* blocks used */
	uint32_t sack[4][2];
	int16_t fast_open; /* cookie length; 0 is a request; -1 absent */
	bool is_duplicate; /* a copy made by the capture */
	bool is_retransmission;
	bool has_bad_checksum;
};

/* Of a host, a service, or a client and the service that it uses. Numbers of different hosts and ports are right to about a
 * tenth, and 0 where they are not counted; a -1 means: not known, or of no matter. */
struct ws_host_finding {
	struct ws_addr addr;  /* whom it is about; family 0: the capture itself */
	int32_t port;         /* of `addr`; -1: many */
	struct ws_addr peer;  /* family 0: none, or many */
	int32_t peer_port;    /* -1: many */
	uint64_t count;       /* what `seen` of the event counts; the most that there were at a time */
	uint64_t connections; /* that bear it out, or that there were meanwhile */
	uint64_t hosts;
	uint64_t ports;
	int64_t interval_ns; /* the time that comes back */
	int64_t age_ns;      /* of the oldest */
	int64_t per_hour;    /* so many more */
	ws_time first;       /* of these connections */
	ws_time last;
	bool is_final; /* told before, and now once more with its last numbers: it counts no second time */
};

/* For one segment the events come in this order: OPEN, SEGMENT, then RETRACT, STATE and PROOF, then FINDING, then CLOSE.
 * A FINDING that later segments had to bear out comes with theirs, but has the time and the frame of its own.
 * Which members count is told by `type`: `segment` for SEGMENT; side, from, to, evidence, held_ns and flags for STATE
 * and PROOF; side, from, to and why for RETRACT; finding, side, level, expected and seen for FINDING; these but side, and host,
 * for HOST, which has no connection. HOST comes when its limit is reached, and again when the input ends, after every END. */
struct ws_event {
	enum ws_event_type type;
	ws_time ts;
	uint64_t frame; /* 0 when a timer did it */
	ws_connection *connection;
	enum ws_side side;
	enum ws_state from;
	enum ws_state to;
	enum ws_evidence evidence;
	int64_t held_ns; /* time spent in `from`; 0 when there was none */
	uint8_t flags;   /* of the segment that caused it; 0 when a timer did */
	const char *why; /* "fin-does-not-cover-fin" */
	const struct ws_segment *segment;
	enum ws_finding_id finding;
	enum ws_level level;
	const char *expected; /* as text; NULL when there is nothing to say */
	const char *seen;
	const struct ws_host_finding *host;
};

typedef void ws_event_fn(void *user, const struct ws_event *event);

/* ---- The tracker -------------------------------------------------------------------------------------------- */

/* 2MSL unless asked otherwise, as Linux has it. */
#define WS_TIME_WAIT_NS INT64_C(60000000000)

/* What tells connections apart. VLAN: also the VLAN tags, and those ids of tunnels that both directions have in common (of
 * VXLAN, Geneve, GRE, NVGRE and PPPoE). OUTER: all that, and the addresses of the innermost tunnel. */
enum ws_key { WS_KEY_4TUPLE, WS_KEY_VLAN, WS_KEY_OUTER };

/* "4tuple", "vlan" or "outer"; false when it is none of them. */
bool ws_key_parse(const char *text, enum ws_key *out);

/* All zero is a good default. */
struct ws_config {
	ws_event_fn *on_event;  /* may be NULL */
	void *user;             /* handed to on_event */
	unsigned events;        /* WS_MASK() of the types wanted */
	bool full_audit;        /* raise every finding of the catalogue, not only those about states */
	int64_t time_wait_ns;   /* 2MSL; 0 = WS_TIME_WAIT_NS */
	size_t max_connections; /* 0 = 1,000,000 */
	uint64_t max_memory;    /* bytes that connections may take, the table included; 0 = no limit but that above */
	size_t max_at_work;     /* connections whose detail is at hand, the rest being packed; 0 = 16,384 */
	enum ws_key key;        /* what tells connections apart */
	uint64_t seed;          /* of the keyed hash; give a random one against collision floods */
	unsigned threads;       /* 2 and more: a thread of its own takes what is fed; 0 and 1: none */
};

/* Why a packet became no segment. Each packet is decoded or counted under exactly one of these. */
enum ws_undecoded {
#define UNDECODED(id, text) WS_UNDECODED_##id,
#include "wirestat_undecoded.def"
#undef UNDECODED
	WS_UNDECODED_COUNT
};
const char *ws_undecoded_name(enum ws_undecoded reason);

/* What was odd about a packet below TCP. Each packet may have any number of these, decoded or not. */
enum ws_noticed {
#define NOTICED(id, level, text) WS_NOTICED_##id,
#include "wirestat_noticed.def"
#undef NOTICED
	WS_NOTICED_COUNT
};
const char *ws_noticed_name(enum ws_noticed oddity);
enum ws_level ws_noticed_level(enum ws_noticed oddity);

/* The same in words, for people: "IP, but not TCP". */
const char *ws_undecoded_text(enum ws_undecoded reason);
const char *ws_noticed_text(enum ws_noticed oddity);

/* What the whole input was like. */
struct ws_totals {
	uint64_t packets;  /* handed to ws_tracker_feed */
	uint64_t segments; /* decoded and attributed to a connection, copies included */
	uint64_t undecoded[WS_UNDECODED_COUNT];
	uint64_t noticed[WS_NOTICED_COUNT];  /* packets that had each */
	uint64_t tunnelled[WS_TUNNEL_COUNT]; /* segments by the innermost tunnel around them */
	uint64_t duplicates;                 /* copies made by the capture */
	uint64_t bad_checksums;
	uint64_t offload_checksums;
	uint64_t truncated;            /* frames cut short by the snap length */
	uint64_t reordered;            /* segments behind their place in the stream, not repeated */
	uint64_t backward;             /* time stamps before their predecessor; clamped */
	uint64_t backward_first_frame; /* 0: none */
	int64_t backward_ns;           /* the furthest that one of them goes back */
	uint64_t connections;
	uint64_t one_way;              /* of them, seen from one direction only */
	uint64_t vlan_asymmetric;      /* of them, with WS_TAG_VLAN_ASYMMETRIC */
	uint64_t tagged[WS_TAG_COUNT]; /* of them, that had each tag when they ended, by its bit */
	uint64_t evicted;
	uint64_t hosts_evicted;     /* records of hosts that were forgotten for want of room (WS_EVENT_HOST) */
	uint64_t listeners_evicted; /* addresses and ports that ws_tracker_listeners has forgotten */
	uint64_t memory_failures; /* what is smaller than a connection could not be kept: a finding, a SYN set aside */
	ws_time first;            /* WS_TIME_NONE before the first packet */
	ws_time last;
};

/* NULL when out of memory. `config` may be NULL. */
ws_tracker *ws_tracker_new(const struct ws_config *config);
void ws_tracker_free(ws_tracker *tracker);

/* Takes one packet. 0, or WS_ERROR_MEMORY (the packet is counted, its connection is not kept). */
int ws_tracker_feed(ws_tracker *tracker, const struct ws_packet *packet);

/* The same, any number of them in a row, and faster: all the same events come, in the same order. All packets are borrowed
 * during the call. 0, or WS_ERROR_MEMORY when there was none for one or more of them; the others were taken. */
int ws_tracker_feed_batch(ws_tracker *tracker, const struct ws_packet *packets, size_t n);

/* ---- Threads ------------------------------------------------------------------------------------------------ */

/* With ws_config.threads of 2 and more, packets are decoded where they are fed, and a thread of the tracker's own does the
 * rest meanwhile: it is that thread that calls on_event. All comes out the same, in the same order. Feeding returns before
 * everything is taken (that there was no memory is told by a later call), and a few packets may wait for more to come; every
 * other function waits until all is taken, and then works alone. As without threads, one thread at a time uses a tracker;
 * on_event may look at it. */

/* Returns when all that was fed has been taken and told. Without threads it always has. */
void ws_tracker_settle(ws_tracker *tracker);

/* How many threads work for it, the caller's included: fewer than wanted when more are not to be had or would not help. */
unsigned ws_tracker_threads(const ws_tracker *tracker);

/* ---- Time, and the end -------------------------------------------------------------------------------------- */

/* Moves capture time on without a packet: timers expire. Going back does nothing. */
void ws_tracker_advance(ws_tracker *tracker, ws_time now);

/* The input ended: gives out what was held back (fragments), then an END event for every connection left, in the
 * order of first frames. The connections stay readable until ws_tracker_free. */
void ws_tracker_finish(ws_tracker *tracker);

/* Every connection the tracker holds, in the order of first frames, closed ones that linger included. Stops when
 * `fn` returns non-zero and returns that; WS_ERROR_MEMORY when it cannot sort. */
typedef int ws_each_fn(void *user, ws_connection *connection);
int ws_tracker_each(ws_tracker *tracker, ws_each_fn *fn, void *user);

/* An address and port that connections were opened to. What it answered last is its state, but a SYN that got no answer
 * (within a second) says nothing against an earlier one. */
struct ws_listener {
	struct ws_addr addr;
	uint16_t port;
	enum ws_port_state state;
	ws_time first_seen; /* of the answers, or attempts, that `state` is from */
	ws_time last_seen;
	uint64_t accepted;  /* connections that were established there */
	uint64_t half_open; /* in SYN-RECEIVED now, SYN-ACK sent */
	uint64_t refused;   /* connections that were answered by RST */
	uint64_t unanswered;
};

/* Every such place, by family, address and port. Bounded: beyond 65,536 the ones that never listened, then those not
 * used for longest, are forgotten and counted. Stops when `fn` returns non-zero and returns that; WS_ERROR_MEMORY when it
 * cannot collect them. */
typedef int ws_listener_fn(void *user, const struct ws_listener *listener);
int ws_tracker_listeners(const ws_tracker *tracker, ws_listener_fn *fn, void *user);

void ws_tracker_totals(const ws_tracker *tracker, struct ws_totals *out);

/* The time of the newest packet or advance; WS_TIME_NONE before. */
ws_time ws_tracker_now(const ws_tracker *tracker);

const char *ws_version(void);

#ifdef __cplusplus
}
#endif
#endif
