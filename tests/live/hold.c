/*
 * Real sockets, one connection for each state that TCP can be held in, both ends in this process, in two network
 * namespaces. Connections are told apart by the server's port; what loses the segments that must be lost is a router
 * between the namespaces, which the script that runs this has told so.
 *
 *     hold CLIENT_NETNS SERVER_NETNS CLIENT OTHER_CLIENT SERVER DEAF_SERVER
 *
 * Addresses are all of one family. Nothing comes back to OTHER_CLIENT. Of DEAF_SERVER nothing is lost at first; when
 * "connected" is printed, whatever is sent to it must be lost, and a line on standard input says that it is. "held" is
 * printed when every state is reached; the end of standard input ends it all.
 *
 *     hold burst NETNS ADDR COUNT       COUNT datagrams to port 9 of ADDR
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum end { CLIENT, SERVER };

/* What is closed in which order. `before`: while the server still hears. */
struct plan {
	unsigned short port;
	bool is_deaf;
	int before; /* an end, or -1 */
	int first;
	int second;
	bool is_whole; /* both directions at once: the socket is let go */
};

#define NONE (-1)

static const struct plan plans[] = {
	{ 8001, false, NONE, NONE, NONE, false },    /* ESTABLISHED, ESTABLISHED */
	{ 8002, false, NONE, CLIENT, NONE, false },  /* FIN-WAIT-2, CLOSE-WAIT */
	{ 8003, false, NONE, SERVER, NONE, false },  /* CLOSE-WAIT, FIN-WAIT-2 */
	{ 8004, false, NONE, CLIENT, SERVER, true }, /* TIME-WAIT, CLOSED */
	{ 8005, false, NONE, SERVER, CLIENT, true }, /* CLOSED, TIME-WAIT */
	{ 8006, true, NONE, CLIENT, NONE, false },   /* FIN-WAIT-1, ESTABLISHED */
	{ 8007, true, SERVER, CLIENT, NONE, false }, /* LAST-ACK, FIN-WAIT-2 */
	{ 8008, true, NONE, CLIENT, SERVER, false }, /* CLOSING, FIN-WAIT-1 */
};

#define PLANS (sizeof(plans) / sizeof(plans[0]))
#define PORT_UNANSWERED 8009 /* SYN-SENT, nothing */
#define PORT_HALF_OPEN 8010  /* SYN-SENT, SYN-RECEIVED */

struct address {
	struct sockaddr_storage storage;
	socklen_t len;
};

static int namespaces[2];

static void die(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void check(bool is_good, const char *what)
{
	if (!is_good)
		die(what);
}

static void enter(enum end end)
{
	check(setns(namespaces[end], CLONE_NEWNET) == 0, "setns");
}

static int open_namespace(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd >= 0, path);
	return fd;
}

static struct address parse(const char *text, unsigned short port)
{
	struct address out = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(&out.storage, &v4, sizeof(v4));
		return out;
	}
	check(inet_pton(AF_INET6, text, &v6.sin6_addr) == 1, text);
	memcpy(&out.storage, &v6, sizeof(v6));
	out.len = sizeof(v6);
	return out;
}

static int new_socket(const struct address *at, int flags)
{
	int fd = socket(at->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	int on = 1;

	check(fd >= 0, "socket");
	check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0, "SO_REUSEADDR");
	check(bind(fd, (const struct sockaddr *)&at->storage, at->len) == 0, "bind");
	return fd;
}

static int listen_at(const char *addr, unsigned short port)
{
	struct address at = parse(addr, port);
	int fd;

	enter(SERVER);
	fd = new_socket(&at, 0);
	check(listen(fd, 4) == 0, "listen");
	return fd;
}

/* From an address of our own choice. With `flags` SOCK_NONBLOCK it is only begun. */
static int connect_to(const char *from, const char *to, unsigned short port, int flags)
{
	struct address local = parse(from, 0);
	struct address remote = parse(to, port);
	int fd;

	enter(CLIENT);
	fd = new_socket(&local, flags);
	check(connect(fd, (const struct sockaddr *)&remote.storage, remote.len) == 0 || errno == EINPROGRESS,
	      "connect");
	return fd;
}

static void settle(void)
{
	struct timespec time = { .tv_nsec = 300 * 1000 * 1000 };

	nanosleep(&time, NULL);
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

static void finish(int ends[2], int end, bool is_whole)
{
	if (end == NONE)
		return;
	if (is_whole)
		close(ends[end]);
	else
		check(shutdown(ends[end], SHUT_WR) == 0, "shutdown");
}

static void hold_all(const char *client, const char *other, const char *server, const char *deaf)
{
	int ends[PLANS][2];
	char line[16];

	for (size_t i = 0; i < PLANS; i++) {
		const char *addr = plans[i].is_deaf ? deaf : server;
		int listener = listen_at(addr, plans[i].port);

		ends[i][CLIENT] = connect_to(client, addr, plans[i].port, 0);
		ends[i][SERVER] = accept(listener, NULL, NULL);
		check(ends[i][SERVER] >= 0, "accept");
		finish(ends[i], plans[i].before, false);
	}
	settle();
	say("connected");
	check(fgets(line, sizeof(line), stdin) != NULL, "no line");
	connect_to(client, deaf, PORT_UNANSWERED, SOCK_NONBLOCK);
	listen_at(server, PORT_HALF_OPEN);
	connect_to(other, server, PORT_HALF_OPEN, SOCK_NONBLOCK);
	for (size_t i = 0; i < PLANS; i++)
		finish(ends[i], plans[i].first, plans[i].is_whole);
	settle();
	for (size_t i = 0; i < PLANS; i++)
		finish(ends[i], plans[i].second, plans[i].is_whole);
	settle();
	say("held");
	while (fgets(line, sizeof(line), stdin) != NULL)
		;
}

static void burst(const char *addr, long count)
{
	struct address to = parse(addr, 9);
	char byte = 0;
	int fd;

	enter(CLIENT);
	fd = socket(to.storage.ss_family, SOCK_DGRAM, 0);
	check(fd >= 0, "socket");
	for (long i = 0; i < count; i++)
		(void)sendto(fd, &byte, 1, 0, (const struct sockaddr *)&to.storage, to.len);
}

int main(int argc, char *argv[])
{
	if (argc == 5 && strcmp(argv[1], "burst") == 0) {
		namespaces[CLIENT] = open_namespace(argv[2]);
		burst(argv[3], strtol(argv[4], NULL, 10));
		return 0;
	}
	if (argc != 7) {
		fputs("hold: see the head of its source\n", stderr);
		return 2;
	}
	namespaces[CLIENT] = open_namespace(argv[1]);
	namespaces[SERVER] = open_namespace(argv[2]);
	hold_all(argv[3], argv[4], argv[5], argv[6]);
	return 0;
}
