#!/usr/bin/env bash
# Packs bin/towpath for this platform into bin/release: an archive, Debian and RPM packages, an image
# for containers, its bill of materials, the list of Go modules in it, checksums. `make release` builds the program first.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || { echo "make release packs the Linux program: run it on Linux" >&2; exit 1; }
PROGRAM=bin/towpath
ARCH=$(go env GOARCH)
version=$("$PROGRAM" version | sed -n '1s/^towpath //p')
# Packages sort what is behind "~" before the release, and what is behind "+" after it.
case $version in
v[0-9]*) PACKAGE_VERSION=$(echo "${version#v}" | sed 's/-\([0-9]*\)-g/+\1+g/; s/-/~/g') ;;
*) PACKAGE_VERSION=0.0.0~$version ;;
esac
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export ARCH PACKAGE_VERSION SOURCE_DATE_EPOCH
out=bin/release
rm -rf "$out"
mkdir -p "$out"
name=towpath_${PACKAGE_VERSION}_linux_$ARCH
# One time and one owner for all files, so that the same program gives the same archive.
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
	-czf "$out/$name.tar.gz" -C bin towpath -C .. LICENSE README.md CHANGELOG.md packaging deploy
for packager in deb rpm; do
	GOFLAGS='' go tool -modfile=release.mod nfpm package --config packaging/nfpm.yaml \
		--packager "$packager" --target "$out/"
done
scripts/image.sh "$name"
# Without the time and a number of its own, so that the same program gives the same bill.
GOFLAGS='' go tool -modfile=release.mod cyclonedx-gomod bin -json -std -noserial -notimestamp \
	-version "$version" -output "$out/$name.cdx.json" "$PROGRAM"
grep -q '"name": "github.com/jackc/pgx/v5"' "$out/$name.cdx.json" || { echo "the bill of materials lacks modules" >&2; exit 1; }
go version -m "$PROGRAM" >"$out/$name.modules.txt"
(cd "$out" && sha256sum -- * >checksums.txt)
(cd "$out" && ls -l | awk 'NR > 1 {printf "%10d %s\n", $5, $9}')
