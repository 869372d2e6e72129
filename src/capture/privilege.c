/*
 * capabilities(7), credentials(7). The order matters: the bounding set and the groups can be changed by root alone, so the
 * user comes after them; the capabilities come last, for those that a file capability gave are there without root.
 */
#include "capture/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where there is no user of the name "nobody". */
#define NOBODY 65534

struct identity {
	uid_t uid;
	gid_t gid;
};

static bool fail(char error[PRIVILEGE_TEXT_MAX], const char *what)
{
	snprintf(error, PRIVILEGE_TEXT_MAX, "%s: %s", what, strerror(errno));
	return false;
}

/* An id other than root's, from the environment. */
static bool read_id(const char *name, uint32_t *out)
{
	const char *text = getenv(name);
	char *end;
	unsigned long long value;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end != '\0' || errno != 0 || value == 0 || value >= UINT32_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
}

static void choose_default(struct identity *out)
{
	uint32_t uid, gid;
	const struct passwd *nobody;

	*out = (struct identity){ .uid = NOBODY, .gid = NOBODY };
	if (read_id("SUDO_UID", &uid) && read_id("SUDO_GID", &gid)) {
		*out = (struct identity){ .uid = uid, .gid = gid };
		return;
	}
	nobody = getpwnam("nobody");
	if (nobody != NULL && nobody->pw_uid != 0 && nobody->pw_gid != 0)
		*out = (struct identity){ .uid = nobody->pw_uid, .gid = nobody->pw_gid };
}

static bool choose(const char *user, struct identity *out, char error[PRIVILEGE_TEXT_MAX])
{
	const struct passwd *entry;

	if (user == NULL) {
		choose_default(out);
		return true;
	}
	entry = getpwnam(user);
	if (entry == NULL) {
		snprintf(error, PRIVILEGE_TEXT_MAX, "there is no user '%s'", user);
		return false;
	}
	*out = (struct identity){ .uid = entry->pw_uid, .gid = entry->pw_gid };
	return true;
}

/* Without CAP_SETPCAP this is not allowed; then there is little in it, and PR_SET_NO_NEW_PRIVS keeps it from mattering. */
static void drop_bounding_set(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

static bool become(const struct identity *who, char error[PRIVILEGE_TEXT_MAX])
{
	if (setgroups(0, NULL) != 0 || setresgid(who->gid, who->gid, who->gid) != 0 ||
	    setresuid(who->uid, who->uid, who->uid) != 0)
		return fail(error, "root could not be given up");
	return true;
}

static bool drop_capabilities(char error[PRIVILEGE_TEXT_MAX])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof(none));
	/* Kernels before 4.3 have no ambient set. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &header, none) != 0)
		return fail(error, "capabilities could not be given up");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(error, "permissions could not be locked");
	return true;
}

bool privilege_drop(const char *user, char error[PRIVILEGE_TEXT_MAX])
{
	bool is_root = geteuid() == 0 || getuid() == 0;
	struct identity who;

	if (is_root || user != NULL) {
		if (!choose(user, &who, error))
			return false;
		if (who.uid == 0)
			return true;
	}
	drop_bounding_set();
	if (is_root && !become(&who, error))
		return false;
	if (!drop_capabilities(error))
		return false;
	if (is_root && setuid(0) == 0) {
		snprintf(error, PRIVILEGE_TEXT_MAX, "root could not be given up");
		return false;
	}
	return true;
}
