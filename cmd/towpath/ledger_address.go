package main

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/engine"
)

// address is a database in a URL.
type address struct {
	engine towpath.EngineType
	target engine.Target
	root   string // of a SQLite file
}

// addressOf parses a URL. Its errors are about the setting --url, and never contain a password.
func addressOf(text, password string) (address, error) {
	if path, ok := strings.CutPrefix(text, "sqlite:"); ok {
		path, err := filepath.Abs(path)
		if err != nil {
			return address{}, usagef("--url %s: %v", text, err)
		}
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		return address{
			engine: towpath.EngineSQLite, target: engine.Target{Address: ".", Database: name},
			root: filepath.Dir(path),
		}, isThere(path)
	}
	const form = "give sqlite:PATH, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE"
	u, err := url.Parse(text)
	if err != nil {
		return address{}, usagef("--url cannot be read; %s", form)
	}
	kinds := map[string]towpath.EngineType{
		"postgres": towpath.EnginePostgres, "postgresql": towpath.EnginePostgres,
		"mysql": towpath.EngineMySQL, "mariadb": towpath.EngineMySQL,
	}
	kind, ok := kinds[u.Scheme]
	name := strings.TrimPrefix(u.Path, "/")
	if !ok || u.Host == "" || name == "" || u.User.Username() == "" {
		return address{}, usagef("--url %s; %s", u.Redacted(), form)
	}
	t := engine.Target{
		Address:  u.Host,
		Username: u.User.Username(),
		Password: password,
		Database: name,
		Options:  map[string]string{},
	}
	if own, set := u.User.Password(); set {
		t.Password = own
	}
	for key, values := range u.Query() {
		t.Options[key] = values[0]
	}
	return address{engine: kind, target: t, root: ""}, nil
}

// knows refuses options that an instance of this kind does not have, such as those of other
// clients.
func (a address) knows(d engine.Description) error {
	for key := range a.target.Options {
		if !slices.ContainsFunc(d.Options, func(o engine.Option) bool { return o.Key == key }) {
			var known []string
			for _, o := range d.Options {
				known = append(known, o.Key)
			}
			return usagef("--url has the option %q; an instance of %s has %s", key, d.Name,
				strings.Join(known, ", "))
		}
	}
	return nil
}
