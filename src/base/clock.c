/*
 * Capture time as text and back (RFC 3339), and durations. The calendar is the proleptic Gregorian one, without leap
 * seconds, as POSIX counts; 64 bits of nanoseconds reach from 1677 to 2262.
 */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define SECONDS_PER_DAY 86400
#define NS_PER_MIN (60 * NS_PER_SEC)
#define NS_PER_HOUR (60 * NS_PER_MIN)
#define NS_PER_DAY (24 * NS_PER_HOUR)

/* Days since 1970-01-01. Years are counted from March, so that the leap day ends one; an era is 400 of them. */
static int64_t days_from_date(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;

	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_from_days(int64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	int64_t shifted = days + 719468; /* since 0000-03-01; not negative for any ws_time */
	int64_t era = shifted / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;

	*day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	*month = (unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	*year = (unsigned)(era * 400 + year_of_era + (*month <= 2));
}

static void put_digits(char *out, unsigned count, uint64_t value)
{
	while (count-- > 0) {
		out[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

const char *clock_text(ws_time t, char *out)
{
	unsigned year;
	unsigned month;
	unsigned day;

	if (t == WS_TIME_NONE) {
		memcpy(out, "-", 2);
		return out;
	}

	int64_t seconds = t / NS_PER_SEC - (t % NS_PER_SEC < 0);
	int64_t days = seconds / SECONDS_PER_DAY - (seconds % SECONDS_PER_DAY < 0);
	uint64_t of_day = (uint64_t)(seconds - days * SECONDS_PER_DAY);

	date_from_days(days, &year, &month, &day);
	memcpy(out, "0000-00-00T00:00:00.000000000Z", sizeof("0000-00-00T00:00:00.000000000Z"));
	put_digits(out, 4, year);
	put_digits(out + 5, 2, month);
	put_digits(out + 8, 2, day);
	put_digits(out + 11, 2, of_day / 3600);
	put_digits(out + 14, 2, of_day / 60 % 60);
	put_digits(out + 17, 2, of_day % 60);
	put_digits(out + 20, 9, (uint64_t)(t % NS_PER_SEC + (t % NS_PER_SEC < 0 ? NS_PER_SEC : 0)));
	return out;
}

/* Exactly `count` digits at *at, which moves behind them. */
static bool take_digits(const char **at, unsigned count, unsigned *out)
{
	unsigned value = 0;

	for (unsigned i = 0; i < count; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (unsigned)(c - '0');
	}
	*at += count;
	*out = value;
	return true;
}

static bool take_char(const char **at, const char *any_of)
{
	if (**at == '\0' || !strchr(any_of, **at))
		return false;
	(*at)++;
	return true;
}

/* A point and 1 to 9 digits, in units of `unit` nanoseconds; nothing there is 0. Digits below a nanosecond are 0. */
static bool take_fraction(const char **at, int64_t unit, int64_t *out_ns)
{
	unsigned digits = 0;

	*out_ns = 0;
	if (!take_char(at, "."))
		return true;
	for (; **at >= '0' && **at <= '9'; (*at)++, digits++) {
		int64_t digit = **at - '0';

		if (unit % 10 != 0 && digit != 0)
			return false;
		unit = unit % 10 != 0 ? unit : unit / 10;
		*out_ns += digit * unit;
	}
	return digits >= 1 && digits <= 9;
}

static bool take_whole(const char **at, int64_t *out)
{
	int64_t value = 0;

	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
		    __builtin_add_overflow(value, (int64_t)(**at - '0'), &value))
			return false;
	}
	*out = value;
	return true;
}

static bool take_date(const char **at, int64_t *out_days)
{
	static const unsigned month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year;
	unsigned month;
	unsigned day;

	if (!take_digits(at, 4, &year) || !take_char(at, "-") || !take_digits(at, 2, &month) || !take_char(at, "-") ||
	    !take_digits(at, 2, &day))
		return false;

	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month < 1 || month > 12 || day < 1 || day > month_days[month - 1] + (month == 2 && is_leap))
		return false;
	*out_days = days_from_date(year, month, day);
	return true;
}

/* Second 60 is a leap second (RFC 3339 5.7); POSIX gives it the number of the second after it. */
static bool take_time_of_day(const char **at, int64_t *out_seconds)
{
	unsigned hour;
	unsigned minute;
	unsigned second;

	if (!take_digits(at, 2, &hour) || !take_char(at, ":") || !take_digits(at, 2, &minute) || !take_char(at, ":") ||
	    !take_digits(at, 2, &second))
		return false;
	*out_seconds = hour * 3600 + minute * 60 + second;
	return hour <= 23 && minute <= 59 && second <= 60;
}

/* "Z", "+hh:mm", "-hh:mm", or nothing: seconds to take off to reach UTC. */
static bool take_zone(const char **at, int64_t *out_seconds)
{
	unsigned hour;
	unsigned minute;
	bool is_west = **at == '-';

	*out_seconds = 0;
	if (**at == '\0' || take_char(at, "Zz"))
		return true;
	if (!take_char(at, "+-") || !take_digits(at, 2, &hour) || !take_char(at, ":") || !take_digits(at, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	*out_seconds = (int64_t)(hour * 3600 + minute * 60) * (is_west ? -1 : 1);
	return true;
}

/* Whole seconds, negative or not, and a fraction of 0 to 1 s that always counts forwards. */
static bool time_from_parts(int64_t seconds, int64_t fraction_ns, ws_time *out)
{
	ws_time t;

	/* Seconds before 1970 with a fraction may leave the range for a moment though the sum is in it. */
	if (seconds < 0 && fraction_ns > 0) {
		seconds++;
		fraction_ns -= NS_PER_SEC;
	}
	if (__builtin_mul_overflow(seconds, NS_PER_SEC, &t) || __builtin_add_overflow(t, fraction_ns, &t) ||
	    t == WS_TIME_NONE)
		return false;
	*out = t;
	return true;
}

static bool parse_rfc3339(const char *at, ws_time *out)
{
	int64_t days;
	int64_t of_day;
	int64_t fraction_ns;
	int64_t zone;

	if (!take_date(&at, &days) || !take_char(&at, "Tt ") || !take_time_of_day(&at, &of_day) ||
	    !take_fraction(&at, NS_PER_SEC, &fraction_ns) || !take_zone(&at, &zone) || *at != '\0')
		return false;
	return time_from_parts(days * SECONDS_PER_DAY + of_day - zone, fraction_ns, out);
}

static bool parse_seconds(const char *at, ws_time *out)
{
	int64_t seconds;
	int64_t fraction_ns;
	bool is_negative = take_char(&at, "-");

	if (!take_whole(&at, &seconds) || !take_fraction(&at, NS_PER_SEC, &fraction_ns) || *at != '\0')
		return false;
	if (!is_negative)
		return time_from_parts(seconds, fraction_ns, out);
	if (fraction_ns > 0)
		return time_from_parts(-seconds - 1, NS_PER_SEC - fraction_ns, out);
	return time_from_parts(-seconds, 0, out);
}

bool clock_parse(const char *text, ws_time *out)
{
	return parse_rfc3339(text, out) || parse_seconds(text, out);
}

bool clock_parse_duration(const char *text, int64_t *out_ns)
{
	static const struct {
		const char *suffix;
		int64_t ns;
	} units[] = {
		{ "", NS_PER_SEC }, { "s", NS_PER_SEC }, { "ms", NS_PER_MS },  { "us", NS_PER_US },
		{ "ns", 1 },        { "m", NS_PER_MIN }, { "h", NS_PER_HOUR }, { "d", NS_PER_DAY },
	};
	const char *suffix = text + strspn(text, "0123456789.");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t ns;
		int64_t fraction_ns;

		if (strcmp(suffix, units[i].suffix) != 0)
			continue;
		if (!take_whole(&text, &ns) || !take_fraction(&text, units[i].ns, &fraction_ns) || text != suffix ||
		    __builtin_mul_overflow(ns, units[i].ns, &ns) || __builtin_add_overflow(ns, fraction_ns, &ns))
			return false;
		*out_ns = ns;
		return true;
	}
	return false;
}

/* At least so many digits; where the text goes on. Tables have one of these in every row, so there is no printf. */
static char *put_number(char *out, uint64_t value, unsigned digits)
{
	char reversed[20];
	unsigned len = 0;

	for (; value > 0 || len < digits; value /= 10)
		reversed[len++] = (char)('0' + value % 10);
	while (len > 0)
		*out++ = reversed[--len];
	return out;
}

static char *put_name(char *out, const char *name)
{
	while ((*out = *name++) != '\0')
		out++;
	return out;
}

static void put_whole(char *out, uint64_t ns, int64_t unit, const char *name)
{
	put_name(put_number(out, ns / (uint64_t)unit, 1), name);
}

/* Two units side by side, "5m06s"; `ns` is a multiple of the small one. */
static void put_two_units(char *out, uint64_t ns, int64_t big, const char *big_name, int64_t small,
			  const char *small_name)
{
	out = put_name(put_number(out, ns / (uint64_t)big, 1), big_name);
	put_name(put_number(out, ns % (uint64_t)big / (uint64_t)small, 2), small_name);
}

static void put_decimal(char *out, uint64_t ns, int64_t unit, const char *name)
{
	uint64_t tenths = ns / ((uint64_t)unit / 10);

	out = put_name(put_number(out, tenths / 10, 1), ".");
	put_name(put_number(out, tenths % 10, 1), name);
}

/* Rounds up to the grain its size calls for; what rounding carries over a limit is then a round number of the next. */
static uint64_t round_for_people(uint64_t ns)
{
	static const struct {
		int64_t below;
		uint64_t grain;
	} steps[] = {
		{ NS_PER_US, 1 },
		{ 100 * NS_PER_US, NS_PER_US / 10 },
		{ NS_PER_MS, NS_PER_US },
		{ 100 * NS_PER_MS, NS_PER_MS / 10 },
		{ NS_PER_SEC, NS_PER_MS },
		{ NS_PER_MIN, NS_PER_SEC / 10 },
		{ NS_PER_HOUR, NS_PER_SEC },
		{ NS_PER_DAY, NS_PER_MIN },
	};
	uint64_t grain = NS_PER_HOUR;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (ns < (uint64_t)steps[i].below) {
			grain = steps[i].grain;
			break;
		}
	}
	return (ns + grain / 2) / grain * grain;
}

const char *clock_duration_text(int64_t duration_ns, char *out)
{
	uint64_t ns = duration_ns < 0 ? 0 - (uint64_t)duration_ns : (uint64_t)duration_ns;
	char *at = out;

	ns = round_for_people(ns);
	if (duration_ns < 0)
		*at++ = '-';
	if (ns == 0)
		memcpy(at, "0", 2);
	else if (ns < NS_PER_US)
		put_whole(at, ns, 1, "ns");
	else if (ns < 100 * NS_PER_US)
		put_decimal(at, ns, NS_PER_US, "us");
	else if (ns < NS_PER_MS)
		put_whole(at, ns, NS_PER_US, "us");
	else if (ns < 100 * NS_PER_MS)
		put_decimal(at, ns, NS_PER_MS, "ms");
	else if (ns < NS_PER_SEC)
		put_whole(at, ns, NS_PER_MS, "ms");
	else if (ns < NS_PER_MIN)
		put_decimal(at, ns, NS_PER_SEC, "s");
	else if (ns < NS_PER_HOUR)
		put_two_units(at, ns, NS_PER_MIN, "m", NS_PER_SEC, "s");
	else if (ns < NS_PER_DAY)
		put_two_units(at, ns, NS_PER_HOUR, "h", NS_PER_MIN, "m");
	else
		put_two_units(at, ns, NS_PER_DAY, "d", NS_PER_HOUR, "h");
	return out;
}
