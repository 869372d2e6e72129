/*
 * Runs a command and tells what it took, in one line: wall-clock microseconds, processor microseconds (user and system, all
 * threads and children), peak memory in kB, exit status (128 and the number of the signal that ended it).
 *
 * measure SECONDS OUTPUT ERRORS COMMAND...
 *
 * After SECONDS the command is killed, which shows as status 137. OUTPUT and ERRORS are the files for what it says.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t child;

static void stop(int signal)
{
	(void)signal;
	if (child > 0)
		(void)kill(-(pid_t)child, SIGKILL);
}

static long long microseconds(struct timeval t)
{
	return (long long)t.tv_sec * 1000000 + t.tv_usec;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static bool redirect(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	return fd >= 0 && dup2(fd, to) >= 0 && close(fd) == 0;
}

/* Does not return. A group of its own, so that what it starts goes with it. */
static void run(char **argv)
{
	int null = open("/dev/null", O_RDONLY);

	if (setpgid(0, 0) != 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || !redirect(argv[2], STDOUT_FILENO) ||
	    !redirect(argv[3], STDERR_FILENO))
		_exit(126);
	execvp(argv[4], argv + 4);
	fprintf(stderr, "measure: %s: %s\n", argv[4], strerror(errno));
	_exit(127);
}

int main(int argc, char **argv)
{
	unsigned seconds = argc > 4 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	long long start = now();
	struct rusage usage;
	int status;

	if (seconds == 0) {
		fprintf(stderr, "usage: measure SECONDS OUTPUT ERRORS COMMAND...\n");
		return 2;
	}
	child = fork();
	if (child < 0)
		return 1;
	if (child == 0)
		run(argv);
	signal(SIGALRM, stop);
	alarm(seconds);
	while (wait4((pid_t)child, &status, 0, &usage) < 0)
		if (errno != EINTR)
			return 1;
	printf("%lld %lld %ld %d\n", now() - start, microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
	       usage.ru_maxrss, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	return 0;
}
