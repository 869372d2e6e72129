/*
 * The arrows of figure 5 in words. Rows are looked for from the top; WS_STATE_COUNT stands for any state.
 */
#include "view/reason.h"

#include <string.h>

#define ANY WS_STATE_COUNT

struct arrow {
	enum ws_state from;
	enum ws_cause cause;
	enum ws_state to;
	struct reason reason;
};

/* clang-format off */
static const struct arrow arrows[] = {
	{ ANY, WS_CAUSE_SND_SYN, WS_SYN_SENT, { "its SYN: active OPEN", "3.10.1" } },
	{ WS_SYN_SENT, WS_CAUSE_RCV_SYN, WS_SYN_RECEIVED,
	  { "the peer's SYN came in place of a SYN-ACK: simultaneous open", "3.10.7.3" } },
	{ WS_SYN_SENT, WS_CAUSE_SND_SYN_ACK, WS_SYN_RECEIVED,
	  { "its SYN-ACK tells that the peer's SYN had come: simultaneous open", "3.10.7.3" } },
	{ ANY, WS_CAUSE_RCV_SYN, WS_SYN_RECEIVED, { "the SYN came to the listener", "3.10.7.2" } },
	{ ANY, WS_CAUSE_SND_SYN_ACK, WS_SYN_RECEIVED, { "its SYN-ACK tells that a SYN had come", "3.10.7.2" } },
	{ WS_SYN_RECEIVED, WS_CAUSE_RCV_SYN_ACK, WS_ESTABLISHED,
	  { "the peer's SYN-ACK acknowledges its SYN: simultaneous open", "3.10.7.4" } },
	{ ANY, WS_CAUSE_RCV_SYN_ACK, WS_ESTABLISHED, { "the SYN-ACK came, and acknowledges its SYN", "3.10.7.3" } },
	{ ANY, WS_CAUSE_RCV_ACK_OF_SYN, WS_ESTABLISHED, { "the ACK of its SYN came", "3.10.7.4" } },
	{ WS_SYN_RECEIVED, WS_CAUSE_SND_FIN, WS_FIN_WAIT_1,
	  { "its FIN, before its SYN was acknowledged: CLOSE was called", "3.10.4" } },
	{ ANY, WS_CAUSE_SND_FIN, WS_FIN_WAIT_1, { "its FIN: CLOSE was called, and the peer had not closed", "3.10.4" } },
	{ ANY, WS_CAUSE_SND_FIN, WS_LAST_ACK, { "its FIN, after the peer's: CLOSE was called", "3.10.4" } },
	{ ANY, WS_CAUSE_RCV_FIN, WS_CLOSE_WAIT, { "the peer's FIN came, and the application has yet to close", "3.10.7.4" } },
	{ ANY, WS_CAUSE_RCV_FIN, WS_CLOSING,
	  { "the peer's FIN came before the ACK of its own: both closed at once", "3.10.7.4" } },
	{ WS_FIN_WAIT_1, WS_CAUSE_RCV_FIN, WS_TIME_WAIT,
	  { "the peer's FIN came, and acknowledges its own", "3.10.7.4" } },
	{ ANY, WS_CAUSE_RCV_FIN, WS_TIME_WAIT, { "the peer's FIN came, the last thing to wait for", "3.10.7.4" } },
	{ ANY, WS_CAUSE_RCV_ACK_OF_FIN, WS_FIN_WAIT_2, { "the ACK of its FIN came; the peer has yet to close", "3.10.7.4" } },
	{ ANY, WS_CAUSE_RCV_ACK_OF_FIN, WS_TIME_WAIT, { "the ACK of its FIN came, after the peer's FIN", "3.10.7.4" } },
	{ ANY, WS_CAUSE_RCV_ACK_OF_FIN, WS_CLOSED, { "the ACK of its FIN came: nothing is left to do", "3.10.7.4" } },
	{ WS_SYN_SENT, WS_CAUSE_RCV_RST, WS_CLOSED, { "a RST that acknowledges its SYN: refused", "3.10.7.3" } },
	{ ANY, WS_CAUSE_RCV_RST, WS_CLOSED, { "a RST that it accepts", "3.10.7.4" } },
	{ WS_CLOSED, WS_CAUSE_SND_RST, WS_CLOSED, { "its RST: there is no such connection", "3.10.7.1" } },
	{ ANY, WS_CAUSE_SND_RST, WS_CLOSED, { "its RST: it gave the connection up, or knows none", "3.5.2" } },
	{ WS_TIME_WAIT, WS_CAUSE_TIMEOUT, WS_CLOSED, { "2MSL are over", "3.10.8" } },
	{ ANY, WS_CAUSE_TIMEOUT, WS_CLOSED, { "its timers must have run out", "3.10.8" } },
	{ ANY, WS_CAUSE_MIDSTREAM, WS_ESTABLISHED, { "it was there when it was first seen", NULL } },
};
/* clang-format on */

struct reason reason_of(enum ws_state from, enum ws_cause cause, enum ws_state to)
{
	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++) {
		const struct arrow *arrow = &arrows[i];

		if (arrow->cause == cause && arrow->to == to && (arrow->from == from || arrow->from == ANY))
			return arrow->reason;
	}
	return (struct reason){ ws_cause_name(cause), NULL };
}

const char *reason_proof(enum ws_cause cause)
{
	static const char *const words[WS_CAUSE_COUNT] = {
		[WS_CAUSE_SND_SYN] = "the segment itself, or the peer acknowledges it",
		[WS_CAUSE_SND_SYN_ACK] = "the segment itself, or the peer acknowledges it",
		[WS_CAUSE_RCV_SYN] = "it acknowledges the SYN",
		[WS_CAUSE_RCV_SYN_ACK] = "it acknowledges the SYN-ACK",
		[WS_CAUSE_RCV_ACK_OF_SYN] = "it sends what only follows that ACK",
		[WS_CAUSE_SND_FIN] = "the segment itself, or the peer acknowledges it",
		[WS_CAUSE_RCV_FIN] = "it acknowledges the FIN",
		[WS_CAUSE_RCV_ACK_OF_FIN] = "it acknowledges what came no earlier than that ACK",
		[WS_CAUSE_SND_RST] = "the segment itself",
		[WS_CAUSE_RCV_RST] = "its host answers as one that has no such connection",
		[WS_CAUSE_TIMEOUT] = "the time",
		[WS_CAUSE_MIDSTREAM] = "both sides send new data",
	};

	return words[cause];
}

const char *reason_otherwise(enum ws_cause cause, enum ws_state to)
{
	static const char *const words[WS_CAUSE_COUNT] = {
		[WS_CAUSE_SND_SYN] = "a RST of its own in answer to the SYN-ACK would say that the SYN was not its own",
		[WS_CAUSE_SND_SYN_ACK] = "nothing would change that",
		[WS_CAUSE_RCV_SYN] = "a RST in answer would say that nobody listened",
		[WS_CAUSE_RCV_SYN_ACK] = "its SYN once more would say that the SYN-ACK had not come",
		[WS_CAUSE_RCV_ACK_OF_SYN] = "its SYN-ACK once more would say that the ACK had not come",
		[WS_CAUSE_SND_FIN] = "an ACK of the peer's FIN in it, or before it, would make it LAST-ACK",
		[WS_CAUSE_RCV_FIN] = "a RST of its own that does not acknowledge it would say that it had not come",
		[WS_CAUSE_RCV_ACK_OF_FIN] = "its FIN once more would say that the ACK had not come",
		[WS_CAUSE_SND_RST] = "if it went on sending, the RST would not be its own",
		[WS_CAUSE_RCV_RST] = "if it went on sending, the RST would not have counted",
		[WS_CAUSE_TIMEOUT] = "a segment of it would say that it was still there",
		[WS_CAUSE_MIDSTREAM] = "the peer's silence would leave open whether it was half-closed",
	};

	if (cause == WS_CAUSE_SND_FIN && to == WS_LAST_ACK)
		return "a FIN that does not acknowledge the peer's would make it FIN-WAIT-1";
	if (cause == WS_CAUSE_RCV_FIN && to == WS_CLOSING)
		return "an ACK of its own FIN, come before, would make it FIN-WAIT-2 first";
	return words[cause];
}

const char *reason_of_retraction(const char *why)
{
	static const char *const words[][2] = {
		{ "goes-on-after-reset", "it goes on sending: the RST did not count" },
		{ "goes-on", "it goes on sending" },
		{ "fin-does-not-cover-fin", "its own FIN does not acknowledge the peer's, so it was first" },
		{ "fin-repeated", "it sends its FIN once more: the ACK had not come" },
		{ "syn-repeated", "it sends its SYN once more: the SYN-ACK had not come" },
		{ "syn-ack-repeated", "it sends its SYN-ACK once more: the ACK had not come" },
		{ "syn-not-received", "it answers as one that knows no SYN" },
	};

	for (size_t i = 0; why && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], why) == 0)
			return words[i][1];
	return why ? why : "contradicted";
}
