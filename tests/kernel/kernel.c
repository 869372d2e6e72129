/*
 * kernel: lets real TCP stacks talk, records what state each end was in, and captures it at three places.
 *
 *   kernel [-o DIR] [-j JOBS] [-t SECONDS] [-s SNAPLEN] [-46klS] [PATTERN...]
 *
 * For each scenario that matches a shell pattern (all when none is given): DIR/NAME.{client,middle,server}.pcap and
 * DIR/NAME.truth.json; with -k the raw trace as DIR/NAME.trace too. One process each, ended when its time is up. Exit: 0 all were taken, 1 some were broken, 2 usage,
 * 77 this machine does not allow it (root, network namespaces, /dev/net/tun and tracefs are needed).
 */
#include "scenarios.h"
#include "trace.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_BROKEN = 1, EXIT_USAGE = 2, EXIT_SKIPPED = 77, JOBS_MAX = 64, SNAPLEN = 160, ATTEMPTS = 3, SUBNETS = 250 };

struct options {
	const char *directory;
	unsigned jobs, seconds;
	uint32_t snaplen;
	bool four, six, keep, list, soak;
	char **patterns;
};

struct job {
	pid_t pid; /* 0: free */
	const struct scenario *scenario;
	int family;
	unsigned attempt, subnet;
	time_t deadline;
	char name[64];
	char instance[48];
};

static volatile sig_atomic_t stopped;

static const struct scenario *const tables[] = {
	scenarios_open,  scenarios_listen, scenarios_talk, scenarios_close, scenarios_reset,
	scenarios_early, scenarios_late,   scenarios_odd,  scenarios_soak,
};

static void describe(struct job *j, const struct scenario *s, int family)
{
	j->scenario = s;
	j->family = family;
	snprintf(j->name, sizeof j->name, "%s-v%d", s->name, family == AF_INET ? 4 : 6);
}

/* Seconds. */
static unsigned patience(const struct options *o, const struct job *j)
{
	return j->scenario->flags & SOAK ? 4 * o->seconds : o->seconds;
}

static bool is_wanted(const struct options *o, const struct scenario *s, int family)
{
	struct job j;

	if ((family == AF_INET ? o->six : o->four) || (family == AF_INET6 && s->flags & ONLY_4))
		return false;
	describe(&j, s, family);
	for (char **p = o->patterns; *p; p++)
		if (fnmatch(*p, j.name, 0) == 0 || fnmatch(*p, s->name, 0) == 0)
			return true;
	return !*o->patterns && (o->soak || !(s->flags & SOAK));
}

static void write_results(const struct options *o, const struct job *j, struct bed *b, const struct truth *t)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s.truth.json", o->directory, j->name);
	bed_write_truth(b, t, j->scenario, path, j->name);
	snprintf(path, sizeof path, "%s/%s.trace", o->directory, j->name);
	if (o->keep)
		trace_save(j->instance, path);
}

/* In a process of its own. */
_Noreturn static void play(const struct options *o, const struct job *j)
{
	static struct bed bed;
	struct truth truth = { 0 };
	const struct taking taking = {
		.scenario = j->scenario,
		.directory = o->directory,
		.name = j->name,
		.instance = j->instance,
		.family = j->family,
		.subnet = j->subnet,
		.snaplen = o->snaplen,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(patience(o, j));
	bed_init(&bed, &taking);
	j->scenario->run(&bed);
	bed_finish(&bed, &truth);
	const char *wrong = truth_contradiction(&truth, bed.look);
	write_results(o, j, &bed, &truth);
	if (wrong && !(j->scenario->flags & MOVES_ON))
		broken("the truth is unsure: %s", wrong);
	bed_fini(&bed);
	truth_fini(&truth);
	exit(0);
}

static void start(const struct options *o, struct job *j, unsigned slot)
{
	static unsigned subnets;

	j->attempt++;
	j->subnet = subnets++ % SUBNETS; /* the last scenario's orphans may still be dying */
	j->deadline = time(NULL) + patience(o, j) + 5;
	snprintf(j->instance, sizeof j->instance, "wirestat-%d-%u", (int)getpid(), slot);
	fflush(NULL);
	j->pid = fork();
	if (j->pid < 0) {
		perror("kernel: fork");
		exit(EXIT_BROKEN);
	}
	if (j->pid == 0)
		play(o, j);
}

/* True when the job is over; *broken counts it when it failed for good. */
static bool finish(const struct options *o, struct job *j, unsigned slot, unsigned *failed)
{
	int status;

	if (waitpid(j->pid, &status, WNOHANG) == 0) {
		if (time(NULL) > j->deadline)
			kill(j->pid, SIGKILL);
		return false;
	}
	trace_remove(j->instance);
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (!good)
		fprintf(stderr, "%s: %s\n", j->name, WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "broken");
	if (!good && j->attempt < ATTEMPTS) {
		start(o, j, slot);
		return false;
	}
	printf("%-8s %s\n", good ? "taken" : "BROKEN", j->name);
	*failed += !good;
	j->pid = 0;
	return true;
}

static void on_signal(int number)
{
	stopped = number;
}

/* Asked to stop: nothing stays behind. */
_Noreturn static void stop(const struct options *o, const struct job *jobs)
{
	for (unsigned i = 0; i < o->jobs; i++) {
		if (!jobs[i].pid)
			continue;
		kill(jobs[i].pid, SIGKILL);
		waitpid(jobs[i].pid, NULL, 0);
		trace_remove(jobs[i].instance);
	}
	exit(128 + stopped);
}

static void reap(const struct options *o, struct job *jobs, unsigned keep, unsigned *failed)
{
	const struct timespec pause = { 0, 10000000 };

	for (;;) {
		unsigned busy = 0;

		for (unsigned i = 0; i < o->jobs; i++)
			busy += jobs[i].pid && !finish(o, &jobs[i], i, failed);
		if (busy <= keep)
			return;
		if (stopped)
			stop(o, jobs);
		nanosleep(&pause, NULL);
	}
}

static void submit(const struct options *o, struct job *jobs, const struct scenario *s, int family, unsigned *failed)
{
	reap(o, jobs, o->jobs - 1, failed);
	for (unsigned i = 0; i < o->jobs; i++) {
		if (jobs[i].pid)
			continue;
		jobs[i] = (struct job){ 0 };
		describe(&jobs[i], s, family);
		start(o, &jobs[i], i);
		return;
	}
}

static unsigned play_all(const struct options *o, unsigned *failed)
{
	static const int families[] = { AF_INET, AF_INET6 };
	static struct job jobs[JOBS_MAX];
	unsigned count = 0;

	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
		for (const struct scenario *s = tables[t]; s->name; s++) {
			for (size_t f = 0; f < 2; f++) {
				if (!is_wanted(o, s, families[f]))
					continue;
				count++;
				if (o->list)
					printf("%s-v%d\t%s\n", s->name, f ? 6 : 4, s->what);
				else
					submit(o, jobs, s, families[f], failed);
			}
		}
	}
	reap(o, jobs, 0, failed);
	return count;
}

static const char *what_is_missing(bool *mounted)
{
	if (geteuid() != 0)
		return "not root";
	if (access("/dev/net/tun", R_OK | W_OK) != 0)
		return "no /dev/net/tun";
	if (!trace_available(mounted))
		return "no tracefs";
	pid_t pid = fork();
	int status = 0;
	if (pid == 0) {
		host_leave_home();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		return "no network namespaces";
	return NULL;
}

static struct options parse(int argc, char **argv)
{
	struct options o = { .directory = ".", .jobs = 4, .seconds = 100, .snaplen = SNAPLEN };
	int c;

	while ((c = getopt(argc, argv, "o:j:t:s:46klS")) != -1) {
		switch (c) {
		case 'o':
			o.directory = optarg;
			break;
		case 'j':
			o.jobs = (unsigned)atoi(optarg);
			break;
		case 't':
			o.seconds = (unsigned)atoi(optarg);
			break;
		case 's':
			o.snaplen = (uint32_t)atoi(optarg);
			break;
		case '4':
			o.four = true;
			break;
		case '6':
			o.six = true;
			break;
		case 'k':
			o.keep = true;
			break;
		case 'l':
			o.list = true;
			break;
		case 'S':
			o.soak = true;
			break;
		default:
			exit(EXIT_USAGE);
		}
	}
	if (o.jobs < 1 || o.jobs > JOBS_MAX || o.snaplen < 60 || (o.four && o.six)) {
		fprintf(stderr, "kernel: -j is 1 to %d, -s at least 60, -4 and -6 exclude each other\n", JOBS_MAX);
		exit(EXIT_USAGE);
	}
	o.patterns = argv + optind;
	return o;
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	unsigned failed = 0;
	bool mounted = false;

	if (!o.list) {
		const char *missing = what_is_missing(&mounted);

		if (missing) {
			fprintf(stderr, "kernel: skipped: %s\n", missing);
			return EXIT_SKIPPED;
		}
		if (mkdir(o.directory, 0755) < 0 && errno != EEXIST) {
			fprintf(stderr, "kernel: %s: %s\n", o.directory, strerror(errno));
			return EXIT_BROKEN;
		}
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	trace_sweep();
	setvbuf(stdout, NULL, _IOLBF, 0);
	unsigned count = play_all(&o, &failed);
	if (mounted)
		trace_unmount();
	if (!o.list)
		printf("%u scenarios, %u broken\n", count, failed);
	return failed || !count ? EXIT_BROKEN : 0;
}
