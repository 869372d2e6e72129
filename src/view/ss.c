/*
 * The list of ss -tan, as ss of iproute2 6.1 prints it, and the summary of ss -s. Columns are as wide as their widest cell;
 * on a terminal the room that is left is spread between them, and columns that do not fit go on in the next line.
 */
#include <string.h>

#include "view/dialect.h"
#include "view/parts.h"

enum column { STATE, RECV_Q, SEND_Q, LOCAL, LOCAL_PORT, PEER, PEER_PORT, PROCESS, COLUMNS };

struct head {
	const char *name;
	size_t gap; /* before it */
	bool is_right;
};

static const struct head heads[COLUMNS] = {
	[STATE] = { "State", 0, false },     [RECV_Q] = { "Recv-Q", 1, false },
	[SEND_Q] = { "Send-Q", 1, false },   [LOCAL] = { "Local Address:", 1, true },
	[LOCAL_PORT] = { "Port", 0, false }, [PEER] = { "Peer Address:", 1, true },
	[PEER_PORT] = { "Port", 0, false },  [PROCESS] = { "Process", 0, false },
};

static const char *const names[WS_STATE_COUNT] = {
	[WS_UNKNOWN] = "UNKNOWN",       [WS_CLOSED] = "UNCONN",         [WS_LISTEN] = "LISTEN",
	[WS_SYN_SENT] = "SYN-SENT",     [WS_SYN_RECEIVED] = "SYN-RECV", [WS_ESTABLISHED] = "ESTAB",
	[WS_FIN_WAIT_1] = "FIN-WAIT-1", [WS_FIN_WAIT_2] = "FIN-WAIT-2", [WS_CLOSING] = "CLOSING",
	[WS_TIME_WAIT] = "TIME-WAIT",   [WS_CLOSE_WAIT] = "CLOSE-WAIT", [WS_LAST_ACK] = "LAST-ACK",
};

#define CELL_MAX 64

struct cells {
	char text[COLUMNS][CELL_MAX];
};

/* ---- Cells --------------------------------------------------------------------------------------------------- */

/* "1min30sec", "56sec", "1.270ms": whole minutes and seconds once there are ten, milliseconds with a few seconds only. */
static void span(char out[CELL_MAX], int64_t ns)
{
	long long ms = ns / 1000000;
	long long seconds = ms / 1000 % 60;
	long long minutes = ms / 60000;
	size_t len = 0;

	out[0] = '\0';
	if (minutes > 0)
		len = (size_t)snprintf(out, CELL_MAX, "%lldmin", minutes);
	if (minutes > 9)
		return;
	if (minutes > 0 || seconds > 9)
		ms = 0;
	if (seconds > 0)
		len += (size_t)snprintf(out + len, CELL_MAX - len, "%lld%s", seconds, ms % 1000 ? "." : "sec");
	if (ms % 1000 > 0)
		snprintf(out + len, CELL_MAX - len, "%03lldms", ms % 1000);
}

static void address_cell(char out[CELL_MAX], const struct ws_addr *addr)
{
	char text[WS_ADDR_TEXT_MAX];

	snprintf(out, CELL_MAX, addr->family == 4 ? "%s:" : "[%s]:", ws_addr_text(addr, text));
}

static void port_cell(char out[CELL_MAX], uint16_t port)
{
	if (port == 0)
		snprintf(out, CELL_MAX, "*");
	else
		snprintf(out, CELL_MAX, "%u", (unsigned)port);
}

static void fill(struct cells *cells, const struct dialect_row *row, const struct dialect_rows *rows,
		 const struct view_options *options)
{
	struct dialect_timer timer = dialect_timer(row, rows, options);
	char left[CELL_MAX];

	snprintf(cells->text[STATE], CELL_MAX, "%s", names[row->state]);
	snprintf(cells->text[RECV_Q], CELL_MAX, "%-6d", 0);
	snprintf(cells->text[SEND_Q], CELL_MAX, "%-6d", 0);
	address_cell(cells->text[LOCAL], &row->local);
	port_cell(cells->text[LOCAL_PORT], row->local_port);
	address_cell(cells->text[PEER], &row->peer);
	port_cell(cells->text[PEER_PORT], row->peer_port);
	cells->text[PROCESS][0] = '\0';
	if (!options->timers || !timer.name)
		return;
	span(left, timer.ns);
	snprintf(cells->text[PROCESS], CELL_MAX, " timer:(%s,%.40s,0)", timer.name, left);
}

/* ---- Columns ------------------------------------------------------------------------------------------------- */

/* With one state only, its column is left out, and the next is the first. */
static size_t gap_of(unsigned column, bool has_state)
{
	return column == RECV_Q && !has_state ? 0 : heads[column].gap;
}

static void widen(size_t width[COLUMNS], const struct cells *cells, bool has_state)
{
	for (unsigned i = has_state ? STATE : RECV_Q; i < COLUMNS; i++) {
		size_t len = strlen(cells->text[i]) + gap_of(i, has_state);

		if (len > width[i])
			width[i] = len;
	}
}

/* Room of one line for its columns [start, end): as much for each, what does not divide for the last ones. */
static void spread(size_t width[COLUMNS], size_t start, size_t end, size_t room)
{
	size_t columns = end - start;

	for (size_t i = start; i < end; i++)
		width[i] += room / columns + (end - 1 - i < room % columns);
}

static void fit(size_t width[COLUMNS], size_t terminal, bool has_state)
{
	size_t start = has_state ? STATE : RECV_Q;
	size_t used = 0;

	for (size_t i = start; i < COLUMNS; i++) {
		if (width[i] > terminal)
			width[i] = terminal;
		if (used + width[i] > terminal) {
			spread(width, start, i, terminal - used);
			start = i;
			used = 0;
		}
		used += width[i];
	}
	spread(width, start, COLUMNS, terminal - used);
}

static void print_line(struct text *out, const size_t width[COLUMNS], const struct cells *cells, bool has_state)
{
	for (unsigned i = has_state ? STATE : RECV_Q; i < COLUMNS; i++) {
		size_t from = out->len;
		size_t len = strlen(cells->text[i]);

		text_pad(out, from, gap_of(i, has_state));
		if (heads[i].is_right && len < width[i])
			text_pad(out, from, width[i] - len);
		text_puts(out, cells->text[i]);
		text_pad(out, from, width[i]);
	}
	text_char(out, '\n');
}

static void ss_print(struct text *out, const struct dialect_rows *rows, const struct view_options *options)
{
	bool has_state = !options->choice || !options->choice->has_one_state;
	size_t width[COLUMNS] = { 0 };
	struct cells head;
	struct cells cells;

	for (unsigned i = 0; i < COLUMNS; i++)
		snprintf(head.text[i], CELL_MAX, "%s", heads[i].name);
	widen(width, &head, has_state);
	for (size_t i = 0; i < rows->len; i++) {
		fill(&cells, &rows->row[i], rows, options);
		widen(width, &cells, has_state);
	}
	if (options->width > 0)
		fit(width, options->width, has_state);
	print_line(out, width, &head, has_state);
	for (size_t i = 0; i < rows->len && !text_failed(out); i++) {
		fill(&cells, &rows->row[i], rows, options);
		print_line(out, width, &cells, has_state);
	}
}

static void *ss_create(const struct view_options *options)
{
	return dialect_create(options, ss_print, false);
}

const struct view view_ss = {
	.name = "table",
	.summary = "the connections of one host, as ss prints them",
	.create = ss_create,
	.on_time = dialect_on_time,
	.due = dialect_due,
	.finish = dialect_finish,
	.destroy = dialect_destroy,
};
