/*
 * The lines stand in the order of the file, chained by finding, so that only those of the same finding are looked at.
 * What a run notes is kept as a set of keys; a set that traffic fills is hashed with a key of its own.
 */
#include "cli/baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/hash.h"
#include "cli/baseline_line.h"
#include "cli/text_file.h"
#include "view/finding_key.h"

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) ((element)->is_lost = true)
#include <uthash.h>

struct rule {
	struct baseline_line line;
	struct rule *next; /* of the same finding */
};

/* A finding that the run had. */
struct noted {
	UT_hash_handle hh;
	bool is_lost;
	char key[];
};

struct baseline {
	struct text source; /* of the file, as it stands */
	struct rule *rules[WS_FINDING_COUNT];
	size_t rules_len;
	struct noted *noted;
	uint64_t left_out;
	uint64_t hash_key[2];
	struct text scratch;
};

/* ---- Reading ------------------------------------------------------------------------------------------------ */

static bool tell(const char *name, size_t line, const char *what)
{
	if (line > 0)
		fprintf(stderr, "wirestat: --baseline: %s: line %zu: %s\n", name, line, what);
	else
		fprintf(stderr, "wirestat: --baseline: %s: %s\n", name, what);
	return false;
}

static bool load(struct text *out, const char *name)
{
	const char *wrong = text_file_read(out, name, BASELINE_BYTES_MAX);

	return wrong == NULL || tell(name, 0, wrong);
}

static bool add_rule(struct baseline *b, const struct baseline_line *line)
{
	struct rule *rule = malloc(sizeof(*rule));

	if (rule == NULL)
		return false;
	*rule = (struct rule){ .line = *line, .next = b->rules[line->id] };
	b->rules[line->id] = rule;
	b->rules_len++;
	return true;
}

static bool take_line(struct baseline *b, char *text, const char *name, size_t number)
{
	struct baseline_line line;
	char error[BASELINE_ERROR_MAX];

	switch (baseline_line_parse(text, &line, error)) {
	case BASELINE_LINE_BLANK:
		return true;
	case BASELINE_LINE_WRONG:
		return tell(name, number, error);
	case BASELINE_LINE_RULE:
		break;
	}
	if (b->rules_len == BASELINE_LINES_MAX)
		return tell(name, number, "there are more than 65536 findings");
	return add_rule(b, &line) || tell(name, number, strerror(ENOMEM));
}

static bool take_lines(struct baseline *b, const char *name)
{
	const char *at = b->source.data;
	const char *end = at + b->source.len;
	size_t number = 0;
	bool is_good = true;

	while (is_good && at != NULL && at < end) {
		size_t len = strcspn(at, "\n");
		char *line = strndup(at, len);

		is_good = line != NULL ? take_line(b, line, name, ++number) : tell(name, 0, strerror(ENOMEM));
		free(line);
		at += len + 1;
	}
	return is_good;
}

struct baseline *baseline_new(const char *name)
{
	struct baseline *b = calloc(1, sizeof(*b));
	uint64_t seed = 0;

	if (b == NULL) {
		fputs("wirestat: out of memory\n", stderr);
		return NULL;
	}
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
		seed = 0;
	hash_key_init(b->hash_key, seed);
	if (name == NULL || (load(&b->source, name) && take_lines(b, name)))
		return b;
	baseline_free(b);
	return NULL;
}

void baseline_free(struct baseline *b)
{
	struct noted *noted;
	struct noted *next_noted;
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < WS_FINDING_COUNT; i++) {
		while (b->rules[i] != NULL) {
			struct rule *next = b->rules[i]->next;

			free(b->rules[i]);
			b->rules[i] = next;
		}
	}
	HASH_ITER(hh, b->noted, noted, next_noted) {
		HASH_DEL(b->noted, noted);
		free(noted);
	}
	text_fini(&b->source);
	text_fini(&b->scratch);
	free(b);
}

/* ---- Asking ------------------------------------------------------------------------------------------------- */

static bool fits(const struct where_host *host, const struct ws_endpoint *endpoint)
{
	if (endpoint == NULL)
		return host->family == 0 && host->prefix == 0 && host->port == WHERE_PORT_ANY;
	return where_host_has(host, &endpoint->addr) &&
	       (host->port == WHERE_PORT_ANY || host->port == (int32_t)endpoint->port);
}

bool baseline_accepts(const struct baseline *b, const struct ws_record *record, enum ws_finding_id id)
{
	const struct ws_endpoint *client = record != NULL ? &record->endpoint[WS_CLIENT] : NULL;
	const struct ws_endpoint *server = record != NULL ? &record->endpoint[WS_SERVER] : NULL;
	const struct rule *rule;

	for (rule = b->rules[id]; rule != NULL; rule = rule->next)
		if (fits(&rule->line.client, client) && fits(&rule->line.server, server))
			return true;
	return false;
}

/* ---- Writing ------------------------------------------------------------------------------------------------ */

static bool add_noted(struct baseline *b, unsigned hash, const char *key, size_t len)
{
	struct noted *noted = malloc(sizeof(*noted) + len + 1);

	if (noted == NULL)
		return false;
	noted->is_lost = false;
	memcpy(noted->key, key, len + 1);
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, b->noted, noted->key, len, hash, noted);
	if (!noted->is_lost)
		return true;
	free(noted);
	return false;
}

void baseline_note(struct baseline *b, const struct ws_record *record, enum ws_finding_id id)
{
	struct text *key = &b->scratch;
	struct noted *noted = NULL;
	unsigned hash;

	if (baseline_accepts(b, record, id))
		return;
	text_clear(key);
	finding_key(key, id, record);
	if (text_failed(key)) {
		b->left_out++;
		return;
	}
	hash = (unsigned)hash_keyed(key->data, key->len, b->hash_key);
	HASH_FIND_BYHASHVALUE(hh, b->noted, key->data, key->len, hash, noted);
	if (noted != NULL)
		return;
	if (b->rules_len + HASH_COUNT(b->noted) >= BASELINE_LINES_MAX || !add_noted(b, hash, key->data, key->len))
		b->left_out++;
}

static int by_key(const struct noted *a, const struct noted *b)
{
	return strcmp(a->key, b->key);
}

static void print(struct baseline *b, FILE *file)
{
	const struct noted *noted;

	if (b->source.len > 0)
		fwrite(b->source.data, 1, b->source.len, file);
	else
		fputs("# Findings that are accepted, for wirestat audit --baseline: ID CLIENT SERVER\n", file);
	if (b->source.len > 0 && b->source.data[b->source.len - 1] != '\n')
		fputc('\n', file);
	HASH_SORT(b->noted, by_key);
	for (noted = b->noted; noted != NULL; noted = noted->hh.next)
		fprintf(file, "%s\n", noted->key);
}

/* Into a file beside it that then takes its name, so that a full disk leaves the old one. */
bool baseline_write(struct baseline *b, const char *name)
{
	struct text beside = { 0 };
	FILE *file;
	bool is_good;

	text_printf(&beside, "%s.new", name);
	file = text_failed(&beside) ? NULL : fopen(beside.data, "w");
	is_good = file != NULL;
	if (is_good) {
		print(b, file);
		is_good = !ferror(file);
		is_good = fclose(file) == 0 && is_good && rename(beside.data, name) == 0;
	}
	if (is_good && b->left_out > 0)
		fprintf(stderr, "wirestat: --write-baseline: %llu findings had no room in %s\n",
			(unsigned long long)b->left_out, name);
	text_fini(&beside);
	return is_good;
}
