/*
 * The catalogue of findings by its own rules (wirestat_findings.def): ids that can be typed and never collide, titles of
 * at most 60 characters that say a fact, a level, a scope, and a source that names document and section.
 */
#include <check.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "lib/suite.h"
#include "wirestat.h"

static const struct ws_finding_info *info_of(int i)
{
	const struct ws_finding_info *info = ws_finding_info((enum ws_finding_id)i);

	ck_assert_ptr_nonnull(info);
	return info;
}

static void ck_matches(const char *text, const char *pattern)
{
	regex_t regex;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(regexec(&regex, text, 0, NULL, 0) == 0, "\"%s\" is not %s", text, pattern);
	regfree(&regex);
}

/* The text of the row as it stands in the list, for comparison with what the library hands out. */
static const struct ws_finding_info listed[] = {
#define INFO WS_INFO
#define NOTE WS_NOTE
#define WARN WS_WARN
#define ALERT WS_ALERT
#define FINDING(id, level, scope, source, values, title, meaning, peers) \
	{ #id, level, #scope, source, values, title, meaning, peers },
#include "wirestat_findings.def"
#undef FINDING
};

START_TEST(row_is_as_listed)
{
	const struct ws_finding_info *info = info_of(_i);
	char id[64];

	snprintf(id, sizeof id, "%s", listed[_i].id);
	for (char *at = id; *at; at++)
		*at = *at == '_' ? '-' : *at;
	ck_assert_str_eq(info->id, id);
	ck_assert_int_eq(info->level, listed[_i].level);
	ck_assert_int_eq(strcasecmp(info->scope, listed[_i].scope), 0);
	ck_assert_str_eq(info->source, listed[_i].source);
	ck_assert_str_eq(info->values, listed[_i].values);
	ck_assert_str_eq(info->title, listed[_i].title);
	ck_assert_str_eq(info->meaning, listed[_i].meaning);
	ck_assert_str_eq(info->peers, listed[_i].peers);
}
END_TEST

#define PEER "(Zeek|Suricata|Snort|Wireshark|tcptrace|argus|conntrack|mOS|gopacket)"

START_TEST(row_keeps_the_form)
{
	const struct ws_finding_info *info = info_of(_i);

	ck_matches(info->id, "^[a-z][a-z0-9]*(-[a-z0-9]+)*$");
	ck_matches(info->scope, "^(endpoint|connection|host|capture)$");
	ck_matches(info->source, "^([0-9]{3,4} [0-9]+(\\.[0-9]+)*|heuristic)$");
	ck_matches(info->values, "^[a-z]+$");
	ck_assert_uint_ge(strlen(info->title), 10);
	ck_assert_uint_le(strlen(info->title), 60);
	ck_matches(info->title, "^[A-Z][^\n]*[^. ]$");
	ck_matches(info->meaning, "^[A-Z][^\n]*\\.$");
	ck_matches(info->peers, "^(" PEER " [^, ][^,]*(, " PEER " [^, ][^,]*)*)?$");
	ck_assert_int_lt(info->level, WS_LEVEL_COUNT);
	ck_assert_ptr_nonnull(ws_level_name(info->level));
}
END_TEST

START_TEST(name_leads_back)
{
	enum ws_finding_id id = WS_FINDING_COUNT;

	ck_assert(ws_finding_parse(info_of(_i)->id, &id));
	ck_assert_int_eq(id, _i);
	for (int k = 0; k < _i; k++) {
		ck_assert_str_ne(info_of(k)->id, info_of(_i)->id);
		ck_assert_str_ne(info_of(k)->title, info_of(_i)->title);
	}
}
END_TEST

static const char *const no_names[] = {
	"",  " ", "-", "syn", "simultaneous-clos", "simultaneous-close ", "simultaneous_close", "Simultaneous-Close",
	"0", "%s"
};

START_TEST(no_name)
{
	enum ws_finding_id id = WS_FINDING_COUNT;

	ck_assert(!ws_finding_parse(no_names[_i], &id));
	ck_assert_int_eq(id, WS_FINDING_COUNT);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("findings", &t);

	tcase_add_loop_test(t, row_is_as_listed, 0, WS_FINDING_COUNT);
	tcase_add_loop_test(t, row_keeps_the_form, 0, WS_FINDING_COUNT);
	tcase_add_loop_test(t, name_leads_back, 0, WS_FINDING_COUNT);
	tcase_add_loop_test(t, no_name, 0, sizeof(no_names) / sizeof(no_names[0]));
	return suite_run(suite);
}
