#!/usr/bin/env bash
# image.sh NAME packs bin/towpath into bin/release/NAME.oci.tar, an image in the layout of the Open
# Container Initiative. It needs no container engine: crane builds it in a registry that lives for a
# moment. The image has the program, the certificates of public authorities, and nothing to run in it.
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1
. scripts/registry.sh
certificates=/etc/ssl/certs/ca-certificates.crt
[ -s "$certificates" ] || { echo "An image needs $certificates: install ca-certificates" >&2; exit 1; }

root=$work/root
mkdir -p "$root"/{usr/bin,etc/ssl/certs,var/lib/towpath,tmp,usr/share/doc/towpath}
install -m 0755 bin/towpath "$root/usr/bin/towpath"
install -m 0644 "$certificates" "$root$certificates"
install -m 0644 LICENSE "$root/usr/share/doc/towpath/copyright"
echo "towpath:x:$IMAGE_USER:$IMAGE_USER::/var/lib/towpath:/sbin/nologin" >"$root/etc/passwd"
echo "towpath:x:$IMAGE_USER:" >"$root/etc/group"
chmod 0700 "$root/var/lib/towpath"
chmod 1777 "$root/tmp"
# One time for all files and owners by folder, so that the same program gives the same layer.
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
	--exclude=./var/lib/towpath -cf "$work/layer.tar" -C "$root" .
tar --mtime="@$SOURCE_DATE_EPOCH" --owner="$IMAGE_USER" --group="$IMAGE_USER" --numeric-owner \
	-rf "$work/layer.tar" -C "$root" ./var/lib/towpath
gzip -n "$work/layer.tar"

crane append --oci-empty-base --new_layer "$work/layer.tar.gz" --new_tag "$registry/towpath:new"
crane mutate "$registry/towpath:new" --tag "$registry/towpath:new" --set-platform "linux/$ARCH" \
	--entrypoint /usr/bin/towpath --cmd serve --user "$IMAGE_USER:$IMAGE_USER" --workdir /var/lib/towpath \
	--exposed-ports 8080/tcp --env TOWPATH_LISTEN=0.0.0.0:8080 --env TOWPATH_DATA=/var/lib/towpath/data \
	--env TOWPATH_SQLITE_ROOT=/var/lib/towpath/sqlite --label org.opencontainers.image.title=Towpath \
	--label "org.opencontainers.image.version=$PACKAGE_VERSION" \
	--label org.opencontainers.image.licenses=Apache-2.0 >"$work/digest"
crane pull --format=oci "$registry/towpath:new" "$work/layout"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
	-cf "bin/release/$name.oci.tar" -C "$work/layout" .
