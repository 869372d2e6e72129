#include "capture/filelist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "capture/directory.h"

struct builder {
	struct filelist *list;
	const struct filelist_listener *listener;
	size_t size; /* names that there is room for */
	bool is_full;
	bool is_out_of_memory;
};

static void tell(const struct builder *b, bool is_trouble, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(const struct builder *b, bool is_trouble, const char *format, ...)
{
	struct text text = { 0 };
	va_list args;

	va_start(args, format);
	text_vprintf(&text, format, args);
	va_end(args);
	b->listener->tell(b->listener->user, is_trouble, text_failed(&text) ? "out of memory" : text.data);
	text_fini(&text);
}

static bool can_go_on(const struct builder *b)
{
	return !b->is_full && !b->is_out_of_memory;
}

static bool make_room(struct builder *b)
{
	size_t size = b->size > 0 ? 2 * b->size : 64;
	char **names;

	if (b->list->len < b->size)
		return true;
	names = realloc(b->list->names, size * sizeof(*names));
	if (names == NULL)
		return false;
	b->list->names = names;
	b->size = size;
	return true;
}

/* Takes over `name`, which was allocated; NULL is want of memory. */
static void add(struct builder *b, char *name)
{
	if (name == NULL || !make_room(b)) {
		b->is_out_of_memory = true;
		free(name);
	} else if (b->list->len == FILELIST_MAX) {
		if (!b->is_full)
			tell(b, true, "more than %d files; those from %s on are not read", FILELIST_MAX, name);
		b->is_full = true;
		free(name);
	} else {
		b->list->names[b->list->len++] = name;
	}
}

/* ---- Directories --------------------------------------------------------------------------------------------- */

static void tell_of_skipped(const struct builder *b, const char *name, const struct directory *directory)
{
	struct text text = { 0 };

	if (directory->skipped == 0)
		return;
	text_printf(&text, "%s: skipped %s: %s", name, directory->first_skipped, directory->why);
	if (directory->skipped > 1)
		text_printf(&text, "; and %zu more", directory->skipped - 1);
	tell(b, false, "%s", text_failed(&text) ? name : text.data);
	text_fini(&text);
}

static void add_directory(struct builder *b, const char *name)
{
	struct directory directory;
	size_t i;

	if (!directory_read(&directory, name, FILELIST_MAX))
		tell(b, true, "%s: %s", name, strerror(errno));
	else if (directory.len == 0)
		tell(b, true, "%s: a directory without capture files", name);
	tell_of_skipped(b, name, &directory);
	if (directory.has_more)
		tell(b, true, "%s: more than %d files, of which that many are read", name, FILELIST_MAX);
	for (i = 0; i < directory.len && can_go_on(b); i++) {
		add(b, directory.names[i]);
		directory.names[i] = NULL;
	}
	directory_fini(&directory);
}

/* ---- Lists --------------------------------------------------------------------------------------------------- */

static bool is_directory(const char *name)
{
	struct stat info;

	return strcmp(name, "-") != 0 && stat(name, &info) == 0 && S_ISDIR(info.st_mode);
}

static void add_name(struct builder *b, const char *name)
{
	if (is_directory(name))
		add_directory(b, name);
	else
		add(b, strdup(name));
}

enum line { LINE_GOOD, LINE_STRANGE, LINE_NONE };

/* Without its end, be it that of Unix or of DOS. A line that is too long, or has a zero byte, is none of names. */
static enum line read_line(FILE *file, char line[FILELIST_NAME_MAX + 1])
{
	size_t len = 0;
	int c;

	for (c = getc(file); c != EOF && c != '\n'; c = getc(file)) {
		if (c == '\0' || len == FILELIST_NAME_MAX)
			return LINE_STRANGE;
		line[len++] = (char)c;
	}
	if (len > 0 && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	return c == EOF && len == 0 ? LINE_NONE : LINE_GOOD;
}

static void drop_from(struct filelist *list, size_t from)
{
	while (list->len > from)
		free(list->names[--list->len]);
}

static void read_list(struct builder *b, const char *name, FILE *file)
{
	char line[FILELIST_NAME_MAX + 1];
	unsigned long number = 1;
	size_t before = b->list->len;
	enum line kind = read_line(file, line);

	for (; kind == LINE_GOOD && can_go_on(b); number++) {
		if (line[strspn(line, " \t")] != '\0' && line[0] != '#')
			add_name(b, line);
		kind = read_line(file, line);
	}
	if (kind == LINE_STRANGE) {
		tell(b, true, "%s: line %lu is no name of a file; nothing of this list is read", name, number);
		drop_from(b->list, before);
	} else if (ferror(file)) {
		tell(b, true, "%s: %s", name, strerror(errno));
	} else if (b->list->len == before) {
		tell(b, true, "%s: a list without names", name);
	}
}

/* `word` with its @. */
static void add_list(struct builder *b, const char *word)
{
	bool is_standard = strcmp(word, "@-") == 0;
	FILE *file = is_standard ? stdin : fopen(word + 1, "re");

	if (file == NULL) {
		tell(b, true, "%s: %s", word, strerror(errno));
		return;
	}
	read_list(b, word, file);
	if (!is_standard)
		(void)fclose(file);
}

/* ---- Twice the same ------------------------------------------------------------------------------------------ */

struct identity {
	dev_t device;
	ino_t inode;
	size_t index;
};

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_identities(const void *a, const void *b)
{
	const struct identity *x = a;
	const struct identity *y = b;

	if (x->device != y->device)
		return compare(x->device, y->device);
	return x->inode != y->inode ? compare(x->inode, y->inode) : compare(x->index, y->index);
}

/* Those of the files that are there. */
static size_t identify(const struct filelist *list, struct identity *out)
{
	struct stat info;
	size_t len = 0;
	size_t i;

	for (i = 0; i < list->len; i++) {
		const char *name = list->names[i];

		if ((strcmp(name, "-") == 0 ? fstat(0, &info) : stat(name, &info)) == 0)
			out[len++] = (struct identity){ info.st_dev, info.st_ino, i };
	}
	return len;
}

/* Closes up the gaps. */
static void remove_nulls(struct filelist *list)
{
	size_t len = 0;
	size_t i;

	for (i = 0; i < list->len; i++)
		if (list->names[i] != NULL)
			list->names[len++] = list->names[i];
	list->len = len;
}

static void tell_of_repeated(const struct builder *b, const char *name, size_t count)
{
	if (count == 1)
		tell(b, false, "%s: given more than once, but read once", name);
	else if (count > 1)
		tell(b, false, "%s: given more than once, but read once; and %zu more", name, count - 1);
}

/* Of several names of one file the first one stays. */
static void remove_repeated(struct builder *b)
{
	struct filelist *list = b->list;
	struct identity *identities = calloc(list->len + 1, sizeof(*identities));
	char *first = NULL;
	size_t repeated = 0;
	size_t len, i;

	if (identities == NULL) {
		b->is_out_of_memory = true;
		return;
	}
	len = identify(list, identities);
	qsort(identities, len, sizeof(*identities), compare_identities);
	for (i = 1; i < len; i++) {
		const struct identity *this = &identities[i];

		if (this->device != this[-1].device || this->inode != this[-1].inode)
			continue;
		if (repeated++ == 0)
			first = list->names[this->index];
		else
			free(list->names[this->index]);
		list->names[this->index] = NULL;
	}
	tell_of_repeated(b, first, repeated);
	free(first);
	free(identities);
	remove_nulls(list);
}

/* ---- All of it ----------------------------------------------------------------------------------------------- */

bool filelist_init(struct filelist *list, const char *const *words, size_t words_len,
		   const struct filelist_listener *listener)
{
	struct builder b = { .list = list, .listener = listener };
	size_t i;

	*list = (struct filelist){ 0 };
	for (i = 0; i < words_len && can_go_on(&b); i++) {
		if (words[i][0] == '@')
			add_list(&b, words[i]);
		else
			add_name(&b, words[i]);
	}
	if (!b.is_out_of_memory)
		remove_repeated(&b);
	return !b.is_out_of_memory;
}

void filelist_fini(struct filelist *list)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		free(list->names[i]);
	free(list->names);
	*list = (struct filelist){ 0 };
}
