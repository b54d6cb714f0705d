#!/bin/bash
# Building: nua beside podman build, the same small application on the same base with the same packages.
#   bench/build.sh [RUNS]
# podman gets a base with the packages already in it and only copies the application; nua plans, builds, and writes SBOM and metadata each time.
# Needs the programs of eng/publish; works in a store of its own below TMPDIR.
set -eu
runs=${1:-9}
root=$(cd "$(dirname "$0")/.." && pwd)
nua=$root/artifacts/nua
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export NUA_HOME=${NUA_BENCH_HOME:-$folder/home}
cp -r "$root/examples/notes" "$folder/app"

median() { sort -n | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'; }

# timed NAME COMMAND…: its time in ms goes to the file NAME
timed() {
    local begun ended name=$1
    shift
    begun=$(date +%s%N)
    "$@" >"$folder/said" 2>&1 || { cat "$folder/said" >&2; exit 1; }
    ended=$(date +%s%N)
    echo $(((ended - begun) / 1000000)) >>"$folder/$name"
}

change() { echo "# $1" >>"$folder/app/app.py"; }

# On a cached base: a store that has built something else, and nothing of this application's packages.
mkdir "$folder/other"
printf '#!/bin/sh\nexec sleep 1000\n' >"$folder/other/start.sh"
chmod +x "$folder/other/start.sh"
"$nua" build "$folder/other" >"$folder/said" 2>&1 || { cat "$folder/said" >&2; exit 1; }
for run in 1 2 3; do
    rm -rf "$folder/cold"
    cp -a "$NUA_HOME" "$folder/cold"
    timed nua-cold env NUA_HOME="$folder/cold" "$nua" build "$folder/app"
done
rm -rf "$folder/cold"

"$nua" build "$folder/app" >/dev/null 2>&1
peers=
if command -v podman >/dev/null; then
    peers=podman
    "$nua" save nua-notes:1.0 "oci-archive:$folder/base" >/dev/null 2>&1
    printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n[engine]\nruntime = "runc"\n' >"$folder/containers.conf"
    export CONTAINERS_CONF="$folder/containers.conf"
    podman() { command podman --root "$folder/storage" --runroot "$folder/run" "$@"; }
    podman load -q -i "$folder/base" >"$folder/said" 2>&1
    podman tag "$(sed -n 's/^Loaded image: //p' "$folder/said")" localhost/bench-base:1
    mkdir "$folder/context"
    printf 'FROM localhost/bench-base:1\nCOPY app /srv/app\n' >"$folder/context/Containerfile"
fi
for run in $(seq "$runs"); do
    timed version "$nua" --version
    timed plan "$nua" plan "$folder/app"
    timed nua-same "$nua" build "$folder/app"
    change "$run"
    timed nua-line "$nua" build "$folder/app"
    if [ -n "$peers" ]; then
        rm -rf "$folder/context/app"
        cp -r "$folder/app" "$folder/context/app"
        timed podman-line podman build -q --layers -t bench "$folder/context"
        timed podman-same podman build -q --layers -t bench "$folder/context"
    fi
done
rm -f "$folder/said"
printf '%-14s %9s\n' what 'median ms'
for name in version plan nua-cold nua-same podman-same nua-line podman-line; do
    [ ! -s "$folder/$name" ] || printf '%-14s %9s\n' "$name" "$(median <"$folder/$name")"
done
