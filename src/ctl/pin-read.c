/*
 * pin-read.c - one line, character by character, with the echo off.
 *
 * A signal that would end us while the terminal is silent is held until the
 * terminal is as it was.
 */
#include "config.h"

#include "ctl/pin-read.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

/* What came while the echo was off; 0 for none. */
static volatile sig_atomic_t	signal_held;

static const int	signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
	SIGTSTP };

#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

struct silence {
	int			fd;	/* -1: no terminal */
	struct termios		before;
	struct sigaction	actions[SIGNALS];
};

static void
on_signal(int number)
{
	signal_held = number;
}

/* Without SA_RESTART: the read ends. */
static void
silence_begin(struct silence *silence, int fd)
{
	struct sigaction	hold = { .sa_handler = on_signal };
	struct termios		quiet;
	size_t			i;

	silence->fd = -1;
	if (fd < 0 || tcgetattr(fd, &silence->before) != 0)
		return;
	silence->fd = fd;
	signal_held = 0;
	(void)sigemptyset(&hold.sa_mask);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &hold, &silence->actions[i]);
	quiet = silence->before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	(void)tcsetattr(fd, TCSAFLUSH, &quiet);
}

static void
silence_end(const struct silence *silence)
{
	size_t	i;

	if (silence->fd < 0)
		return;
	(void)tcsetattr(silence->fd, TCSAFLUSH, &silence->before);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &silence->actions[i], NULL);
	if (signal_held != 0)
		(void)raise(signal_held);
}

/* Up to the end of the line; false when there was none. */
static bool
read_line(FILE *in, struct secret *pin)
{
	bool	is_line = false;
	int	c, last = 0;

	while ((c = getc(in)) != EOF && c != '\n') {
		is_line = true;
		last = c;
		if (pin->len < sizeof(pin->digits))
			pin->digits[pin->len] = (char)c;
		if (pin->len <= sizeof(pin->digits))
			pin->len++;
	}
	/* A carriage return before the end is none of the PIN. */
	if (c == '\n' && last == '\r')
		pin->len--;
	return is_line || c == '\n';
}

/* What is typed, after a prompt, or what comes. */
static int
read_after(const struct command *command, const char *prompt,
    struct secret *pin)
{
	FILE		*in = command->io->in;
	struct silence	 silence;
	bool		 is_line, is_broken;
	int		 fd = fileno(in);

	memset(pin, 0, sizeof(*pin));
	silence_begin(&silence, fd);
	if (silence.fd >= 0) {
		(void)fputs(prompt, command->io->err);
		(void)fflush(command->io->err);
	}
	is_line = read_line(in, pin);
	is_broken = ferror(in) && errno != EINTR;
	silence_end(&silence);
	if (is_broken)
		return command_fail(command, EX_IOERR, "standard input: %s",
		    strerror(errno));
	if (!is_line || (silence.fd >= 0 && signal_held != 0))
		return command_fail(command, EX_NOINPUT, "no PIN came: type "
		    "it, or write it to standard input");
	return EX_OK;
}

int
command_read_pin(const struct command *command, struct secret *pin)
{
	(void)setvbuf(command->io->in, NULL, _IONBF, 0);
	return read_after(command, "PIN: ", pin);
}

int
command_read_new_pin(const struct command *command, struct secret *pin)
{
	struct secret	again = { 0 };
	int		code;

	(void)setvbuf(command->io->in, NULL, _IONBF, 0);
	code = read_after(command, "New PIN: ", pin);
	if (code == EX_OK && isatty(fileno(command->io->in))) {
		code = read_after(command, "The same again: ", &again);
		if (code == EX_OK && (again.len != pin->len ||
		    memcmp(again.digits, pin->digits, sizeof(pin->digits)) !=
		    0))
			code = command_fail(command, EX_DATAERR, "these were "
			    "two PINs: nothing was changed");
	}
	WIPE(&again);
	return code;
}
