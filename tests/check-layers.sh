#!/bin/sh
#
# check-layers.sh - check the rules of the source tree: layers, owners of
# libraries, sizes.
#
#   - an #include points strictly down: prog; web and ctl; app, edge, soap,
#     core, base
#   - one module owns each library
#   - a header compiles alone
#   - a function has at most 60 lines, a file of src 500 and of tests 600, a
#     line 80 columns, in documents too
#   - the worker and umwsctl hold no unseal, the mailer no envelope and no
#     derivation
#
# Runs in "make check" and alone. srcdir is the checkout; builddir is where
# the programs are, if they are built. One line for each thing found.

srcdir=${srcdir:-$(dirname "$0")/..}
if [ -z "$builddir" ]; then
    builddir=.
    [ -e ./umws-fcgi ] || builddir=$srcdir/build
fi
builddir=$(cd "$builddir" 2>/dev/null && pwd)
cd "$srcdir" || exit 99
found=$(mktemp) || exit 99
trap 'rm -f "$found"' EXIT

# Which layers and modules a file may include. A module may use its own layer;
# in edge only the clock, lookups of names, the database, the check of its
# schema and the sight of its queue, which all who speak to it share, and files
# of its own name.
check_includes() {
    grep -n '^#[[:space:]]*include[[:space:]]*"' src/*/*.[ch] |
    awk -F: '
    BEGIN {
        split("base core soap edge app web prog", names, " ")
        for (i in names)
            level[names[i]] = i + 0
        level["ctl"] = level["web"]
    }
    {
        split($1, path, "/")
        from = path[2]
        module = path[3]
        sub(/\.[ch]$/, "", module)
        split($3, quoted, "\"")
        target = quoted[2]
        if (target == "config.h" && $1 ~ /\.c$/)
            next
        if (split(target, part, "/") != 2 || !(part[1] in level)) {
            print $1 ":" $2 ": \"" target "\" is not layer/module.h"
            next
        }
        to = part[1]
        sub(/\.h$/, "", part[2])
        if (level[to] < level[from])
            next
        # Files that are named after the same one belong together.
        split(module, own, "-")
        split(part[2], other, "-")
        if (to == from && (from != "edge" || own[1] == other[1] ||
            part[2] == "clock" || part[2] == "lookup" || part[2] == "db" ||
            part[2] == "schema" || part[2] == "sight"))
            next
        print $1 ":" $2 ": " from " must not include " target
    }'
}

check_first_include() {
    for file in src/*/*.c; do
        grep -m 1 '^#include' "$file" | grep -q '^#include "config.h"$' ||
            echo "$file: its first include must be config.h"
    done
}

# owner HEADER-PATTERN MODULE...
owner() {
    pattern=$1
    shift
    grep -nE "^#[[:space:]]*include[[:space:]]*[<\"]($pattern)" \
        src/*/*.[ch] |
    while IFS=: read -r file line rest; do
        case " $* " in
        *" ${file#src/} "*) ;;
        *) echo "$file:$line: only $* may use this:" "${rest#*include }" ;;
        esac
    done
}

check_owners() {
    owner 'expat' soap/envelope.c
    owner 'gcrypt|gpg-error' core/crypto.c
    owner 'sodium' core/derive.c core/seal.c core/unseal.c core/keyring.c
    owner 'gmime|glib' core/message.c
    owner 'csv\.h' core/csv.c
    owner 'idn' core/idn.c
    owner 'uni(case|conv|ctype|name|norm|str|types|width)\.h' core/unicode.c
    owner 'libpq|postgres' edge/db.c edge/db-answer.c edge/db-connect.c \
        edge/db-connect-hosts.c edge/db-connect-hosts-check.c \
        edge/db-conninfo.c edge/db-result.c
    owner 'curl' edge/smtp.c edge/smtp-failure.c edge/smtp-failure.h \
        edge/smtp-handle.c edge/smtp-handle.h edge/phone.c \
        edge/web-probe.c edge/webhook.c
    owner 'ldap|lber|sasl' edge/directory.c edge/directory-connect.c \
        edge/directory-connect.h
    owner 'fcgi' prog/gateway.c
}

check_headers() {
    for header in src/*/*.h; do
        echo "#include \"${header#src/}\"" |
        ${CC:-gcc} -std=c11 -D_GNU_SOURCE -DUMWS_SYSCONFDIR='""' \
            -DUMWS_STATEDIR='""' -Isrc \
            -Wall -Wextra -Wstrict-prototypes -Werror \
            -fsyntax-only -x c - 2>&1 |
        sed "s|^|$header does not compile alone: |" | head -n 3
    done
}

check_sizes() {
    # shellcheck disable=SC2016 # the $ are awk's
    find src letters tests -name '*.[ch]' | sort | LC_ALL=C xargs awk '
    function measure_file() {
        most = file ~ /^tests\// ? 600 : 500
        if (lines > most)
            print file ": has " lines " lines, " most " is the limit; split" \
                " off what does one thing"
    }
    FNR == 1 { measure_file(); name = ""; file = FILENAME; start = 0 }
    { lines = FNR }
    END { measure_file() }
    /^[a-z_][a-z_0-9]*\(/ { name = $1; sub(/\(.*/, "", name) }
    /^\{$/ { start = FNR }
    /^\}$/ {
        if (start && FNR - start + 1 > 60)
            print FILENAME ":" start ": " name "() has " \
                FNR - start + 1 " lines, 60 is the limit"
        start = 0
    }
    {
        line = $0
        columns = 0
        gsub(/[\200-\277]/, "", line)  # a character is one column
        while ((tab = index(line, "\t")) > 0) {
            columns += tab - 1
            columns += 8 - columns % 8
            line = substr(line, tab + 1)
        }
        if (columns + length(line) > 80)
            print FILENAME ":" FNR ": more than 80 columns"
        if (/[ \t]$/)
            print FILENAME ":" FNR ": white space at the end"
    }'
}

# Prose has 80 columns. A table, code and a word longer than that have none.
check_documents() {
    LC_ALL=C awk '
    FNR == 1 { is_fenced = 0 }
    /^ *```/ { is_fenced = !is_fenced }
    !is_fenced && !/^(\||    |<)/ && / [^ ]+ / {
        line = $0
        gsub(/[\200-\277]/, "", line)
        if (length(line) > 80)
            print FILENAME ":" FNR ": more than 80 columns"
    }' ./*.md NEWS doc/*.md
}

# objects PROGRAM PATTERN WHAT
objects() {
    [ -n "$builddir" ] && [ -x "$builddir/$1" ] || return 0
    nm "$builddir/$1" 2>&1 | awk '{ print $NF }' | grep -E "^($2)" |
        sed "s/^/$1 holds $3: /" | head -n 3
}

check_objects() {
    objects umws-fcgi 'unseal_|crypto_box_seal_open' 'what opens a sealed PIN'
    objects umwsctl 'unseal_|crypto_box_seal_open' 'what opens a sealed PIN'
    objects umws-mailer 'envelope_|derive_|pin_draw|pin_generate|reset_|store_' \
        'what sets a PIN'
}

{
    check_includes
    check_first_include
    check_owners
    check_headers
    check_sizes
    check_documents
    check_objects
} >"$found"

if [ -s "$found" ]; then
    cat "$found"
    exit 1
fi
