/*
 * Completions of the command line for bash, zsh and fish, made from the tables of option_rows.h: views, options, the
 * words that an option takes, and the findings.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/option_rows.h"

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH, COMPLETION_SHELLS };

/* "bash", "zsh" or "fish"; false when it is none. */
bool completion_parse(const char *text, enum completion_shell *out);

/* A script for the shell to read. */
void completion_print(FILE *out, enum completion_shell shell);

/* What the value of an option may be. */
enum completion_value {
	COMPLETION_NOTHING, /* that could be told beforehand */
	COMPLETION_FILES,
	COMPLETION_INTERFACES,
	COMPLETION_USERS,
	COMPLETION_WORDS, /* completion_words */
};

enum completion_value completion_value_of(const struct option_row *row);

/* The words, with blanks between them; "" when there are none. */
const char *completion_words(const struct option_row *row);

/* The help of the row up to its first semicolon. `out` holds COMPLETION_HELP_MAX bytes; returns it. */
#define COMPLETION_HELP_MAX 160
const char *completion_help(const struct option_row *row, char *out);

void completion_bash(FILE *out);
void completion_zsh(FILE *out);
void completion_fish(FILE *out);

#endif
