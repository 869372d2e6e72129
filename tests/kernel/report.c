/*
 * The truth as JSON, and beside it for which endpoint and tap packets cannot tell it, with the reason.
 */
#include "bed.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static void put_time(FILE *out, int64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	char text[32];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(out, "\"%s.%09dZ\"", text, (int)(ns % 1000000000));
}

static void put_path(FILE *out, const struct endpoint *e)
{
	fputs("\"path\":[", out);
	for (size_t i = 0; i < e->len; i++) {
		const struct step *s = &e->path[i];

		fprintf(out, "%s\n    {\"state\":\"%s\",\"time\":", i ? "," : "", state_name(s->state));
		put_time(out, s->time);
		fprintf(out, ",\"source\":\"%s\"", s->source);
		if (s->cause)
			fprintf(out, ",\"cause\":\"%s\"", s->cause);
		if (truth_is_unsent(e, i))
			fputs(",\"unsent\":true", out);
		if (s->state == K_FIN_WAIT_2 && truth_is_brief(e, i))
			fputs(",\"brief\":true", out);
		fputc('}', out);
	}
	fputs("]", out);
}

/* The taps between an endpoint and the place where its stream was tampered with see the same as the endpoint. */
static bool is_clouded(const struct cloud *c, const struct endpoint *e, enum tap tap)
{
	int boundary = c->from == CLIENT ? (c->place == BEFORE_TAP ? 1 : 2) : (c->place == BEFORE_TAP ? 2 : 1);
	bool tap_near_client = (int)tap < boundary;

	return tap_near_client != (e->side == CLIENT);
}

static bool is_of(const struct cloud *c, const struct endpoint *e)
{
	return c->port[e->side] == e->port && c->port[other(e->side)] == e->peer;
}

static void put_unsure(FILE *out, bool *first, enum tap tap, const char *kind, const char *what)
{
	fprintf(out, "%s\n    {\"tap\":\"%s\",\"why\":\"%s%s\"}", *first ? "" : ",", tap_name[tap], kind, what);
	*first = false;
}

static bool has_crossed_unsent(const struct endpoint *e)
{
	for (size_t i = 1; i < e->len; i++)
		if (e->path[i].state == K_CLOSING && truth_is_unsent(e, i - 1))
			return true;
	return false;
}

static void put_unsures(FILE *out, const struct bed *b, const struct endpoint *e)
{
	const struct cloud *clouds;
	size_t n = wire_clouds(b->wire, &clouds);
	bool first = true;

	fputs(",\"unsure\":[", out);
	for (int tap = 0; tap < TAPS; tap++) {
		if (has_crossed_unsent(e))
			put_unsure(out, &first, (enum tap)tap, "", "close() with unsent data crossing the peer's FIN");
		for (size_t i = 0; i < b->exemptions; i++) {
			const struct exemption *x = &b->exemption[i];

			if (x->endpoint == e->side && (x->tap == tap || x->tap == ANY_TAP))
				put_unsure(out, &first, (enum tap)tap, "", x->reason);
		}
		const char *last = "";
		for (size_t i = 0; i < n; i++) {
			if (!is_of(&clouds[i], e) || !is_clouded(&clouds[i], e, (enum tap)tap) ||
			    strcmp(last, clouds[i].what) == 0)
				continue;
			last = clouds[i].what;
			put_unsure(out, &first, (enum tap)tap, "the path tampered with: ", last);
		}
	}
	fputs("]", out);
}

void bed_write_truth(const struct bed *b, const struct truth *t, const struct scenario *s, const char *path,
		     const char *name)
{
	FILE *out = fopen(path, "w");
	const char *comma = "";

	if (!out)
		broken("%s: %s", path, strerror(errno));
	fprintf(out, "{\"scenario\":\"%s\",\"family\":%d,\"description\":\"%s\",", name, b->family == AF_INET ? 4 : 6,
		s->what);
	if (b->captured_from) {
		fputs("\"captured_from\":", out);
		put_time(out, b->captured_from);
		fputc(',', out);
	}
	fputs("\"endpoints\":[", out);
	for (size_t i = 0; i < t->len; i++) {
		const struct endpoint *e = &t->list[i];

		fprintf(out,
			"%s\n  {\"role\":\"%s\",\"addr\":\"%s\",\"port\":%u,\"peer_addr\":\"%s\",\"peer_port\":%u,\n   ",
			comma, side_name[e->side], b->host[e->side].text, e->port, b->host[other(e->side)].text,
			e->peer);
		comma = ",";
		put_path(out, e);
		put_unsures(out, b, e);
		fputs("}", out);
	}
	fputs("\n]}\n", out);
	if (fclose(out) != 0)
		broken("%s: %s", path, strerror(errno));
}
