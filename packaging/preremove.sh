#!/bin/sh
# Stops the server before its program goes. An upgrade keeps it running until the restart.
set -e
case "${1:-}" in
remove | 0)
	if [ -d /run/systemd/system ]; then systemctl disable --now towpath || true; fi
	;;
esac
