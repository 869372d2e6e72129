/*
 * Giving up root, or the capabilities that the program was started with, once the interface is open.
 */
#ifndef CAPTURE_PRIVILEGE_H
#define CAPTURE_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

#define PRIVILEGE_TEXT_MAX 160

/* Becomes `user`, for good; NULL: the user who called sudo, else nobody. Whoever is not root stays who he is. Then no
 * capability is left, and no program that is run can bring one back. "root" keeps everything. False when any of this
 * cannot be done, with the reason in `error`. */
bool privilege_drop(const char *user, char error[PRIVILEGE_TEXT_MAX]);

#endif
