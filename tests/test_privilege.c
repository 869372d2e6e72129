/*
 * Giving up root: a process of its own does it and looks into /proc/self/status at what is left. Skipped without root.
 */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/privilege.h"
#include "lib/suite.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The value of a line of /proc/self/status, blanks made one. */
static void read_status(const char *name, char *out, size_t size)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[512];
	size_t len = strlen(name);

	out[0] = '\0';
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *rest;

		if (strncmp(line, name, len) != 0 || line[len] != ':')
			continue;
		for (char *word = strtok_r(line + len + 1, " \t\n", &rest); word != NULL;
		     word = strtok_r(NULL, " \t\n", &rest))
			snprintf(out + strlen(out), size - strlen(out), "%s%s", out[0] != '\0' ? " " : "", word);
	}
	if (file != NULL)
		fclose(file);
}

static bool has(const char *name, const char *value)
{
	char text[256];

	read_status(name, text, sizeof(text));
	if (strcmp(text, value) == 0)
		return true;
	fprintf(stderr, "%s: '%s', not '%s'\n", name, text, value);
	return false;
}

static bool has_no_capability(void)
{
	static const char none[] = "0000000000000000";

	return has("CapInh", none) && has("CapPrm", none) && has("CapEff", none) && has("CapBnd", none) &&
	       has("CapAmb", none) && has("NoNewPrivs", "1");
}

static bool cannot_come_back(void)
{
	return setuid(0) != 0 && seteuid(0) != 0 && setgid(0) != 0 && setgroups(0, NULL) != 0;
}

/* ---- Each by a process of its own ---------------------------------------------------------------------------- */

static bool becomes_nobody(void)
{
	char error[PRIVILEGE_TEXT_MAX];

	unsetenv("SUDO_UID");
	return privilege_drop(NULL, error) && getuid() != 0 && getgid() != 0 && geteuid() == getuid() &&
	       has("Groups", "") && has_no_capability() && cannot_come_back();
}

static bool becomes_the_caller_of_sudo(void)
{
	char error[PRIVILEGE_TEXT_MAX];

	setenv("SUDO_UID", "1234", 1);
	setenv("SUDO_GID", "1235", 1);
	return privilege_drop(NULL, error) && has("Uid", "1234 1234 1234 1234") && has("Gid", "1235 1235 1235 1235") &&
	       has_no_capability() && cannot_come_back();
}

static bool is_not_misled(const char *uid)
{
	char error[PRIVILEGE_TEXT_MAX];

	setenv("SUDO_UID", uid, 1);
	setenv("SUDO_GID", "1235", 1);
	return privilege_drop(NULL, error) && getuid() != 0 && getgid() != 1235 && has_no_capability();
}

static bool is_not_misled_by_root(void)
{
	return is_not_misled("0");
}

static bool is_not_misled_by_words(void)
{
	return is_not_misled("12x");
}

/* As uid_t it would be "leave it as it is". */
static bool is_not_misled_by_minus_one(void)
{
	return is_not_misled("4294967295");
}

static bool is_not_misled_by_a_large_one(void)
{
	return is_not_misled("4294967296");
}

static bool stays_root(void)
{
	char error[PRIVILEGE_TEXT_MAX];
	char before[64];

	read_status("CapEff", before, sizeof(before));
	return privilege_drop("root", error) && getuid() == 0 && has("CapEff", before);
}

static bool refuses_nobody_at_all(void)
{
	char error[PRIVILEGE_TEXT_MAX] = "";

	return !privilege_drop("no-such-user", error) && strstr(error, "'no-such-user'") != NULL && getuid() == 0;
}

static bool gives_up_what_is_left_without_root(void)
{
	char error[PRIVILEGE_TEXT_MAX];

	if (setgroups(0, NULL) != 0 || setresgid(1235, 1235, 1235) != 0 || setresuid(1234, 1234, 1234) != 0)
		return false;
	return privilege_drop(NULL, error) && getuid() == 1234 && has("CapEff", "0000000000000000") &&
	       has("NoNewPrivs", "1");
}

static bool (*const tries[])(void) = {
	becomes_nobody,
	becomes_the_caller_of_sudo,
	is_not_misled_by_root,
	is_not_misled_by_words,
	is_not_misled_by_minus_one,
	is_not_misled_by_a_large_one,
	stays_root,
	refuses_nobody_at_all,
	gives_up_what_is_left_without_root,
};

START_TEST(privilege)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(tries[_i]() ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
	TCase *t;
	Suite *suite;

	if (geteuid() != 0) {
		puts("needs root");
		return 77;
	}
	suite = suite_new("privilege", &t);
	tcase_add_loop_test(t, privilege, 0, LENGTH(tries));
	return suite_run(suite);
}
