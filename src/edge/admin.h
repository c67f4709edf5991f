/*
 * admin.h - the operator's calls: functions and views of role umws_admin,
 * and the transaction in which the schema is made.
 *
 * Every call returns db_call()'s statuses. After ST_BAD admin_message() has
 * the database's sentence; everything else but ST_OK has been logged.
 */
#ifndef UMWS_ADMIN_H
#define UMWS_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"

#define ADMIN_COLUMNS_MAX	48	/* columns of one view */
#define ADMIN_ORDER_MAX		2	/* of those by which it is sorted */
#define ADMIN_CONDITIONS_MAX	8	/* of one filter */
#define ADMIN_NO_VERSION	(-1)
#define ADMIN_ODD_VERSION	(-2)
#define ADMIN_RESULT_SIZE	16	/* bytes of a function's result word */
#define ADMIN_ACTOR_SIZE	256	/* bytes of who acts, with the NUL */
#define ADMIN_PARAMS_MAX	24	/* of one function */

/* What there is to say of a thing in the schema, or beside it. */
enum admin_verdict {
	ADMIN_MENDED,
	ADMIN_WRONG,		/* and cannot be mended */
	ADMIN_NOTE		/* not ours to judge: somebody should look */
};

struct admin;

/* Remember the options, which are borrowed; connects at the first call. As
 * db_new(): ST_OK, ST_RETRY, ST_FAIL. */
enum status	admin_new(const struct db_options *options,
		    struct admin **admin) MUSTCHECK;
void		admin_free(struct admin **admin);

/* Who acts, as the audit shall have it; "" (at first): whoever is logged in to
 * the database. What does not fit is cut. */
void		admin_set_actor(struct admin *admin, const char *actor);

/* That. Borrowed. */
const char	*admin_actor(const struct admin *admin);

/* Let each call from now on take two minutes, as a long list may. */
void		admin_take_time(struct admin *admin);

/* What the database said of the last call, "" when nothing was wrong. After
 * ST_BAD it is meant for people. Borrowed until the next. */
const char	*admin_message(const struct admin *admin);

/*
 * The SQLSTATE of what the database said of the last call or of a connection
 * that it refused; "" for none. Borrowed until the next.
 */
const char	*admin_sqlstate(const struct admin *admin);

/* What to do about a setting of the database's or a role's that it fails by;
 * NULL when that is not why. */
const char	*admin_todo(const struct admin *admin);

/* Was the last call refused because the database takes no writes? */
bool		admin_is_read_only(const struct admin *admin);

/*
 * Did the last call fail since somebody else altered the same at the same time?
 * PostgreSQL's word for two who alter one object is that of an internal error.
 */
bool		admin_is_collision(const struct admin *admin);

/* Its connection, for store_new(), while no transaction is open. Borrowed. */
struct db	*admin_db(struct admin *admin);

/*
 * The schema's version, and the oldest program it still serves; both 0 when
 * there is no schema yet. ADMIN_NO_VERSION when there is one, and the row that
 * says which is lost; ADMIN_ODD_VERSION when it says what cannot be.
 */
enum status	admin_schema(struct admin *admin, int64_t *version,
		    int64_t *oldest_program) MUSTCHECK;

/*
 * One transaction over several calls, on a connection that must not change
 * meanwhile: each call in it checks that it still is in the transaction, so
 * what follows a lost connection is refused and nothing is half done.
 * After any failure admin_rollback(); it may always be called.
 *
 * What writes outside of one has one of its own. Each says that it writes, so
 * default_transaction_read_only does not hold it; ST_RETRY where nobody can.
 */
enum status	admin_begin(struct admin *admin) MUSTCHECK;
/* ST_UNKNOWN after two minutes without an answer, or statement_timeout_ms
 * where a call has a transaction of its own. */
enum status	admin_commit(struct admin *admin) MUSTCHECK;
void		admin_rollback(struct admin *admin);

/*
 * In a transaction: wait until no other upgrade of this database runs, as a
 * superuser none of the cluster's, and keep others waiting until its end.
 * Settings that a file could depend on are pinned.
 */
enum status	admin_lock_schema(struct admin *admin) MUSTCHECK;
/* In a transaction: run the statements of a file of sql/. */
enum status	admin_script(struct admin *admin, const char *script)
		    MUSTCHECK;
/*
 * In a transaction, when all of sql/code is there: can every function be
 * parsed, and is what it names there? ST_BAD: admin_message() names one.
 */
enum status	admin_check_code(struct admin *admin) MUSTCHECK;

/*
 * In a transaction: is the schema in the state that its files give it?
 * admin_reference_begin() runs verify, the script of the functions that know
 * how to look (sql/verify.sql), and moves schema and roles out of the way;
 * then the caller runs every file by admin_script(). What they made
 * admin_reference_end() takes back and hands over as text, which the caller
 * frees. admin_mend() compares it with what is there and mends it; on_line
 * gets one line for each thing that was mended, for each that is wrong and was
 * not (the caller then rolls back), and for each that is none of ours and could
 * do harm. Wants a superuser: admin_is_superuser().
 */
enum status	admin_is_superuser(struct admin *admin, bool *is_superuser)
		    MUSTCHECK;
enum status	admin_reference_begin(struct admin *admin, const char *verify)
		    MUSTCHECK;
enum status	admin_reference_end(struct admin *admin, char **reference)
		    MUSTCHECK;
enum status	admin_mend(struct admin *admin, const char *reference,
		    void (*on_line)(void *context, enum admin_verdict verdict,
		    const char *line), void *context) MUSTCHECK;

/*
 * Call a function of the schema umws that acts, in the open transaction or in
 * one of its own. params are texts, which the database casts to the types of
 * the function; NULL is SQL's NULL. result, freed by the caller by
 * db_result_free(), has the function's columns by name, and before them "json":
 * the row as an object. A function yields one row at least.
 */
enum status	admin_call(struct admin *admin, const char *function,
		    const char *const *params, size_t count,
		    struct db_result **result) MUSTCHECK;

/* A mailbox as the operator describes it; NULL: none, or the default. */
struct admin_user {
	const char	*login;
	const char	*email;
	const char	*name;
	const char	*extension;
	const char	*locale;
	const char	*time_zone;
	const char	*policy;
	bool		 is_enabled;
};

enum status	admin_user_add(struct admin *admin,
		    const struct admin_user *user) MUSTCHECK;

/*
 * settings  the text of a JSON object: column names of policy and values
 * result    "created" or "changed"
 */
enum status	admin_policy_set(struct admin *admin, const char *name,
		    const char *settings, char result[ADMIN_RESULT_SIZE])
		    MUSTCHECK;

/*
 * Let the database accept PINs sealed to this mail key.
 *
 * result    "added"; "added-beside", other keys being accepted as well;
 *           "known"; "retired": known, and PINs sealed to it are refused
 */
enum status	admin_mail_key_add(struct admin *admin, const char *id,
		    char result[ADMIN_RESULT_SIZE]) MUSTCHECK;

/* A view and what of it is read. The names are SQL's, and constant. */
struct admin_view {
	const char	*name;		/* in the schema umws */
	const char	*key;		/* column by which rows are asked for */
	bool		 is_folded;	/* in whatever letters, as logins are */
	const char	*order[ADMIN_ORDER_MAX + 1];	/* NULL ends it */
	const char	*columns[ADMIN_COLUMNS_MAX + 1]; /* likewise; "at" and
					 * *_at are times */
};

/* How a column is held against a value. */
enum admin_match {
	ADMIN_EQUAL,		/* as text */
	ADMIN_LIKE,		/* a pattern, whose '*' is any text; capitals
				 * do not matter */
	ADMIN_SINCE,		/* a time; a duration before now */
	ADMIN_UNTIL
};

/*
 * A condition on a view's rows. Values of ADMIN_SINCE and ADMIN_UNTIL are what
 * PostgreSQL takes for a timestamptz, or "-N s" for so many seconds ago.
 */
struct admin_condition {
	const char		*column;	/* SQL's, and constant */
	enum admin_match	 match;
	const char		*value;
};

/* Which rows of a view; all zero: every row. */
struct admin_filter {
	const char		*name;		/* their key, or NULL */
	struct admin_condition	 conditions[ADMIN_CONDITIONS_MAX];
	size_t			 count;		/* of conditions, all of which
						 * hold */
	uint64_t		 limit;		/* 0: none */
};

/*
 * Read the rows of a view that a filter (NULL: none) lets through, page by
 * page and in one snapshot. on_row gets the values of the view's columns as
 * text, NULL for SQL's NULL, "t" and "f" for booleans, times in ISO 8601 and
 * UTC; borrowed during the call. What it returns ends the reading if it is
 * not ST_OK, and is passed on.
 */
enum status	admin_read(struct admin *admin, const struct admin_view *view,
		    const struct admin_filter *filter,
		    enum status (*on_row)(void *context,
		    const char *const *values), void *context, size_t *count)
		    MUSTCHECK;

/* The same rows as the text of one JSON object each, every column under the
 * view's name for it: values[0]. */
enum status	admin_read_json(struct admin *admin,
		    const struct admin_view *view,
		    const struct admin_filter *filter,
		    enum status (*on_row)(void *context,
		    const char *const *values), void *context, size_t *count)
		    MUSTCHECK;

#endif
