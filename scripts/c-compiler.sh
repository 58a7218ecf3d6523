#!/usr/bin/env bash
# Succeeds where a C compiler makes programs, on Linux static ones, which need a static C library.
set -euo pipefail
static=
[ "$(uname -s)" != Linux ] || static=-static
echo 'int main(void) { return 0; }' | ${CC:-cc} $static -x c - -o /dev/null 2>/dev/null
