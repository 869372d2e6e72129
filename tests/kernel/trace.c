/*
 * sock:inet_sock_set_state tells every change of a full socket. A hand-over to a TIME-WAIT mini-socket shows there as a
 * change to CLOSE, right after the start of that mini-socket's timer in the same task: the timer events fill the gap.
 */
#include "trace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ROOT "/sys/kernel/tracing"

/* clang-format off */
static const char *const EVENTS[] = {
	"sock/inet_sock_set_state", "sock/inet_sk_error_report", "tcp/tcp_send_reset",
	"tcp/tcp_receive_reset",    "timer/timer_start",         "timer/timer_expire_entry",
};
/* clang-format on */

static bool put(const char *instance, const char *file, const char *value)
{
	char path[256];

	snprintf(path, sizeof path, ROOT "/instances/%s/%s", instance, file);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, value, strlen(value)) >= 0;
	if (fd >= 0)
		close(fd);
	return done;
}

bool trace_available(bool *mounted)
{
	struct stat st;

	*mounted = false;
	if (stat(ROOT "/instances", &st) == 0)
		return true;
	*mounted = mount("tracefs", ROOT, "tracefs", 0, NULL) == 0;
	return *mounted && stat(ROOT "/events/sock/inet_sock_set_state", &st) == 0;
}

void trace_unmount(void)
{
	umount(ROOT);
}

void trace_start(const char *instance)
{
	char path[256];
	bool good = true;

	snprintf(path, sizeof path, ROOT "/instances/%s", instance);
	if (mkdir(path, 0700) < 0)
		broken("%s: %s", path, strerror(errno));
	good &= put(instance, "trace_clock", "mono") && put(instance, "buffer_size_kb", "16384");
	good &= put(instance, "events/timer/timer_start/filter", "function.function == tw_timer_handler");
	good &= put(instance, "events/timer/timer_expire_entry/filter",
		    "function.function == tw_timer_handler || function.function == reqsk_timer_handler || "
		    "function.function == tcp_write_timer || function.function == tcp_keepalive_timer");
	for (size_t i = 0; i < sizeof EVENTS / sizeof EVENTS[0]; i++) {
		snprintf(path, sizeof path, "events/%s/enable", EVENTS[i]);
		good &= put(instance, path, "1");
	}
	if (!good)
		broken("tracefs instance %s: %s", instance, strerror(errno));
}

void trace_remove(const char *instance)
{
	char path[256];

	snprintf(path, sizeof path, ROOT "/instances/%s", instance);
	rmdir(path);
}

void trace_sweep(void)
{
	DIR *dir = opendir(ROOT "/instances");
	struct dirent *entry;
	int pid, slot;

	while (dir && (entry = readdir(dir)))
		if (sscanf(entry->d_name, "wirestat-%d-%d", &pid, &slot) == 2 && kill(pid, 0) < 0 && errno == ESRCH)
			trace_remove(entry->d_name);
	if (dir)
		closedir(dir);
}

/* The value of NAME=value in a line, or NULL. */
static const char *value(const char *line, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = line; (at = strstr(at, name)); at += len)
		if (at[-1] == ' ' || at[-1] == '[')
			return at + len;
	return NULL;
}

static long number(const char *line, const char *name)
{
	const char *text = value(line, name);

	return text ? strtol(text, NULL, 10) : 0;
}

static enum tcp_state state(const char *line, const char *name)
{
	/* clang-format off */
	static const char *const names[] = {
		[K_ESTABLISHED] = "TCP_ESTABLISHED ", [K_SYN_SENT] = "TCP_SYN_SENT ",
		[K_SYN_RECV] = "TCP_SYN_RECV ",       [K_FIN_WAIT_1] = "TCP_FIN_WAIT1 ",
		[K_FIN_WAIT_2] = "TCP_FIN_WAIT2 ",    [K_TIME_WAIT] = "TCP_TIME_WAIT ",
		[K_CLOSED] = "TCP_CLOSE ",            [K_CLOSE_WAIT] = "TCP_CLOSE_WAIT ",
		[K_LAST_ACK] = "TCP_LAST_ACK ",       [K_LISTEN] = "TCP_LISTEN ",
		[K_CLOSING] = "TCP_CLOSING ",         [K_NEW_SYN_RECV] = "TCP_NEW_SYN_RECV ",
	};
	/* clang-format on */
	const char *text = value(line, name);

	for (size_t i = K_ESTABLISHED; text && i < sizeof names / sizeof names[0]; i++)
		if (strncmp(text, names[i], strlen(names[i])) == 0)
			return (enum tcp_state)i;
	return TCP_NONE;
}

/* True when the text of an address, ended by `end`, is this host's. */
static bool is_at(const struct host *h, const char *text, char end)
{
	size_t len = strlen(h->text);

	return text && strncmp(text, h->text, len) == 0 && text[len] == end;
}

static bool set_ports(const char *line, const struct host hosts[SIDES], struct happening *h)
{
	bool six = hosts[0].family == AF_INET6;
	const char *src = value(line, six ? "saddrv6=" : "saddr="), *dst = value(line, six ? "daddrv6=" : "daddr=");

	h->port = (uint16_t)number(line, "sport=");
	h->peer = (uint16_t)number(line, "dport=");
	for (int side = CLIENT; side <= SERVER; side++) {
		h->side = (enum side)side;
		if (is_at(&hosts[side], src, ' ') && is_at(&hosts[1 - side], dst, ' '))
			return true;
	}
	return false;
}

/* "src=10.9.0.1:40001 dest=...", "src=[fd09::1]:40001 dest=...". */
static bool set_reset_ports(const char *line, const struct host hosts[SIDES], struct happening *h)
{
	const char *src = value(line, "src="), *dst = value(line, "dest=");
	size_t six = hosts[0].family == AF_INET6;

	for (int side = CLIENT; src && dst && side <= SERVER; side++) {
		if (!is_at(&hosts[side], src + six, six ? ']' : ':'))
			continue;
		h->side = (enum side)side;
		h->port = (uint16_t)atoi(src + strlen(hosts[side].text) + 2 * six + 1);
		h->peer = (uint16_t)atoi(dst + strlen(hosts[1 - side].text) + 2 * six + 1);
		return true;
	}
	return false;
}

static bool read_timer(const char *line, bool expired, struct happening *h)
{
	struct timespec tick;
	const char *function = value(line, "function="), *timer = value(line, "timer=");

	if (!function || !timer)
		return false;
	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	h->timer = strtoull(timer, NULL, 16);
	h->length_ns = number(line, "timeout=") * tick.tv_nsec;
	if (strncmp(function, "tw_", 3) == 0)
		h->kind = expired ? TIMER_END : TIMER_START;
	else
		h->kind = strncmp(function, "reqsk_", 6) == 0 ? REQUEST_END : TCP_TIMER;
	return true;
}

static bool read_body(const char *name, const struct host hosts[SIDES], struct happening *h)
{
	if (strncmp(name, "timer_", 6) == 0)
		return read_timer(name, strncmp(name, "timer_expire", 12) == 0, h);
	if (strncmp(name, "tcp_send_reset", 14) == 0) {
		h->kind = RESET_OUT;
		return set_reset_ports(name, hosts, h);
	}
	if (strncmp(name, "tcp_receive_reset", 17) == 0) {
		h->kind = RESET_IN;
	} else if (strncmp(name, "inet_sk_error_report", 20) == 0) {
		h->kind = SOCKET_ERROR;
		h->number = (int)number(name, "error=");
	} else if (strstr(name, "protocol=IPPROTO_TCP")) {
		h->kind = SET_STATE;
		h->from = state(name, "oldstate=");
		h->to = state(name, "newstate=");
	} else {
		return false;
	}
	return set_ports(name, hosts, h);
}

/* "  task-123   [000] ..s2.  1554.036231: name: fields" */
static void read_line(char *line, const struct host hosts[SIDES], int64_t boot, struct happenings *out)
{
	struct happening h = { 0 };
	char *cpu = strstr(line, " [0"), *end = line + strlen(line);
	long long seconds = 0, micros = 0;

	if (line[0] == '#' || !cpu)
		return;
	end[-1] = ' '; /* so that every value ends with one */
	char *task = cpu;
	while (task > line && *task != '-')
		task--;
	int pid = atoi(task + 1), processor = atoi(cpu + 2);
	h.task = pid ? pid : -1 - processor; /* each processor has an idle task 0 of its own */
	char *name = strstr(cpu, ": ");
	if (!name || sscanf(cpu, " [%*d] %*s %lld.%lld:", &seconds, &micros) != 2)
		return;
	h.time = boot + seconds * 1000000000 + micros * 1000;
	if (read_body(name + 2, hosts, &h))
		happened(out, &h);
}

static int64_t boot_time(void)
{
	struct timespec mono, real;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME, &real);
	return (real.tv_sec - mono.tv_sec) * INT64_C(1000000000) + real.tv_nsec - mono.tv_nsec;
}

/* "# entries-in-buffer/entries-written: 37/37   #P:2" */
static void check_overrun(const char *line)
{
	unsigned long kept, written;

	if (sscanf(line, "# entries-in-buffer/entries-written: %lu/%lu", &kept, &written) == 2 && kept != written)
		broken("the trace lost %lu of %lu events", written - kept, written);
}

void trace_read(const char *instance, const struct host hosts[SIDES], struct happenings *out)
{
	char path[256], *line = NULL;
	size_t room = 0;
	int64_t boot = boot_time();

	put(instance, "tracing_on", "0");
	snprintf(path, sizeof path, ROOT "/instances/%s/trace", instance);
	FILE *file = fopen(path, "r");
	if (!file)
		broken("%s: %s", path, strerror(errno));
	while (getline(&line, &room, file) > 0) {
		check_overrun(line);
		read_line(line, hosts, boot, out);
	}
	free(line);
	fclose(file);
}

void trace_save(const char *instance, const char *path)
{
	char from[256], buffer[65536];
	size_t n;

	snprintf(from, sizeof from, ROOT "/instances/%s/trace", instance);
	FILE *in = fopen(from, "r"), *out = fopen(path, "w");
	if (!in || !out)
		broken("%s: %s", path, strerror(errno));
	while ((n = fread(buffer, 1, sizeof buffer, in)))
		fwrite(buffer, 1, n, out);
	fclose(in);
	fclose(out);
}
