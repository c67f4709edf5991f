/*
 * fake-app.h - what stands before and behind web/endpoint: a request made of
 * strings, and app/reset, app/properties and the store without a database;
 * and a way to handle such a request and look at the answer. Link fake-app.c.
 */
#ifndef UMWS_FAKE_APP_H
#define UMWS_FAKE_APP_H

#include "unit.h"

#include "web/endpoint.h"
#include "app/properties.h"
#include "web/request.h"
#include "app/reset.h"
#include "edge/sight.h"
#include "soap/operation.h"

#define PARAMS_MAX	16
#define SLOTS		4
#define LOG_SIZE	8192
#define SECRET		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define PROOF		"UMWS_SECRET=" SECRET
#define CHALLENGE	"Basic realm=\"Voice\""
#define XML_TYPE	"text/xml; charset=utf-8"

/* A request; its body comes in pieces of at most chunk bytes. */
struct fake_request {
	const char	*params[PARAMS_MAX];
	const char	*body;
	size_t		 len, chunk;
	bool		 breaks_off;	/* instead of ending */
	size_t		 given;		/* bytes read so far */
	unsigned int	 reads;
};

/* What every operation says. */
struct fake_outcome {
	enum refusal		refusal;
	uint64_t		back_off_ms;
	const char		*cause, *word;
	bool			is_enabled;
	struct properties	properties;
};

/* What the fakes say, and what they were asked. */
struct fake {
	struct fake_outcome	outcome;
	bool			is_ready;
	bool			is_sight_known;
	struct sight		sight;
	unsigned int		sights;
	unsigned int		resets, questions, changes, logons, looks;
	const char		*delegate;	/* whom one may act for; NULL:
						 * nobody */
	const char		*json;		/* told of mailboxes */
	char			asked[512];	/* what for, and by whom */
	struct logon_answer	answer;		/* of a logon */
	char			line[2048];	/* what it was asked by */
	enum property_id	property;
	char			value[OPERATION_VALUE_SIZE];
	char			login[64], address[64], request_id[64];
	int64_t			unsealed_s;
	int64_t			untold_s, given_up;
};

extern struct fake		 fake;
extern struct keyring		*secrets;
extern struct scoreboard	*board;
extern struct endpoint		*endpoint;

int	group_begin(void **state);
int	group_end(void **state);
void	fake_reset(void);

/* The callbacks of a struct fake_request. */
const char	*fake_param(void *context, const char *name,
		    unsigned int *count);
enum status	 fake_read(void *context, char *bytes, size_t size,
		    size_t *len);

/* A good request with this body; cases then spoil a parameter. */
struct fake_request	request_of(const char *body);

/* Put value in the place of the parameter of the same name, or behind. */
void	set_param(struct fake_request *request, const char *value);
void	drop_param(struct fake_request *request, const char *name);

void	handle(struct fake_request *request, struct answer *answer);

/* The value of a field of the answer, or "" without one; static. */
const char	*field(const struct answer *answer, const char *name);
bool		 has(const struct answer *answer, const char *part);
const char	*log_text(void);

/* Handle it: a fault of this code, and nobody was asked for anything. */
void	check_fault(const char *name, struct fake_request *request,
	    const char *code);

#endif
