/*
 * Which connections a view shows: all, unless the options hold a choice.
 */
#include "view/view.h"

bool view_wants(const struct view_options *options, const struct ws_record *record, ws_time now)
{
	const struct view_choice *choice = options->choice;

	return !choice || choice->wants(choice->self, record, now);
}

bool view_wants_side(const struct view_options *options, const struct ws_record *record, ws_time now,
		     enum ws_side local)
{
	const struct view_choice *choice = options->choice;

	return !choice || choice->wants_side(choice->self, record, now, local);
}

bool view_may_want(const struct view_options *options, const struct ws_record *record)
{
	const struct view_choice *choice = options->choice;

	return !choice || choice->may_want(choice->self, record);
}
