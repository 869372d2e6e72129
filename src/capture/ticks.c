#include "capture/ticks.h"

#include "base/clock.h"

#define BASE_TWO 0x80
#define NANO 9
#define POWER_OF_TEN_MAX 19 /* that 64 bits hold */

/* Far beyond any year that a capture names, and far enough from the end of ws_time to add two of them. */
#define SECONDS_MAX (INT64_MAX / NS_PER_SEC / 2)
#define NS_MAX (SECONDS_MAX * NS_PER_SEC)

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

void ticks_init(struct ticks *ticks, uint8_t resolution)
{
	*ticks = (struct ticks){
		.is_binary = (resolution & BASE_TWO) != 0,
		.exponent = (uint8_t)(resolution & ~BASE_TWO),
	};
	if (ticks->is_binary)
		return;
	if (ticks->exponent <= NANO) {
		ticks->multiplier = power_of_ten(NANO - ticks->exponent);
		ticks->multiplied_max = (uint64_t)NS_MAX / ticks->multiplier;
	} else if (ticks->exponent - NANO <= POWER_OF_TEN_MAX) {
		ticks->divisor = power_of_ten(ticks->exponent - NANO);
	}
}

void ticks_set_offset(struct ticks *ticks, int64_t seconds)
{
	if (seconds > SECONDS_MAX)
		seconds = SECONDS_MAX;
	if (seconds < -SECONDS_MAX)
		seconds = -SECONDS_MAX;
	ticks->offset_ns = seconds * NS_PER_SEC;
}

/* floor(fraction * 10^9 / 2^exponent), by halves of 32 bits: each product has 62 bits at most. */
static uint64_t binary_fraction(uint64_t fraction, unsigned exponent)
{
	uint64_t low = (fraction & UINT32_MAX) * (uint64_t)NS_PER_SEC;
	uint64_t high = (fraction >> 32) * (uint64_t)NS_PER_SEC;

	if (exponent < 32)
		return low >> exponent;
	high += low >> 32;
	return exponent - 32 < 64 ? high >> (exponent - 32) : 0;
}

static uint64_t binary_ns(const struct ticks *ticks, uint64_t count)
{
	uint64_t seconds = ticks->exponent < 64 ? count >> ticks->exponent : 0;
	uint64_t fraction = ticks->exponent < 64 ? count & ((UINT64_C(1) << ticks->exponent) - 1) : count;

	if (seconds >= SECONDS_MAX)
		return NS_MAX;
	return seconds * (uint64_t)NS_PER_SEC + binary_fraction(fraction, ticks->exponent);
}

static uint64_t rarer_ns(const struct ticks *ticks, uint64_t count)
{
	uint64_t ns;

	if (ticks->is_binary)
		return binary_ns(ticks, count);
	ns = ticks->divisor > 0 ? count / ticks->divisor : 0;
	return ns > (uint64_t)NS_MAX ? (uint64_t)NS_MAX : ns;
}

ws_time ticks_time_rarer(const struct ticks *ticks, uint64_t count)
{
	uint64_t ns = ticks->multiplier == 0 ? rarer_ns(ticks, count) : (uint64_t)NS_MAX;

	return (ws_time)ns + ticks->offset_ns;
}
