/*
 * The time slider of the top view.
 */
#include "view/top_slider.h"

#include "base/clock.h"

#define STEPS 50
#define STEP_MIN NS_PER_US
#define STEP_MAX (INT64_C(100000000) * NS_PER_SEC)
#define BAR_MIN 10

/* 1, 2, 5, 10, ...: whether a step of 1, 2 or 5 comes next is told by its first digit. */
static int64_t larger(int64_t step)
{
	int64_t digit = step;

	while (digit >= 10)
		digit /= 10;
	return digit == 2 ? step / 2 * 5 : step * 2;
}

static int64_t smaller(int64_t step)
{
	int64_t digit = step;

	while (digit >= 10)
		digit /= 10;
	return digit == 5 ? step / 5 * 2 : step / 2;
}

int64_t top_slider_step(ws_time first, ws_time last)
{
	int64_t wanted = last > first ? (last - first) / STEPS : 0;
	int64_t step = STEP_MIN;

	while (step < wanted && step < STEP_MAX)
		step = larger(step);
	return step;
}

int64_t top_slider_resize(int64_t step_ns, bool is_larger)
{
	if (is_larger)
		return step_ns < STEP_MAX ? larger(step_ns) : step_ns;
	return step_ns > STEP_MIN ? smaller(step_ns) : step_ns;
}

ws_time top_slider_move(ws_time first, ws_time last, ws_time moment, int64_t by_ns)
{
	ws_time from = moment == WS_TIME_NONE || moment > last ? last : moment < first ? first : moment;

	if (by_ns < 0)
		return from - first > -by_ns ? from + by_ns : first;
	return last - from > by_ns ? from + by_ns : WS_TIME_NONE;
}

/* How much of `whole` columns `part` of `all` is. */
static size_t share(int64_t part, int64_t all, size_t whole)
{
	if (all <= 0 || part >= all)
		return whole;
	return part <= 0 ? 0 : (size_t)((long double)part / (long double)all * (long double)whole);
}

void top_slider_line(struct text *out, ws_time first, ws_time last, ws_time moment, int64_t step_ns, size_t width)
{
	ws_time at = moment == WS_TIME_NONE ? last : moment;
	char here[CLOCK_TEXT_MAX];
	char whole[CLOCK_TEXT_MAX];
	char step[CLOCK_TEXT_MAX];
	struct text words = { 0 };

	text_printf(&words, " +%s of %s, step %s", clock_duration_text(at - first, here),
		    clock_duration_text(last - first, whole), clock_duration_text(step_ns, step));
	if (text_failed(&words))
		out->failed = true;
	if (width >= words.len + BAR_MIN) {
		size_t bar = width - words.len - 3;
		size_t before = share(at - first, last - first, bar);

		text_char(out, '[');
		for (size_t i = 0; i <= bar; i++)
			text_char(out, i < before ? '=' : i == before ? '|' : '-');
		text_char(out, ']');
	}
	text_write(out, words.data, words.len);
	text_fini(&words);
}
