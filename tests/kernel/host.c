/*
 * Made with ioctl and /proc alone, so that the harness needs no tool of iproute2.
 */
#include "host.h"

#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* <linux/ipv6.h> clashes with <netinet/in.h>. */
struct in6_ifreq {
	struct in6_addr ifr6_addr;
	uint32_t ifr6_prefixlen;
	int ifr6_ifindex;
};

void broken(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

static void write_proc(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		broken("%s: %s", path, strerror(errno));
	close(fd);
}

void host_leave_home(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		broken("a network namespace: %s", strerror(errno));
	write_proc("/proc/sys/net/ipv4/tcp_child_ehash_entries", "4096");
}

void host_enter(const struct host *h)
{
	if (setns(h->ns, CLONE_NEWNET) < 0)
		broken("setns: %s", strerror(errno));
}

void host_sysctl(const struct host *h, const char *name, const char *value)
{
	char path[128];

	host_enter(h);
	snprintf(path, sizeof path, "/proc/sys/net/ipv4/%s", name);
	write_proc(path, value);
}

/* KERNEL 3: tcp_fin_timeout differs from TIME-WAIT's 60 s so that the step between shows; give up soon; challenge
 * ACKs always show. */
static void set_sysctls(const struct host *h)
{
	static const char *const set[][2] = {
		{ "tcp_fin_timeout", "20" },
		{ "tcp_syn_retries", "3" },
		{ "tcp_synack_retries", "3" },
		{ "tcp_retries2", "5" },
		{ "tcp_orphan_retries", "3" },
		{ "tcp_invalid_ratelimit", "0" },
		{ "tcp_challenge_ack_limit", "2147483647" },
		{ "tcp_syncookies", "0" },
		{ "tcp_max_syn_backlog", "4096" },
		{ "tcp_no_metrics_save", "1" },
		{ "tcp_ecn", "0" },
	};

	for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
		host_sysctl(h, set[i][0], set[i][1]);
}

static int open_tun(const char *name, bool offload)
{
	const unsigned features = offload ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 : 0;
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	strcpy(ifr.ifr_name, name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr) < 0 || ioctl(fd, TUNSETOFFLOAD, features) < 0)
		broken("/dev/net/tun: %s", strerror(errno));
	return fd;
}

static void set_address(struct host *h, unsigned subnet)
{
	if (h->family == AF_INET)
		snprintf(h->text, sizeof h->text, "10.9.%u.%d", subnet, h->side + 1);
	else if (subnet)
		snprintf(h->text, sizeof h->text, "fd09:%x::%d", subnet, h->side + 1);
	else
		snprintf(h->text, sizeof h->text, "fd09::%d", h->side + 1);
	h->addr.family = h->family;
	inet_pton(h->family, h->text, h->addr.bytes);
}

static int add_address(const struct host *h, int fd, const char *name)
{
	struct ifreq ifr = { 0 };
	struct in6_ifreq six = { .ifr6_prefixlen = 64, .ifr6_ifindex = (int)h->ifindex };
	struct sockaddr_in four = { .sin_family = AF_INET };

	if (h->family == AF_INET6) {
		memcpy(&six.ifr6_addr, h->addr.bytes, 16);
		return ioctl(fd, SIOCSIFADDR, &six);
	}
	strcpy(ifr.ifr_name, name);
	memcpy(&four.sin_addr, h->addr.bytes, 4);
	memcpy(&ifr.ifr_addr, &four, sizeof four);
	if (ioctl(fd, SIOCSIFADDR, &ifr) < 0)
		return -1;
	four.sin_addr.s_addr = htonl(0xffffff00);
	memcpy(&ifr.ifr_netmask, &four, sizeof four);
	return ioctl(fd, SIOCSIFNETMASK, &ifr);
}

static void bring_up(struct host *h, const char *name)
{
	struct ifreq ifr = { 0 };
	int fd = socket(h->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(ifr.ifr_name, name);
	if (fd < 0 || ioctl(fd, SIOCGIFINDEX, &ifr) < 0)
		broken("%s: %s", name, strerror(errno));
	h->ifindex = (unsigned)ifr.ifr_ifindex;
	ifr.ifr_flags = IFF_UP | IFF_RUNNING | IFF_POINTOPOINT | IFF_NOARP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) < 0 || add_address(h, fd, name) < 0)
		broken("%s: address %s: %s", name, h->text, strerror(errno));
	close(fd);
}

void host_init(struct host *h, enum side side, int family, unsigned subnet, bool offload)
{
	const char *name = side_name[side];

	*h = (struct host){ .side = side, .family = family };
	if (unshare(CLONE_NEWNET) < 0)
		broken("a network namespace: %s", strerror(errno));
	h->ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (h->ns < 0)
		broken("/proc/thread-self/ns/net: %s", strerror(errno));
	if (family == AF_INET6)
		write_proc("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0");
	set_sysctls(h);
	set_address(h, subnet);
	h->tun = open_tun(name, offload);
	bring_up(h, name);
	h->tap = tap_open(h->ifindex);
}

void host_fini(struct host *h)
{
	close(h->tap);
	close(h->tun);
	close(h->ns);
}

socklen_t host_sockaddr(const struct host *h, uint16_t port, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (h->family == AF_INET) {
		struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };

		memcpy(&four.sin_addr, h->addr.bytes, 4);
		memcpy(out, &four, sizeof four);
		return sizeof four;
	}
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	memcpy(&six.sin6_addr, h->addr.bytes, 16);
	memcpy(out, &six, sizeof six);
	return sizeof six;
}
