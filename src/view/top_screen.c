/*
 * The terminal as the top view sees it, through ncursesw.
 */
#include "view/top_screen.h"

#include "view/top.h"

#ifdef WS_CURSES

#include <curses.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "view/top_guard.h"

/* How long after an Esc the rest of a key may take to come. */
#define ESCAPE_DELAY_MS 25

static struct screen_state {
	SCREEN *screen; /* NULL: closed */
	FILE *keys;     /* opened by us; NULL: standard input */
} state;

/* ---- Opening and closing -------------------------------------------------------------------------------------- */

static FILE *open_keys(void)
{
	return isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "r");
}

const char *top_screen_obstacle(void)
{
	const char *term = getenv("TERM");
	FILE *keys;
	int error;
	bool can_move;

	if (!isatty(STDOUT_FILENO))
		return "standard output is not a terminal";
	if (!term || term[0] == '\0')
		return "TERM is not set, so the kind of terminal is not known";
	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return "the kind of terminal that TERM names is not known here";
	can_move = cursor_address && clear_screen;
	del_curterm(cur_term);
	if (!can_move)
		return "this kind of terminal cannot move its cursor";
	keys = open_keys();
	if (!keys)
		return "there is no terminal to take keys from";
	if (keys != stdin)
		fclose(keys);
	return NULL;
}

/* What brings the terminal back: colours, keypad, cursor, and the screen before ours. */
static void write_restore(char out[TOP_GUARD_RESTORE_MAX])
{
	const char *const parts[] = { exit_attribute_mode, orig_pair, keypad_local, cursor_normal, exit_ca_mode };
	size_t len = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		/* Delays, "$<5>", are for terminals of old. */
		for (const char *c = parts[i] ? parts[i] : ""; *c != '\0' && len + 1 < TOP_GUARD_RESTORE_MAX; c++) {
			const char *end = c[0] == '$' && c[1] == '<' ? strchr(c, '>') : NULL;

			if (end)
				c = end;
			else
				out[len++] = *c;
		}
	}
	out[len] = '\0';
}

static void set_up_colors(void)
{
	if (!has_colors() || start_color() != OK)
		return;
	use_default_colors();
	for (short i = 1; i < 8; i++)
		init_pair(i, i, -1);
}

bool top_screen_open(void)
{
	char restore[TOP_GUARD_RESTORE_MAX] = "";
	FILE *keys = open_keys();
	int error;

	if (!keys)
		return false;
	state.keys = keys == stdin ? NULL : keys;
	setlocale(LC_CTYPE, "");
	if (setupterm(NULL, STDOUT_FILENO, &error) == OK) {
		write_restore(restore);
		del_curterm(cur_term);
	}
	top_guard_begin(fileno(keys), restore);
	state.screen = newterm(NULL, stdout, keys);
	if (!state.screen) {
		top_screen_close();
		return false;
	}
	set_escdelay(ESCAPE_DELAY_MS);
	set_up_colors();
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	return true;
}

void top_screen_close(void)
{
	if (state.screen) {
		endwin();
		delscreen(state.screen);
	}
	state.screen = NULL;
	top_guard_end();
	if (state.keys)
		fclose(state.keys);
	state.keys = NULL;
}

int top_screen_input(void)
{
	return state.keys ? fileno(state.keys) : STDIN_FILENO;
}

size_t top_screen_width(void)
{
	return COLS > 0 ? (size_t)COLS : 1;
}

size_t top_screen_height(void)
{
	return LINES > 0 ? (size_t)LINES : 1;
}

/* ---- Painting ------------------------------------------------------------------------------------------------ */

static attr_t attribute_of(int code, attr_t before)
{
	if (code == 0)
		return A_NORMAL;
	if (code == 1)
		return before | A_BOLD;
	if (code == 2)
		return before | A_DIM;
	if (code == 4)
		return before | A_UNDERLINE;
	if (code == 24)
		return before & ~A_UNDERLINE;
	if (code > 30 && code < 38 && has_colors())
		return (before & ~A_COLOR) | (attr_t)COLOR_PAIR(code - 30);
	return before;
}

/* The numbers of "\x1B[1;31m". */
static attr_t take_code(const char *s, size_t len, attr_t before)
{
	int code = 0;

	for (size_t i = 2; i < len; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			code = code < 1000 ? 10 * code + (s[i] - '0') : code;
		} else {
			before = attribute_of(code, before);
			code = 0;
		}
	}
	return before;
}

static attr_t attribute_of_line(enum top_mark mark)
{
	switch (mark) {
	case TOP_BAR:
	case TOP_SELECTED:
		return A_REVERSE;
	case TOP_FADED:
		return A_DIM;
	case TOP_PLAIN:
		break;
	}
	return A_NORMAL;
}

static void paint_line(int y, const char *s, size_t len, enum top_mark mark)
{
	attr_t line = attribute_of_line(mark);
	attr_t attribute = A_NORMAL;

	move(y, 0);
	attrset((int)line);
	for (size_t i = 0; i < len;) {
		size_t code = top_frame_code(s + i, len - i);
		size_t run = i;

		if (code > 0) {
			attribute = take_code(s + i, code, attribute);
			attrset((int)(attribute | line));
			i += code;
			continue;
		}
		while (run < len && s[run] != '\x1B')
			run++;
		run += run == i;
		addnstr(s + i, (int)(run - i));
		i = run;
	}
	attrset((int)line);
	/* To the end of the line, in its own colour; not behind the last column, where the cursor has gone on. */
	if (getcury(stdscr) == y && getcurx(stdscr) < COLS) {
		bkgdset((chtype)' ' | line);
		clrtoeol();
		bkgdset((chtype)' ');
	}
	attrset(A_NORMAL);
}

void top_screen_show(const struct top_frame *frame)
{
	for (size_t i = 0; i < frame->height && (int)i < LINES; i++) {
		if (i < frame->len && !text_failed(&frame->text))
			paint_line((int)i, frame->text.data ? frame->text.data + frame->at[i] : "",
				   frame->at[i + 1] - frame->at[i], frame->mark[i]);
		else
			paint_line((int)i, "", 0, TOP_PLAIN);
	}
	move(LINES - 1, COLS - 1);
	refresh();
}

void top_screen_forget(void)
{
	clearok(curscr, TRUE);
}

/* ---- Keys ---------------------------------------------------------------------------------------------------- */

struct key_name {
	int curses;
	int key;
};

/* clang-format off */
static const struct key_name key_names[] = {
	{ KEY_UP, TOP_KEY_UP },			{ KEY_DOWN, TOP_KEY_DOWN },
	{ KEY_PPAGE, TOP_KEY_PAGE_UP },		{ KEY_NPAGE, TOP_KEY_PAGE_DOWN },
	{ KEY_LEFT, TOP_KEY_LEFT },		{ KEY_RIGHT, TOP_KEY_RIGHT },
	{ KEY_SLEFT, TOP_KEY_FAR_LEFT },	{ KEY_SRIGHT, TOP_KEY_FAR_RIGHT },
	{ KEY_HOME, TOP_KEY_HOME },		{ KEY_END, TOP_KEY_END },
	{ KEY_ENTER, TOP_KEY_ENTER },		{ '\r', TOP_KEY_ENTER },
	{ '\n', TOP_KEY_ENTER },		{ KEY_BACKSPACE, TOP_KEY_BACKSPACE },
	{ '\b', TOP_KEY_BACKSPACE },		{ 0x7F, TOP_KEY_BACKSPACE },
	{ KEY_RESIZE, TOP_KEY_REDRAW },		{ 'L' & 0x1F, TOP_KEY_REDRAW },
};
/* clang-format on */

/* A terminal that hung up gives no more keys and says so for ever. */
static bool has_hung_up(void)
{
	struct pollfd poll_fd = { .fd = top_screen_input(), .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

int top_screen_key(void)
{
	int c = getch();

	if (c == ERR)
		return has_hung_up() ? TOP_KEY_GONE : TOP_KEY_NONE;
	for (size_t i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++) {
		if (key_names[i].curses == c)
			return key_names[i].key;
	}
	/* Keys that mean nothing here are told all the same: they end a message. */
	return c < TOP_KEY_UP ? c : TOP_KEY_REDRAW;
}

#else /* built without ncursesw */

const char *top_screen_obstacle(void)
{
	return "this wirestat was built without ncursesw, which it needs";
}

bool top_screen_open(void)
{
	return false;
}

void top_screen_close(void)
{
}

int top_screen_input(void)
{
	return -1;
}

size_t top_screen_width(void)
{
	return 1;
}

size_t top_screen_height(void)
{
	return 1;
}

void top_screen_show(const struct top_frame *frame)
{
	(void)frame;
}

void top_screen_forget(void)
{
}

int top_screen_key(void)
{
	return TOP_KEY_GONE;
}

#endif
