#include "capture/problem.h"

#include <stdarg.h>
#include <stdio.h>

void problem_set(struct source_problem *problem, enum source_fault fault, const char *format, ...)
{
	va_list args;

	problem->fault = fault;
	va_start(args, format);
	vsnprintf(problem->text, sizeof(problem->text), format, args);
	va_end(args);
}
