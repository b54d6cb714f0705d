#!/bin/sh
# Time from the command to the first line of the application, and what stays in memory: nua up, and podman run of the same image.
#   bench/up.sh [IMAGE] [RUNS]      IMAGE is in the store of NUA_HOME; the default prints a line as soon as it serves
set -eu
image=${1:-nua-site:1.0} runs=${2:-5}
nua=$(cd "$(dirname "$0")/.." && pwd)/artifacts/nua
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
now() { date +%s%3N; }
median() { sort -n | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'; }

for run in $(seq "$runs"); do
    begun=$(now)
    "$nua" up "$image" bench-up --quiet >/dev/null
    said=$("$nua" logs bench-up --timestamps | awk '$2 == "out" || $2 == "err" { print $1; exit }')
    echo $(($(date -d "$said" +%s%3N) - begun)) >>"$folder/nua"
    pid=$(pgrep -P "$(cat "${NUA_HOME:-/var/lib/nua}/instances/bench-up/run/pid")")
    awk '/VmRSS/ { print $2 }' "/proc/$pid/status" >>"$folder/memory"
    "$nua" destroy bench-up --yes --no-backup --quiet
done
echo "nua up: first line after $(median <"$folder/nua") ms, supervisor $(median <"$folder/memory") kB"

command -v podman >/dev/null || exit 0
# Hosts that may not raise limits need them said.
printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n[engine]\nruntime = "runc"\n' >"$folder/containers.conf"
export CONTAINERS_CONF="$folder/containers.conf"
podman() { command podman --root "$folder/storage" --runroot "$folder/run" "$@"; }
"$nua" save "$image" "oci-archive:$folder/image" >/dev/null 2>&1
id=$(podman load -q -i "$folder/image" | sed 's/.*: //')
for run in $(seq "$runs"); do
    begun=$(now)
    podman run -d --name bench-up --network none --read-only --cap-drop all --tmpfs /tmp --tmpfs /run --tmpfs /nua/data:mode=0777 --tmpfs /nua/cache:mode=0777 "$id" >/dev/null
    until said=$(podman logs --timestamps bench-up 2>&1 | awk 'NR == 1 { print $1 }') && [ -n "$said" ]; do :; done
    echo $(($(date -d "$said" +%s%3N) - begun)) >>"$folder/podman"
    podman rm -f bench-up >/dev/null 2>&1
done
echo "podman run: first line after $(median <"$folder/podman") ms"
