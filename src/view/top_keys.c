/*
 * The keys of the top view, those that iptstate and tcptrack have, and what they change.
 */
#include <string.h>

#include "view/top.h"
#include "view/top_order.h"
#include "view/top_slider.h"

#define FAR 10

const char *const top_help[] = {
	"Each row is a connection: the client with its state, the server with its own.",
	"A state with a ? is presumed, all others are proven by that side's segments.",
	"Above, 2/1 beside a state counts two clients and one server in it.",
	"",
	"  up, down, PgUp, PgDn   select a connection; g, G: the first, the last",
	"  Enter                  its segments, as a ladder; q or Esc: back",
	"  s, S; r                sort by the next column, the one before; reverse it",
	"  /                      filter: each word must occur in an address, a port",
	"                         (:443), a state or a finding; an empty one ends it",
	"  t                      connections that are closed too; without it they",
	"                         fade out within 5 seconds",
	"  m                      hide or show the pairs of states",
	"  p                      pause: what is shown stays as it is",
	"  ^L                     draw the screen anew",
	"  h, ?                   this help",
	"  q                      quit",
	"",
	"Of a file, time can be moved, as --at does:",
	"  left, right            a step earlier, later; with Shift, or < >: ten steps",
	"  + -                    larger, smaller steps",
	"  Home, End              the first packet, the end of the file",
};
const size_t top_help_len = sizeof(top_help) / sizeof(top_help[0]);

static void say(struct top *top, const char *message)
{
	snprintf(top->message, sizeof(top->message), "%s", message);
}

/* ---- Time ---------------------------------------------------------------------------------------------------- */

static void move_to(struct top *top, ws_time moment)
{
	if (moment == top->moment)
		return;
	top->moment = moment;
	top->wants_seek = true;
	if (top->is_paused)
		top_model_thaw(&top->model);
	top->is_paused = false;
	top->is_due = true;
}

/* Whether the key was one of the slider's. */
static bool take_time_key(struct top *top, int key)
{
	ws_time first = top->now.first;
	ws_time last = top->now.last;
	int64_t by = 0;

	if (key == TOP_KEY_LEFT || key == TOP_KEY_RIGHT)
		by = top->step_ns;
	else if (key == TOP_KEY_FAR_LEFT || key == TOP_KEY_FAR_RIGHT || key == '<' || key == '>')
		by = FAR * top->step_ns;
	else if (key != TOP_KEY_HOME && key != TOP_KEY_END && key != '+' && key != '-' && key != '=')
		return false;
	if (!top->options->can_seek || top->step_ns == 0)
		say(top, top->now.is_live ? "Time moves by itself here." : "This input cannot be read a second time.");
	else if (key == TOP_KEY_HOME)
		move_to(top, first);
	else if (key == TOP_KEY_END)
		move_to(top, WS_TIME_NONE);
	else if (by == 0)
		top->step_ns = top_slider_resize(top->step_ns, key != '-');
	else
		move_to(top, top_slider_move(first, last, top->moment,
					     key == TOP_KEY_LEFT || key == TOP_KEY_FAR_LEFT || key == '<' ? -by : by));
	return true;
}

/* ---- The filter ---------------------------------------------------------------------------------------------- */

static void type(struct top *top, int key)
{
	char *filter = top->model.filter;
	size_t len = strlen(filter);

	if (key == TOP_KEY_ENTER || key == TOP_KEY_ESCAPE) {
		top->is_typing = false;
		if (key == TOP_KEY_ESCAPE)
			memcpy(filter, top->typed_before, TOP_FILTER_MAX);
	} else if (key == TOP_KEY_BACKSPACE && len > 0) {
		filter[len - 1] = '\0';
	} else if (key >= ' ' && key < 0x7F && len + 1 < TOP_FILTER_MAX) {
		filter[len] = (char)key;
		filter[len + 1] = '\0';
	}
	top->is_due = true;
}

static void begin_typing(struct top *top)
{
	memcpy(top->typed_before, top->model.filter, TOP_FILTER_MAX);
	top->model.filter[0] = '\0';
	top->is_typing = true;
	top->is_due = true;
}

/* ---- The pages ----------------------------------------------------------------------------------------------- */

static void toggle_pause(struct top *top)
{
	if (!top->is_paused && !top->now.is_live && !top->now.is_reading) {
		say(top, "The file was read: nothing moves here but by left and right.");
		return;
	}
	if (top->is_paused)
		top_model_thaw(&top->model);
	else if (!top_model_freeze(&top->model)) {
		say(top, "Out of memory: no pause.");
		return;
	}
	top->is_paused = !top->is_paused;
	top->is_due = true;
}

static void open_help(struct top *top)
{
	top->mode_before_help = top->mode;
	top->mode = TOP_HELP;
	top->help_first = 0;
}

static void sort(struct top *top, bool is_back)
{
	top->model.sort = top_order_next(top->model.sort, is_back);
	top->is_due = true;
}

static void take_list_key(struct top *top, int key)
{
	struct top_model *model = &top->model;
	ptrdiff_t page = (ptrdiff_t)top->page_height;

	/* clang-format off */
	switch (key) {
	case 'q': top->wants_quit = true; break;
	case 'p': toggle_pause(top); break;
	case 's': sort(top, false); break;
	case 'S': sort(top, true); break;
	case 'r': model->is_reversed = !model->is_reversed; top->is_due = true; break;
	case 't': model->shows_closed = !model->shows_closed; top->is_due = true; break;
	case 'm': top->hides_pairs = !top->hides_pairs; break;
	case '/': begin_typing(top); break;
	case 'k': case TOP_KEY_UP: top_model_select(model, -1); break;
	case 'j': case TOP_KEY_DOWN: top_model_select(model, 1); break;
	case TOP_KEY_PAGE_UP: top_model_select(model, -page); break;
	case TOP_KEY_PAGE_DOWN: top_model_select(model, page); break;
	case 'g': top_model_select(model, -(ptrdiff_t)model->shown_len); break;
	case 'G': top_model_select(model, (ptrdiff_t)model->shown_len); break;
	case TOP_KEY_ENTER: top_figure_open(top); break;
	default: break;
	}
	/* clang-format on */
}

/* Of a page that is read from top to bottom; the page itself knows where it ends. */
static void scroll(struct top *top, int key, size_t *first)
{
	size_t page = top->page_height;

	if (key == TOP_KEY_UP || key == 'k')
		*first -= *first > 0;
	else if (key == TOP_KEY_DOWN || key == 'j')
		++*first;
	else if (key == TOP_KEY_PAGE_UP)
		*first = *first > page ? *first - page : 0;
	else if (key == TOP_KEY_PAGE_DOWN || key == ' ')
		*first += page;
	else if (key == 'g')
		*first = 0;
	else if (key == 'G')
		*first = LADDER_ROWS_MAX * 2;
}

static void take_figure_key(struct top *top, int key)
{
	if (key == 'q' || key == TOP_KEY_ESCAPE || key == TOP_KEY_ENTER) {
		top->mode = TOP_LIST;
		top->figure.uid[0] = '\0';
	} else {
		scroll(top, key, &top->figure.first);
	}
}

static void take_help_key(struct top *top, int key)
{
	if (key == 'q' || key == 'h' || key == '?' || key == TOP_KEY_ESCAPE || key == TOP_KEY_ENTER)
		top->mode = top->mode_before_help;
	else
		scroll(top, key, &top->help_first);
}

void top_key(struct top *top, int key)
{
	top->message[0] = '\0';
	if (key == TOP_KEY_GONE)
		top->wants_quit = true;
	else if (top->is_typing)
		type(top, key);
	else if (top->mode == TOP_HELP)
		take_help_key(top, key);
	else if (key == 'h' || key == '?')
		open_help(top);
	else if (take_time_key(top, key))
		top->figure.is_stale = true;
	else if (top->mode == TOP_LADDER)
		take_figure_key(top, key);
	else
		take_list_key(top, key);
}
