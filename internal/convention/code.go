package convention

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// kind recognizes the files of a tool that a link cannot run.
type kind struct {
	tool  Tool
	paths *regexp.Regexp
	needs []string // names of marks, one of which the repository has; none when the paths suffice
}

// kinds are tried in order; a path belongs to the first that fits.
var kinds = []kind{
	{Rails, regexp.MustCompile(`(?:^|/)db/(?:\w+_)?(?:post_)?migrate/\d{8,14}_\w+\.rb$`), nil},
	{Django, regexp.MustCompile(`(?:^|/)migrations/\d{4}_\w+\.py$`), nil},
	{Alembic, regexp.MustCompile(`(?:^|/)versions/[^/]+\.py$`), []string{"alembic.ini"}},
	{Alembic, regexp.MustCompile(`(?:^|/)(?:alembic|migrations)/versions/[^/]+\.py$`), nil},
	{Laravel, regexp.MustCompile(`(?:^|/)migrations/\d{4}_\d\d_\d\d_\d{6}_\w+\.php$`), nil},
	{Ecto, regexp.MustCompile(`(?:^|/)priv/\w+/migrations/\d{14}_\w+\.exs$`), nil},
	{EFCore, regexp.MustCompile(`(?:^|/)\d{14}_[\w-]+\.Designer\.cs$`), nil},
	{Sqitch, regexp.MustCompile(`(?:^|/)deploy/.+\.sql$`), []string{"sqitch.plan"}},
	{Liquibase, regexp.MustCompile(`(?i)(?:^|/)[^/]*change-?(?:log|set)s?[^/]*(?:/.*)?\.(?:xml|ya?ml)$`), nil},
	{Liquibase, regexp.MustCompile(`(?i)(?:^|/)(?:changelog[^/]*\.sql|change-?(?:log|set)s/.*\.sql)$`), nil},
	{
		Knex, regexp.MustCompile(`(?:^|/)migrations/(?:.*/)?\d{8,14}_[^/]+\.[cm]?[jt]s$`),
		[]string{"knexfile.js", "knexfile.ts"},
	},
	{Sequelize, regexp.MustCompile(`(?:^|/)migrations/(?:\d{14}|\d{8})-[^/]+\.[cm]?[jt]s$`), nil},
	{TypeORM, regexp.MustCompile(`(?:^|/)\d{13}-\w+\.[jt]s$`), nil},
	{Knex, regexp.MustCompile(`(?:^|/)migrations/(?:.*/)?\d{14}_[^/]+\.[cm]?[jt]s$`), nil},
	{NodePgMigrate, regexp.MustCompile(`(?:^|/)migrations/\d{13}_[^/]+\.[cm]?[jt]s$`), nil},
	{JavaScript, regexp.MustCompile(`(?:^|/)migrations/(?:.*/)?\d[^/]*\.[cm]?[jt]s$`), nil},
	{GooseGo, regexp.MustCompile(`(?:^|/)\w*migrat\w*/(?:.*/)?\d{5,14}_\w+\.go$`), nil},
}

// codeEndings are those that a path must have before the expressions are tried.
var codeEndings = words("rb py php exs cs sql xml yml yaml js cjs mjs ts cts mts go")

// codeOf returns the conventions whose files a link cannot run.
func codeOf(paths []string, m marks) []candidate {
	by := map[Tool]map[string][]string{}
	for _, path := range paths {
		if !mayBeCode(path) {
			continue
		}
		if k, ok := kindOf(path, m); ok {
			if by[k] == nil {
				by[k] = map[string][]string{}
			}
			dir, _ := cut(path)
			by[k][dir] = append(by[k][dir], path)
		}
	}
	var list []candidate
	for tool, dirs := range by {
		list = append(list, codeIn(tool, dirs))
	}
	return list
}

// codeIn sums up the files of a tool by their folders. Those of tests count when there are no others.
func codeIn(tool Tool, dirs map[string][]string) candidate {
	own := maps.Clone(dirs)
	maps.DeleteFunc(own, func(dir string, _ []string) bool { return isAside(dir) })
	c := candidate{Found: Found{Tool: tool}}
	if len(own) == 0 {
		own, c.class = dirs, 2
	}
	var files []string
	most := 0
	for _, dir := range slices.Sorted(maps.Keys(own)) {
		files = append(files, own[dir]...)
		if len(own[dir]) > most {
			most, c.BaseDirectory = len(own[dir]), dir
		}
	}
	slices.Sort(files)
	c.Other, c.Others, c.weight = len(files), files[:min(len(files), maxExamples)], len(files)
	return c
}

// mayBeCode is a quick look at a path before the expressions are tried.
func mayBeCode(path string) bool {
	dir, name := cut(path)
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || !codeEndings[name[dot+1:]] || strings.HasSuffix(name, "_test.go") {
		return false
	}
	return ('0' <= name[0] && name[0] <= '9') || strings.Contains(path, "hange") ||
		strings.HasSuffix(dir, "versions") || strings.Contains(dir, "deploy")
}

func kindOf(path string, m marks) (Tool, bool) {
	for _, k := range kinds {
		if !k.paths.MatchString(path) {
			continue
		}
		if len(k.needs) == 0 || slices.ContainsFunc(k.needs, func(name string) bool { return m[name] != nil }) {
			return k.tool, true
		}
	}
	return "", false
}

// isAside reports whether a product would not run what is in a folder.
func isAside(dir string) bool {
	for part := range strings.SplitSeq(strings.ToLower(dir), "/") {
		if aside[part] {
			return true
		}
	}
	return false
}
