#!/usr/bin/env bash
# packages.sh PROGRAM=PACKAGE… checks that each program is on the PATH, or that its file exists. As
# root it installs the missing Debian packages. Otherwise it names them and fails.
set -euo pipefail

missing=()
for pair in "$@"; do
	program=${pair%%=*} package=${pair#*=}
	if ! command -v "$program" >/dev/null && [ ! -e "$program" ] && ! compgen -G "/usr/lib/postgresql/*/bin/$program" >/dev/null; then
		missing+=("$package")
	fi
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
	echo "Missing: ${missing[*]}. Install these packages (Debian's names), or run this as root." >&2
	exit 1
fi
echo "Installing ${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
apt-get -q update >/dev/null
apt-get -q -y install --no-install-recommends "${missing[@]}" >/dev/null
