#!/bin/sh
# Makes the server's user and folder. It starts nothing: a person sets the external address first.
set -e
if ! getent passwd towpath >/dev/null; then
	useradd --system --user-group --home-dir /var/lib/towpath --shell /usr/sbin/nologin towpath
fi
install -d -m 0700 -o towpath -g towpath /var/lib/towpath
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	echo "Set external-url in /etc/towpath/config.yaml, then: systemctl enable --now towpath"
fi
