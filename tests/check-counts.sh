#!/bin/sh
#
# check-counts.sh - test that tools/check counts unit tests right.
#
# Runs in "make check" and alone, on logs as the cmocka of each release
# writes them.

srcdir=${srcdir:-$(dirname "$0")/..}
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
failed=0

# program RESULT LINE...: the log of a test program, and automake's word.
program() {
    number=$((${number:-0} + 1))
    printf ':test-result: %s\n' "$1" >"$dir/$number.trs"
    shift
    printf '%s\n' '[==========] tests: Running some test(s).' "$@" \
        >"$dir/$number.log"
}

# counts EXPECTED NAME: what the programs so far come to; then start anew.
counts() {
    found=$("$srcdir/tools/lib/count-units" "$dir")
    if [ "$found" != "$1" ]; then
        echo "$2: \"$found\" instead of \"$1\""
        failed=1
    fi
    rm -f "$dir"/*.trs "$dir"/*.log
}

counts '0 0' 'nothing'
program PASS '[  PASSED  ] 15 test(s).'
counts '15 0' 'all passed'
program FAIL '[  PASSED  ] 12 test(s).' \
    '[  FAILED  ] tests: 2 test(s), listed below:' \
    '[  FAILED  ] test_cases' '[  FAILED  ] test_3 tests' ' 2 FAILED TEST(S)'
counts '12 2' 'two failed, with the name of the group'
program FAIL '[  PASSED  ] 12 test(s).' \
    '[  FAILED  ] 2 test(s), listed below:' '[  FAILED  ] test_cases'
counts '12 2' 'two failed, without it'
program FAIL '[  PASSED  ] 0 test(s).' \
    '[  FAILED  ] tests: 3 test(s), listed below:'
program PASS '[  PASSED  ] 4 test(s).'
counts '4 3' 'two programs'
program FAIL '[ RUN      ] test_cases' 'Segmentation fault'
counts '0 1' 'no summary'
program ERROR '[ RUN      ] test_cases'
counts '0 1' 'an error of the harness'
program FAIL '[  PASSED  ] 5 test(s).' 'LeakSanitizer: detected memory leaks'
counts '5 1' 'all passed, the program failed'
program PASS 'no cmocka'
counts '1 0' 'no program of cmocka'
exit $failed
