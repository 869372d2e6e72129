/*
 * Capture time: nanoseconds since 1970 UTC as ws_time, its units, and its text. No clock is read here or anywhere
 * below src/capture/.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "wirestat.h"

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SEC INT64_C(1000000000)

#define CLOCK_TEXT_MAX 40

/* RFC 3339 in UTC with nine decimals, "2026-01-02T03:04:05.000000006Z"; "-" for WS_TIME_NONE. `out` holds
 * CLOCK_TEXT_MAX bytes; returns it. */
const char *clock_text(ws_time t, char *out);

/* The inverse: RFC 3339 with 0 to 9 decimals ('T' or a blank, 'Z' or an offset, or neither for UTC), or seconds since
 * 1970 with decimals. False when `text` is neither. */
bool clock_parse(const char *text, ws_time *out);

/* A duration: "1.5", "1.5s", "200ms", "10us", "7ns", "2m", "1h", "3d"; a bare number is seconds. Not negative. */
bool clock_parse_duration(const char *text, int64_t *out_ns);

/* A duration for people, at most four characters of number: "0", "180us", "1.2ms", "3.4s", "5m06s", "2h03m", "4d05h".
 * `out` holds CLOCK_TEXT_MAX bytes; returns it. */
const char *clock_duration_text(int64_t ns, char *out);

#endif
