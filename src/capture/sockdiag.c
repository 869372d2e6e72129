#include "capture/sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_BYTES ((size_t)64 * 1024)
#define ANSWER_SECONDS 2

/* More sockets than a host has ports; what is beyond is an error rather than memory without end. */
#define SOCKETS_MAX ((size_t)4 * 1024 * 1024)

/* Numbers of the kernel's states (include/net/tcp_states.h). */
#define KERNEL_STATES 13
#define KERNEL_LISTEN 10

static const enum ws_state states[KERNEL_STATES] = {
	WS_UNKNOWN, WS_ESTABLISHED, WS_SYN_SENT, WS_SYN_RECEIVED, WS_FIN_WAIT_1, WS_FIN_WAIT_2,   WS_TIME_WAIT,
	WS_CLOSED,  WS_CLOSE_WAIT,  WS_LAST_ACK, WS_LISTEN,       WS_CLOSING,    WS_SYN_RECEIVED,
};

struct diag_socket {
	uint16_t local_port;
	uint16_t remote_port;
	struct ws_addr local;
	struct ws_addr remote;
	enum ws_state state;
};

struct sockdiag {
	int fd;
	uint32_t sequence;
	struct diag_socket *sockets;
	size_t len;
	size_t size;
	char answer[ANSWER_BYTES] __attribute__((aligned(8)));
};

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

struct sockdiag *sockdiag_new(void)
{
	struct sockdiag *diag = calloc(1, sizeof(*diag));
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };

	if (diag == NULL)
		return NULL;
	diag->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (diag->fd >= 0 && setsockopt(diag->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0)
		return diag;
	sockdiag_free(diag);
	return NULL;
}

void sockdiag_free(struct sockdiag *diag)
{
	int error = errno;

	if (diag == NULL)
		return;
	if (diag->fd >= 0)
		close(diag->fd);
	free(diag->sockets);
	free(diag);
	errno = error;
}

int sockdiag_descriptor(const struct sockdiag *diag)
{
	return diag->fd;
}

/* ---- Order --------------------------------------------------------------------------------------------------- */

static int compare_addr(const struct ws_addr *a, const struct ws_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int compare(const void *left, const void *right)
{
	const struct diag_socket *a = left;
	const struct diag_socket *b = right;
	int order;

	if (a->local_port != b->local_port)
		return a->local_port < b->local_port ? -1 : 1;
	if (a->remote_port != b->remote_port)
		return a->remote_port < b->remote_port ? -1 : 1;
	order = compare_addr(&a->local, &b->local);
	return order != 0 ? order : compare_addr(&a->remote, &b->remote);
}

enum ws_state sockdiag_state(const struct sockdiag *diag, const struct ws_addr *local, uint16_t local_port,
			     const struct ws_addr *remote, uint16_t remote_port)
{
	struct diag_socket wanted = {
		.local_port = local_port, .remote_port = remote_port, .local = *local, .remote = *remote
	};
	const struct diag_socket *found =
		diag->len > 0 ? bsearch(&wanted, diag->sockets, diag->len, sizeof(wanted), compare) : NULL;

	return found != NULL ? found->state : WS_CLOSED;
}

/* ---- Questions and answers ----------------------------------------------------------------------------------- */

static bool ask(struct sockdiag *diag, uint8_t family)
{
	struct request request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			    .nlmsg_seq = ++diag->sequence },
		.body = { .sdiag_family = family,
			  .sdiag_protocol = IPPROTO_TCP,
			  .idiag_states = ((1u << KERNEL_STATES) - 1) & ~(1u << KERNEL_LISTEN) },
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(diag->fd, &request, sizeof(request), 0, (const struct sockaddr *)&kernel, sizeof(kernel)) ==
	       (ssize_t)sizeof(request);
}

/* An IPv4-mapped address (RFC 4291 2.5.5.2) is that of an IPv4 connection. */
static void set_addr(struct ws_addr *out, uint8_t family, const void *bytes)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool is_mapped = family == AF_INET6 && memcmp(bytes, mapped, sizeof(mapped)) == 0;
	const uint8_t *from = bytes;

	memset(out, 0, sizeof(*out));
	out->family = family == AF_INET || is_mapped ? 4 : 6;
	memcpy(out->bytes, is_mapped ? from + sizeof(mapped) : from, out->family == 4 ? 4 : 16);
}

static bool keep(struct sockdiag *diag, const struct inet_diag_msg *message)
{
	struct diag_socket *socket;

	if (diag->len == diag->size) {
		size_t size = diag->size > 0 ? 2 * diag->size : 1024;
		struct diag_socket *sockets =
			size <= SOCKETS_MAX ? reallocarray(diag->sockets, size, sizeof(*sockets)) : NULL;

		if (sockets == NULL) {
			errno = ENOMEM;
			return false;
		}
		diag->sockets = sockets;
		diag->size = size;
	}
	socket = &diag->sockets[diag->len++];
	memset(socket, 0, sizeof(*socket));
	socket->local_port = ntohs(message->id.idiag_sport);
	socket->remote_port = ntohs(message->id.idiag_dport);
	set_addr(&socket->local, message->idiag_family, message->id.idiag_src);
	set_addr(&socket->remote, message->idiag_family, message->id.idiag_dst);
	socket->state = message->idiag_state < KERNEL_STATES ? states[message->idiag_state] : WS_UNKNOWN;
	return true;
}

static bool fail_with(const struct nlmsghdr *header)
{
	struct nlmsgerr error = { .error = -EPROTO };

	if (header->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, (const char *)header + NLMSG_HDRLEN, sizeof(error));
	errno = error.error < 0 ? -error.error : EPROTO;
	return false;
}

/* One datagram. False when it tells of an error. */
static bool take_answer(struct sockdiag *diag, size_t len, bool *is_done)
{
	size_t at = 0;

	while (len - at >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr header;
		struct inet_diag_msg message;

		memcpy(&header, diag->answer + at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > len - at)
			break;
		if (header.nlmsg_seq == diag->sequence && header.nlmsg_type == NLMSG_DONE)
			*is_done = true;
		else if (header.nlmsg_seq == diag->sequence && header.nlmsg_type == NLMSG_ERROR)
			return fail_with((const struct nlmsghdr *)(const void *)(diag->answer + at));
		else if (header.nlmsg_seq == diag->sequence && header.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
			 header.nlmsg_len >= NLMSG_LENGTH(sizeof(message))) {
			memcpy(&message, diag->answer + at + NLMSG_HDRLEN, sizeof(message));
			if (!keep(diag, &message))
				return false;
		}
		at += NLMSG_ALIGN(header.nlmsg_len) < len - at ? NLMSG_ALIGN(header.nlmsg_len) : len - at;
	}
	return true;
}

static bool take_family(struct sockdiag *diag, uint8_t family)
{
	bool is_done = false;

	if (!ask(diag, family))
		return false;
	while (!is_done) {
		ssize_t len = recv(diag->fd, diag->answer, sizeof(diag->answer), 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0 || !take_answer(diag, (size_t)len, &is_done))
			return false;
	}
	return true;
}

bool sockdiag_take(struct sockdiag *diag)
{
	diag->len = 0;
	if (!take_family(diag, AF_INET) || (!take_family(diag, AF_INET6) && errno != ENOENT)) {
		diag->len = 0;
		return false;
	}
	if (diag->len > 0)
		qsort(diag->sockets, diag->len, sizeof(*diag->sockets), compare);
	return true;
}
