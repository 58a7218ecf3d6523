#!/usr/bin/env bash
# Builds a real Gitea, then tests the driver and the whole program against it. `make test` does not
# include it: the build takes ten minutes and downloads about a hundred modules. The built program
# stays in the folder of the test servers.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v1.26.0
scripts/packages.sh git=git initdb=postgresql mariadbd=mariadb-server
# Not below root's home: Gitea runs under another account.
if [ "$(id -u)" -eq 0 ]; then default=/var/cache/towpath/servers; else default=${XDG_CACHE_HOME:-$HOME/.cache}/towpath/servers; fi
gitea=${TOWPATH_SERVERS:-$default}/gitea-${version#v}
if [ ! -x "$gitea/bin/gitea" ]; then
	echo "Building Gitea $version …"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	(
		cd "$work"
		source=$(go mod download -json "code.gitea.io/gitea@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
		# Replacements of a required module do not apply here, so they are copied.
		{
			echo "module gitea.build"
			grep -E '^(go|replace) ' "$source/go.mod"
		} >go.mod
		go get -tool "code.gitea.io/gitea@$version"
		CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o gitea code.gitea.io/gitea
		mkdir -p "$gitea/bin"
		cp -r "$source/options" "$source/templates" "$source/public" "$gitea/"
		chmod -R u+w,a+rX "$gitea"
		mv gitea "$gitea/bin/gitea"
	)
fi
TOWPATH_TEST_GITEA=$gitea CGO_ENABLED=0 go test -count=1 -timeout 20m -tags realgitea -v -run '^TestRealGitea$' ./cmd/towpath
