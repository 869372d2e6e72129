#include "track/host_rules.h"

#define MINUTES (60 * NS_PER_SEC)

/* Sources:
 * portscan, portsweep: Zeek's policy/misc/scan.zeek, port_scan_threshold 15 and addr_scan_threshold 25 within 5 minutes.
 * portscan-distributed: Snort's tcp_low_dist, 50 addresses and 15 ports. portscan-decoy: its tcp_low_decoy wants 50 addresses,
 * but nmap -D is used with a handful, and five sources that try the same ports are no chance.
 * Odd flags and half-open probes: Snort's tcp_low_ports, 5 ports; no stack does either by itself.
 * syn-flood: 256 is the least that tcp_max_syn_backlog falls to on small Linux hosts, twice over (RFC 4987 2).
 * TIME-WAIT: a quarter of a client's ports to one service; port-budget-low: four fifths of them.
 * close-wait-leak: Linux never ends them; ten at once, each longer than a minute, is no slow peer.
 * Storms and churn: ten connections a second of one client to one service, each shorter than a second, would take a fiftieth
 * of what 28,232 ports and 60 s of TIME-WAIT allow. */
const struct host_limit host_limits[HOST_RULE_COUNT] = {
	[RULE_PORTSCAN] = { WS_FINDING_portscan, 15, 0, 0, 5 * MINUTES, "ports" },
	[RULE_PORTSCAN_FILTERED] = { WS_FINDING_portscan_filtered, 15, 0, 0, 5 * MINUTES, "ports" },
	[RULE_PORTSCAN_DECOY] = { WS_FINDING_portscan_decoy, 15, 5, 0, 5 * MINUTES, "sources" },
	[RULE_PORTSCAN_DISTRIBUTED] = { WS_FINDING_portscan_distributed, 15, 50, 0, 5 * MINUTES, "sources" },
	[RULE_PORTSWEEP] = { WS_FINDING_portsweep, 0, 25, 0, 5 * MINUTES, "hosts" },
	[RULE_SCAN_HALF_OPEN] = { WS_FINDING_scan_half_open, 5, 25, 0, 5 * MINUTES, "probes" },
	[RULE_SCAN_ODD_FLAGS] = { WS_FINDING_scan_fin_null_xmas, 5, 5, 0, 5 * MINUTES, "probes" },
	[RULE_SCAN_ACK] = { WS_FINDING_scan_ack, 15, 0, 0, 5 * MINUTES, "ports" },
	[RULE_SCAN_REVERSE] = { WS_FINDING_scan_reverse, 15, 15, 0, 5 * MINUTES, "answers" },
	[RULE_SYN_FLOOD] = { WS_FINDING_syn_flood, 0, 0, 256, 0, "half-open" },
	[RULE_RST_STORM] = { WS_FINDING_rst_storm, 0, 0, 100, NS_PER_SEC, "RSTs in a second" },
	[RULE_FIN_STORM] = { WS_FINDING_fin_storm, 0, 0, 500, NS_PER_SEC, "FINs in a second" },
	[RULE_TIME_WAIT_PILE_UP] = { WS_FINDING_time_wait_pile_up, 0, 0, PORT_BUDGET / 4, 0, "in TIME-WAIT" },
	[RULE_PORT_BUDGET] = { WS_FINDING_port_budget_low, 0, 0, PORT_BUDGET / 5 * 4, 0, "ports of 28232" },
	[RULE_CLOSE_WAIT_LEAK] = { WS_FINDING_close_wait_leak, 0, 0, 10, 0, "in CLOSE-WAIT" },
	[RULE_IDLE_KILLER] = { WS_FINDING_idle_killer, 0, 0, 5, 0, "connections" },
	[RULE_CHURN] = { WS_FINDING_connection_churn, 0, 0, 100, 10 * NS_PER_SEC, "short connections" },
	[RULE_KEEPALIVE_INTERVAL] = { WS_FINDING_keepalive_interval, 0, 0, 5, 0, "keep-alives" },
	[RULE_CAPTURE_LOSS] = { WS_FINDING_capture_loss_rate, 0, 0, 10, 0, "gaps" },
	[RULE_CONTROL_ONLY] = { WS_FINDING_control_only_trace, 0, 0, 10, 0, "segments" },
};
