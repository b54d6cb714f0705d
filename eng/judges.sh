# Sourced by ./test after eng/requirements.sh; needs $root. The independent tools that judge our images, and a user without power.

readonly nua_test_user=nua-test

judge_requirements() {
    requirement skopeo skopeo
    requirement umoci umoci
    requirement podman podman
    requirement dockerd docker.io
    requirement docker docker.io
    requirement docker-compose docker-compose
    requirement catatonit catatonit
    requirement docker-registry docker-registry
    requirement htpasswd apache2-utils
    requirement containerd containerd
    requirement ctr containerd
    requirement oci-image-tool oci-image-tool
    requirement bsdtar libarchive-tools
    requirement xfs_io xfsprogs
    requirement mkfs.ext4 e2fsprogs
    requirement strace strace
    requirement curl curl
    requirement jq jq
    requirement age age
    requirement restic restic
    requirement rclone rclone
    requirement zstd zstd
    requirement setpriv util-linux
    requirement node nodejs
    requirement npm npm
    requirement busybox busybox-static
    requirement qemu-aarch64-static qemu-user-static
    requirement openssl openssl
    requirement /usr/bin/python3 python3
    requirement /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
}

require_judges() {
    local missing
    mapfile -t missing < <(judge_requirements | sort -u)
    install_packages "the tests" ${missing[@]+"${missing[@]}"} || exit 1
    require_test_user
    require_npm_tools
    require_sid_tools
}

# Some tests run nua as somebody who is not root and compare: same digests, no power needed.
require_test_user() {
    [[ $EUID -eq 0 ]] || return 0
    id "$nua_test_user" >/dev/null 2>&1 || useradd --create-home --shell /bin/sh "$nua_test_user"
    require_subordinate_ids "$nua_test_user"
}

# From npm, in a cache outside the working tree: the CycloneDX project's own validator, and a store that speaks S3.
require_npm_tools() {
    local wanted
    wanted=$(
        cat <<'JSON'
{
  "private": true,
  "dependencies": {
    "@cyclonedx/cyclonedx-library": "10.3.0",
    "ajv": "^8.17.1",
    "ajv-formats": "^3.0.1",
    "ajv-formats-draft2019": "^1.6.1",
    "s3rver": "3.7.1"
  }
}
JSON
    )
    export NUA_TEST_NPM=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/nua-tests/npm
    [[ $(cat "$NUA_TEST_NPM/.complete" 2>/dev/null) != "$wanted" ]] || return 0
    say "installing the CycloneDX validator and an S3 store in $NUA_TEST_NPM"
    rm -rf "$NUA_TEST_NPM"
    mkdir -p "$NUA_TEST_NPM"
    printf '%s\n' "$wanted" >"$NUA_TEST_NPM/package.json"
    npm install --prefix "$NUA_TEST_NPM" --no-audit --no-fund --omit=optional --loglevel=error >&2 ||
        die "npm could not install the tests' own tools"
    printf '%s' "$wanted" >"$NUA_TEST_NPM/.complete"
}

# Judges that only newer Debian releases have: cosign and oras (both need no more than a C library) and SPDX's own validator (pure Python).
# Their packages are unpacked into a cache outside the working tree, without a root file system around them.
require_sid_tools() {
    local packages=(cosign oras python3-spdx-tools python3-beartype python3-boolean python3-click python3-isodate
        python3-license-expression python3-ply python3-pyparsing python3-rdflib python3-semantic-version python3-uritools
        python3-xmltodict python3-yaml)
    export NUA_TEST_SID=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/nua-tests/sid
    [[ $(cat "$NUA_TEST_SID/.complete" 2>/dev/null) != "${packages[*]}" ]] || return 0
    say "unpacking cosign, oras and the SPDX validator in $NUA_TEST_SID"
    local mirror package
    mirror=$(debian_mirror) || exit 1
    rm -rf "$NUA_TEST_SID"
    mkdir -p "$NUA_TEST_SID"/apt/{lists,archives}/partial "$NUA_TEST_SID/root"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$mirror" >"$NUA_TEST_SID/apt/sources.list"
    (
        cd "$NUA_TEST_SID/apt"
        sid_apt update || die "apt-get could not read the package lists of sid"
        sid_apt download "${packages[@]}" || die "apt-get could not download: ${packages[*]}"
        for package in *.deb; do
            dpkg-deb --extract "$package" ../root || die "dpkg-deb could not unpack $package"
        done
    ) || exit 1
    rm -rf "$NUA_TEST_SID/apt"
    printf '%s' "${packages[*]}" >"$NUA_TEST_SID/.complete"
}

# Where this machine's own apt has Debian's packages from.
debian_mirror() {
    local tries mirror
    for tries in 1 2; do
        mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' 'Label: Debian' 2>/dev/null | sort -u | head -n 1)
        [[ -z $mirror ]] || break
        # Without its lists apt does not tell.
        [[ $EUID -ne 0 || $tries -eq 2 ]] || apt-get -qq update </dev/null >&2 || true
    done
    [[ -n $mirror ]] || die "this machine's apt knows no Debian mirror to take cosign from ('apt-get update' may help)"
    printf '%s' "$mirror"
}

# apt with everything of its own in the current folder; how the machine reaches its mirrors stays. A list that is some days old is no reason
# to stop; its signature is checked all the same.
sid_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq \
        -o Dir::Etc::sourcelist="$PWD/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State="$PWD" -o Dir::State::lists="$PWD/lists" -o Dir::Cache="$PWD" \
        -o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false -o Acquire::Languages=none \
        -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o APT::Sandbox::User=root "$@" </dev/null >&2
}
