#include "cli/choice.h"

bool choice_has(const struct choice *choice, const struct ws_record *record, ws_time now)
{
	return where_holds(&choice->where, record, now, WS_BOTH);
}

static bool wants(const void *self, const struct ws_record *record, ws_time now)
{
	return choice_has(self, record, now);
}

static bool wants_side(const void *self, const struct ws_record *record, ws_time now, enum ws_side local)
{
	const struct choice *choice = self;

	return where_holds(&choice->where, record, now, local);
}

static bool may_want(const void *self, const struct ws_record *record)
{
	const struct choice *choice = self;

	return where_may_hold(&choice->where, record);
}

/* As ss sees it: one state was asked for, whatever else was; nothing lets others in. */
static bool has_one_state(const struct where *where)
{
	unsigned found = 0;

	for (size_t i = 0; i < where->len; i++) {
		const struct where_step *step = &where->steps[i];

		if (step->kind == WHERE_OR || step->kind == WHERE_NOT)
			return false;
		if (step->kind == WHERE_STATE && step->side == WS_BOTH)
			found += (step->states & (step->states - 1)) == 0 ? 1 : 2;
	}
	return found == 1;
}

bool choice_names_finding(const struct choice *choice)
{
	for (size_t i = 0; choice && i < choice->where.len; i++)
		if (choice->where.steps[i].kind == WHERE_FINDING)
			return true;
	return false;
}

bool choice_init(struct choice *choice, const char *where)
{
	struct where_error error;

	choice->view =
		(struct view_choice){ .self = choice, .wants = wants, .wants_side = wants_side, .may_want = may_want };
	if (where_parse(&choice->where, where, &error)) {
		choice->view.has_one_state = has_one_state(&choice->where);
		return true;
	}
	where_report(stderr, where, &error);
	return false;
}
