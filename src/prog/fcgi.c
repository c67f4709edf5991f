/*
 * fcgi.c - main of umws-fcgi: options, the listening socket, and which of
 * the two ways of running was meant.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/conf.h"
#include "base/argument.h"
#include "base/log.h"
#include "base/text.h"
#include "prog/child.h"
#include "prog/prefork.h"
#include "prog/settings.h"

#define BACKLOG		512	/* connections the kernel holds for us */
#define ACCEPT_US	100000	/* microseconds that accept() waits at most */
#define SOCKET_MODE	0660	/* the web server is in our group */
#define WORKERS_MAX	512

struct options {
	const char	*conf_path;	/* NULL: the default file */
	const char	*listen_path;	/* NULL: the socket is fd 0 */
	unsigned int	 workers;	/* 0: as configured */
	bool		 allow_tcp;
	struct settings_wish wish;
};

static const char	usage[] =
    "usage: umws-fcgi [--config FILE] [--listen PATH] [--workers N]\n"
    "                 [--allow-tcp]\n"
    "       umws-fcgi --check-config | --print-config [--config FILE]\n"
    "       umws-fcgi --help | --version\n";

static const char	help[] =
    "\n"
    "FastCGI worker of the Exchange UM web service: ResetPIN and others.\n"
    "Serves the listening socket on descriptor 0 (systemd, spawn-fcgi) or\n"
    "the one it makes at PATH; one request, when started as a CGI program.\n"
    "\n"
    "  --config FILE   settings; default " CONF_DEFAULT_FILE "\n"
    "  --listen PATH   make a Unix socket, mode 0660, and serve it\n"
    "  --workers N     children; default: workers in the settings\n"
    "  --allow-tcp     accept a TCP socket on descriptor 0\n"
    "  --check-config  say what is wrong with settings and keys, and exit\n"
    "  --print-config  show what is in force, and from where, and exit\n"
    "\n"
    "SIGHUP reads the settings again; SIGTERM ends after the last answer.\n"
    "See umws-fcgi(8) and umws.conf(5).\n";

/* Exits for what is none of their numbers. */
static void
set_workers(const char *text, struct options *options)
{
	char		 about[ARGUMENT_SIZE];
	const char	*end, *digits = text + strspn(text, "+-");
	uint64_t	 number;

	if (text_number(text, &number, &end) && *end == '\0' && number >= 1 &&
	    number <= WORKERS_MAX) {
		options->workers = (unsigned int)number;
		return;
	}
	/* It may be another option that its value was forgotten before. */
	(void)fprintf(stderr, "umws-fcgi: --workers \"%s\" is not 1 to %d\n",
	    *digits >= '0' && *digits <= '9' ? text :
	    argument_tell(text, about), WORKERS_MAX);
	exit(EX_USAGE);
}

/* Parse the command line; exits for --help, --version and mistakes. */
static void
parse_options(int argc, char *argv[], struct options *options)
{
	static const struct option	known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "listen", required_argument, NULL, 'l' },
		{ "workers", required_argument, NULL, 'w' },
		{ "allow-tcp", no_argument, NULL, 't' },
		{ "check-config", no_argument, NULL, 'k' },
		{ "print-config", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int	c;

	while ((c = argument_option("umws-fcgi", argc, argv, known)) != -1) {
		switch (c) {
		case 'c':
			options->conf_path = optarg;
			break;
		case 'l':
			options->listen_path = optarg;
			break;
		case 'w':
			set_workers(optarg, options);
			break;
		case 't':
			options->allow_tcp = true;
			break;
		case 'k':
			options->wish.checks = true;
			break;
		case 'p':
			options->wish.prints = true;
			break;
		case 'h':
			(void)printf("%s%s", usage, help);
			exit(EX_OK);
		case 'v':
			(void)puts("umws-fcgi " UMWS_VERSION);
			exit(EX_OK);
		default:
			(void)fputs(usage, stderr);
			exit(EX_USAGE);
		}
	}
	if (optind < argc) {
		(void)fputs(usage, stderr);
		exit(EX_USAGE);
	}
}

/*
 * A socket file that nobody answers behind is left over from a crash and
 * removed; one that answers belongs to another umws-fcgi.
 */
static int
clear_path(const struct sockaddr_un *address)
{
	struct stat	sb;
	int		code = EX_OK, fd;

	if (lstat(address->sun_path, &sb) != 0)
		return EX_OK;
	if (!S_ISSOCK(sb.st_mode)) {
		log_err("listen-refused", "path", address->sun_path,
		    "reason", "is no socket", "todo", "remove it", NULL);
		return EX_CONFIG;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		log_system("socket");
		return EX_OSERR;
	}
	if (connect(fd, (const struct sockaddr *)address,
	    sizeof(*address)) != 0 && errno == ECONNREFUSED) {
		(void)unlink(address->sun_path);
	} else {
		log_err("listen-refused", "path", address->sun_path,
		    "reason", "another process serves it", NULL);
		code = EX_UNAVAILABLE;
	}
	(void)close(fd);
	return code;
}

static int
listen_at(const char *path, int *listen_fd)
{
	struct sockaddr_un	address = { .sun_family = AF_UNIX };
	mode_t			mask;
	int			code, bound;

	*listen_fd = -1;
	if (strlen(path) >= sizeof(address.sun_path)) {
		log_err("listen-refused", "path", path, "reason",
		    "longer than a socket's path may be (107 bytes)", NULL);
		return EX_CONFIG;
	}
	(void)strcpy(address.sun_path, path);
	code = clear_path(&address);
	if (code != EX_OK)
		return code;
	*listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*listen_fd < 0) {
		log_system("socket");
		return EX_OSERR;
	}
	/* The mode is right from the first moment, not only after chmod(). */
	mask = umask(0777 & ~SOCKET_MODE);
	bound = bind(*listen_fd, (const struct sockaddr *)&address,
	    sizeof(address));
	(void)umask(mask);
	if (bound != 0 || listen(*listen_fd, BACKLOG) != 0) {
		log_err("listen-refused", "path", path, "reason",
		    strerror(errno), NULL);
		(void)close(*listen_fd);
		*listen_fd = -1;
		return EX_CANTCREAT;
	}
	return EX_OK;
}

/* Is fd 0 a listening socket? Its family then is in *family. */
static bool
is_listening(int *family)
{
	socklen_t	len = sizeof(int);
	int		listening = 0;

	*family = AF_UNSPEC;
	if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &listening,
	    &len) != 0 || listening == 0)
		return false;
	len = sizeof(*family);
	(void)getsockopt(STDIN_FILENO, SOL_SOCKET, SO_DOMAIN, family, &len);
	return true;
}

/* Take over fd 0, as systemd or spawn-fcgi left it. */
static int
inherit_socket(const struct options *options, int *listen_fd)
{
	int	family;

	*listen_fd = -1;
	if (!is_listening(&family)) {
		(void)fputs("umws-fcgi: descriptor 0 is no listening socket;"
		    " use --listen PATH\n", stderr);
		return EX_USAGE;
	}
	if (family != AF_UNIX && !options->allow_tcp) {
		log_err("listen-refused", "reason", "descriptor 0 is not a"
		    " Unix socket", "todo", "use one, or --allow-tcp behind"
		    " a firewall", NULL);
		return EX_CONFIG;
	}
	*listen_fd = STDIN_FILENO;
	return EX_OK;
}

/*
 * A child that another one was faster than goes back to its signals at once.
 * That flag is of all who have the socket, and systemd takes it away when it
 * starts a program for the service, so accept() has a limit of its own.
 */
static int
be_impatient(int listen_fd)
{
	const struct timeval	limit = { .tv_usec = ACCEPT_US };

	if (fcntl(listen_fd, F_SETFL, O_NONBLOCK) != 0 ||
	    setsockopt(listen_fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
	    sizeof(limit)) != 0) {
		log_system("fcntl");
		return EX_OSERR;
	}
	return EX_OK;
}

static int
serve(const struct options *options, struct conf **conf)
{
	struct conf	*given = *conf;
	unsigned int	 workers;
	int		 code, listen_fd;

	code = options->listen_path != NULL ?
	    listen_at(options->listen_path, &listen_fd) :
	    inherit_socket(options, &listen_fd);
	if (code != EX_OK)
		return code;
	code = be_impatient(listen_fd);
	if (code != EX_OK)
		return code;
	workers = options->workers != 0 ? options->workers : given->workers;
	*conf = NULL;
	code = prefork_run(listen_fd, options->conf_path, given, workers);
	if (options->listen_path != NULL)
		(void)unlink(options->listen_path);
	return code;
}

int
main(int argc, char *argv[])
{
	struct options	 options = { 0 };
	struct conf	*conf = NULL;
	int		 code, family;
	bool		 is_cgi;

	/* A log whose reader has gone must not end the service. */
	(void)signal(SIGPIPE, SIG_IGN);
	/* A log that may not grow any more is no reason to die. */
	(void)signal(SIGXFSZ, SIG_IGN);
	/*
	 * A CGI program's arguments may be the query of a stranger (RFC 3875,
	 * section 4.4), and its environment is the request's: no setting is
	 * in either, but for the name of the file, which the web server gives.
	 */
	is_cgi = getenv("GATEWAY_INTERFACE") != NULL && !is_listening(&family);
	if (is_cgi)
		options.conf_path = getenv("UMWS_CONF");
	else
		parse_options(argc, argv, &options);
	if (options.wish.checks || options.wish.prints)
		return settings_answer("umws-fcgi", CONF_WORKER,
		    options.conf_path, &options.wish, child_check_keys);
	if ((is_cgi ? conf_load_cgi : conf_load)(options.conf_path, &conf) !=
	    ST_OK)
		return EX_CONFIG;
	code = is_cgi ? child_serve_cgi(conf) : serve(&options, &conf);
	conf_free(&conf);
	return code;
}
