/*
 * The objects of machine output, byte for byte as the contract has them, and read back by jq, which must find the same
 * bytes again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/sample.h"
#include "lib/suite.h"
#include "view/ndjson.h"

static struct text text;
static struct ws_record record;
static struct view_options options;
static const struct view_file files[] = { { "a.pcap", 17 }, { "b.pcapng", 3 } };

static void setup(void)
{
	text = (struct text){ 0 };
	options = (struct view_options){ .files = files, .files_len = 2 };
	sample_record(&record);
}

static void teardown(void)
{
	text_fini(&text);
}

#define UID "\"uid\":\"Cq3abcdefghijklmn\""
#define COMMUNITY "\"community_id\":\"1:wCb3OG7yAFWelaUydu0D+125CLM=\""
#define CLIENT_END "\"client\":{\"addr\":\"10.9.0.1\",\"port\":40756}"
#define SERVER_END "\"server\":{\"addr\":\"10.9.0.2\",\"port\":5000}"
#define TS "2026-01-02T03:04:05."

/* jq prints an object's members in their order and compact; strings and numbers of ours have one spelling only. */
static void jq_reads_back(void)
{
	char path[] = "/tmp/wirestat-test-XXXXXX";
	char command[64];
	char *back = malloc(text.len + 2);
	int file = mkstemp(path);

	ck_assert_int_ge(file, 0);
	ck_assert_ptr_nonnull(back);
	ck_assert_int_eq(write(file, text.data, text.len), (ssize_t)text.len);
	close(file);
	if (system("command -v jq >/dev/null") != 0) {
		unlink(path);
		free(back);
		return;
	}
	snprintf(command, sizeof(command), "jq -c . %s", path);

	FILE *pipe = popen(command, "r");

	ck_assert_ptr_nonnull(pipe);

	size_t len = fread(back, 1, text.len + 1, pipe);

	back[len] = '\0';
	ck_assert_int_eq(pclose(pipe), 0);
	unlink(path);
	ck_assert_str_eq(back, text.data);
	free(back);
}

static void connection_is(const char *expected)
{
	ndjson_connection(&text, FIELDS_JSON, &record, WS_TIME_NONE, &options);
	ck_assert_str_eq(text.data, expected);
	jq_reads_back();
}

/* ---- The connection ----------------------------------------------------------------------------------------- */

START_TEST(connection_with_path)
{
	options.path = true;
	sample_finding(&record, WS_FINDING_simultaneous_close, 1);
	record.tags = WS_TAG_ONE_WAY | WS_TAG_DUPLICATES;
	connection_is(
		"{\"type\":\"connection\",\"schema\":1," UID "," COMMUNITY ",\"role_source\":\"syn\","
		"\"confidence\":\"high\","
		"\"client\":{\"addr\":\"10.9.0.1\",\"port\":40756,\"state\":\"TIME-WAIT\",\"proven\":\"TIME-WAIT\","
		"\"since\":\"" TS "002000000Z\",\"packets\":7,\"bytes\":2,\"ip_bytes\":376,\"retransmitted\":0,"
		"\"duplicates\":0,\"isn\":222812049,\"mss\":1460,\"wscale\":10,\"sack\":true,\"timestamps\":true,"
		"\"path\":[{\"state\":\"SYN-SENT\",\"earliest\":\"" TS "000000000Z\",\"latest\":\"" TS
		"000000000Z\",\"frame\":8,\"evidence\":\"proven\"}]},"
		"\"server\":{\"addr\":\"10.9.0.2\",\"port\":5000,\"state\":\"CLOSED\",\"proven\":\"LAST-ACK\","
		"\"since\":\"" TS "002000000Z\",\"packets\":5,\"bytes\":0,\"ip_bytes\":268,\"retransmitted\":1,"
		"\"duplicates\":0,\"isn\":4294967295,\"mss\":1460,\"wscale\":10,\"sack\":true,\"timestamps\":true,"
		"\"path\":[{\"state\":\"SYN-RECEIVED\",\"earliest\":\"" TS "000000000Z\",\"latest\":\"" TS
		"000000018Z\",\"frame\":8,\"evidence\":\"presumed\"}]},"
		"\"start\":\"" TS "000000000Z\",\"end\":\"" TS "002000000Z\",\"first_frame\":8,\"last_frame\":17,"
		"\"file\":\"a.pcap\",\"handshake\":{\"verdict\":\"complete\",\"server_rtt_ns\":18000,"
		"\"client_rtt_ns\":12000,\"syns\":1,\"syn_acks\":1},\"close\":{\"kind\":\"fin\",\"first\":\"client\"},"
		"\"history\":\"ShADadFf\",\"conn_state\":\"SF\",\"findings\":[\"simultaneous-close\"],\"final\":false,"
		"\"end_reason\":\"open\",\"tags\":[\"one-way\",\"duplicates\"]}\n");
}
END_TEST

static void forget(struct ws_endpoint *e)
{
	e->state = WS_UNKNOWN;
	e->proven = WS_UNKNOWN;
	e->since = WS_TIME_NONE;
	e->has_isn = false;
	e->mss = -1;
	e->wscale = -1;
	e->saw_syn = false;
	e->path_len = 0;
}

/* Absent means unknown; a path that was asked for is there, if empty. */
START_TEST(connection_of_which_little_is_known)
{
	options.path = true;
	forget(&record.endpoint[WS_CLIENT]);
	forget(&record.endpoint[WS_SERVER]);
	record.role_source = WS_ROLE_FIRST_PACKET;
	record.confidence = WS_CONFIDENCE_LOW;
	record.handshake = WS_HANDSHAKE_MIDSTREAM;
	record.server_rtt_ns = -1;
	record.client_rtt_ns = -1;
	record.close = WS_CLOSE_NONE;
	record.has_close_first = false;
	record.file = 1;
	record.final = true;
	record.end_reason = WS_END_OF_INPUT;
	connection_is("{\"type\":\"connection\",\"schema\":1," UID "," COMMUNITY ",\"role_source\":\"first-packet\","
		      "\"confidence\":\"low\","
		      "\"client\":{\"addr\":\"10.9.0.1\",\"port\":40756,\"state\":\"UNKNOWN\",\"proven\":\"UNKNOWN\","
		      "\"packets\":7,\"bytes\":2,\"ip_bytes\":376,\"retransmitted\":0,\"duplicates\":0,\"path\":[]},"
		      "\"server\":{\"addr\":\"10.9.0.2\",\"port\":5000,\"state\":\"UNKNOWN\",\"proven\":\"UNKNOWN\","
		      "\"packets\":5,\"bytes\":0,\"ip_bytes\":268,\"retransmitted\":1,\"duplicates\":0,\"path\":[]},"
		      "\"start\":\"" TS "000000000Z\",\"end\":\"" TS "002000000Z\",\"first_frame\":8,\"last_frame\":17,"
		      "\"file\":\"b.pcapng\",\"handshake\":{\"verdict\":\"midstream\",\"syns\":1,\"syn_acks\":1},"
		      "\"close\":{\"kind\":\"none\"},\"history\":\"ShADadFf\",\"conn_state\":\"SF\",\"findings\":[],"
		      "\"final\":true,\"end_reason\":\"end-of-input\",\"tags\":[]}\n");
}
END_TEST

/* Live there is no file; the path is for those who ask. */
START_TEST(connection_of_no_file)
{
	options.files_len = 0;
	ndjson_connection(&text, FIELDS_JSON, &record, WS_TIME_NONE, &options);
	ck_assert_ptr_null(strstr(text.data, "\"file\""));
	ck_assert_ptr_null(strstr(text.data, "\"path\""));
}
END_TEST

/* ---- Events ------------------------------------------------------------------------------------------------- */

static void event_is(const struct ws_event *event, const char *expected)
{
	ndjson_event(&text, FIELDS_JSON, event, &record);
	ck_assert_str_eq(text.data, expected);
	jq_reads_back();
}

START_TEST(event_state)
{
	struct ws_event event = {
		.type = WS_EVENT_STATE,
		.ts = SAMPLE_START,
		.frame = 8,
		.side = WS_CLIENT,
		.from = WS_CLOSED,
		.to = WS_SYN_SENT,
		.evidence = WS_PROVEN,
		.flags = WS_FLAG_SYN,
	};

	event_is(&event, "{\"type\":\"state\",\"schema\":1,\"ts\":\"" TS "000000000Z\",\"frame\":8," UID
			 ",\"side\":\"client\",\"addr\":\"10.9.0.1\",\"port\":40756,\"peer_addr\":\"10.9.0.2\","
			 "\"peer_port\":5000,\"from\":\"CLOSED\",\"to\":\"SYN-SENT\",\"evidence\":\"proven\","
			 "\"segment\":\"S\",\"held_ns\":0}\n");
}
END_TEST

START_TEST(event_timer)
{
	struct ws_event event = {
		.type = WS_EVENT_STATE,
		.ts = SAMPLE_START + 60000000000,
		.side = WS_SERVER,
		.from = WS_TIME_WAIT,
		.to = WS_CLOSED,
		.evidence = WS_TIMER,
		.held_ns = 60000000000,
	};

	event_is(&event, "{\"type\":\"state\",\"schema\":1,\"ts\":\"2026-01-02T03:05:05.000000000Z\"," UID
			 ",\"side\":\"server\",\"addr\":\"10.9.0.2\",\"port\":5000,\"peer_addr\":\"10.9.0.1\","
			 "\"peer_port\":40756,\"from\":\"TIME-WAIT\",\"to\":\"CLOSED\",\"evidence\":\"timer\","
			 "\"held_ns\":60000000000}\n");
}
END_TEST

START_TEST(event_retract)
{
	struct ws_event event = {
		.type = WS_EVENT_RETRACT,
		.ts = SAMPLE_START,
		.frame = 31,
		.side = WS_SERVER,
		.from = WS_CLOSE_WAIT,
		.to = WS_ESTABLISHED,
		.why = "fin-does-not-cover-fin",
	};

	event_is(&event, "{\"type\":\"retract\",\"schema\":1,\"ts\":\"" TS "000000000Z\",\"frame\":31," UID
			 ",\"side\":\"server\",\"from\":\"CLOSE-WAIT\",\"to\":\"ESTABLISHED\","
			 "\"why\":\"fin-does-not-cover-fin\"}\n");
}
END_TEST

START_TEST(event_finding)
{
	struct ws_event event = {
		.type = WS_EVENT_FINDING,
		.ts = SAMPLE_START,
		.frame = 31,
		.side = WS_BOTH,
		.finding = WS_FINDING_simultaneous_close,
		.level = WS_NOTE,
		.expected = "5",
		.seen = "4",
	};

	event_is(&event, "{\"type\":\"finding\",\"schema\":1,\"ts\":\"" TS "000000000Z\",\"frame\":31," UID
			 ",\"id\":\"simultaneous-close\",\"level\":\"note\",\"side\":\"both\",\"expected\":\"5\","
			 "\"seen\":\"4\",\"rfc\":\"9293 3.6\"}\n");
}
END_TEST

START_TEST(event_open_and_close)
{
	struct ws_event event = { .type = WS_EVENT_OPEN, .ts = SAMPLE_START, .frame = 8 };

	ndjson_event(&text, FIELDS_JSON, &event, &record);
	event.type = WS_EVENT_CLOSE;
	event_is(&event, "{\"type\":\"open\",\"schema\":1,\"ts\":\"" TS "000000000Z\",\"frame\":8," UID "," COMMUNITY
			 "," CLIENT_END "," SERVER_END "}\n"
			 "{\"type\":\"close\",\"schema\":1,\"ts\":\"" TS "000000000Z\",\"frame\":8," UID "," COMMUNITY
			 "," CLIENT_END "," SERVER_END ",\"kind\":\"fin\",\"first\":\"client\"}\n");
}
END_TEST

START_TEST(event_proof)
{
	struct ws_event event = {
		.type = WS_EVENT_PROOF,
		.ts = SAMPLE_START,
		.frame = 10,
		.side = WS_SERVER,
		.from = WS_SYN_RECEIVED,
		.to = WS_ESTABLISHED,
		.evidence = WS_PROVEN,
		.flags = WS_FLAG_PSH | WS_FLAG_ACK,
		.held_ns = 12000,
	};

	ndjson_event(&text, FIELDS_JSON, &event, &record);
	ck_assert_ptr_nonnull(strstr(text.data, "{\"type\":\"proof\",\"schema\":1,"));
	ck_assert_ptr_nonnull(strstr(text.data, "\"segment\":\"P.\",\"held_ns\":12000}\n"));
	jq_reads_back();
}
END_TEST

/* ---- The capture -------------------------------------------------------------------------------------------- */

START_TEST(capture_object)
{
	const uint32_t linktypes[] = { 1, 65535 };
	struct view_capture capture = {
		.files = files,
		.files_len = 2,
		.linktypes = linktypes,
		.linktypes_len = 2,
		.has_drops = true,
		.kernel_drops = 4,
	};
	struct ws_totals totals = {
		.packets = 20,
		.segments = 17,
		.duplicates = 1,
		.reordered = 2,
		.backward = 1,
		.backward_first_frame = 5,
		.backward_ns = 70,
		.connections = 3,
		.one_way = 1,
		.vlan_asymmetric = 2,
		.first = SAMPLE_START,
		.last = SAMPLE_START + 1,
	};

	totals.undecoded[WS_UNDECODED_not_tcp] = 2;
	totals.undecoded[WS_UNDECODED_fragment_incomplete] = 1;
	totals.noticed[WS_NOTICED_ip_trailing_padding] = 3;
	totals.noticed[WS_NOTICED_ipv4_checksum_bad] = 1;
	totals.tunnelled[WS_TUNNEL_NONE] = 11;
	totals.tunnelled[WS_TUNNEL_VXLAN] = 5;
	totals.tunnelled[WS_TUNNEL_GTP_U] = 1;
	ndjson_capture(&text, &totals, &capture);
	ck_assert_str_eq(text.data,
			 "{\"type\":\"capture\",\"schema\":1,\"files\":[{\"name\":\"a.pcap\",\"frames\":17},"
			 "{\"name\":\"b.pcapng\",\"frames\":3}],\"frames\":20,\"first\":\"" TS "000000000Z\","
			 "\"last\":\"" TS "000000001Z\",\"link_types\":[\"EN10MB\",\"65535\"],\"packets\":20,"
			 "\"decoded\":17,\"undecoded\":{\"not-tcp\":2,\"fragment-incomplete\":1},"
			 "\"noticed\":{\"ip-trailing-padding\":3,\"ipv4-checksum-bad\":1},"
			 "\"tunnelled\":{\"vxlan\":5,\"gtp-u\":1},"
			 "\"duplicates\":1,\"bad_checksums\":0,\"offload_checksums\":0,\"truncated\":0,"
			 "\"reordered\":2,\"backward\":1,\"backward_first_frame\":5,\"backward_ns\":70,"
			 "\"connections\":3,\"one_way\":1,\"vlan_asymmetric\":2,\"evicted\":0,\"kernel_drops\":4,"
			 "\"interface_drops\":0,\"damaged\":false,\"quality\":{\"confidence\":\"low\",\"one_way\":0,"
			 "\"gaps\":0,\"syn_missing\":0,\"midstream\":0,\"clock\":0,\"drops\":4,\"not_captured\":0,"
			 "\"evicted\":0,\"copies\":0,\"reordered\":0,\"offload\":0,\"fragments\":0,"
			 "\"truncated\":0}}\n");
	jq_reads_back();
}
END_TEST

/* A capture without packets has no first and last time; one that is not live has no drops. */
START_TEST(capture_empty)
{
	struct view_capture capture = { .is_damaged = true };
	struct ws_totals totals = { .first = WS_TIME_NONE, .last = WS_TIME_NONE };

	ndjson_capture(&text, &totals, &capture);
	ck_assert_str_eq(
		text.data,
		"{\"type\":\"capture\",\"schema\":1,\"files\":[],\"frames\":0,\"link_types\":[],"
		"\"packets\":0,\"decoded\":0,\"undecoded\":{},\"noticed\":{},\"tunnelled\":{},\"duplicates\":0,\"bad_checksums\":0,"
		"\"offload_checksums\":0,\"truncated\":0,\"reordered\":0,\"backward\":0,"
		"\"connections\":0,\"one_way\":0,\"vlan_asymmetric\":0,\"evicted\":0,\"damaged\":true,"
		"\"quality\":{\"confidence\":\"medium\",\"one_way\":0,\"gaps\":0,\"syn_missing\":0,\"midstream\":0,"
		"\"clock\":0,\"not_captured\":0,\"evicted\":0,\"copies\":0,\"reordered\":0,\"offload\":0,"
		"\"fragments\":0,\"truncated\":0}}\n");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("ndjson", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, connection_with_path);
	tcase_add_test(tcase, connection_of_which_little_is_known);
	tcase_add_test(tcase, connection_of_no_file);
	tcase_add_test(tcase, event_state);
	tcase_add_test(tcase, event_timer);
	tcase_add_test(tcase, event_retract);
	tcase_add_test(tcase, event_finding);
	tcase_add_test(tcase, event_open_and_close);
	tcase_add_test(tcase, event_proof);
	tcase_add_test(tcase, capture_object);
	tcase_add_test(tcase, capture_empty);
	return suite_run(suite);
}
