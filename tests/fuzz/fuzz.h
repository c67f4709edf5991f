/*
 * fuzz.h - the interface of a fuzz target.
 *
 * One file is one target. It is linked twice: with libFuzzer's main
 * (configure --enable-fuzz, tools/fuzz), and with replay.c, which feeds it
 * the corpus in make check. A target that finds something wrong fails an
 * assert().
 */
#ifndef UMWS_FUZZ_H
#define UMWS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Its corpus is the folder of this name below tests/fuzz/corpus. */
extern const char	fuzz_target[];

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
