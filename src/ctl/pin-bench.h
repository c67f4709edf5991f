/*
 * pin-bench.h - all that a reset by an operator works with, for the verbs that
 * do one. Private to command.
 */
#ifndef UMWS_COMMAND_PIN_BENCH_H
#define UMWS_COMMAND_PIN_BENCH_H

#include "app/reset.h"
#include "core/keyring.h"
#include "ctl/verbs.h"
#include "edge/gate.h"
#include "edge/scoreboard.h"
#include "edge/store.h"

/* All zero at first; this process is alone at its gate. */
struct pin_bench {
	struct keyring		*peppers;
	struct keyring		*mail_keys;
	struct gate		*gate;
	struct scoreboard	*board;
	struct store		*store;
	struct reset		*reset;
};

/* The keys; then, when there is a connection, the rest. EX_OK, or the exit code
 * of what was printed. The caller frees it, whatever is returned. */
int	pin_bench_read_keys(const struct command *command,
	    struct pin_bench *bench);
int	pin_bench_build(const struct command *command,
	    struct pin_bench *bench);
void	pin_bench_free(struct pin_bench *bench);

/* Print why nothing, or who knows what, was changed; the exit code for it. */
int	pin_bench_denial(const struct command *command, const char *login,
	    const struct reset_report *report);

#endif
