# Sourced by eng/publish and ./test; needs $root. Says what the machine lacks, and installs it where we may.

say() { printf 'nua: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# requirement COMMAND-OR-FILE PACKAGE: prints PACKAGE when neither a command nor a file of that name is there.
requirement() {
    if [[ $1 == /* ]]; then
        compgen -G "$1" >/dev/null || printf '%s\n' "$2"
    else
        PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 || printf '%s\n' "$2"
    fi
}

# What compiling to a native program takes.
build_requirements() {
    command -v clang >/dev/null 2>&1 || requirement gcc gcc
    requirement ld.lld lld
    requirement objcopy binutils
    requirement '/usr/lib/*/libc.a' libc6-dev
    requirement '/usr/include/zlib.h' zlib1g-dev
}

# What the program itself calls when it builds and runs images. It says so itself when one is missing; a root user is spared that.
run_requirements() {
    requirement runc runc
    requirement newuidmap uidmap
    requirement unshare util-linux
    requirement apt-get apt
    requirement gpgv gpgv
    requirement git git
}

# install_packages PURPOSE PACKAGE…: as root through apt-get, otherwise stops and names the command.
install_packages() {
    local purpose=$1
    shift
    [[ $# -gt 0 ]] || return 0
    if [[ $EUID -ne 0 ]]; then
        say "$purpose needs packages that are not installed. As root, run:"
        say "  apt-get install --no-install-recommends $*"
        return 1
    fi
    command -v apt-get >/dev/null 2>&1 || die "$purpose needs: $*; this machine has no apt-get to install them with"
    say "installing for $purpose: $*"
    # A list that one of several mirrors does not deliver is no reason to stop: the install itself will tell.
    DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" </dev/null >&2 ||
        die "apt-get could not install: $*"
}

require_dotnet() {
    command -v dotnet >/dev/null 2>&1 ||
        die "the .NET 10 SDK is not installed (no 'dotnet' in PATH); Ubuntu and Microsoft's Debian feed call it dotnet-sdk-10.0"
    (cd "$root" && dotnet --version >/dev/null 2>&1) ||
        die "global.json asks for a .NET 10 SDK; this machine has: $(dotnet --list-sdks | tr '\n' ' ')"
}

# require_subordinate_ids [USER]: gives the user (the caller) a range of 65536 subordinate ids in /etc/subuid and /etc/subgid unless
# there is one. Ranges never overlap: the new one starts above everything that the file hands out.
require_subordinate_ids() {
    local user=${1:-$(id -un)} file start
    for file in /etc/subuid /etc/subgid; do
        if [[ -f $file ]] && awk -F: -v u="$user" -v i="$(id -u "$user")" \
            '($1==u || $1==i) && $3>=65536 {f=1} END {exit !f}' "$file"; then
            continue
        fi
        if [[ $EUID -ne 0 ]]; then
            say "user $user has no range of 65536 ids in $file. As root, run:"
            say "  usermod --add-subuids START-END --add-subgids START-END $user"
            return 1
        fi
        touch "$file"
        [[ -z $(tail -c 1 "$file") ]] || echo >>"$file"
        start=$(awk -F: 'BEGIN {m=100000} $2+$3>m {m=$2+$3} END {print m}' "$file")
        printf '%s:%s:65536\n' "$user" "$start" >>"$file"
        say "gave $user the ids from $start in $file"
    done
}
