# Sourced: starts a registry on this machine that ends with the script, at $registry, and sets $work, a
# folder that ends with it. "crane" is the tool that release.mod pins.
IMAGE_USER=65532 # as other images without a system have it
work=$(mktemp -d)
registry_pid=
close_registry() {
	[ -z "$registry_pid" ] || kill "$registry_pid" 2>/dev/null || true
	rm -rf --one-file-system "$work"
}
trap close_registry EXIT
GOFLAGS='' go build -modfile=release.mod -o "$work/crane-program" github.com/google/go-containerregistry/cmd/crane
crane() { "$work/crane-program" "$@" 2>>"$work/crane.log" || { tail -n 5 "$work/crane.log" >&2; return 1; }; }
"$work/crane-program" registry serve --address 127.0.0.1:0 >"$work/registry.log" 2>&1 &
registry_pid=$!
until registry=$(grep -oE '127\.0\.0\.1:[0-9]+|port [0-9]+' "$work/registry.log" | head -n 1) && [ -n "$registry" ]; do
	kill -0 "$registry_pid" 2>/dev/null || { cat "$work/registry.log" >&2; exit 1; }
	sleep 0.1
done
registry=127.0.0.1:${registry##*[: ]}
