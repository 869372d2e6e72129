/*
 * The words of output for the vocabulary of wirestat.h.
 */
#include <string.h>
#include <strings.h>

#include "wirestat.h"

/* RFC 9293, netstat, ss, kernel (BPF and tracepoint spelling). */
static const struct {
	const char *rfc;
	const char *also[10];
} states[WS_STATE_COUNT] = {
	[WS_UNKNOWN] = { "UNKNOWN", { NULL } },
	[WS_CLOSED] = { "CLOSED", { "CLOSE", "UNCONN", "TCP_CLOSE", "BPF_TCP_CLOSE" } },
	[WS_LISTEN] = { "LISTEN", { "LISTENING", "TCP_LISTEN", "BPF_TCP_LISTEN" } },
	[WS_SYN_SENT] = { "SYN-SENT", { "SYN_SENT", "TCP_SYN_SENT", "BPF_TCP_SYN_SENT" } },
	[WS_SYN_RECEIVED] = { "SYN-RECEIVED",
			      { "SYN_RECV", "SYN-RECV", "SYN_RCVD", "SYN-RCVD", "SYN_RECEIVED", "TCP_SYN_RECV",
				"TCP_NEW_SYN_RECV", "BPF_TCP_SYN_RECV", "BPF_TCP_NEW_SYN_RECV" } },
	[WS_ESTABLISHED] = { "ESTABLISHED", { "ESTAB", "TCP_ESTABLISHED", "BPF_TCP_ESTABLISHED" } },
	[WS_FIN_WAIT_1] = { "FIN-WAIT-1",
			    { "FIN_WAIT1", "FIN_WAIT_1", "FIN-WAIT1", "TCP_FIN_WAIT1", "BPF_TCP_FIN_WAIT1" } },
	[WS_FIN_WAIT_2] = { "FIN-WAIT-2",
			    { "FIN_WAIT2", "FIN_WAIT_2", "FIN-WAIT2", "TCP_FIN_WAIT2", "BPF_TCP_FIN_WAIT2" } },
	[WS_CLOSING] = { "CLOSING", { "TCP_CLOSING", "BPF_TCP_CLOSING" } },
	[WS_TIME_WAIT] = { "TIME-WAIT", { "TIME_WAIT", "TCP_TIME_WAIT", "BPF_TCP_TIME_WAIT" } },
	[WS_CLOSE_WAIT] = { "CLOSE-WAIT", { "CLOSE_WAIT", "TCP_CLOSE_WAIT", "BPF_TCP_CLOSE_WAIT" } },
	[WS_LAST_ACK] = { "LAST-ACK", { "LAST_ACK", "TCP_LAST_ACK", "BPF_TCP_LAST_ACK" } },
};

const char *ws_state_name(enum ws_state state)
{
	return states[state].rfc;
}

bool ws_state_parse(const char *text, enum ws_state *out)
{
	for (int i = 0; i < WS_STATE_COUNT; i++) {
		bool is_it = strcasecmp(text, states[i].rfc) == 0;

		for (unsigned k = 0; !is_it && states[i].also[k]; k++)
			is_it = strcasecmp(text, states[i].also[k]) == 0;
		if (is_it) {
			*out = (enum ws_state)i;
			return true;
		}
	}
	return false;
}

const char *ws_side_name(enum ws_side side)
{
	static const char *const names[] = { "client", "server", "both" };

	return names[side];
}

const char *ws_evidence_name(enum ws_evidence evidence)
{
	static const char *const names[] = { "proven", "presumed", "timer" };

	return names[evidence];
}

const char *ws_cause_name(enum ws_cause cause)
{
	static const char *const names[WS_CAUSE_COUNT] = {
		[WS_CAUSE_SND_SYN] = "snd SYN",
		[WS_CAUSE_SND_SYN_ACK] = "snd SYN-ACK",
		[WS_CAUSE_RCV_SYN] = "rcv SYN",
		[WS_CAUSE_RCV_SYN_ACK] = "rcv SYN-ACK",
		[WS_CAUSE_RCV_ACK_OF_SYN] = "rcv ACK of SYN",
		[WS_CAUSE_SND_FIN] = "snd FIN",
		[WS_CAUSE_RCV_FIN] = "rcv FIN",
		[WS_CAUSE_RCV_ACK_OF_FIN] = "rcv ACK of FIN",
		[WS_CAUSE_SND_RST] = "snd RST",
		[WS_CAUSE_RCV_RST] = "rcv RST",
		[WS_CAUSE_TIMEOUT] = "timeout",
		[WS_CAUSE_MIDSTREAM] = "midstream",
	};

	return names[cause];
}

static const char *const levels[WS_LEVEL_COUNT] = { "info", "note", "warn", "alert" };

const char *ws_level_name(enum ws_level level)
{
	return levels[level];
}

bool ws_level_parse(const char *text, enum ws_level *out)
{
	for (int i = 0; i < WS_LEVEL_COUNT; i++) {
		if (strcasecmp(text, levels[i]) == 0) {
			*out = (enum ws_level)i;
			return true;
		}
	}
	return false;
}

const char *ws_role_source_name(enum ws_role_source source)
{
	static const char *const names[] = { "syn", "syn-ack", "ack-pattern", "port", "first-packet" };

	return names[source];
}

const char *ws_confidence_name(enum ws_confidence confidence)
{
	static const char *const names[] = { "high", "medium", "low" };

	return names[confidence];
}

const char *ws_handshake_name(enum ws_handshake verdict)
{
	static const char *const names[] = { "complete",     "half-open", "refused",   "reset",    "no-answer",
					     "simultaneous", "fast-open", "midstream", "irregular" };

	return names[verdict];
}

const char *ws_close_name(enum ws_close kind)
{
	static const char *const names[] = { "none", "fin", "simultaneous", "half-closed", "reset", "aborted" };

	return names[kind];
}

const char *ws_end_reason_name(enum ws_end_reason reason)
{
	static const char *const names[] = { "open", "closed", "timeout", "evicted", "reused", "end-of-input" };

	return names[reason];
}

const char *ws_port_state_name(enum ws_port_state state)
{
	static const char *const names[WS_PORT_STATE_COUNT] = { "listening", "refusing", "silent" };

	return names[state];
}

const char *ws_tag_name(enum ws_tag tag)
{
	static const char *const names[WS_TAG_COUNT] = { "one-way",         "midstream", "truncated",  "offload",
							 "duplicates",      "gaps",      "reordered",  "fragments",
							 "vlan-asymmetric", "clock",     "syn-missing" };

	for (unsigned bit = 0; bit < WS_TAG_COUNT; bit++)
		if ((unsigned)tag == 1u << bit)
			return names[bit];
	return "";
}

bool ws_key_parse(const char *text, enum ws_key *out)
{
	static const char *const names[] = { "4tuple", "vlan", "outer" };

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(text, names[i]) == 0) {
			*out = (enum ws_key)i;
			return true;
		}
	}
	return false;
}

const char *ws_version(void)
{
	return "0.1.0";
}
