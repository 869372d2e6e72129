#include "track/course.h"

/* [0]: the opener, from COURSE_FIN on the closer; [1]: the other. Of a listener nothing is proven. */
static const struct {
	uint8_t state[2];
	uint8_t proven[2];
} stages[COURSE_STAGES] = {
	[COURSE_SYN] = { { WS_SYN_SENT, WS_SYN_RECEIVED }, { WS_SYN_SENT, WS_UNKNOWN } },
	[COURSE_SYN_ACK] = { { WS_ESTABLISHED, WS_SYN_RECEIVED }, { WS_SYN_SENT, WS_SYN_RECEIVED } },
	[COURSE_ACK] = { { WS_ESTABLISHED, WS_ESTABLISHED }, { WS_ESTABLISHED, WS_SYN_RECEIVED } },
	[COURSE_OPEN] = { { WS_ESTABLISHED, WS_ESTABLISHED }, { WS_ESTABLISHED, WS_ESTABLISHED } },
	[COURSE_FIN] = { { WS_FIN_WAIT_1, WS_CLOSE_WAIT }, { WS_FIN_WAIT_1, WS_ESTABLISHED } },
	[COURSE_FIN_ACKED] = { { WS_FIN_WAIT_2, WS_CLOSE_WAIT }, { WS_FIN_WAIT_1, WS_CLOSE_WAIT } },
	[COURSE_FINS] = { { WS_TIME_WAIT, WS_LAST_ACK }, { WS_FIN_WAIT_1, WS_LAST_ACK } },
	[COURSE_DONE] = { { WS_TIME_WAIT, WS_CLOSED }, { WS_TIME_WAIT, WS_LAST_ACK } },
};

static bool is_other(const struct course *course, unsigned who)
{
	return who != (course->stage >= COURSE_FIN ? course->closer : course->opener);
}

void course_states(const struct course *course, uint8_t state[2])
{
	unsigned first = is_other(course, 0);

	state[first] = stages[course->stage].state[0];
	state[!first] = stages[course->stage].state[1];
}

enum ws_state course_state(const struct course *course, unsigned who)
{
	return (enum ws_state)stages[course->stage].state[is_other(course, who)];
}

enum ws_state course_proven(const struct course *course, unsigned who)
{
	/* Of a responder that has not gone on yet no more is certain than before. */
	if (course->stage == COURSE_FIN && !course->is_shown && who != course->opener)
		return WS_SYN_RECEIVED;
	/* Its CLOSE-WAIT is not certain, so nothing after it is. */
	if (course->is_doubtful && course->stage >= COURSE_FIN && is_other(course, who))
		return WS_ESTABLISHED;
	return (enum ws_state)stages[course->stage].proven[is_other(course, who)];
}
