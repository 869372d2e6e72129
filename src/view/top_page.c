/*
 * The pages of the top view: a title, the list, a figure or the help, then the time slider and the keys.
 */
#include <string.h>

#include "view/parts.h"
#include "view/top.h"
#include "view/top_slider.h"

static const char *what_is_shown(const struct top *top)
{
	if (top->is_paused)
		return "  PAUSED";
	if (top->now.is_live)
		return "  live";
	return top->now.is_reading ? "  reading" : "";
}

/* The name gives way to the time. */
static void add_title(struct top *top)
{
	const struct view_options *options = top->options;
	struct text name = { 0 };
	struct text time = { 0 };
	struct text title = { 0 };

	text_puts(&name, "wirestat");
	for (size_t i = 0; i < options->files_len; i++) {
		text_puts(&name, i == 0 ? "  " : ", ");
		parts_foreign(&name,
			      strcmp(options->files[i].name, "-") == 0 ? "standard input" : options->files[i].name);
	}
	if (top->model.now != WS_TIME_NONE) {
		text_puts(&time, "  ");
		parts_time(&time, top->model.now);
	}
	text_puts(&time, what_is_shown(top));
	if (!text_failed(&name) && !text_failed(&time)) {
		size_t room = top->frame.width > time.len ? top->frame.width - time.len : 0;

		parts_cut(&title, name.data, name.len, room);
		text_pad(&title, 0, room);
		text_write(&title, time.data, time.len);
		if (!text_failed(&title))
			top_frame_line(&top->frame, title.data, title.len, TOP_BAR);
	}
	text_fini(&name);
	text_fini(&time);
	text_fini(&title);
}

static bool has_slider(const struct top *top)
{
	return top->options->can_seek && top->now.first != WS_TIME_NONE && top->step_ns > 0;
}

static const char *keys_of(const struct top *top)
{
	switch (top->mode) {
	case TOP_LADDER:
		return has_slider(top) ? "q back  arrows scroll  left/right time  h help"
				       : "q back  arrows scroll  h help";
	case TOP_HELP:
		return "q back  arrows scroll";
	case TOP_LIST:
		break;
	}
	return has_slider(top) ? "q quit  h help  / filter  s sort  r reverse  t closed  Enter ladder  left/right time"
			       : "q quit  h help  / filter  s sort  r reverse  t closed  Enter ladder  p pause";
}

/* The last two lines: the slider, where there is one, and the keys, or what is typed, or what there is to say. */
static size_t foot_height(const struct top *top)
{
	if (top->frame.height <= 2)
		return 0;
	return has_slider(top) && top->frame.height > 4 ? 2 : 1;
}

static void add_foot(struct top *top)
{
	size_t height = foot_height(top);
	struct text text = { 0 };

	top_frame_fill(&top->frame, top->frame.height - height);
	if (height > 1) {
		top_slider_line(&text, top->now.first, top->now.last, top->moment, top->step_ns, top->frame.width);
		top_frame_puts(&top->frame, text_failed(&text) ? "" : text.data, TOP_PLAIN);
		text_clear(&text);
	}
	if (top->is_typing)
		text_printf(&text, "filter: %s_  (Enter: keep it, Esc: as before)", top->model.filter);
	else if (top->message[0] != '\0')
		parts_foreign(&text, top->message);
	else
		text_puts(&text, keys_of(top));
	top_frame_puts(&top->frame, text_failed(&text) ? "" : text.data, TOP_BAR);
	text_fini(&text);
}

/* Lines from *first on, which is moved so that the last page is full. */
static void add_scrolled(struct top *top, const char *const *line, size_t count, size_t *first)
{
	size_t used = top->frame.len + foot_height(top);
	size_t height = top->frame.height > used ? top->frame.height - used : 0;

	top->page_height = height > 0 ? height : 1;
	if (*first + height > count)
		*first = count > height ? count - height : 0;
	for (size_t i = *first; i < count && i - *first < height; i++)
		top_frame_puts(&top->frame, line[i], TOP_PLAIN);
}

static void add_figure(struct top *top)
{
	struct top_figure *figure = &top->figure;
	struct top_frame *frame = &top->frame;
	size_t used = frame->len + foot_height(top);
	size_t height = frame->height > used ? frame->height - used : 0;
	const char *at = figure->text.data;
	size_t i;

	if (figure->is_missing || text_failed(&figure->text)) {
		top_frame_puts(frame,
			       top->options->can_seek ? "At this moment the connection has not begun."
						      : "The segments of this connection were not kept.",
			       TOP_PLAIN);
		return;
	}
	if (figure->left_out > 0) {
		struct text text = { 0 };

		text_printf(&text, "segments of the transfer left out: %llu", (unsigned long long)figure->left_out);
		top_frame_puts(frame, text_failed(&text) ? "" : text.data, TOP_PLAIN);
		text_fini(&text);
		height -= height > 0;
	}
	top->page_height = height > 0 ? height : 1;
	if (figure->first + height > figure->lines)
		figure->first = figure->lines > height ? figure->lines - height : 0;
	for (i = 0; at && *at != '\0' && i < figure->first + height; i++) {
		size_t len = strcspn(at, "\n");

		if (i >= figure->first)
			top_frame_line(frame, at, len, TOP_PLAIN);
		at += len + (at[len] == '\n');
	}
}

void top_page(struct top *top, size_t width, size_t height)
{
	top_frame_begin(&top->frame, width, height);
	add_title(top);
	switch (top->mode) {
	case TOP_LIST:
		top_list(top, foot_height(top));
		break;
	case TOP_LADDER:
		add_figure(top);
		break;
	case TOP_HELP:
		add_scrolled(top, top_help, top_help_len, &top->help_first);
		break;
	}
	add_foot(top);
}
