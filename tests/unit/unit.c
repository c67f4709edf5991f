/*
 * unit.c - the log in custody, one for a test and all that it links.
 */
#include "config.h"

#include "unit.h"

struct unit	unit;
