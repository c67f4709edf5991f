/*
 * setup-web.c - "setup": the web server's files, its own test of them, and its
 * reload. What it refuses is taken back before it could be loaded.
 */
#include "config.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/setup-auth.h"
#include "ctl/setup-service.h"
#include "ctl/setup-web.h"
#include "edge/listener.h"
#include "edge/program.h"

#define WEB		"web"
#define TIMEOUT_S	60
#define WORDS_MAX	4096	/* bytes of what the server says */
#define SHOWN		400	/* of these, in a sentence */
#define TOLD_MAX	(16 * HOSTFILE_MAX)	/* of all its sites */

static const struct setup_web *const	servers[] = { &setup_web_nginx,
					    &setup_web_apache };

#define SERVERS	(sizeof(servers) / sizeof(servers[0]))

static bool
is_installed(const struct setup_web *web)
{
	return access(web->program, X_OK) == 0 &&
	    hostfile_is_there(web->folder);
}

/* The one that was told, or the only one. */
int
setup_find_web(struct setup *setup)
{
	const char	*name = setup->wish.web != NULL ? setup->wish.web :
			    "";
	size_t		 i, count = 0;

	if (strcmp(name, "none") == 0)
		return EX_OK;
	for (i = 0; i < SERVERS; i++) {
		if (*name == '\0' ? !is_installed(servers[i]) :
		    strcmp(name, servers[i]->name) != 0)
			continue;
		setup->web = servers[i];
		count++;
	}
	if (count == 1 && is_installed(setup->web)) {
		setup->wish.web = setup->web->name;
		return EX_OK;
	}
	if (count > 1)
		return command_fail(setup->command, EX_USAGE, "nginx and "
		    "Apache are both installed: say which one by --web nginx "
		    "or --web apache; nothing was changed");
	if (count == 0 && *name != '\0')
		return command_fail(setup->command, EX_USAGE, "--web is "
		    "nginx, apache or none; nothing was changed");
	return command_fail(setup->command, EX_UNAVAILABLE, "%s is not "
	    "installed here, or not as Debian does it: apt-get install nginx "
	    "(or apache2), or give --web none; nothing was changed",
	    count == 0 ? "a web server" : name);
}

/* A name of the sources that stands at the text, and the one for it. */
static size_t
find_name(const struct setup *setup, const char *text,
    char name[SETUP_PATH_SIZE])
{
	static const char	host[] = "mail.example.org";
	static const char	secret[] = "/etc/umws/web.secret";
	static const char	share[] = "/usr/share/umws";
	const struct conf	*conf = setup->conf != NULL ? setup->conf :
				    setup->command->conf;
	const struct setup_way	*way = setup_auth_way(setup);
	const char		*sample;
	size_t			 i;

	for (i = 0; i < SETUP_NAMES && way->names[i].nginx != NULL; i++) {
		sample = setup->web->is_nginx ? way->names[i].nginx :
		    way->names[i].apache;
		if (strncmp(text, sample, strlen(sample)) == 0 &&
		    setup_auth_name(setup, i, name))
			return strlen(sample);
	}
	if (strncmp(text, secret, strlen(secret)) == 0) {
		(void)snprintf(name, SETUP_PATH_SIZE, "%s", conf->web_secret);
		return strlen(secret);
	}
	if (strncmp(text, share, strlen(share)) == 0) {
		(void)snprintf(name, SETUP_PATH_SIZE, "%s", UMWS_SHAREDIR);
		return strlen(share);
	}
	if (strncmp(text, host, strlen(host)) != 0)
		return 0;
	(void)snprintf(name, SETUP_PATH_SIZE, "%s", setup->wish.host);
	return strlen(host);
}

/* Our own names in the place of those that the sources have. */
static void
adapt(const struct setup *setup, const char *text, struct buf *out)
{
	char	name[SETUP_PATH_SIZE];
	size_t	len;

	while (*text != '\0') {
		len = find_name(setup, text, name);
		if (len > 0)
			buf_puts(out, name);
		else
			buf_append(out, text, 1);
		text += len > 0 ? len : 1;
	}
}

/* Where the source of an item is. */
static void
source_path(const struct setup *setup, const struct setup_web_item *item,
    char path[SETUP_PATH_SIZE])
{
	size_t		 len = strcspn(item->source, "@");
	const char	*rest = item->source + len;

	(void)snprintf(path, SETUP_PATH_SIZE, "%s%.*s%s%s", UMWS_SHAREDIR,
	    (int)len, item->source, *rest == '@' ?
	    setup_auth_way(setup)->name : "", *rest == '@' ? rest + 1 : "");
}

/* What is to stand in the file of an item. */
static int
write_text(struct setup *setup, const struct setup_web_item *item,
    struct buf *text)
{
	struct buf	 source = BUF_INIT(HOSTFILE_MAX);
	char		 path[SETUP_PATH_SIZE];
	int		 code = EX_OK;

	if (item->source == NULL) {
		setup->web->site(setup, text);
		return EX_OK;
	}
	source_path(setup, item, path);
	if (hostfile_read(path, &source) == ST_OK)
		adapt(setup, buf_text(&source), text);
	else
		code = command_fail(setup->command, EX_SOFTWARE, "%s cannot "
		    "be read, see above: install umws again", path);
	buf_free(&source);
	return code;
}

/* Those of the server, the one that puts the site in force last. */
static size_t
list_items(const struct setup *setup,
    struct setup_web_item items[SETUP_WEB_ITEMS])
{
	const struct setup_web	*web = setup->web;
	char			 path[SETUP_PATH_SIZE];
	size_t			 i, count = 0;

	if (web->add != NULL)
		count = web->add(setup, items, count);
	for (i = 0; web->items[i].path != NULL && count < SETUP_WEB_ITEMS;
	    i++) {
		if (web->items[i].source != NULL &&
		    strstr(web->items[i].source, "server-@") != NULL) {
			source_path(setup, &web->items[i], path);
			if (!hostfile_is_there(path))
				continue;
		}
		items[count++] = web->items[i];
	}
	return count;
}

static enum setup_found
look_item(struct setup *setup, const struct setup_web_item *item)
{
	struct buf		text = BUF_INIT(HOSTFILE_MAX);
	enum setup_found	found;

	if (item->target != NULL)
		return setup_look_link(setup, WEB, item->path, item->target);
	if (write_text(setup, item, &text) != EX_OK)
		found = SETUP_UNKNOWN;
	else
		found = setup_look_file(setup, WEB, item->path,
		    buf_text(&text));
	buf_free(&text);
	return found;
}

static int
make_item(struct setup *setup, const struct setup_web_item *item)
{
	struct buf	text = BUF_INIT(HOSTFILE_MAX);
	int		code;

	if (item->target != NULL)
		return setup_make_link(setup, WEB, item->path, item->target);
	code = write_text(setup, item, &text);
	if (code == EX_OK)
		code = setup_make_file(setup, WEB, item->path,
		    buf_text(&text));
	buf_free(&text);
	return code;
}

/* One line of what the server says, for people. */
static void
shorten(const char *words, char line[SHOWN])
{
	size_t	len = 0;

	for (; *words != '\0' && len + 1 < SHOWN; words++)
		line[len++] = isspace((unsigned char)*words) ? ' ' : *words;
	while (len > 0 && line[len - 1] == ' ')
		len--;
	line[len] = '\0';
}

/* Its own test, of all its files as they are now. */
static int
test(struct setup *setup, const char *when)
{
	const struct setup_web	*web = setup->web;
	const struct program	 program = { .path = web->test[0],
				    .arguments = web->test + 1,
				    .timeout_s = TIMEOUT_S };
	struct buf		 words = BUF_INIT(WORDS_MAX);
	char			 line[SHOWN];
	int			 code;

	code = program_run(&program, &words);
	shorten(buf_text(&words), line);
	buf_free(&words);
	return code == 0 ? EX_OK : command_fail(setup->command, EX_CONFIG,
	    "%s %s refuses its files %s (it says: %s)", web->test[0],
	    web->test[1], when, line);
}

/* Has another site this name already? One of the two is never asked. */
static enum setup_found
look_for_host(struct setup *setup)
{
	const struct setup_web	*web = setup->web;
	const struct program	 program = { .path = web->tell[0],
				    .arguments = web->tell + 1,
				    .timeout_s = TIMEOUT_S };
	struct buf		 told = BUF_INIT(TOLD_MAX);
	enum setup_found	 found = SETUP_MISSING;
	char			 place[SETUP_PLACE_SIZE];

	if (program_run(&program, &told) == 0 &&
	    web->find_host(buf_text(&told), setup->wish.host,
	    setup->wish.port, web->own, place))
		found = setup_refuse(setup, "%s serves %s on port %s already, "
		    "by %s: include umws.conf there by hand, as "
		    "doc/web-servers.md has it, and give --web none; or give "
		    "another --host or --port", web->name, setup->wish.host,
		    setup->wish.port, place);
	buf_free(&told);
	return found;
}

/* Of the process that holds the server's sockets; 0: it does not run. */
static pid_t
running_pid(const struct setup_web *web)
{
	struct buf	text = BUF_INIT(64);
	long		pid = 0;

	if (hostfile_is_there(web->pid_file) &&
	    hostfile_read(web->pid_file, &text) == ST_OK)
		pid = strtol(buf_text(&text), NULL, 10);
	buf_free(&text);
	return pid > 1 && kill((pid_t)pid, 0) == 0 ? (pid_t)pid : 0;
}

static bool
is_running(const struct setup_web *web)
{
	return running_pid(web) != 0;
}

/*
 * Is another program on the port? By a reload nginx tells its log alone, and
 * Apache ends.
 */
static bool
is_port_taken(const struct setup *setup)
{
	unsigned int	port = (unsigned int)strtoul(setup->wish.port, NULL,
			    10);
	pid_t		pid = running_pid(setup->web);

	return (pid == 0 || !listener_has_port(pid, port)) &&
	    !listener_may_have_port(port);
}

/* One that does not run is started only where systemd does that. */
static int
load(struct setup *setup)
{
	const struct setup_web	*web = setup->web;
	const struct program	 program = { .path = web->reload[0],
				    .arguments = web->reload + 1,
				    .timeout_s = TIMEOUT_S };
	int			 code = 0;

	if (setup_has_systemd())
		return setup_systemctl(setup, is_running(web) ? "reload" :
		    "start", web->unit);
	if (is_running(web))
		code = program_run(&program, NULL);
	return code == 0 ? EX_OK : command_fail(setup->command,
	    EX_UNAVAILABLE, "%s could not be reloaded", web->name);
}

/* Its test makes files and folders, which it has made already if it runs. */
static bool
may_ask(const struct setup *setup)
{
	return !setup->is_dry || is_running(setup->web);
}

enum setup_found
setup_look_web(struct setup *setup)
{
	struct setup_web_item	items[SETUP_WEB_ITEMS];
	enum setup_found	found = SETUP_THERE;
	size_t			i, count;

	if (setup->web == NULL) {
		setup_tell(setup, "web server, which is yours");
		return SETUP_THERE;
	}
	setup_tell(setup, "https://%s:%s/ in %s", setup->wish.host,
	    setup->wish.port, setup->web->name);
	count = list_items(setup, items);
	for (i = 0; i < count && found <= SETUP_MISSING; i++)
		found = setup_both(found, look_item(setup, &items[i]));
	if (found == SETUP_THERE && setup_record_has(setup, "begin", WEB,
	    NULL) && !setup_record_has(setup, "done", WEB, NULL))
		found = SETUP_MISSING;
	if (found == SETUP_MISSING && is_port_taken(setup))
		return setup_refuse(setup, "another program than %s listens "
		    "on port %s (ss -ltnp names it): end it, or give another "
		    "--port", setup->web->name, setup->wish.port);
	/* Files that were wrong before are not ours to be blamed for. */
	if (found == SETUP_MISSING && may_ask(setup) &&
	    !setup_record_has(setup, "begin", WEB, NULL) &&
	    test(setup, "as they are already; nothing was changed") != EX_OK)
		found = SETUP_FOREIGN;
	if (found == SETUP_MISSING && may_ask(setup))
		found = look_for_host(setup);
	return found;
}

int
setup_make_web(struct setup *setup)
{
	struct setup_web_item	items[SETUP_WEB_ITEMS];
	size_t			i, count = list_items(setup, items);
	int			code = EX_OK;

	for (i = 0; i < count && code == EX_OK; i++)
		code = make_item(setup, &items[i]);
	if (code == EX_OK)
		code = test(setup, "with those of setup, which are taken "
		    "back");
	return code == EX_OK ? load(setup) : code;
}

int
setup_undo_web(struct setup *setup)
{
	int	code;

	code = setup_undo_made(setup, WEB);
	/* What is left is the server's own. */
	if (code == EX_OK && setup->web != NULL && is_running(setup->web) &&
	    test(setup, "without those of setup, too") == EX_OK)
		code = load(setup);
	return code;
}

/* Where it runs, setup has reloaded it. */
bool
setup_web_is_running(const struct setup *setup)
{
	return setup->web == NULL || is_running(setup->web);
}
