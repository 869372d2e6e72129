/*
 * Hosts: scans, floods and storms.
 */
#include <check.h>

#include "ends.h"

/* ---- Scans ------------------------------------------------------------------------------------------------------- */

static void refuse_ports(struct stage *stage, unsigned client, unsigned ports)
{
	for (unsigned i = 0; i < ports; i++) {
		struct ends ends = ends_between(client, 0, 100 + i);

		ends_refuse(stage, &ends);
	}
}

static void portscan(struct stage *stage)
{
	refuse_ports(stage, 1, 20);
	ends_ck_host(&ends_told(stage, WS_FINDING_portscan)->addr, 1);
	ends_ck_host(&ends_told(stage, WS_FINDING_portscan)->peer, 0);
}

/* One port too few in the time; and one that is refused often, but gets through more often. */
static void portscan_not(struct stage *stage)
{
	refuse_ports(stage, 1, 14);
	stage_wait(stage, 11 * 60 * SECOND);
	refuse_ports(stage, 1, 14);
	for (unsigned i = 0; i < 60; i++) {
		struct ends ends = ends_between(2, 0, 100 + i);

		if (i % 3 == 0)
			ends_refuse(stage, &ends);
		else
			ends_open(stage, &ends);
	}
}

static void silent_ports(struct stage *stage, unsigned ports)
{
	for (unsigned i = 0; i < ports; i++) {
		struct ends ends = ends_between(1, 0, 100 + i);

		ends_send(stage, &ends, STAGE_A, "S", 0, 0, 0);
	}
	stage_wait(stage, 3 * SECOND);
}

static void filtered(struct stage *stage)
{
	silent_ports(stage, 20);
	stage_wait(stage, 200 * SECOND);
	ends_ck_host(&ends_told(stage, WS_FINDING_portscan_filtered)->addr, 1);
}

/* The capture ends before there was time to answer. */
static void filtered_not(struct stage *stage)
{
	silent_ports(stage, 14);
	for (unsigned i = 0; i < 30; i++) {
		struct ends ends = ends_between(2, 0, 100 + i);

		ends_send(stage, &ends, STAGE_A, "S", 0, 0, 0);
	}
}

static void decoys(struct stage *stage, unsigned sources)
{
	for (unsigned i = 1; i <= sources; i++)
		refuse_ports(stage, i, 20);
}

static void decoy(struct stage *stage)
{
	decoys(stage, 8);
	ends_ck_host(&ends_told(stage, WS_FINDING_portscan_decoy)->addr, 0);
}

static void decoy_not(struct stage *stage)
{
	decoys(stage, 4);
}

static void refuse_sources(struct stage *stage, unsigned sources, unsigned ports)
{
	for (unsigned i = 0; i < sources; i++) {
		struct ends ends = ends_between(1 + i, 0, 100 + i % ports);

		ends_refuse(stage, &ends);
	}
}

static void distributed(struct stage *stage)
{
	refuse_sources(stage, 70, 30);
	ends_ck_host(&ends_told(stage, WS_FINDING_portscan_distributed)->addr, 0);
}

/* Everybody's server is down. */
static void distributed_not(struct stage *stage)
{
	refuse_sources(stage, 300, 1);
}

static void refuse_hosts(struct stage *stage, unsigned hosts)
{
	for (unsigned i = 0; i < hosts; i++) {
		struct ends ends = ends_between(1000, i, 22);

		ends_refuse(stage, &ends);
	}
}

static void sweep(struct stage *stage)
{
	refuse_hosts(stage, 40);
	ends_ck_host(&ends_told(stage, WS_FINDING_portsweep)->addr, 1000);
	ck_assert_int_eq(ends_told(stage, WS_FINDING_portsweep)->peer_port, 22);
}

static void sweep_not(struct stage *stage)
{
	refuse_hosts(stage, 24);
}

static void break_off(struct stage *stage, unsigned ports, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		struct ends ends = ends_between(1, 0, 100 + i % ports);

		ends_send(stage, &ends, STAGE_A, "S", 0, 0, 0);
		ends_send(stage, &ends, STAGE_B, "S.", 0, 1, 0);
		ends_send(stage, &ends, STAGE_A, "R", 1, 0, 0);
	}
}

static void half_open(struct stage *stage)
{
	break_off(stage, 7, 7);
	ends_ck_host(&ends_told(stage, WS_FINDING_scan_half_open)->addr, 1);
}

/* A load balancer looks after the same port all the time. */
static void half_open_not(struct stage *stage)
{
	break_off(stage, 2, 100);
}

static void odd_probes(struct stage *stage, unsigned ports)
{
	static const char *const flags[] = { "F", "", "FPU" };

	for (unsigned i = 0; i < 12; i++) {
		struct ends ends = ends_between(1, 0, 100 + i % ports);

		ends_send(stage, &ends, STAGE_A, flags[i % 3], 0, 0, 0);
		ends_send(stage, &ends, STAGE_B, "R.", 0, 0, 0);
	}
}

static void odd_flags(struct stage *stage)
{
	odd_probes(stage, 12);
	ends_ck_host(&ends_told(stage, WS_FINDING_scan_fin_null_xmas)->addr, 1);
}

static void odd_flags_not(struct stage *stage)
{
	odd_probes(stage, 4);
}

static void ack_probes(struct stage *stage, unsigned ports, size_t len)
{
	for (unsigned i = 0; i < ports; i++) {
		struct ends ends = ends_between(1, 0, 100 + i);

		ends_send(stage, &ends, STAGE_A, ".", 1, 1, len);
		ends_send(stage, &ends, STAGE_B, "R", 1, 0, 0);
	}
}

static void ack_scan(struct stage *stage)
{
	ack_probes(stage, 20, 0);
	ends_ck_host(&ends_told(stage, WS_FINDING_scan_ack)->addr, 1);
}

/* Connections that went on before a restart go on to send. */
static void ack_scan_not(struct stage *stage)
{
	ack_probes(stage, 14, 0);
	ack_probes(stage, 40, 10);
}

static void answers(struct stage *stage, const char *flags)
{
	for (unsigned i = 1; i <= 20; i++) {
		struct ends ends = ends_between(i, 0, 80);

		ends_send(stage, &ends, STAGE_B, "S.", 0, 1, 0);
		ends_send(stage, &ends, STAGE_B, flags, flags[0] == 'S' ? 0 : 1, 1, flags[0] == 'P' ? 10 : 0);
	}
	stage_finish(stage);
}

static void backscatter(struct stage *stage)
{
	answers(stage, "S.");
	ends_ck_host(&ends_told(stage, WS_FINDING_scan_reverse)->addr, 0);
	ck_assert_int_eq(ends_told(stage, WS_FINDING_scan_reverse)->port, 80);
}

/* One direction only was captured. */
static void backscatter_not(struct stage *stage)
{
	answers(stage, "P.");
}

/* ---- Floods and storms ------------------------------------------------------------------------------------------- */

static void syns(struct stage *stage, unsigned len, unsigned times)
{
	for (unsigned t = 0; t < times; t++) {
		for (unsigned i = 0; i < len; i++) {
			struct ends ends = { 1 + i, 30000, 0, 80 };

			ends_send(stage, &ends, STAGE_A, "S", 0, 0, 0);
		}
		stage_wait(stage, 3 * SECOND);
	}
}

static void flood(struct stage *stage)
{
	struct ends last = { 5000, 30000, 0, 80 };

	syns(stage, 300, 1);
	stage_wait(stage, 2 * SECOND);
	ends_send(stage, &last, STAGE_A, "S", 0, 0, 0);
	ends_ck_host(&ends_told(stage, WS_FINDING_syn_flood)->addr, 0);
	ck_assert_int_eq(ends_told(stage, WS_FINDING_syn_flood)->port, 80);
}

/* A service is down, and its clients repeat their SYNs; another one is well, and busy. */
static void flood_not(struct stage *stage)
{
	syns(stage, 300, 3);
	for (unsigned i = 0; i < 1500; i++) {
		struct ends ends = ends_between(i % 100, 2000, 80);

		ends_open(stage, &ends);
	}
}

static void end_at_once(struct stage *stage, unsigned len, enum stage_side from, const char *flags)
{
	struct ends ends[1200];

	for (unsigned i = 0; i < len; i++) {
		ends[i] = ends_between(1 + i % 50, 0, 80);
		ends_open(stage, &ends[i]);
	}
	stage_wait(stage, 2 * SECOND);
	for (unsigned i = 0; i < len; i++)
		ends_send(stage, &ends[i], from, flags, 1, 1, 0);
}

static void rst_storm(struct stage *stage)
{
	end_at_once(stage, 200, STAGE_B, "R.");
	ends_ck_host(&ends_told(stage, WS_FINDING_rst_storm)->addr, 0);
}

/* A closed port refuses. */
static void rst_storm_not(struct stage *stage)
{
	end_at_once(stage, 99, STAGE_B, "R.");
	stage_wait(stage, 2 * SECOND);
	refuse_ports(stage, 1, 300);
}

/* One FIN each second. */
static void quiet_closes(struct stage *stage)
{
	for (unsigned i = 0; i < 12; i++) {
		struct ends ends = ends_between(1, 0, 80);

		ends_open(stage, &ends);
		ends_close(stage, &ends, STAGE_B);
		stage_wait(stage, SECOND);
	}
}

static void fin_storm(struct stage *stage)
{
	quiet_closes(stage);
	end_at_once(stage, 1200, STAGE_B, "F.");
	ends_ck_host(&ends_told(stage, WS_FINDING_fin_storm)->addr, 0);
}

/* Whether a server that does so from the beginning does anything else is not known. */
static void fin_storm_not(struct stage *stage)
{
	end_at_once(stage, 1200, STAGE_B, "F.");
	quiet_closes(stage);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct raise raises[] = {
	{ WS_FINDING_portscan, portscan, portscan_not },
	{ WS_FINDING_portscan_filtered, filtered, filtered_not },
	{ WS_FINDING_portscan_decoy, decoy, decoy_not },
	{ WS_FINDING_portscan_distributed, distributed, distributed_not },
	{ WS_FINDING_portsweep, sweep, sweep_not },
	{ WS_FINDING_scan_half_open, half_open, half_open_not },
	{ WS_FINDING_scan_fin_null_xmas, odd_flags, odd_flags_not },
	{ WS_FINDING_scan_ack, ack_scan, ack_scan_not },
	{ WS_FINDING_scan_reverse, backscatter, backscatter_not },
	{ WS_FINDING_syn_flood, flood, flood_not },
	{ WS_FINDING_rst_storm, rst_storm, rst_storm_not },
	{ WS_FINDING_fin_storm, fin_storm, fin_storm_not },
};

const struct raises raises_hosts = { raises, sizeof(raises) / sizeof(raises[0]) };
