/*
 * The catalogue of findings as a manual page in mdoc(7): by level, the gravest first, each with its meaning, its source
 * and what other tools call it.
 */
#include "view/findings_man.h"

#include <string.h>

#include "view/parts.h"
#include "wirestat.h"

static const char head[] = ".\\\" Made by `wirestat findings --man` from the catalogue of findings.\n"
			   ".Dd November 21, 2026\n"
			   ".Dt WIRESTAT-FINDINGS 7\n"
			   ".Os\n"
			   ".Sh NAME\n"
			   ".Nm wirestat-findings\n"
			   ".Nd what wirestat finds in the TCP connections of a capture\n"
			   ".Sh DESCRIPTION\n"
			   "A finding is a fact about a connection or one of its ends that deserves attention.\n"
			   "It tells its frame, the side it is about, what was expected and what was seen.\n"
			   ".Xr wirestat 1\n"
			   "prints findings with the views\n"
			   ".Cm audit , events\n"
			   "and\n"
			   ".Cm ladder ;\n"
			   ".Li wirestat findings\n"
			   "searches this catalogue.\n"
			   "The names never change, and none is used again for something else.\n"
			   ".Pp\n"
			   "A source is a document and a section of it;\n"
			   ".Dq heuristic\n"
			   "means that no document says so.\n"
			   "The names that other tools have for the same or nearly the same follow in brackets.\n";

static const char tail[] = ".Sh SEE ALSO\n"
			   ".Xr wirestat 1\n";

static const char *const level_words[WS_LEVEL_COUNT] = {
	[WS_INFO] = "Worth knowing, nothing is wrong.",
	[WS_NOTE] = "Legal, and not what happens every time.",
	[WS_WARN] = "Something does not work as it should, or no common stack does it.",
	[WS_ALERT] = "No sound stack does this.",
};

/* Sentences begin on lines of their own, no line begins with a control character. */
static void prose(struct text *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		text_puts(out, "\\&");
	for (; *s; s++) {
		bool is_end = strncmp(s, ". ", 2) == 0 && s[2] >= 'A' && s[2] <= 'Z';

		if (*s == '\\')
			text_puts(out, "\\e");
		else
			text_char(out, *s);
		if (is_end)
			text_char(out, '\n');
		s += is_end;
	}
	text_char(out, '\n');
}

static void item(struct text *out, const struct ws_finding_info *info)
{
	struct text line = { 0 };

	text_puts(out, ".It Cm ");
	text_puts(out, info->id);
	text_char(out, '\n');
	text_puts(&line, info->title);
	text_puts(&line, ". ");
	text_puts(&line, info->meaning);
	text_puts(&line, " ");
	parts_source(&line, info->source);
	if (*info->peers)
		text_printf(&line, " [%s]", info->peers);
	text_puts(&line, ".");
	if (text_failed(&line))
		out->failed = true;
	else
		prose(out, line.data);
	text_fini(&line);
}

/* Names and words of a list that is no finding. */
static void entry(struct text *out, const char *name, const char *words)
{
	text_printf(out, ".It Li %s\n", name);
	prose(out, words);
}

static void undecoded(struct text *out)
{
	text_puts(out, ".Sh PACKETS THAT ARE NOT DECODED\n"
		       "Each packet that is no TCP segment of a connection is counted under one reason, in\n"
		       ".Li undecoded\n"
		       "of the capture's totals.\n"
		       ".Bl -tag -width Ds\n");
	for (int i = 0; i < WS_UNDECODED_COUNT; i++)
		entry(out, ws_undecoded_name((enum ws_undecoded)i), ws_undecoded_text((enum ws_undecoded)i));
	text_puts(out, ".El\n");
}

static void noticed(struct text *out)
{
	text_puts(out, ".Sh ODDITIES BELOW TCP\n"
		       "A packet may have several, whether it is decoded or not; they are counted in\n"
		       ".Li noticed .\n"
		       ".Bl -tag -width Ds\n");
	for (int i = 0; i < WS_NOTICED_COUNT; i++)
		entry(out, ws_noticed_name((enum ws_noticed)i), ws_noticed_text((enum ws_noticed)i));
	text_puts(out, ".El\n");
}

void findings_man(struct text *out)
{
	text_puts(out, head);
	for (unsigned level = WS_LEVEL_COUNT; level-- > 0;) {
		text_puts(out, ".Sh LEVEL ");
		for (const char *s = ws_level_name((enum ws_level)level); *s; s++)
			text_char(out, (char)(*s - 'a' + 'A'));
		text_char(out, '\n');
		prose(out, level_words[level]);
		text_puts(out, ".Bl -tag -width Ds\n");
		for (unsigned i = 0; i < WS_FINDING_COUNT; i++)
			if (ws_finding_info((enum ws_finding_id)i)->level == (enum ws_level)level)
				item(out, ws_finding_info((enum ws_finding_id)i));
		text_puts(out, ".El\n");
	}
	undecoded(out);
	noticed(out);
	text_puts(out, tail);
}
