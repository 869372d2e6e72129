/*
 * The filter on system calls: each is tried by a process of its own, which either lives to tell or is ended by SIGSYS.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture/sandbox.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Open before the filter. */
static int granted;
static int other;

/* ---- What a capture does ------------------------------------------------------------------------------------- */

static int bind_fd(int fd)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(fd, (const struct sockaddr *)&any, sizeof(any));
}

static int send_on(int fd)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ssize_t sent = sendto(fd, "x", 1, 0, (const struct sockaddr *)&to, sizeof(to));

	return sent == 1 || errno == ECONNREFUSED ? 0 : -1;
}

static int do_write(void)
{
	return write(STDERR_FILENO, "", 0) == 0 ? 0 : -1;
}

static int do_memory(void)
{
	size_t len = (size_t)8 << 20;
	char *block = malloc(len);
	char *more;

	if (block == NULL)
		return -1;
	memset(block, 1, len);
	more = realloc(block, 2 * len);
	free(more != NULL ? more : block);
	return more != NULL ? 0 : -1;
}

static int do_wait(void)
{
	struct pollfd fd = { .fd = granted, .events = POLLIN };
	struct timespec now;

	return poll(&fd, 1, 1) == 0 && clock_gettime(CLOCK_REALTIME, &now) == 0 ? 0 : -1;
}

static int do_terminal(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 || errno == ENOTTY ? 0 : -1;
}

static int do_signal(void)
{
	return signal(SIGUSR1, SIG_IGN) != SIG_ERR && raise(SIGUSR1) == 0 ? 0 : -1;
}

static int do_bind_granted(void)
{
	return bind_fd(granted);
}

static int do_send_granted(void)
{
	return send_on(granted);
}

static int do_fail_to_open(void)
{
	errno = 0;
	return open("/dev/null", O_RDONLY) == -1 && errno == EACCES ? 0 : -1;
}

static int do_stream(void)
{
	return fprintf(stderr, "%s", "") == 0 && fflush(stderr) == 0 ? 0 : -1;
}

static int (*const allowed[])(void) = {
	do_write,        do_memory,       do_wait,         do_terminal, do_signal,
	do_bind_granted, do_send_granted, do_fail_to_open, do_stream,
};

/* ---- What it does not ---------------------------------------------------------------------------------------- */

static int do_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int do_bind_other(void)
{
	return bind_fd(other);
}

static int do_send_other(void)
{
	return send_on(other);
}

static int do_option_other(void)
{
	int on = 1;

	return setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

static int do_connect(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(granted, (const struct sockaddr *)&to, sizeof(to));
}

static int do_fork(void)
{
	return fork() >= 0 ? 0 : -1;
}

static int do_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int do_map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static int do_make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int do_kill_parent(void)
{
	return kill(getppid(), 0);
}

static int do_type_on_terminal(void)
{
	return ioctl(STDERR_FILENO, TIOCSTI, "x");
}

static int do_unlink(void)
{
	return unlink("/tmp/there-is-no-such-file");
}

static int do_be_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int do_other_stream(void)
{
	return dup2(STDERR_FILENO, 9);
}

static int (*const deadly[])(void) = {
	do_socket,   do_bind_other, do_send_other,  do_option_other,     do_connect, do_fork,        do_exec,
	do_map_code, do_make_code,  do_kill_parent, do_type_on_terminal, do_unlink,  do_be_dumpable, do_other_stream,
};

/* ---- Trying -------------------------------------------------------------------------------------------------- */

#define NO_FILTER 99

/* The status of the process that tried. */
static int try(int (*call)(void), bool opens_files)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct sandbox sandbox = { .opens_files = opens_files };

		granted = socket(AF_INET, SOCK_DGRAM, 0);
		other = socket(AF_INET, SOCK_DGRAM, 0);
		sandbox.packet_fd = sandbox.netlink_fd = granted;
		if (!sandbox_enter(&sandbox))
			_exit(NO_FILTER);
		_exit(call() == -1 ? 1 : 0);
	}
	/* Not ck_assert: main tries too. */
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return status;
}

/* ---- A thread that was there before ---------------------------------------------------------------------------- */

static struct {
	sem_t is_filtered;
	int (*call)(void);
	int result;
} thread;

static void *call_filtered(void *unused)
{
	(void)unused;
	sem_wait(&thread.is_filtered);
	thread.result = thread.call();
	return NULL;
}

static int in_a_thread(int (*call)(void))
{
	const struct sandbox sandbox = { .packet_fd = -1, .netlink_fd = -1 };
	pthread_t id;

	thread.call = call;
	if (sem_init(&thread.is_filtered, 0, 0) != 0 || pthread_create(&id, NULL, call_filtered, NULL) != 0)
		return -1;
	/* It has begun, and has nothing left to do for that. */
	usleep(50000);
	if (!sandbox_enter(&sandbox))
		return -1;
	sem_post(&thread.is_filtered);
	return pthread_join(id, NULL) == 0 ? thread.result : -1;
}

static int try_in_a_thread(int (*call)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(in_a_thread(call) == -1 ? 1 : 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(threads_too)
{
	int status = try_in_a_thread(do_memory);

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "memory: status %d", status);
	status = try_in_a_thread(do_socket);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "a socket: status %d", status);
}
END_TEST

START_TEST(what_is_needed)
{
	int status = try(allowed[_i], false);

	ck_assert_msg(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(what_is_not)
{
	int status = try(deadly[_i], false);

	ck_assert_msg(WIFSIGNALED(status), "lived, and said %d", WEXITSTATUS(status));
	ck_assert_int_eq(WTERMSIG(status), SIGSYS);
}
END_TEST

static int do_open(void)
{
	return open("/dev/null", O_WRONLY);
}

static int do_redirect(void)
{
	return dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
}

START_TEST(files_when_asked_for)
{
	ck_assert_int_eq(try(do_open, true), 0);
	ck_assert_int_eq(try(do_redirect, true), 0);
	ck_assert_int_eq(try(do_open, false), 1 << 8);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite;
	int status;

	status = try(do_write, false);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_FILTER) {
		puts("the kernel has no seccomp filters");
		return 77;
	}
	if (try(do_be_dumpable, false) == 0) {
		puts("a build with sanitizers has no filter");
		return 77;
	}
	suite = suite_new("sandbox", &t);
	tcase_add_loop_test(t, what_is_needed, 0, LENGTH(allowed));
	tcase_add_loop_test(t, what_is_not, 0, LENGTH(deadly));
	tcase_add_test(t, files_when_asked_for);
	tcase_add_test(t, threads_too);
	return suite_run(suite);
}
