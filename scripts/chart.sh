#!/usr/bin/env bash
# Renders the chart with each of its examples, and checks the objects by Kubernetes' own description
# of its API, strictly. Compares them with cmd/towpath/testdata/chart, which the tests read; UPDATE=1
# writes that. Last it gives the chart values that are wrong, which it must refuse.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tool() { GOFLAGS='' CGO_ENABLED=0 go tool -modfile=chart.mod "$@"; }
folder() { GOFLAGS='' go mod download -modfile=chart.mod "$1" && GOFLAGS='' go list -modfile=chart.mod -m -f '{{.Dir}}' "$1"; }
chart=deploy/chart
golden=cmd/towpath/testdata/chart

# Kubernetes publishes its schemas on a site; modules of its command line have the same description.
go run ./scripts/kubeschemas "$work/schemas" \
	"$(folder k8s.io/cli-runtime)/artifacts/openapi/swagger.json" \
	"$(folder github.com/prometheus-operator/prometheus-operator)/example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml"
validate() {
	tool kubeconform -strict -summary -schema-location \
		"$work/schemas/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json" "$@"
}

# By this sum over the chart's files a test sees that the rendered objects are old.
sum=$(cd "$chart" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d ' ' -f 1)

failed=0
passed=0
ok() { passed=$((passed + 1)); echo "ok    $*"; }
wrong() { failed=$((failed + 1)); echo "WRONG $*" >&2; }

tool helm lint --kube-version 1.37.0 --strict "$chart" --values "$chart/examples/everything.yaml" --quiet
mkdir -p "$golden"
for values in "$chart"/examples/*.yaml; do
	name=$(basename "$values")
	{
		echo "# make chart wrote this from deploy/chart. Its files: $sum"
		tool helm template towpath --kube-version 1.37.0 "$chart" --namespace towpath --values "$values"
	} >"$work/$name"
	if said=$(validate "$work/$name" 2>&1); then ok "$name: $said"; else wrong "$name: $said"; fi
	[ -z "${UPDATE:-}" ] || cp "$work/$name" "$golden/$name"
	diff -u "$golden/$name" "$work/$name" || wrong "$name differs from $golden: UPDATE=1 make chart"
done
for file in deploy/kubernetes/*.yaml deploy/prometheus/servicemonitor.yaml; do
	if said=$(validate "$file" 2>&1); then ok "$file: $said"; else wrong "$file: $said"; fi
done

# The check itself must see a field that does not exist.
sed 's/readOnlyRootFilesystem/readOnlyRoot/' "$work/small.yaml" >"$work/unknown.yaml"
if validate "$work/unknown.yaml" >"$work/said" 2>&1; then wrong "an unknown field passes"; else ok "an unknown field is seen"; fi

# refused WORDS ARGUMENT...: the chart refuses these values, and says so with the words.
refused() {
	local words=$1
	shift
	if tool helm template towpath --kube-version 1.37.0 "$chart" --set externalUrl=https://towpath.example.com "$@" >"$work/said" 2>&1; then
		wrong "$* is not refused"
	elif grep -qF -- "$words" "$work/said"; then
		ok "refused: $*"
	else
		wrong "$* is refused with other words than '$words': $(cat "$work/said")"
	fi
}
refused "since a SQLite file has one server" --set replicas=2
refused "strategy: with SQLite" --set strategy=RollingUpdate
refused "externalUrl" --set externalUrl=
refused "externalUrl: with ingress.tlsSecret" --set externalUrl=http://a.example.com,ingress.tlsSecret=a
refused "replicas" --set replicas=0
refused "kind" --set metadata.kind=mysql
refused "listen" --set settings.listen=:80
refused "colour" --set colour=blue
refused "settings has it too" --set settings.smtp-url=a,secretSettings.smtp-url.name=a,secretSettings.smtp-url.key=b
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
