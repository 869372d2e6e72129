/*
 * The summary of ss -s (iproute2 6.1), from all sides of the local host: sockets that are no mini-sockets of the kernel
 * (SYN-RECEIVED, TIME-WAIT) by family; "estab" are ESTABLISHED and CLOSE-WAIT, as tcpCurrEstab counts them (RFC 4022).
 */
#include <stdlib.h>

#include "view/dialect.h"

struct sums {
	unsigned long long sockets[2]; /* IPv4, IPv6 */
	unsigned long long state[WS_STATE_COUNT];
};

static bool is_socket(enum ws_state state)
{
	return state != WS_UNKNOWN && state != WS_CLOSED && state != WS_SYN_RECEIVED && state != WS_TIME_WAIT;
}

static void line(struct text *out, const char *name, const struct sums *sums)
{
	text_printf(out, "%s\t  %-9llu %-9llu %-9llu\n", name, sums->sockets[0] + sums->sockets[1], sums->sockets[0],
		    sums->sockets[1]);
}

static void summary_print(struct text *out, const struct dialect_rows *rows, const struct view_options *options)
{
	static const struct sums none;
	struct sums sums = { 0 };
	unsigned long long sockets;

	(void)options;
	for (size_t i = 0; i < rows->len; i++) {
		sums.state[rows->row[i].state]++;
		sums.sockets[rows->row[i].local.family == 6] += is_socket(rows->row[i].state);
	}
	sockets = sums.sockets[0] + sums.sockets[1];
	text_printf(out, "Total: %llu\n", sockets);
	text_printf(out, "TCP:   %llu (estab %llu, closed %llu, orphaned 0, timewait %llu)\n\n",
		    sockets + sums.state[WS_SYN_RECEIVED] + sums.state[WS_TIME_WAIT] + sums.state[WS_CLOSED],
		    sums.state[WS_ESTABLISHED] + sums.state[WS_CLOSE_WAIT], sums.state[WS_CLOSED],
		    sums.state[WS_TIME_WAIT]);
	text_puts(out, "Transport Total     IP        IPv6\n");
	line(out, "RAW", &none);
	line(out, "UDP", &none);
	line(out, "TCP", &sums);
	line(out, "INET", &sums);
	line(out, "FRAG", &none);
	text_char(out, '\n');
}

static void *summary_create(const struct view_options *options)
{
	return dialect_create(options, summary_print, true);
}

const struct view view_ss_summary = {
	.name = "table",
	.summary = "counts of the sockets of one host, as ss -s prints them",
	.create = summary_create,
	.on_time = dialect_on_time,
	.due = dialect_due,
	.finish = dialect_finish,
	.destroy = dialect_destroy,
};
