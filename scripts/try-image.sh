#!/usr/bin/env bash
# Unpacks the image of bin/release as a container engine does, and runs its command as its user on a
# root that is read-only but for the data, until it is ready. Needs root and Linux.
set -euo pipefail
# What is mounted here is gone with the last process of this namespace.
[ "${MOUNTS:-}" = own ] || MOUNTS=own exec unshare --mount --propagation private "$0" "$@"
cd "$(dirname "$0")/.."
image=$(realpath "${1:-$(ls bin/release/*.oci.tar)}")
. scripts/registry.sh
root=$work/root
server=
finish() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
	umount -R "$root" 2>/dev/null || true
	close_registry
}
trap finish EXIT

mkdir -p "$work/layout" "$root"
chmod 755 "$work" "$root"
tar -xf "$image" -C "$work/layout"
crane push "$work/layout" "$registry/towpath:try" >/dev/null
crane config "$registry/towpath:try" >"$work/config.json"
crane export "$registry/towpath:try" "$work/root.tar"
tar --numeric-owner -xpf "$work/root.tar" -C "$root"
config() { node -p "[].concat(JSON.parse(fs.readFileSync('$work/config.json')).config.$1).join('\n')"; }
mapfile -t command < <(config Entrypoint && config Cmd)
mapfile -t env < <(config Env)
user=$(config User)
echo "image: $(stat -c %s "$image") bytes, $(find "$root" -type f | wc -l) files; user: $user; command: ${command[*]}"

# What an engine brings.
mkdir -p "$root/proc" "$root/dev"
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/urandom" c 1 9
mount -t tmpfs -o "mode=700,uid=${user%:*},gid=${user#*:}" tmpfs "$root/var/lib/towpath"
mount -o remount,bind,ro "$root"

port=$((20000 + RANDOM % 20000))
env+=("TOWPATH_LISTEN=127.0.0.1:$port")
inside=(env -i "${env[@]}" "$(command -v chroot)" "--userspec=$user" "$root")
begin=$(date +%s%N)
"${inside[@]}" "${command[@]}" >"$work/log" 2>&1 &
server=$!
until curl -fsS -o /dev/null "http://127.0.0.1:$port/readyz" 2>/dev/null; do
	kill -0 "$server" 2>/dev/null || { echo "the server has ended:" >&2; cat "$work/log" >&2; exit 1; }
	[ $(($(date +%s%N) - begin)) -lt 60000000000 ] || { echo "not ready in 60 s" >&2; exit 1; }
done
echo "ready after $((($(date +%s%N) - begin) / 1000000)) ms as $(ps -o uid= -p "$server" | xargs)"
"${inside[@]}" "${command[0]}" version | sed 's/^/  /'
# Nothing outside can be reached here, so the server itself is the Bitbucket that is asked for.
"${inside[@]}" "${command[0]}" doctor --bitbucket-url "http://127.0.0.1:$port" \
	--bitbucket-api-url "http://127.0.0.1:$port" | sed 's/^/  /'
echo "1 passed, 0 failed"
