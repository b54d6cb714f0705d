#!/usr/bin/env bash
# Push and pull of an image through loopback, beside skopeo copy of the same image in the same run: medians of N runs, the most memory, the ratios.
#   bench/registry.sh [MEGABYTES] [RUNS]
# Needs artifacts/nua, docker-registry (2.8), skopeo, python3; works below /tmp (TMPDIR), with a registry of its own.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
megabytes=${1:-1000}
runs=${2:-5}
work=$(mktemp -d "${TMPDIR:-/tmp}/nua-bench-XXXXXX")
export NUA_HOME=$work/home
nua=$root/artifacts/nua
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
host=localhost:$port
cat >"$work/registry.yml" <<YML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}, delete: {enabled: true}}
http: {addr: 127.0.0.1:$port}
YML
docker-registry serve "$work/registry.yml" >/dev/null 2>&1 &
registry=$!
trap 'kill $registry 2>/dev/null; wait $registry 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Five layers of different sizes that do not compress further, as layers are.
python3 - "$work/image" "$megabytes" <<'PY'
import gzip, hashlib, io, json, os, sys, tarfile
folder, megabytes = sys.argv[1], int(sys.argv[2])
os.makedirs(f"{folder}/blobs/sha256")
def put(data, kind):
    name = hashlib.sha256(data).hexdigest()
    with open(f"{folder}/blobs/sha256/{name}", "wb") as file: file.write(data)
    return {"mediaType": f"application/vnd.oci.image.{kind}+json" if kind != "layer" else "application/vnd.oci.image.layer.v1.tar+gzip",
            "digest": "sha256:" + name, "size": len(data)}
layers, ids = [], []
for n, share in enumerate((40, 25, 20, 10, 5)):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        size = (megabytes << 20) * share // 100 // 8
        for i in range(8):
            info = tarfile.TarInfo(f"layer{n}/file{i}"); info.size = size
            archive.addfile(info, io.BytesIO(os.urandom(size)))
    ids.append("sha256:" + hashlib.sha256(tar.getbuffer()).hexdigest())
    layers.append(put(gzip.compress(tar.getbuffer(), 1, mtime=0), "layer"))
config = put(json.dumps({"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/layer0/file0"], "User": "1000"},
    "rootfs": {"type": "layers", "diff_ids": ids}}).encode(), "config.v1")
manifest = put(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": layers}).encode(), "manifest.v1")
manifest["annotations"] = {"org.opencontainers.image.ref.name": "1"}
json.dump({"schemaVersion": 2, "manifests": [manifest]}, open(f"{folder}/index.json", "w"))
open(f"{folder}/oci-layout", "w").write('{"imageLayoutVersion": "1.0.0"}')
PY
"$nua" load "oci:$work/image" -t bench:1 --quiet >/dev/null 2>&1
cat "$work/image"/blobs/sha256/* >/dev/null

# once NAME COMMAND…: milliseconds to $work/NAME.ms, peak kilobytes to $work/NAME.kb
once() {
    local name=$1; shift
    python3 - "$work/$name" "$@" <<'PY'
import resource, subprocess, sys, time
note, begun = sys.argv[1], time.monotonic()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
open(note + ".ms", "a").write(f"{(time.monotonic() - begun) * 1000:.0f}\n")
open(note + ".kb", "a").write(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}\n")
PY
}
median() { sort -n "$work/$1" | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'; }
most() { sort -n "$work/$1" | tail -1; }
skopeo="skopeo copy --insecure-policy --quiet"

for run in $(seq "$runs"); do
    # Each in a repository of its own, so that nothing is there already. Who goes first alternates.
    order="nua skopeo"; [ $((run % 2)) = 0 ] && order="skopeo nua"
    for who in $order; do
        case $who in
        nua)
            once push-nua "$nua" push bench:1 "$host/nua$run:1"
            once again-nua "$nua" push bench:1 "$host/nua$run:1"
            # A store that has never seen the image.
            once pull-nua env NUA_HOME="$work/pulled" "$nua" pull "$host/nua$run:1" ;;
        skopeo)
            once push-skopeo $skopeo --dest-tls-verify=false "oci:$work/image:1" "docker://$host/skopeo$run:1"
            once again-skopeo $skopeo --dest-tls-verify=false "oci:$work/image:1" "docker://$host/skopeo$run:1"
            once pull-skopeo $skopeo --src-tls-verify=false "docker://$host/skopeo$run:1" "oci:$work/copied:1" ;;
        esac
        rm -rf "$work/pulled" "$work/copied" "$work/registry"/*
    done
done

echo "$megabytes MB in five layers, $runs runs, $(nproc) processors, $("$nua" --version), $(skopeo --version)"
printf '%-24s %9s %9s %7s %12s %12s\n' '' 'nua' 'skopeo' 'ratio' 'nua peak' 'skopeo peak'
for what in push again pull; do
    case $what in push) name='push' ;; again) name='push, nothing changed' ;; pull) name='pull' ;; esac
    ours=$(median $what-nua.ms) theirs=$(median $what-skopeo.ms)
    printf '%-24s %6d ms %6d ms %7s %9d MB %9d MB\n' "$name" "$ours" "$theirs" "$(awk "BEGIN { printf \"%.2f\", $ours / $theirs }")" \
        $(($(most $what-nua.kb) / 1024)) $(($(most $what-skopeo.kb) / 1024))
done
