#!/usr/bin/env bash
# Installs a Debian package of bin/release in a folder of its own, which has no more than the programs
# that the package's scripts call, and runs the unit's command there as the unit's user until it is
# ready. Needs root and Linux.
set -euo pipefail
# What is mounted here is gone with the last process of this namespace.
[ "${MOUNTS:-}" = own ] || MOUNTS=own exec unshare --mount --propagation private "$0" "$@"
cd "$(dirname "$0")/.."
package=$(realpath "${1:-$(ls bin/release/*.deb)}")
root=$(mktemp -d)
chmod 755 "$root"
server=
finish() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
	umount "$root/proc" 2>/dev/null || true
	rm -rf --one-file-system "$root"
}
trap finish EXIT

mkdir -p "$root"/{etc,tmp,dev,run,proc,usr/bin,usr/sbin,var/lib/dpkg/info,var/lib/dpkg/updates}
chmod 1777 "$root/tmp"
for folder in bin sbin lib lib64; do mkdir -p "$root/usr/$folder"; ln -s "usr/$folder" "$root/$folder"; done
touch "$root"/var/lib/dpkg/{status,available} "$root"/etc/{group,gshadow,shadow,passwd}
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
printf 'passwd: files\ngroup: files\nshadow: files\n' >"$root/etc/nsswitch.conf"
cp /etc/login.defs "$root/etc/"
# The programs of a Debian system that the scripts call, with their libraries.
for program in sh getent useradd install chroot; do
	path=$(realpath "$(command -v "$program")")
	cp "$path" "$root/usr/$(basename "$(dirname "$path")")/$program"
	ldd "$path" | grep -o '/[^ ]*' | while read -r library; do cp -Ln --parents "$library" "$root"; done
done
mount -t proc proc "$root/proc"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/urandom" c 1 9

dpkg --root="$root" --log=/dev/null --install "$package"
[ "$(stat -c %a "$root/var/lib/towpath")" = 700 ] || { echo "/var/lib/towpath is not private" >&2; exit 1; }
user=$(sed -n 's/^User=//p' "$root/usr/lib/systemd/system/towpath.service")
command=$(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/towpath.service")
echo "installed; user: $(grep "^$user:" "$root/etc/passwd")"

port=$((20000 + RANDOM % 20000))
sed -i "s/^listen: .*/listen: 127.0.0.1:$port/" "$root/etc/towpath/config.yaml"
begin=$(date +%s%N)
# shellcheck disable=SC2086 # the command has several words
chroot --userspec="$user:$user" "$root" $command >"$root/tmp/log" 2>&1 &
server=$!
until curl -fsS -o /dev/null "http://127.0.0.1:$port/readyz" 2>/dev/null; do
	kill -0 "$server" 2>/dev/null || { echo "the server has ended:" >&2; cat "$root/tmp/log" >&2; exit 1; }
	[ $(($(date +%s%N) - begin)) -lt 60000000000 ] || { echo "not ready in 60 s" >&2; exit 1; }
done
echo "ready after $((($(date +%s%N) - begin) / 1000000)) ms as $(ps -o user= -o uid= -p "$server" | xargs)"
chroot --userspec="$user:$user" "$root" /usr/bin/towpath version | sed 's/^/  /'
# Nothing outside can be reached here, so the server itself is the Bitbucket that is asked for.
chroot --userspec="$user:$user" "$root" /usr/bin/towpath doctor --config /etc/towpath/config.yaml \
	--bitbucket-url "http://127.0.0.1:$port" --bitbucket-api-url "http://127.0.0.1:$port" | sed 's/^/  /'
[ -z "$(find "$root/var/lib/towpath" -perm /077 ! -type d)" ] || { echo "others can read the data" >&2; exit 1; }
kill "$server"
wait "$server"
server=
dpkg --root="$root" --log=/dev/null --remove towpath
[ -e "$root/etc/towpath/config.yaml" ] && [ -d "$root/var/lib/towpath/data" ] || {
	echo "removing the package has taken settings or data" >&2
	exit 1
}
echo "removed; settings and data stayed"
echo "1 passed, 0 failed"
