/*
 * fake-app.c - fakes of app/reset, app/properties and the store, whose answers
 * the test puts into fake.
 */
#include "config.h"

#include "fake-app.h"

#include "app/delegation.h"
#include "app/mailbox.h"
#include "edge/clock.h"
#include "edge/store-sight.h"

struct fake		 fake;
struct keyring		*secrets;
struct scoreboard	*board;
struct endpoint		*endpoint;

static void
note_caller(const struct store_caller *caller)
{
	(void)snprintf(fake.login, sizeof(fake.login), "%s", caller->login);
	(void)snprintf(fake.address, sizeof(fake.address), "%s",
	    caller->address);
	(void)snprintf(fake.request_id, sizeof(fake.request_id), "%s",
	    caller->request_id);
}

static struct outcome
outcome_of_fake(void)
{
	return (struct outcome){ { .refusal = fake.outcome.refusal,
	    .back_off_ms = fake.outcome.back_off_ms }, fake.outcome.cause };
}

void
reset_pin(struct reset *reset, const struct store_caller *caller,
    struct outcome *outcome)
{
	(void)reset;
	fake.resets++;
	note_caller(caller);
	*outcome = outcome_of_fake();
}

/* Nobody may, unless the test says so: who may is the database's to say. */
void
delegation_resolve(const struct delegation *delegation, struct store *store,
    const struct store_caller *caller, char login[USERNAME_SIZE],
    struct outcome *outcome)
{
	(void)store;
	(void)snprintf(fake.asked, sizeof(fake.asked), "%s: %s by %s; ",
	    delegation->operation, delegation->name == NULL ? "-" :
	    delegation->name, caller->login);
	login[0] = '\0';
	*outcome = (struct outcome){ { .refusal = REFUSAL_IMPERSONATION },
	    NULL };
	if (fake.delegate == NULL)
		return;
	(void)snprintf(login, USERNAME_SIZE, "%s", fake.delegate);
	outcome->denial.refusal = REFUSAL_NONE;
}

/* What app/mailbox is asked, and what it says. */
static void
look(const char *what, const struct store_caller *caller, const char *text,
    struct buf *json, struct outcome *outcome)
{
	size_t	len = strlen(fake.asked);

	fake.looks++;
	note_caller(caller);
	(void)snprintf(fake.asked + len, sizeof(fake.asked) - len,
	    "%s: %s%s by %s because %s", what, caller->login, text,
	    caller->actor == NULL ? "-" : caller->actor,
	    caller->reason == NULL ? "-" : caller->reason);
	*outcome = outcome_of_fake();
	outcome->denial.word = fake.outcome.word;
	if (fake.json != NULL)
		buf_puts(json, fake.json);
}

void
mailbox_own(const struct properties_parts *parts,
    const struct store_caller *caller, struct buf *json,
    struct outcome *outcome)
{
	(void)parts;
	look("own", caller, "", json, outcome);
}

void
mailbox_find(const struct properties_parts *parts,
    const struct store_caller *caller, const char *text, struct buf *json,
    struct outcome *outcome)
{
	(void)parts;
	look("find", caller, text, json, outcome);
}

void
mailbox_state(const struct properties_parts *parts,
    const struct store_caller *caller, struct buf *json,
    struct outcome *outcome)
{
	(void)parts;
	look("state", caller, "", json, outcome);
}

void
mailbox_unlock(const struct properties_parts *parts,
    const struct store_caller *caller, struct buf *json,
    struct outcome *outcome)
{
	(void)parts;
	look("unlock", caller, "", json, outcome);
}

void
logon_try(const struct logon_parts *parts,
    const struct logon_request *request, struct logon_answer *answer)
{
	const struct store_line	*line = request->line;
	const struct secret	*pin = request->pin, *new = request->new_pin;

	(void)parts;
	fake.logons++;
	(void)snprintf(fake.line, sizeof(fake.line), "%s|%s|%s|%s|%s|%.*s|"
	    "%.*s|%d", line->account, line->mailbox, line->login, line->caller,
	    line->call, (int)pin->len, pin->digits, request->is_change ?
	    (int)new->len : 0, new->digits, (int)request->new_fault);
	*answer = fake.answer;
}

void
properties_is_um_enabled(const struct properties_parts *parts,
    const struct store_caller *caller, bool *is_enabled,
    struct outcome *outcome)
{
	(void)parts;
	fake.questions++;
	note_caller(caller);
	*is_enabled = fake.outcome.is_enabled;
	*outcome = outcome_of_fake();
}

void
properties_get(const struct properties_parts *parts,
    const struct store_caller *caller, struct properties *properties,
    struct outcome *outcome)
{
	(void)parts;
	fake.questions++;
	note_caller(caller);
	*properties = fake.outcome.properties;
	*outcome = outcome_of_fake();
}

void
properties_set(const struct properties_parts *parts,
    const struct store_caller *caller, enum property_id property,
    const char *value, struct outcome *outcome)
{
	(void)parts;
	fake.changes++;
	fake.property = property;
	(void)snprintf(fake.value, sizeof(fake.value), "%s", value);
	note_caller(caller);
	*outcome = outcome_of_fake();
}

/* A health check is given 3 seconds. */
bool
store_is_writable(struct store *store, int64_t deadline_ms)
{
	(void)store;
	assert_in_range(deadline_ms, clock_ms() + 1, clock_ms() + 3000);
	return fake.is_ready;
}

/* Asked for a second. */
enum status
store_sight(struct store *store, int64_t deadline_ms, struct sight *sight)
{
	(void)store;
	assert_in_range(deadline_ms, clock_ms() + 1, clock_ms() + 1000);
	fake.sights++;
	*sight = fake.sight;
	return fake.is_sight_known ? ST_OK : ST_RETRY;
}

enum status
store_unsealed(struct store *store, int64_t deadline_ms, int64_t *unsealed_s)
{
	(void)store;
	assert_in_range(deadline_ms, clock_ms() + 1, clock_ms() + 1000);
	*unsealed_s = fake.unsealed_s;
	return fake.is_sight_known ? ST_OK : ST_RETRY;
}

enum status
store_untold(struct store *store, int64_t deadline_ms, int64_t *untold_s,
    int64_t *given_up)
{
	(void)store;
	assert_in_range(deadline_ms, clock_ms() + 1, clock_ms() + 1000);
	*untold_s = fake.untold_s;
	*given_up = fake.given_up;
	return fake.is_sight_known ? ST_OK : ST_RETRY;
}

const char *
fake_param(void *context, const char *name, unsigned int *count)
{
	struct fake_request	*request = context;
	const char		*value = NULL, *param;
	size_t			 i, len = strlen(name);

	*count = 0;
	for (i = 0; i < PARAMS_MAX; i++) {
		param = request->params[i];
		if (param != NULL && strncmp(param, name, len) == 0 &&
		    param[len] == '=' && (*count)++ == 0)
			value = param + len + 1;
	}
	return value;
}

enum status
fake_read(void *context, char *bytes, size_t size, size_t *len)
{
	struct fake_request	*request = context;

	request->reads++;
	*len = request->len - request->given;
	if (*len > size)
		*len = size;
	if (*len > request->chunk)
		*len = request->chunk;
	memcpy(bytes, request->body + request->given, *len);
	request->given += *len;
	return *len == 0 && request->breaks_off ? ST_BAD : ST_OK;
}

void
fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
}

/* Put value in the place of the parameter of the same name, or behind. */
void
set_param(struct fake_request *request, const char *value)
{
	size_t	i, len = strcspn(value, "=") + 1;

	for (i = 0; request->params[i] != NULL; i++) {
		assert_true(i < PARAMS_MAX - 1);
		if (strncmp(request->params[i], value, len) == 0)
			break;
	}
	request->params[i] = value;
}

void
drop_param(struct fake_request *request, const char *name)
{
	size_t	i;

	for (i = 0; i < PARAMS_MAX; i++) {
		if (request->params[i] != NULL &&
		    strncmp(request->params[i], name, strlen(name)) == 0)
			request->params[i] = "-=";
	}
}

int
group_begin(void **state)
{
	static const struct endpoint_options	 options = { "EXAMPLE",
	    "https://mail.example.org", CHALLENGE, "phone, EXAMPLE\\Line2" };
	struct endpoint_parts			 parts = { 0 };
	unsigned int				 line;
	const char				*reason;

	(void)state;
	if (crypto_init() != ST_OK || keyring_parse("a:" SECRET,
	    strlen("a:" SECRET), &secrets, &line, &reason) != ST_OK ||
	    scoreboard_new(SLOTS, &board) != ST_OK)
		return -1;
	parts.web_secrets = secrets;
	parts.board = board;
	return endpoint_new(&options, &parts, &endpoint) == ST_OK ? 0 : -1;
}

int
group_end(void **state)
{
	(void)state;
	endpoint_free(&endpoint);
	scoreboard_free(&board);
	keyring_free(&secrets);
	return endpoint == NULL ? 0 : -1;
}

/* A good request with this body; cases then spoil a parameter. */
struct fake_request
request_of(const char *body)
{
	static char		length[64];
	struct fake_request	request = { { "UMWS_ROUTE=soap", PROOF,
	    "REMOTE_USER=EXAMPLE\\anna", "AUTH_TYPE=Basic",
	    "REMOTE_ADDR=192.0.2.7", "REQUEST_METHOD=POST",
	    "CONTENT_TYPE=text/xml", "HTTP_HOST=mail.example.org", length },
	    body, strlen(body), SIZE_MAX, false, 0, 0 };

	(void)snprintf(length, sizeof(length), "CONTENT_LENGTH=%zu",
	    request.len);
	return request;
}

void
handle(struct fake_request *request, struct answer *answer)
{
	const struct request	given = { request, fake_param,
					    fake_read };

	memset(answer, 0xff, sizeof(*answer));
	endpoint_handle(endpoint, &given, answer);
}

/* The value of a field of the answer, or "" without one; static. */
const char *
field(const struct answer *answer, const char *name)
{
	static char	 value[256];
	const char	*line = buf_text(&answer->fields), *end;
	size_t		 len = strlen(name);

	value[0] = '\0';
	for (; *line != '\0'; line = end + 2) {
		end = strstr(line, "\r\n");
		assert_non_null(end);
		if (strncmp(line, name, len) == 0 &&
		    strncmp(line + len, ": ", 2) == 0)
			(void)snprintf(value, sizeof(value), "%.*s",
			    (int)(end - line - (ptrdiff_t)len - 2),
			    line + len + 2);
	}
	return value;
}

bool
has(const struct answer *answer, const char *part)
{
	return strstr(buf_text(&answer->body), part) != NULL;
}

const char *
log_text(void)
{
	static char	text[LOG_SIZE];
	ssize_t		len;

	len = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);
	assert_true(len >= 0);
	text[len] = '\0';
	return text;
}

/* Handle it: a fault of this code, and nobody was asked for anything. */
void
check_fault(const char *name, struct fake_request *request, const char *code)
{
	struct answer	answer;

	fake_reset();
	handle(request, &answer);
	UNIT_CHECK(name, answer.status == 500);
	UNIT_CHECK(name, strcmp(answer.content_type, XML_TYPE) == 0);
	UNIT_CHECK(name, has(&answer, code));
	UNIT_CHECK(name, strcmp(field(&answer, "Retry-After"), "") == 0);
	UNIT_CHECK(name, fake.resets + fake.questions + fake.changes ==
	    0);
	endpoint_answer_free(&answer);
}
