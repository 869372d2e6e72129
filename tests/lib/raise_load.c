/*
 * Hosts: what piles up, what comes back, and what the capture as a whole lacks.
 */
#include <check.h>

#include "ends.h"

/* ---- What piles up ----------------------------------------------------------------------------------------------- */

static void close_many(struct stage *stage, unsigned len, unsigned services)
{
	for (unsigned i = 0; i < len; i++) {
		struct ends ends = { 1, (uint16_t)(32768 + i), 0, (uint16_t)(80 + i % services) };

		ends_open(stage, &ends);
		ends_close(stage, &ends, STAGE_A);
	}
}

static void pile_up(struct stage *stage)
{
	close_many(stage, 7100, 1);
	ends_ck_host(&ends_told(stage, WS_FINDING_time_wait_pile_up)->addr, 1);
	ends_ck_host(&ends_told(stage, WS_FINDING_time_wait_pile_up)->peer, 0);
	ck_assert_int_eq(ends_told(stage, WS_FINDING_time_wait_pile_up)->peer_port, 80);
}

/* As many, but each service has its own ports. */
static void pile_up_not(struct stage *stage)
{
	close_many(stage, 7100, 2);
}

static void open_many(struct stage *stage, unsigned len, unsigned services)
{
	for (unsigned i = 0; i < len; i++) {
		struct ends ends = { 1, (uint16_t)(32768 + i), 0, (uint16_t)(80 + i % services) };

		ends_open(stage, &ends);
	}
}

static void budget(struct stage *stage)
{
	open_many(stage, 22600, 1);
	ends_ck_host(&ends_told(stage, WS_FINDING_port_budget_low)->addr, 1);
}

static void budget_not(struct stage *stage)
{
	open_many(stage, 22600, 2);
}

static void half_close(struct stage *stage, unsigned len, int64_t wait_ns)
{
	struct ends ends[20];

	for (unsigned i = 0; i < len; i++) {
		ends[i] = ends_between(1 + i, 0, 80);
		ends_open(stage, &ends[i]);
		ends_send(stage, &ends[i], STAGE_A, "F.", 1, 1, 0);
		ends_send(stage, &ends[i], STAGE_B, ".", 1, 2, 0);
	}
	stage_wait(stage, wait_ns);
	for (unsigned i = 0; i < len; i++)
		ends_send(stage, &ends[i], STAGE_B, "F.", 1, 2, 0);
}

static void leak(struct stage *stage)
{
	half_close(stage, 12, 70 * SECOND);
	ends_ck_host(&ends_told(stage, WS_FINDING_close_wait_leak)->addr, 0);
	ck_assert_int_eq(ends_told(stage, WS_FINDING_close_wait_leak)->port, 80);
}

static void leak_not(struct stage *stage)
{
	half_close(stage, 9, 70 * SECOND);
	half_close(stage, 20, 50 * SECOND);
}

/* ---- Rhythms ----------------------------------------------------------------------------------------------------- */

static void idle_ends(struct stage *stage, int64_t more_ns)
{
	for (unsigned i = 0; i < 6; i++) {
		struct ends ends = ends_between(1 + i, 0, 80);

		ends_open(stage, &ends);
		stage_wait(stage, 60 * SECOND + i * more_ns);
		ends_send(stage, &ends, STAGE_B, "R.", 1, 1, 0);
	}
}

static void idle(struct stage *stage)
{
	idle_ends(stage, 0);
	ends_ck_host(&ends_told(stage, WS_FINDING_idle_killer)->addr, 0);
	ck_assert_int_eq(ends_told(stage, WS_FINDING_idle_killer)->interval_ns / SECOND, 60);
}

static void idle_not(struct stage *stage)
{
	idle_ends(stage, 7 * SECOND);
}

static void short_ones(struct stage *stage, int64_t between_ns)
{
	for (unsigned i = 0; i < 120; i++) {
		struct ends ends = ends_between(1, 0, 80);

		ends_open(stage, &ends);
		ends_close(stage, &ends, STAGE_A);
		stage_wait(stage, between_ns);
	}
}

static void churn(struct stage *stage)
{
	short_ones(stage, SECOND / 20);
	ends_ck_host(&ends_told(stage, WS_FINDING_connection_churn)->addr, 1);
}

static void churn_not(struct stage *stage)
{
	short_ones(stage, SECOND / 8);
}

static void keepalives(struct stage *stage, int64_t more_ns)
{
	struct ends ends = ends_between(1, 0, 80);

	ends_open(stage, &ends);
	for (unsigned i = 0; i < 6; i++) {
		stage_wait(stage, 75 * SECOND + i * more_ns);
		ends_send(stage, &ends, STAGE_A, ".", 0, 1, 0);
		ends_send(stage, &ends, STAGE_B, ".", 1, 1, 0);
	}
}

static void keepalive(struct stage *stage)
{
	keepalives(stage, 0);
	ck_assert_int_eq(ends_told(stage, WS_FINDING_keepalive_interval)->interval_ns / SECOND, 75);
}

static void keepalive_not(struct stage *stage)
{
	keepalives(stage, 5 * SECOND);
}

/* ---- The capture ------------------------------------------------------------------------------------------------- */

/* Of A's data every other segment was captured, or nearly all. */
static void lose(struct stage *stage, unsigned one_of)
{
	stage_open(stage);
	for (uint32_t i = 0; i < 400; i++) {
		if (i % one_of != 1)
			stage_send(stage, STAGE_A, "P.", 1 + 10 * i, 1, 10);
		stage_send(stage, STAGE_B, ".", 1, 11 + 10 * i, 0);
	}
	stage_finish(stage);
}

static void loss(struct stage *stage)
{
	lose(stage, 4);
	ck_assert_uint_eq(ends_told(stage, WS_FINDING_capture_loss_rate)->addr.family, 0);
	ck_assert_uint_eq(ends_told(stage, WS_FINDING_capture_loss_rate)->count, 100);
}

static void loss_not(struct stage *stage)
{
	lose(stage, 10);
}

static void controls(struct stage *stage)
{
	for (unsigned i = 0; i < 5; i++) {
		struct ends ends = ends_between(1, 0, 80);

		ends_send(stage, &ends, STAGE_A, "S", 0, 0, 0);
		ends_send(stage, &ends, STAGE_B, "S.", 0, 1, 0);
		ends_send(stage, &ends, STAGE_A, "F.", 500, 900, 0);
		ends_send(stage, &ends, STAGE_B, "F.", 900, 501, 0);
	}
}

/* A scan has nothing else either. */
static void controls_not(struct stage *stage)
{
	for (unsigned i = 0; i < 20; i++) {
		struct ends ends = ends_between(1, 0, 100 + i);

		ends_refuse(stage, &ends);
	}
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static const struct raise raises[] = {
	{ WS_FINDING_time_wait_pile_up, pile_up, pile_up_not },
	{ WS_FINDING_port_budget_low, budget, budget_not },
	{ WS_FINDING_close_wait_leak, leak, leak_not },
	{ WS_FINDING_idle_killer, idle, idle_not },
	{ WS_FINDING_connection_churn, churn, churn_not },
	{ WS_FINDING_keepalive_interval, keepalive, keepalive_not },
	{ WS_FINDING_capture_loss_rate, loss, loss_not },
	{ WS_FINDING_control_only_trace, controls, controls_not },
};

const struct raises raises_load = { raises, sizeof(raises) / sizeof(raises[0]) };
