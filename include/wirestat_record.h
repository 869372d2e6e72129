/*
 * What is known of a connection at a moment, as wirestat.h, which includes this, hands it out: plain values that the caller owns.
 * Times are nanoseconds of capture time, bytes are counted by sequence space unless said otherwise.
 */
#ifndef WIRESTAT_RECORD_H
#define WIRESTAT_RECORD_H

#include "wirestat_words.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One step of a side's settled path: it entered `state` between `earliest` and `latest`, by segment `frame`. */
struct ws_step {
	enum ws_state state;
	enum ws_evidence evidence;
	ws_time earliest;
	ws_time latest;
	uint64_t frame;
	enum ws_cause cause;
};

#define WS_PATH_MAX 10

/* What a connection's packets were carried in: a tunnel, a label stack or a session. */
enum ws_tunnel {
	WS_TUNNEL_NONE,
	WS_TUNNEL_IPIP, /* IPv4 in IPv4 */
	WS_TUNNEL_6IN4,
	WS_TUNNEL_4IN6,
	WS_TUNNEL_6IN6,
	WS_TUNNEL_ETHERIP,
	WS_TUNNEL_GRE,    /* id: the key */
	WS_TUNNEL_NVGRE,  /* id: the virtual subnet */
	WS_TUNNEL_PPTP,   /* id: the call */
	WS_TUNNEL_ERSPAN, /* id: the session */
	WS_TUNNEL_VXLAN,  /* id: the VNI; so for the next two */
	WS_TUNNEL_VXLAN_GPE,
	WS_TUNNEL_GENEVE,
	WS_TUNNEL_GTP_U, /* id: the TEID, of the receiver */
	WS_TUNNEL_L2TP,  /* id: tunnel << 16 | session, of the receiver */
	WS_TUNNEL_TEREDO,
	WS_TUNNEL_MPLS,  /* id: the innermost label */
	WS_TUNNEL_PPPOE, /* id: the session */
	WS_TUNNEL_COUNT
};

/* "vxlan", "gtp-u", "6in4", ... */
const char *ws_tunnel_name(enum ws_tunnel kind);

#define WS_VLANS_MAX 4

/* What lay around the packets of one side, as first seen: of nested tunnels the innermost, and the tags of all. */
struct ws_outer {
	bool is_known; /* false: this side has sent nothing that was captured */
	enum ws_tunnel kind;
	bool has_id;
	uint32_t id;
	struct ws_addr src; /* of the IP header next outside; family 0: there is none */
	struct ws_addr dst;
	size_t vlans_len;
	uint16_t vlans[WS_VLANS_MAX]; /* outermost first */
};

/* One side of a connection. A `has_` that is false, or a -1, means: not known. */
struct ws_endpoint {
	struct ws_addr addr;
	uint16_t port;
	enum ws_state state;   /* presumed */
	enum ws_state proven;  /* the furthest state proven */
	ws_time since;         /* in `state` since; WS_TIME_NONE when UNKNOWN */
	ws_time two_msl_since; /* TIME-WAIT: 2MSL counts from here (a repeated FIN restarts it); else WS_TIME_NONE */
	uint64_t packets;      /* segments sent, copies made by the capture left out */
	uint64_t bytes;        /* payload by sequence space, SYN and FIN not counted */
	uint64_t ip_bytes;     /* IP total lengths */
	uint64_t retransmitted;
	uint64_t duplicates;       /* copies made by the capture */
	int64_t outstanding;       /* sent, SYN and FIN included, and not acknowledged by the peer; -1 unknown */
	int64_t outstanding_bytes; /* of that, payload: lost when it is over; -1 unknown */
	bool has_isn;
	uint32_t isn;
	int32_t mss;     /* bytes; -1 unknown or absent */
	int32_t wscale;  /* shift; -1 unknown or absent */
	bool saw_syn;    /* its SYN or SYN-ACK was captured, so the next two are known */
	bool sack;       /* SACK permitted */
	bool timestamps; /* timestamps option on the SYN */
	size_t path_len;
	struct ws_step path[WS_PATH_MAX];
};

/* A finding of one connection, its instances added up. */
struct ws_finding_count {
	enum ws_finding_id id;
	uint32_t count;
	uint64_t first_frame;
	uint64_t last_frame;
};

#define WS_FINDINGS_MAX 64
#define WS_HISTORY_MAX 32

/* A connection at a moment. endpoint[WS_CLIENT], endpoint[WS_SERVER]. */
struct ws_record {
	char uid[20];
	char community_id[36];
	enum ws_role_source role_source;
	enum ws_confidence confidence;
	struct ws_endpoint endpoint[2];
	ws_time start; /* first segment */
	ws_time end;   /* last segment */
	uint64_t first_frame;
	uint64_t last_frame;
	uint32_t file; /* of the first frame */
	enum ws_handshake handshake;
	int64_t server_rtt_ns; /* SYN to SYN-ACK at the tap; -1 unknown */
	int64_t client_rtt_ns; /* SYN-ACK to its ACK at the tap; -1 unknown */
	uint32_t syns;
	uint32_t syn_acks;
	enum ws_close close;
	bool has_close_first;
	enum ws_side close_first; /* who sent the first FIN, or the RST that ended it */
	bool has_reset_by;
	enum ws_side reset_by;        /* whose RST ended it, whoever had closed first */
	char history[WS_HISTORY_MAX]; /* Zeek's letters */
	char conn_state[8];           /* Zeek's values */
	size_t findings_len;
	struct ws_finding_count findings[WS_FINDINGS_MAX];
	bool final; /* no more can come */
	enum ws_end_reason end_reason;
	uint32_t tags;            /* bits of enum ws_tag */
	struct ws_outer outer[2]; /* around the client's packets, and the server's */
};

#ifdef __cplusplus
}
#endif
#endif
