# Sourced by ./test after eng/requirements.sh; needs $root. The independent tools that judge our images, and a user without power.

readonly nua_test_user=nua-test

judge_requirements() {
    requirement skopeo skopeo
    requirement umoci umoci
    requirement podman podman
    requirement dockerd docker.io
    requirement docker docker.io
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
    requirement setpriv util-linux
    requirement node nodejs
    requirement npm npm
    requirement busybox busybox-static
}

require_judges() {
    local missing
    mapfile -t missing < <(judge_requirements | sort -u)
    install_packages "the tests" ${missing[@]+"${missing[@]}"} || exit 1
    require_test_user
    require_cyclonedx
}

# Some tests run nua as somebody who is not root and compare: same digests, no power needed.
require_test_user() {
    [[ $EUID -eq 0 ]] || return 0
    id "$nua_test_user" >/dev/null 2>&1 || useradd --create-home --shell /bin/sh "$nua_test_user"
    require_subordinate_ids "$nua_test_user"
}

# The CycloneDX project's own validator, from npm, in a cache outside the working tree.
require_cyclonedx() {
    export NUA_TEST_CYCLONEDX=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/nua-tests/cyclonedx
    [[ ! -f $NUA_TEST_CYCLONEDX/.complete ]] || return 0
    say "installing the CycloneDX validator in $NUA_TEST_CYCLONEDX"
    rm -rf "$NUA_TEST_CYCLONEDX"
    mkdir -p "$NUA_TEST_CYCLONEDX"
    cat >"$NUA_TEST_CYCLONEDX/package.json" <<'JSON'
{
  "private": true,
  "dependencies": {
    "@cyclonedx/cyclonedx-library": "10.3.0",
    "ajv": "^8.17.1",
    "ajv-formats": "^3.0.1",
    "ajv-formats-draft2019": "^1.6.1"
  }
}
JSON
    npm install --prefix "$NUA_TEST_CYCLONEDX" --no-audit --no-fund --omit=optional --loglevel=error >&2 ||
        die "npm could not install the CycloneDX validator"
    touch "$NUA_TEST_CYCLONEDX/.complete"
}
