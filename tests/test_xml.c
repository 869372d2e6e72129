/*
 * Text as XML can hold it: markup, and what is no character of XML 1.0 (section 2.2).
 */
#include <check.h>
#include <string.h>

#include "lib/suite.h"
#include "view/xml.h"

#define BAD "\xEF\xBF\xBD"

static const struct {
	const char *text;
	const char *wanted;
} texts[] = {
	{ "", "" },
	{ NULL, "" },
	{ "a.pcap", "a.pcap" },
	{ "a & <b> \"c\" 'd'", "a &amp; &lt;b&gt; &quot;c&quot; 'd'" },
	{ "&amp;", "&amp;amp;" },
	{ "]]>", "]]&gt;" },
	{ "tab\tline\n", "tab\tline\n" },
	{ "\x01\x1B[31m\x7F", BAD BAD "[31m\x7F" },
	{ "\r", BAD },
	{ "\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80", "\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80" },
	{ "\xFF\xC3", BAD BAD },
	{ "\xC0\xBC", BAD BAD },         /* an overlong < */
	{ "\xED\xA0\x80", BAD BAD BAD }, /* half a surrogate pair */
	{ "\xEF\xBF\xBE\xEF\xBF\xBF", BAD BAD },
};

START_TEST(text_is_escaped)
{
	struct text out = { 0 };

	xml_text(&out, texts[_i].text);
	ck_assert(!text_failed(&out));
	ck_assert_str_eq(out.data ? out.data : "", texts[_i].wanted);
	text_clear(&out);
	xml_attribute(&out, "name", texts[_i].text);
	ck_assert_uint_eq(out.len, strlen(texts[_i].wanted) + 8);
	ck_assert_mem_eq(out.data, " name=\"", 7);
	text_fini(&out);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("xml", &t);

	tcase_add_loop_test(t, text_is_escaped, 0, sizeof(texts) / sizeof(texts[0]));
	return suite_run(suite);
}
