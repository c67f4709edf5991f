/*
 * admin-stage.c - call the functions of sql/code/admin-stage.sql.
 */
#include "config.h"

#include "edge/admin-stage.h"

#include <string.h>

#include "edge/admin-view.h"

#define STAGE_MS	600000	/* for one call */

/* One call, in the open transaction. result as of admin_call(). */
static enum status
call(struct admin *admin, const char *function, const char *const *params,
    size_t count, struct db_result **result)
{
	enum status	st;

	db_set_timeout(admin->db, STAGE_MS);
	st = admin_call(admin, function, params, count, result);
	db_set_timeout(admin->db, admin->timeout_ms);
	return st;
}

/* One whose result says nothing. */
static enum status
call_void(struct admin *admin, const char *function,
    const char *const *params, size_t count)
{
	struct db_result	*result;
	enum status		 st;

	st = call(admin, function, params, count, &result);
	db_result_free(&result);
	return st;
}

static uint64_t
count_of(const struct db_result *result, const char *name)
{
	return (uint64_t)db_number(result, 0, db_column(result, name));
}

enum status
admin_stage_begin(struct admin *admin)
{
	const char	*none[] = { NULL };
	enum status	 st;

	st = admin_begin(admin);
	return st == ST_OK ? call_void(admin, "stage_begin", none, 0) : st;
}

enum status
admin_stage_add(struct admin *admin, const char *rows)
{
	const char	*params[] = { rows };

	return call_void(admin, "stage_add", params, 1);
}

enum status
admin_stage_compare(struct admin *admin, bool is_by_hand, bool is_whole,
    struct admin_stage_counts *counts)
{
	const char		*params[] = { is_by_hand ? "t" : "f",
				    is_whole ? "t" : "f" };
	struct db_result	*result;
	enum status		 st;

	memset(counts, 0, sizeof(*counts));
	st = call(admin, "stage_compare", params, 2, &result);
	if (st == ST_OK) {
		counts->rows = count_of(result, "rows");
		counts->bad = count_of(result, "bad");
		counts->added = count_of(result, "added");
		counts->changed = count_of(result, "changed");
		counts->same = count_of(result, "same");
		counts->gone = count_of(result, "gone");
		counts->enabled = count_of(result, "enabled");
		counts->disabled = count_of(result, "disabled");
		counts->named = count_of(result, "named");
	}
	db_result_free(&result);
	return st;
}

enum status
admin_stage_apply(struct admin *admin, const char *action,
    const char *source, uint64_t *mails)
{
	const char		*params[] = { action, source };
	struct db_result	*result;
	enum status		 st;

	*mails = 0;
	st = call(admin, "stage_apply", params, 2, &result);
	if (st == ST_OK)
		*mails = count_of(result, "mails");
	db_result_free(&result);
	return st;
}

enum status
admin_stage_commit(struct admin *admin)
{
	const char	*none[] = { NULL };
	enum status	 st;

	st = call_void(admin, "stage_end", none, 0);
	return st == ST_OK ? admin_commit(admin) : st;
}
