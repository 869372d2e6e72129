/*
 * What every figure is a ratio to: a bare libpcap loop that counts packets and bytes and does nothing else.
 */
#include <pcap/pcap.h>
#include <stdio.h>

struct count {
	unsigned long long packets;
	unsigned long long bytes;
};

static void add(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
	struct count *count = (struct count *)(void *)user;

	(void)data;
	count->packets++;
	count->bytes += header->len;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct count count = { 0, 0 };
	pcap_t *pcap;

	if (argc != 2) {
		fprintf(stderr, "usage: floor FILE\n");
		return 2;
	}
	pcap = pcap_open_offline(argv[1], error);
	if (!pcap) {
		fprintf(stderr, "floor: %s\n", error);
		return 1;
	}
	pcap_loop(pcap, -1, add, (u_char *)&count);
	pcap_close(pcap);
	printf("%llu packets, %llu bytes\n", count.packets, count.bytes);
	return 0;
}
