/*
 * What lay around a connection, as JSON, as columns, and for people.
 */
#include <string.h>

#include "lib/packet.h"
#include "lib/sample.h"
#include "lib/suite.h"
#include "view/outer.h"

static struct text text;
static struct ws_record record;

static void setup(void)
{
	text = (struct text){ 0 };
	sample_record(&record);
}

static void teardown(void)
{
	text_fini(&text);
}

/* Side `side` sends through a tunnel, to its peer's end of it. */
static void send_by(enum ws_side side, enum ws_tunnel kind, uint32_t id)
{
	bool is_client = side == WS_CLIENT;

	record.outer[side] = (struct ws_outer){ .is_known = true,
						.kind = kind,
						.has_id = id != 0,
						.id = id,
						.src = packet_addr(is_client ? "192.0.2.8" : "192.0.2.9"),
						.dst = packet_addr(is_client ? "192.0.2.9" : "192.0.2.8") };
}

static void tag(enum ws_side side, uint16_t first, uint16_t second)
{
	struct ws_outer *outer = &record.outer[side];

	outer->is_known = true;
	outer->vlans[0] = first;
	outer->vlans[1] = second;
	outer->vlans_len = second != 0 ? 2 : first != 0;
}

static void ck_json(const char *expected)
{
	struct fields f;

	text_clear(&text);
	fields_begin(&f, &text, FIELDS_JSON, "x");
	outer_members(&f, &record);
	fields_end(&f);
	ck_assert(!text_failed(&text));
	ck_assert_uint_gt(text.len, strlen("{\"type\":\"x\",\"schema\":1"));
	ck_assert_str_eq(text.data + strlen("{\"type\":\"x\",\"schema\":1"), expected);
}

static void ck_people(const char *expected)
{
	text_clear(&text);
	outer_text(&text, &record);
	ck_assert_uint_eq(text.len, strlen(expected));
	ck_assert_mem_eq(text.len > 0 ? text.data : "", expected, text.len);
}

static void ck_columns(const char *expected)
{
	struct fields f;

	text_clear(&text);
	fields_begin(&f, &text, FIELDS_TSV_VALUES, "x");
	outer_members(&f, &record);
	fields_end(&f);
	ck_assert_str_eq(text.data, expected);
}

START_TEST(nothing)
{
	ck_json("}\n");
	ck_people("");
	ck_columns("\t\t\t\t\t\t\t\t\n");
	record.outer[WS_CLIENT].is_known = true;
	record.outer[WS_SERVER].is_known = true;
	ck_json("}\n");
	ck_people("");
}
END_TEST

START_TEST(one_id)
{
	send_by(WS_CLIENT, WS_TUNNEL_VXLAN, 42);
	send_by(WS_SERVER, WS_TUNNEL_VXLAN, 42);
	ck_json(",\"outer\":{\"kind\":\"vxlan\",\"id\":42,\"client\":{\"addr\":\"192.0.2.8\"},"
		"\"server\":{\"addr\":\"192.0.2.9\"}}}\n");
	ck_people("vxlan 42  192.0.2.8 - 192.0.2.9");
	ck_columns("vxlan\t42\t192.0.2.8\t\t\t192.0.2.9\t\t\t\n");
}
END_TEST

START_TEST(two_ids)
{
	send_by(WS_CLIENT, WS_TUNNEL_GTP_U, 7);
	send_by(WS_SERVER, WS_TUNNEL_GTP_U, 9);
	ck_json(",\"outer\":{\"kind\":\"gtp-u\",\"client\":{\"addr\":\"192.0.2.8\",\"id\":7},"
		"\"server\":{\"addr\":\"192.0.2.9\",\"id\":9}}}\n");
	ck_people("gtp-u 7 / 9  192.0.2.8 - 192.0.2.9");
	ck_columns("gtp-u\t\t192.0.2.8\t7\t\t192.0.2.9\t9\t\t\n");
}
END_TEST

/* Both ends are told by the packets of one side. */
START_TEST(one_direction)
{
	send_by(WS_SERVER, WS_TUNNEL_IPIP, 0);
	ck_json(",\"outer\":{\"kind\":\"ipip\",\"client\":{\"addr\":\"192.0.2.8\"},"
		"\"server\":{\"addr\":\"192.0.2.9\"}}}\n");
	ck_people("ipip  192.0.2.8 - 192.0.2.9");
}
END_TEST

START_TEST(no_addresses)
{
	for (unsigned side = 0; side < 2; side++)
		record.outer[side] =
			(struct ws_outer){ .is_known = true, .kind = WS_TUNNEL_MPLS, .has_id = true, .id = 18 };
	ck_json(",\"outer\":{\"kind\":\"mpls\",\"id\":18,\"client\":{},\"server\":{}}}\n");
	ck_people("mpls 18");
}
END_TEST

START_TEST(tags)
{
	tag(WS_CLIENT, 10, 20);
	tag(WS_SERVER, 10, 20);
	ck_json(",\"outer\":{\"client\":{\"vlan\":[10,20]},\"server\":{\"vlan\":[10,20]}},\"vlan\":[10,20]}\n");
	ck_people("vlan 10,20");
	ck_columns("\t\t\t\t10,20\t\t\t10,20\t10,20\n");
	tag(WS_SERVER, 0, 0);
	ck_json(",\"outer\":{\"client\":{\"vlan\":[10,20]}},\"vlan\":[10,20]}\n");
	ck_people("vlan 10,20 / none");
	tag(WS_CLIENT, 0, 0);
	tag(WS_SERVER, 30, 0);
	ck_json(",\"outer\":{\"server\":{\"vlan\":[30]}},\"vlan\":[30]}\n");
	ck_people("vlan none / 30");
}
END_TEST

START_TEST(tunnel_and_tags)
{
	send_by(WS_CLIENT, WS_TUNNEL_VXLAN, 5);
	tag(WS_CLIENT, 10, 0);
	ck_json(",\"outer\":{\"kind\":\"vxlan\",\"id\":5,\"client\":{\"addr\":\"192.0.2.8\",\"vlan\":[10]},"
		"\"server\":{\"addr\":\"192.0.2.9\"}},\"vlan\":[10]}\n");
	ck_people("vxlan 5  192.0.2.8 - 192.0.2.9  vlan 10");
}
END_TEST

START_TEST(names_of_columns)
{
	struct fields f;

	fields_begin(&f, &text, FIELDS_TSV_NAMES, "x");
	outer_members(&f, &record);
	fields_end(&f);
	ck_assert_str_eq(text.data, "outer.kind\touter.id\touter.client.addr\touter.client.id\touter.client.vlan\t"
				    "outer.server.addr\touter.server.id\touter.server.vlan\tvlan\n");
}
END_TEST

int main(void)
{
	TCase *tcase;
	Suite *suite = suite_new("outer", &tcase);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing);
	tcase_add_test(tcase, one_id);
	tcase_add_test(tcase, two_ids);
	tcase_add_test(tcase, one_direction);
	tcase_add_test(tcase, no_addresses);
	tcase_add_test(tcase, tags);
	tcase_add_test(tcase, tunnel_and_tags);
	tcase_add_test(tcase, names_of_columns);
	return suite_run(suite);
}
