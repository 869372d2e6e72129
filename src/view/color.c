/*
 * Colours of the terminal. Green is the normal life of a connection, yellow its beginning, cyan the side that closed
 * first, magenta the side whose application has still to close, dim what is over.
 */
#include "view/color.h"

#define SGR(code) "\x1B[" code "m"

static const char *const state_colors[WS_STATE_COUNT] = {
	[WS_UNKNOWN] = SGR("2"),     [WS_CLOSED] = SGR("2"),        [WS_LISTEN] = SGR("2"),
	[WS_SYN_SENT] = SGR("33"),   [WS_SYN_RECEIVED] = SGR("33"), [WS_ESTABLISHED] = SGR("32"),
	[WS_FIN_WAIT_1] = SGR("36"), [WS_FIN_WAIT_2] = SGR("36"),   [WS_CLOSING] = SGR("36"),
	[WS_TIME_WAIT] = SGR("36"),  [WS_CLOSE_WAIT] = SGR("35"),   [WS_LAST_ACK] = SGR("35"),
};

static const char *const level_colors[WS_LEVEL_COUNT] = {
	[WS_INFO] = SGR("2"),
	[WS_NOTE] = SGR("36"),
	[WS_WARN] = SGR("33"),
	[WS_ALERT] = SGR("1;31"),
};

void color_state(struct text *text, bool is_on, enum ws_state state)
{
	if (is_on)
		text_puts(text, state_colors[state]);
}

void color_level(struct text *text, bool is_on, enum ws_level level)
{
	if (is_on)
		text_puts(text, level_colors[level]);
}

void color_dim(struct text *text, bool is_on)
{
	if (is_on)
		text_puts(text, SGR("2"));
}

void color_bold(struct text *text, bool is_on)
{
	if (is_on)
		text_puts(text, SGR("1"));
}

void color_end(struct text *text, bool is_on)
{
	if (is_on)
		text_puts(text, SGR("0"));
}
