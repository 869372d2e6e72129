/*
 * The kernel's list against sockets of our own, over loopback.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture/sockdiag.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { CLIENT, SERVER };

/* A connection over loopback, and how the two ends are called. */
struct loop {
	int fd[2];
	struct ws_addr addr[2];
	uint16_t port[2];
};

static struct sockdiag *diag;
static struct loop loop;

static void setup(void)
{
	diag = sockdiag_new();
	ck_assert_ptr_nonnull(diag);
}

static void teardown(void)
{
	close(loop.fd[CLIENT]);
	close(loop.fd[SERVER]);
	sockdiag_free(diag);
}

/* IPv4 that came to a socket of IPv6 is IPv4. */
static void name_end(int fd, struct ws_addr *addr, uint16_t *port)
{
	struct sockaddr_storage storage = { 0 };
	socklen_t len = sizeof(storage);
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&storage, &len), 0);
	memset(addr, 0, sizeof(*addr));
	memcpy(&v4, &storage, sizeof(v4));
	memcpy(&v6, &storage, sizeof(v6));
	*port = ntohs(storage.ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
	addr->family = storage.ss_family == AF_INET || IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? 4 : 6;
	if (storage.ss_family == AF_INET)
		memcpy(addr->bytes, &v4.sin_addr, 4);
	else if (addr->family == 4)
		memcpy(addr->bytes, (const uint8_t *)&v6.sin6_addr + 12, 4);
	else
		memcpy(addr->bytes, &v6.sin6_addr, 16);
}

static const struct {
	int listener; /* family of the listening socket, */
	int client;   /* and of the other */
} kinds[] = { { AF_INET, AF_INET }, { AF_INET6, AF_INET6 }, { AF_INET6, AF_INET } };

static int listen_on(int family)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	int fd = socket(family, SOCK_STREAM, 0);
	int off = 0;
	int result;

	ck_assert_int_ge(fd, 0);
	if (family == AF_INET6)
		ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)), 0);
	result = family == AF_INET ? bind(fd, (const struct sockaddr *)&v4, sizeof(v4))
				   : bind(fd, (const struct sockaddr *)&v6, sizeof(v6));
	ck_assert_int_eq(result, 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

static void connect_to(int family, uint16_t port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(port),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int result;

	loop.fd[CLIENT] = socket(family, SOCK_STREAM, 0);
	result = family == AF_INET ? connect(loop.fd[CLIENT], (const struct sockaddr *)&v4, sizeof(v4))
				   : connect(loop.fd[CLIENT], (const struct sockaddr *)&v6, sizeof(v6));
	ck_assert_int_eq(result, 0);
}

static void open_loop(size_t kind)
{
	int listener = listen_on(kinds[kind].listener);
	struct ws_addr addr;
	uint16_t port;

	name_end(listener, &addr, &port);
	connect_to(kinds[kind].client, port);
	loop.fd[SERVER] = accept(listener, NULL, NULL);
	ck_assert_int_ge(loop.fd[SERVER], 0);
	close(listener);
	for (int end = 0; end < 2; end++)
		name_end(loop.fd[end], &loop.addr[end], &loop.port[end]);
}

static enum ws_state state(int end)
{
	return sockdiag_state(diag, &loop.addr[end], loop.port[end], &loop.addr[!end], loop.port[!end]);
}

/* An ACK of a FIN may be delayed. */
static void wait_for(enum ws_state client)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };

	for (int i = 0; i < 300; i++) {
		ck_assert(sockdiag_take(diag));
		if (state(CLIENT) == client)
			return;
		nanosleep(&pause, NULL);
	}
}

#define ck_states(client, server)                          \
	do {                                               \
		ck_assert(sockdiag_take(diag));            \
		ck_assert_int_eq(state(CLIENT), (client)); \
		ck_assert_int_eq(state(SERVER), (server)); \
	} while (0)

START_TEST(states_of_a_close)
{
	open_loop((size_t)_i);
	ck_states(WS_ESTABLISHED, WS_ESTABLISHED);
	shutdown(loop.fd[CLIENT], SHUT_WR);
	wait_for(WS_FIN_WAIT_2);
	ck_states(WS_FIN_WAIT_2, WS_CLOSE_WAIT);
	close(loop.fd[SERVER]);
	wait_for(WS_TIME_WAIT);
	ck_states(WS_TIME_WAIT, WS_CLOSED);
	loop.fd[SERVER] = -1;
}
END_TEST

/* Ends that are not the other way round of each other are no connection. */
START_TEST(others_are_closed)
{
	open_loop((size_t)_i);
	ck_assert(sockdiag_take(diag));
	ck_assert_int_eq(state(CLIENT), WS_ESTABLISHED);
	loop.port[SERVER] ^= 1;
	ck_assert_int_eq(state(CLIENT), WS_CLOSED);
	loop.port[SERVER] ^= 1;
	loop.addr[SERVER].bytes[3] ^= 1;
	ck_assert_int_eq(state(CLIENT), WS_CLOSED);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("sockdiag", &t);

	diag = sockdiag_new();
	if (diag == NULL || !sockdiag_take(diag)) {
		printf("the kernel does not answer: %s\n", strerror(errno));
		return 77;
	}
	sockdiag_free(diag);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, states_of_a_close, 0, LENGTH(kinds));
	tcase_add_loop_test(t, others_are_closed, 0, LENGTH(kinds));
	return suite_run(suite);
}
