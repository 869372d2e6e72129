/*
 * The list of netstat -n, as net-tools 2.10 prints it: columns of fixed width, addresses cut so that their ports fit into
 * them unless --wide is given, trailing blanks and all.
 */
#include <string.h>

#include "view/dialect.h"

/* What an address and its port may take, without the colon. */
#define ADDRESS_MAX 22
#define ADDRESS_WIDTH 23
#define PORT_ROOM 4 /* that an address always leaves */

#define PORT_MAX 6 /* "65535" */

static const char *const names[WS_STATE_COUNT] = {
	[WS_UNKNOWN] = "UNKNOWN",      [WS_CLOSED] = "CLOSE",          [WS_LISTEN] = "LISTEN",
	[WS_SYN_SENT] = "SYN_SENT",    [WS_SYN_RECEIVED] = "SYN_RECV", [WS_ESTABLISHED] = "ESTABLISHED",
	[WS_FIN_WAIT_1] = "FIN_WAIT1", [WS_FIN_WAIT_2] = "FIN_WAIT2",  [WS_CLOSING] = "CLOSING",
	[WS_TIME_WAIT] = "TIME_WAIT",  [WS_CLOSE_WAIT] = "CLOSE_WAIT", [WS_LAST_ACK] = "LAST_ACK",
};

static void address(struct text *out, const struct ws_addr *addr, uint16_t port, bool is_wide)
{
	char text[WS_ADDR_TEXT_MAX];
	char number[PORT_MAX] = "*";
	size_t from = out->len;
	size_t len = strlen(ws_addr_text(addr, text));
	size_t room;

	if (port > 0)
		snprintf(number, sizeof(number), "%u", (unsigned)port);
	room = ADDRESS_MAX - strlen(number);
	_Static_assert(ADDRESS_MAX - PORT_MAX + 1 > PORT_ROOM, "a port never takes more than it may");
	text_write(out, text, is_wide || len < room ? len : room);
	text_char(out, ':');
	text_puts(out, number);
	text_pad(out, from, ADDRESS_WIDTH);
}

static void timer(struct text *out, const struct dialect_timer *timer)
{
	unsigned long long hundredths = (unsigned long long)timer->ns / 10000000;

	text_printf(out, " %s (%llu.%02llu/0/0)", timer->name ? timer->name : "off", hundredths / 100,
		    hundredths % 100);
}

static void print_row(struct text *out, const struct dialect_row *row, const struct dialect_rows *rows,
		      const struct view_options *options)
{
	text_printf(out, "%-4s  %6d %6d ", row->local.family == 4 ? "tcp" : "tcp6", 0, 0);
	address(out, &row->local, row->local_port, options->wide);
	text_char(out, ' ');
	address(out, &row->peer, row->peer_port, options->wide);
	text_printf(out, " %-11s", names[row->state]);
	if (options->timers) {
		struct dialect_timer shown = dialect_timer(row, rows, options);

		timer(out, &shown);
	}
	text_char(out, '\n');
}

static void netstat_print(struct text *out, const struct dialect_rows *rows, const struct view_options *options)
{
	const char *what = options->all         ? "servers and established"
			   : options->listening ? "only servers"
						: "w/o servers";

	text_printf(out, "Active Internet connections (%s)\n", what);
	text_puts(out, "Proto Recv-Q Send-Q Local Address           Foreign Address         State      ");
	text_puts(out, options->timers ? " Timer\n" : "\n");
	for (size_t i = 0; i < rows->len && !text_failed(out); i++)
		print_row(out, &rows->row[i], rows, options);
}

static void *netstat_create(const struct view_options *options)
{
	return dialect_create(options, netstat_print, false);
}

const struct view view_netstat = {
	.name = "table",
	.summary = "the connections of one host, as netstat prints them",
	.create = netstat_create,
	.on_time = dialect_on_time,
	.due = dialect_due,
	.finish = dialect_finish,
	.destroy = dialect_destroy,
};
