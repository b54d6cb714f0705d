#!/usr/bin/env bash
# Backup and restore beside 'tar | zstd -T0' of the same data: the same bytes, warm cache, best of N runs each.
#   bench/backup.sh [MEGABYTES] [RUNS]
# Needs artifacts/nua, python3, zstd; works in a store of its own below /tmp.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
megabytes=${1:-400}
runs=${2:-3}
export NUA_HOME=$(mktemp -d /tmp/nua-bench-XXXXXX)
nua=$root/artifacts/nua
out=$(mktemp -d /tmp/nua-bench-out-XXXXXX)
trap '"$nua" destroy bench --yes --no-backup --quiet >/dev/null 2>&1 || true; rm -rf "$NUA_HOME" "$out"' EXIT
[ -d "${NUA_BENCH_CACHE:-}" ] && cp -a --reflink=auto "$NUA_BENCH_CACHE/." "$NUA_HOME/"

"$nua" up "$root/examples/notes" bench --quiet >/dev/null
"$nua" stop bench --quiet
data=$NUA_HOME/instances/bench/generations/1/data
# Half of it compresses as databases and logs do, half not at all; a few large files and many small ones.
python3 - "$data" "$megabytes" <<'PY'
import os, random, sys
folder, left = sys.argv[1], int(sys.argv[2]) << 20
owner = os.stat(folder)
random.seed(1)
words = [bytes(random.choices(b"abcdefghijklmnopqrstuvwxyz", k=random.randint(3, 9))) for _ in range(4000)]
n = 0
while left > 0:
    size = min(left, 32 << 20 if n % 40 == 0 else random.randint(1000, 200000))
    path = f"{folder}/{n % 100:02d}"
    os.makedirs(path, exist_ok=True); os.chown(path, owner.st_uid, owner.st_gid)
    text = b" ".join(random.choices(words, k=size // 7 + 1))[:size] if n % 2 else random.randbytes(size)
    with open(f"{path}/{n}", "wb") as file: file.write(text)
    os.chown(f"{path}/{n}", owner.st_uid, owner.st_gid)
    left -= size; n += 1
print(f"{n} files")
PY

best() { # best NAME COMMAND…
    local name=$1 least= begun took; shift
    for _ in $(seq "$runs"); do
        rm -rf "$out"/*; begun=$(date +%s%N); "$@" >/dev/null 2>&1; took=$(( ($(date +%s%N) - begun) / 1000000 ))
        [ -z "$least" ] || [ "$took" -lt "$least" ] && least=$took
    done
    printf '%-28s %6d ms   %s\n' "$name" "$least" "$(du -sm "$out" | cut -f1) MB"
}
tar_out() { tar --xattrs --acls -C "$data" -cf - . | zstd -q -T0 -o "$out/a.tar.zst"; sync -f "$out"; }
best 'tar | zstd -T0' tar_out
best 'nua backup' "$nua" backup bench -o "$out/"
tar_out; cp "$out/a.tar.zst" "$NUA_HOME/a.tar.zst"
file=$("$nua" backup bench -o "$NUA_HOME/" --quiet)
tar_in() { mkdir "$out/t"; zstd -q -dc "$NUA_HOME/a.tar.zst" | tar --xattrs --acls --numeric-owner -C "$out/t" -xpf -; sync -f "$out"; }
best 'zstd -d | tar x' tar_in
best 'nua backup verify' "$nua" backup verify "$file"
restore() { "$nua" restore "copy$RANDOM" "$file" --quiet; }
best 'nua restore (up to ready)' restore
for name in $(ls "$NUA_HOME/instances"); do "$nua" destroy "$name" --yes --no-backup --quiet; done
