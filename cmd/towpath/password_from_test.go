package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPasswordFrom_isReadAtEachConnection applies changes as a user whose password is in a file and in
// the environment, and changes that password while the server runs.
func TestPasswordFrom_isReadAtEachConnection(t *testing.T) {
	where := mariadbTargets(servers.mariadb.Target())
	w := prepared(t, where, "")
	folder := w.in("secrets")
	w.must(t, os.Mkdir(folder, 0o700))
	file := filepath.Join(folder, "shop")
	const first, second = "first-p4ssword", "second-p4ssword"
	w.must(t, os.WriteFile(file, []byte(first+"\n"), 0o600))
	t.Setenv("SHOP_DB_MARIADB", first)
	w.must(t, w.start("--secret-files", folder, "--secret-env-prefix", "SHOP_DB_"))
	var err error
	w.linkID, err = w.link(w.ctx, w.grant, nil)
	w.must(t, err)
	user := "reader_" + strings.ReplaceAll(filepath.Base(w.dir), "-", "") + fmt.Sprint(time.Now().UnixNano()%1e6)
	w.must(t, where.exec(w.ctx, fmt.Sprintf("CREATE USER %s IDENTIFIED BY '%s'", user, first)))
	defer func() { w.must(t, where.exec(w.ctx, "DROP USER "+user)) }()
	w.must(t, where.exec(w.ctx, "GRANT ALL ON *.* TO "+user))

	var instances items[struct {
		identified
		Name string `json:"name"`
	}]
	w.must(t, w.api.call(w.ctx, "GET", "/instances", nil, &instances))
	change := func(id, from string) error {
		return w.api.call(w.ctx, "PATCH", "/instances/"+id, map[string]string{"username": user, "passwordFrom": from}, nil)
	}
	for i, instance := range instances.Items {
		from := "file:" + file
		if i == 0 {
			from = "env:SHOP_DB_MARIADB"
		}
		w.must(t, change(instance.ID, from))
	}
	last := instances.Items[len(instances.Items)-1].ID
	for from, want := range map[string]string{
		"file:/etc/hostname":            "only files below",
		"file:" + folder + "/missing":   "there is no file",
		"env:PATH":                      "begin with SHOP_DB_",
		"env:SHOP_DB_OTHER":             "not set",
		"a password in the wrong field": "neither env:NAME nor file:/path",
	} {
		if err := change(last, from); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", from, err, want)
		}
	}
	w.grow(t, 1)
	w.settled(t, 1)

	check := func() (ok bool, said string) {
		var r struct {
			OK       bool `json:"ok"`
			Findings []struct {
				Message string `json:"message"`
			} `json:"findings"`
		}
		w.must(t, w.api.call(w.ctx, "POST", "/instances/"+last+"/check", nil, &r))
		return r.OK, fmt.Sprint(r.Findings)
	}
	w.must(t, where.exec(w.ctx, fmt.Sprintf("ALTER USER %s IDENTIFIED BY '%s'", user, second)))
	if ok, said := check(); ok || strings.Contains(said, first) {
		t.Errorf("with the old password: %t, %s", ok, said)
	}
	w.must(t, os.WriteFile(file, []byte(second+"\n"), 0o600))
	if ok, said := check(); !ok {
		t.Errorf("with the new password: %s", said)
	}

	// The password is nowhere in the server's data or log.
	for _, name := range []string{"towpath-data/towpath.db", "towpath-data/towpath.db-wal", "server.log"} {
		text, err := os.ReadFile(w.in(name))
		w.must(t, err)
		for _, password := range []string{first, second} {
			if bytes.Contains(text, []byte(password)) {
				t.Errorf("%s has the password", name)
			}
		}
	}
}
