/*
 * The output stream: everything arrives, signals do not break it, the first failure is kept.
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/suite.h"

#define FAR_MORE_THAN_A_PIPE_HOLDS (1024 * 1024)

START_TEST(all_arrives)
{
	char text[16] = "";
	int ends[2];
	struct output output;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(output_open(&output, ends[1]), 0);
	fprintf(output.stream, "%d %s\n", 17, "words");
	ck_assert_int_eq(output_close(&output), 0);
	ck_assert_int_eq(read(ends[0], text, sizeof(text) - 1), 9);
	ck_assert_str_eq(text, "17 words\n");
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(full_disk)
{
	struct output output;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	ck_assert_int_eq(output_open(&output, fd), 0);
	fputs("something", output.stream);
	ck_assert_int_eq(output_close(&output), ENOSPC);
	close(fd);
}
END_TEST

/* The reason is that of the first write, however much is written afterwards. */
START_TEST(first_failure)
{
	static char block[256 * 1024];
	struct output output;

	memset(block, 'x', sizeof(block));
	ck_assert_int_eq(output_open(&output, -1), 0);
	ck_assert_uint_lt(fwrite(block, 1, sizeof(block), output.stream), sizeof(block));
	ck_assert(ferror(output.stream));
	ck_assert_int_eq(output_close(&output), EBADF);
}
END_TEST

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals = signals + 1;
}

/* Reads to the end, slowly at first, and says by its exit status whether all came. */
static void read_slowly(int fd)
{
	static char block[65536];
	size_t total = 0;
	ssize_t count;

	usleep(200 * 1000);
	while ((count = read(fd, block, sizeof(block))) > 0)
		total += (size_t)count;
	_exit(total == FAR_MORE_THAN_A_PIPE_HOLDS ? 0 : 1);
}

START_TEST(signals_do_not_break_it)
{
	struct sigaction action;
	struct output output;
	int ends[2];
	int status;
	pid_t reader;

	memset(&action, 0, sizeof(action));
	action.sa_handler = count_signal;
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(pipe(ends), 0);
	reader = fork();
	if (reader == 0) {
		close(ends[1]);
		read_slowly(ends[0]);
	}
	close(ends[0]);
	ck_assert_int_eq(output_open(&output, ends[1]), 0);
	ualarm(50 * 1000, 0);
	for (size_t i = 0; i < FAR_MORE_THAN_A_PIPE_HOLDS; i++)
		fputc('x', output.stream);
	ck_assert_int_eq(output_close(&output), 0);
	close(ends[1]);
	ck_assert_int_eq(waitpid(reader, &status, 0), reader);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_int_eq(signals, 1);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite = suite_new("output", &t);

	tcase_add_test(t, all_arrives);
	tcase_add_test(t, full_disk);
	tcase_add_test(t, first_failure);
	tcase_add_test(t, signals_do_not_break_it);
	return suite_run(suite);
}
