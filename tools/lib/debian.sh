# shellcheck shell=bash
#
# debian.sh - a bare Debian in a folder; tools/lib/release and
# tools/lib/machine read this file. $top is the checkout, $release the name.
: "${top:?}" "${release:=}"

EX_USAGE=64
EX_UNAVAILABLE=69
EX_NOPERM=77

die() {
    echo "$(basename "$0"): $2" >&2
    exit "$1"
}

# Can a root be made at all?
must_debootstrap() {
    [ "$(id -u)" -eq 0 ] || die $EX_NOPERM "another release needs root"
    command -v debootstrap >/dev/null ||
        die $EX_UNAVAILABLE \
            "debootstrap is missing: tools/packages install test"
    [ -e "/usr/share/debootstrap/scripts/$release" ] ||
        die $EX_USAGE "debootstrap knows no release \"$release\""
}

# Proxies, and whether dates are checked, are this host's own matter.
host_settings() {
    local root=$1
    apt-config dump | grep -E \
        '^Acquire::(http|https|Check-Date|Check-Valid-Until|ForceIPv)' \
        >"$root/etc/apt/apt.conf.d/90host" || true
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
}

# make_root FOLDER [PACKAGE,...]: whole, or not there.
make_root() {
    local root=$1 new=$1.new debian security
    debian=$("$top/tools/lib/archive" debian)
    security=$("$top/tools/lib/archive" debian-security)
    echo "making $root with debootstrap" >&2
    rm -rf --one-file-system "$new"
    mkdir -p "$new"
    debootstrap --variant=minbase ${2:+"--include=$2"} "$release" "$new" \
        "$debian" >"$root.log" 2>&1 || {
        tail -n 20 "$root.log" >&2
        die $EX_UNAVAILABLE "debootstrap has failed"
    }
    cat >"$new/etc/apt/sources.list" <<SOURCES
deb $debian $release main
deb $debian $release-updates main
deb $security $release-security main
SOURCES
    mv "$new" "$root"
}

# What git knows or would add; of an unpacked archive all but builds.
copy_checkout() {
    rm -rf --one-file-system "$1/checkout"
    mkdir -p "$1/checkout"
    if git -C "$top" rev-parse >/dev/null 2>&1; then
        git -C "$top" ls-files -z --cached --others --exclude-standard
    else
        (cd "$top" && find . -path './build*' -prune -o '(' -type f -o \
            -type l ')' -print0)
    fi | (cd "$top" && tar -c --null --no-recursion --ignore-failed-read \
        -T -) | tar -x --no-same-owner -C "$1/checkout"
}

make_node() {
    mknod -m 666 "$1/dev/$2" c "$3" "$4" 2>/dev/null || {
        touch "$1/dev/$2"
        mount --bind "/dev/$2" "$1/dev/$2"
    }
}

# In name spaces of our own: what programs expect below /dev and /proc.
mount_system() {
    local root=$1 node
    # A mount of its own: "ip netns" wants that of "/".
    mount --bind "$root" "$root"
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    # Packages set up there must not change the settings of our kernel.
    mount --bind "$root/proc/sys" "$root/proc/sys"
    mount -o remount,bind,ro "$root/proc/sys"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    # Nodes of its own, whose owners it may change; ours where it may have none.
    for node in null:3 zero:5 full:7 random:8 urandom:9; do
        make_node "$root" "${node%:*}" 1 "${node#*:}"
    done
    make_node "$root" tty 5 0
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts \
        "$root/dev/pts"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    for node in 0:stdin 1:stdout 2:stderr; do
        ln -s "/proc/self/fd/${node%:*}" "$root/dev/${node#*:}"
    done
}
