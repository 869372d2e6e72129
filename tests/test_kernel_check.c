/*
 * The check against the kernel, of connections that this host's kernel has never heard of: what differs once is not
 * settled, what differs twice is a divergence and told, what goes on differing is counted but not told again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/kernel_check.h"
#include "lib/exchange.h"
#include "lib/suite.h"

static struct exchange x;
static struct kernel_check *check;
static struct ws_addr local;
static FILE *out;
static char *written;
static size_t written_len;

/* The address of the client of connection 1 is ours, say we. */
static void setup(void)
{
	struct ws_record record;

	exchange_init(&x, NULL);
	exchange_open(&x, 1);
	ck_assert(exchange_record(&x, 1, &record));
	local = record.endpoint[WS_CLIENT].addr;
	out = open_memstream(&written, &written_len);
	ck_assert_ptr_nonnull(out);
	check = kernel_check_new(&local, 1, VIEW_JSON, out);
	ck_assert_ptr_nonnull(check);
}

static void teardown(void)
{
	kernel_check_free(check);
	fclose(out);
	free(written);
	exchange_fini(&x);
}

/* The line that a check writes. */
static const char *line(void)
{
	fflush(out);
	written_len = 0;
	rewind(out);
	kernel_check_run(check, x.tracker, x.now);
	fflush(out);
	return written;
}

#define ck_line(text, part) ck_assert_msg(strstr(text, part) != NULL, "'%s' lacks '%s'", text, part)

START_TEST(once_is_not_settled)
{
	const char *first = line();

	ck_line(first, "{\"type\":\"check\",\"schema\":1,");
	ck_line(first, "\"divergences\":[],\"compared\":1,\"agreed\":0,\"divergent\":0,\"unsettled\":1,\"unknown\":0}");
}
END_TEST

START_TEST(twice_is_a_divergence_and_told_once)
{
	const char *text;

	line();
	text = line();
	ck_line(text, "\"side\":\"client\"");
	ck_line(text, "\"state\":\"ESTABLISHED\",\"proven\":\"ESTABLISHED\",\"kernel\":\"CLOSED\"}]");
	ck_line(text, "\"compared\":1,\"agreed\":0,\"divergent\":1,\"unsettled\":0");
	text = line();
	ck_line(text, "\"divergences\":[],\"compared\":1,\"agreed\":0,\"divergent\":1,\"unsettled\":0");
}
END_TEST

/* Seen differently, but not in the same way. */
START_TEST(another_opinion_is_not_settled)
{
	const char *text;

	line();
	exchange_feed(&x, 1, SERVER, "F.", 11, 11, 0);
	exchange_feed(&x, 1, CLIENT, ".", 11, 12, 0);
	text = line();
	ck_line(text, "\"divergences\":[],\"compared\":1,\"agreed\":0,\"divergent\":0,\"unsettled\":1");
	ck_line(line(), "\"state\":\"CLOSE-WAIT\"");
}
END_TEST

/* Closed here, and the kernel has nothing: nothing to compare. */
START_TEST(what_is_over_is_not_compared)
{
	line();
	exchange_feed(&x, 1, CLIENT, "R.", 11, 11, 0);
	ck_line(line(), "\"divergences\":[],\"compared\":0,");
	ck_line(line(), "\"divergences\":[],\"compared\":0,");
}
END_TEST

#define MANY 60

/* Before, between and behind those that differ as before, others come and change. */
START_TEST(many)
{
	static struct ws_addr addresses[MANY];
	struct ws_record record;

	for (uint32_t n = 2; n < MANY; n++)
		exchange_open(&x, n);
	for (uint32_t n = 1; n < MANY; n++) {
		ck_assert(exchange_record(&x, n, &record));
		addresses[n] = record.endpoint[WS_CLIENT].addr;
	}
	exchange_fini(&x);
	exchange_init(&x, NULL);
	kernel_check_free(check);
	check = kernel_check_new(addresses + 1, MANY - 1, VIEW_JSON, out);
	ck_assert_ptr_nonnull(check);

	for (uint32_t n = 1; n < 40; n++)
		exchange_open(&x, n);
	ck_line(line(), "\"compared\":39,\"agreed\":0,\"divergent\":0,\"unsettled\":39");
	for (uint32_t n = 40; n < MANY; n++)
		exchange_open(&x, n);
	for (uint32_t n = 2; n < MANY; n += 3)
		exchange_close(&x, n);
	/* Of the 39, 13 are in TIME-WAIT now. */
	ck_line(line(), "\"compared\":59,\"agreed\":0,\"divergent\":26,\"unsettled\":33");
	ck_line(line(), "\"compared\":59,\"agreed\":0,\"divergent\":59,\"unsettled\":0");
	ck_line(line(), "\"divergences\":[],");
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("kernel_check", &t);
	struct kernel_check *probe = kernel_check_new(NULL, 0, VIEW_JSON, stdout);

	if (probe == NULL) {
		puts("the kernel does not answer");
		return 77;
	}
	kernel_check_free(probe);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, once_is_not_settled);
	tcase_add_test(t, twice_is_a_divergence_and_told_once);
	tcase_add_test(t, another_opinion_is_not_settled);
	tcase_add_test(t, what_is_over_is_not_compared);
	tcase_add_test(t, many);
	return suite_run(suite);
}
