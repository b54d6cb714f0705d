#!/usr/bin/env bash
# Wrapping an image that is in the store: the first time, when its layers have to be read, and again. Beside it what reading alone takes: gzip -dc of the layers,
# as many at once as there are processors. Then the same image as Docker and Podman save it, whose layers are not compressed.
#   bench/wrap.sh [MEGABYTES] [RUNS]
# Needs artifacts/nua, python3, skopeo; the image is made of this machine's /usr, in four layers. Works below /tmp (TMPDIR).
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
megabytes=${1:-500}
runs=${2:-5}
work=$(mktemp -d "${TMPDIR:-/tmp}/nua-bench-XXXXXX")
export NUA_HOME=$work/home
nua=$root/artifacts/nua
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

python3 - "$work/image" "$megabytes" <<'PY'
import gzip, hashlib, io, json, os, sys, tarfile
folder, left = sys.argv[1], int(sys.argv[2]) << 20
os.makedirs(f"{folder}/blobs/sha256")
def put(data, kind):
    name = hashlib.sha256(data).hexdigest()
    open(f"{folder}/blobs/sha256/{name}", "wb").write(data)
    return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": "sha256:" + name, "size": len(data)}
def files():
    for top in ("/usr/bin", "/usr/lib", "/usr/share"):
        for here, folders, names in os.walk(top):
            folders.sort()
            for name in sorted(names):
                path = f"{here}/{name}"
                if os.path.isfile(path) and not os.path.islink(path): yield path
layers, ids, source, size, count = [], [], files(), left // 4, 0
for n in range(4):
    tar, room = io.BytesIO(), size
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for path in source:
            archive.add(path, recursive=False); room -= os.path.getsize(path); count += 1
            if room <= 0: break
    ids.append("sha256:" + hashlib.sha256(tar.getbuffer()).hexdigest())
    layers.append(put(gzip.compress(tar.getbuffer(), 6, mtime=0), "layer.v1.tar+gzip"))
config = put(json.dumps({"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/usr/bin/env"], "User": "1000"},
    "rootfs": {"type": "layers", "diff_ids": ids}}).encode(), "config.v1+json")
manifest = put(json.dumps({"schemaVersion": 2, "config": config, "layers": layers}).encode(), "manifest.v1+json")
manifest["annotations"] = {"org.opencontainers.image.ref.name": "1"}
json.dump({"schemaVersion": 2, "manifests": [manifest]}, open(f"{folder}/index.json", "w"))
open(f"{folder}/oci-layout", "w").write('{"imageLayoutVersion": "1.0.0"}')
print(f"{count} files, {sum(layer['size'] for layer in layers) >> 20} MB compressed")
PY
mkdir "$work/app"
printf '[metadata]\nid = "wrapped"\nversion = "1"\ntitle = "w"\nauthor = "a"\n\n[build]\nbase-image = "bench:1"\n' >"$work/app/nua-config.toml"

now() { date +%s%3N; }
note() { echo $(($(now) - begun)) >>"$work/$1"; }
median() { sort -n "$work/$1" | awk '{ line[NR] = $1 } END { print line[int((NR + 1) / 2)] }'; }
for run in $(seq "$runs"); do
    rm -rf "$NUA_HOME"
    "$nua" load "oci:$work/image" -t bench:1 --quiet >/dev/null 2>&1
    begun=$(now); ls "$work"/image/blobs/sha256/* | xargs -P "$(nproc)" -n 1 gzip -dcf >/dev/null; note gzip
    begun=$(now); "$nua" build "$work/app" --quiet >/dev/null; note first
    begun=$(now); "$nua" build "$work/app" --no-cache --quiet >/dev/null 2>&1; note again
    [[ -f $work/saved.tar ]] || skopeo --insecure-policy copy --quiet "oci:$work/image:1" "docker-archive:$work/saved.tar:bench:1"
    rm -rf "$NUA_HOME"
    "$nua" load "docker-archive:$work/saved.tar" -t bench:1 --quiet >/dev/null 2>&1
    begun=$(now); "$nua" build "$work/app" --quiet >/dev/null; note saved
done
echo "$megabytes MB in four layers, medians of $runs runs, $(nproc) processors, $("$nua" --version)"
echo "gzip -dc of the layers        $(median gzip) ms"
echo "wrapping, layers never read   $(median first) ms"
echo "wrapping, saved by Docker     $(median saved) ms"
echo "wrapping once more            $(median again) ms"
