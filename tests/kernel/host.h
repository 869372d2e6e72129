/*
 * One host of the bed: a network namespace of its own with one TUN device, whose other end the relay holds.
 *
 * A namespace lives as long as the process and the descriptors that hold it; nothing is mounted, nothing is left behind.
 */
#ifndef KERNEL_HOST_H
#define KERNEL_HOST_H

#include "wire.h"

#include <net/if.h>
#include <sys/socket.h>

struct host {
	enum side side;
	int family;
	int ns;  /* the namespace */
	int tun; /* the device's other end */
	unsigned ifindex;
	struct address addr;
	char text[INET6_ADDRSTRLEN]; /* the address */
	int tap;                     /* AF_PACKET socket that copies what passes the device */
	bool cookies;                /* its listener answers every SYN with a SYN cookie */
};

/* Leaves the machine's own network: from here on the process is in an empty namespace, and the hosts made in it have
 * small socket tables, so that dumping them is quick. */
void host_leave_home(void);

/* `subnet` (0..249) goes into the addresses: 10.9.SUBNET.1 and .2, fd09:SUBNET::1 and ::2. Offload: checksums and TCP
 * segmentation are left to the device. Any failure ends the process with a word. */
void host_init(struct host *h, enum side side, int family, unsigned subnet, bool offload);
void host_fini(struct host *h);

/* The calling thread's next sockets and sysctls are this host's. */
void host_enter(const struct host *h);

/* net.ipv4.NAME of this host. */
void host_sysctl(const struct host *h, const char *name, const char *value);

/* A socket address of the host. */
socklen_t host_sockaddr(const struct host *h, uint16_t port, struct sockaddr_storage *out);

/* Ends the process: the scenario cannot be judged. */
_Noreturn void broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
