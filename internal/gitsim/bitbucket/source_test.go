package bitbucket

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const shop = "/repositories/acme/shop"

func TestSource_answersBytesOfAnyName(t *testing.T) {
	t.Parallel()
	f := setup(t)
	names := []string{"plain.sql", "with space/größe 100%#1?.sql", `qu"ote\back.sql`, "tab\tname.sql"}
	files := map[string]string{}
	for i, name := range names {
		files[name] = fmt.Sprintf("-- file %d ü\r\n\x00", i)
	}
	hash := f.commit("main", files, "names")
	for _, name := range names {
		got := f.get(shop + "/src/" + hash + "/" + escapePath(name))
		if string(got.body) != files[name] {
			t.Errorf("%q: %q", name, got.body)
		}
		if got.header.Get("ETag") == "" || !strings.HasPrefix(got.header.Get("Content-Disposition"),
			"attachment") {
			t.Errorf("%q: headers %v", name, got.header)
		}
		meta := f.get(shop + "/src/" + hash + "/" + escapePath(name) + "?format=meta")
		if meta.str("path") != name || meta.at("size") != float64(len(files[name])) ||
			meta.str("commit", "hash") != hash {
			t.Errorf("%q: %s", name, meta.body)
		}
	}
	f.call("HEAD", shop+"/src/"+hash+"/plain.sql", nil, http.StatusOK)
	f.get(shop + "/src/main/plain.sql")
	f.get(shop + "/src/HEAD/plain.sql")
	f.get(shop + "/src/" + hash[:12] + "/plain.sql")
	missing := f.call("GET", shop+"/src/"+hash+"/nope.sql", nil, http.StatusNotFound)
	if got := missing.str("error", "message"); got != "No such file or directory: nope.sql" {
		t.Errorf("message %q", got)
	}
}

func TestSource_failsForRefsWithSlash(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"a.sql": "1"}, "first")
	f.commit("feature/x", map[string]string{"a.sql": "2"}, "second")
	f.call("GET", shop+"/src/feature/x/a.sql", nil, http.StatusNotFound)
	f.call("GET", shop+"/src/feature%2Fx/a.sql", nil, http.StatusNotFound)
	f.call("GET", shop+"/commit/feature%2Fx", nil, http.StatusNotFound)
}

func TestListing_isBreadthFirstAndPaged(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{
		"z.sql": "1", "a/b/deep.sql": "2", "a/one.sql": "3",
		"m/two.txt": "44",
	}, "tree")
	paths := func(query string) (all []string) {
		for next := shop + "/src/" + hash + "/?" + query; next != ""; {
			page := f.get(next)
			all = append(all, page.column("path")...)
			next = page.str("next")
		}
		return all
	}
	for query, want := range map[string][]string{
		"":                      {"a", "m", "z.sql"},
		"max_depth=2&pagelen=2": {"a", "m", "z.sql", "a/b", "a/one.sql", "m/two.txt"},
		"max_depth=9&q=" + url.QueryEscape(`type="commit_file" AND path ~ ".sql"`): {
			"z.sql", "a/one.sql",
			"a/b/deep.sql",
		},
		"max_depth=9&sort=-size&q=" + url.QueryEscape(`type="commit_file"`): {
			"m/two.txt", "z.sql",
			"a/one.sql", "a/b/deep.sql",
		},
	} {
		if got := paths(query); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	if got := f.get(shop + "/src/" + hash + "/a/b").column("path"); !slices.Equal(got,
		[]string{"a/b/deep.sql"}) {
		t.Errorf("directory: %v", got)
	}
	f.sim.SetLimits(Limits{TreeEntries: 4})
	f.call("GET", shop+"/src/"+hash+"/?max_depth=9", nil, status555)
}

func TestListing_tellsLinksExecutablesAndSubmodules(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"a": "1"}, "first")
	dir := f.clone("bob")
	f.git(dir, "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",sub")
	f.git(dir, "update-index", "--chmod=+x", "a")
	f.git(dir, "update-index", "--add", "--cacheinfo", "120000,"+f.git(dir, "hash-object", "-w", "a")+",lnk")
	f.git(dir, "commit", "-q", "-m", "kinds")
	f.git(dir, "push", "-q", "origin", "main")
	list := f.get(shop + "/src/" + f.git(dir, "rev-parse", "HEAD") + "/")
	for i, want := range []string{"executable", "link", "subrepository"} {
		if got := list.str("values", i, "attributes", 0); got != want {
			t.Errorf("attribute %q, want %q", got, want)
		}
	}
}

// One tree of 2,000 files and 250 of them must come quickly: benchmarks of the server run through
// here.
func TestSource_readsALargeTree(t *testing.T) {
	t.Parallel()
	f := setup(t)
	files := map[string]string{}
	for i := range 2000 {
		files[fmt.Sprintf("db/%02d/%04d__change.sql", i%40, i)] = fmt.Sprintf("select %d;", i)
	}
	hash := f.commit("main", files, "many")
	f.sim.SetLimits(Limits{RequestsPerHour: -1})
	f.spec = nil // what is measured is the simulator
	count := 0
	for next := shop + "/src/" + hash + "/?max_depth=10&pagelen=100"; next != ""; {
		page := f.get(next)
		count += len(page.at("values").([]any))
		next = page.str("next")
	}
	for i := range 250 {
		f.get(fmt.Sprintf("%s/src/%s/db/%02d/%04d__change.sql", shop, hash, i%40, i))
	}
	if count != 2041 {
		t.Errorf("%d entries, want 2041", count)
	}
}

func TestDiffstat_comparesNewWithOld(t *testing.T) {
	t.Parallel()
	f := setup(t)
	old := f.commit("main", map[string]string{
		"same": "1\n", "gone": "x\ny\n", "edit": "a\nb\n",
		"was": "moved\nwithout\nchange\n", "große": "1\n",
	}, "old")
	changed := f.commit("main", map[string]string{
		"gone": Deleted, "edit": "a\nc\nd\n", "was": Deleted,
		"is": "moved\nwithout\nchange\n", "new dir/é": "n\n", "große": "2\n",
	}, "new")
	rows := func(spec string) map[string]string {
		found := map[string]string{}
		got := f.get(shop + "/diffstat/" + spec)
		for i, v := range got.at("values").([]any) {
			row := v.(map[string]any)
			path := ""
			for _, side := range []string{"old", "new"} {
				if row[side] != nil {
					path = got.str("values", i, side, "path")
				}
			}
			found[path] = fmt.Sprintf("%v +%v -%v", row["status"], row["lines_added"], row["lines_removed"])
		}
		return found
	}
	spec := changed + ".." + old
	want := map[string]string{
		"gone": "removed +0 -2", "edit": "modified +2 -1", "is": "added +3 -0", "was": "removed +0 -3",
		"new dir/é": "added +1 -0", "große": "modified +1 -1",
	}
	if got := rows(spec + "?topic=false&renames=false&pagelen=500"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("without renames: %v", got)
	}
	delete(want, "was")
	want["is"] = "renamed +0 -0"
	if got := rows(spec); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("with renames: %v", got)
	}
	if got := rows(changed); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("one commit: %v", got)
	}
	if got := rows(spec + "?path=edit"); len(got) != 1 {
		t.Errorf("one path: %v", got)
	}
	if got := rows(old + ".." + changed); len(got) != 0 {
		t.Errorf("three-dot in the wrong direction is empty, not %v", got)
	}
	if got := rows(old + "?renames=false"); len(got) != 5 || got["same"] != "added +1 -0" {
		t.Errorf("first commit: %v", got)
	}
	f.call("GET", shop+"/diffstat/"+changed+".."+strings.Repeat("b", 40), nil, http.StatusNotFound)
}

func form(t *testing.T, fields map[string]string, files map[string]string) formBody {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	for path, contents := range files {
		part, err := w.CreateFormFile("/"+path, "upload")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(contents))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return formBody{w.FormDataContentType(), body.Bytes()}
}

func TestPostSource_commitsAndFiresAPush(t *testing.T) {
	t.Parallel()
	f := setup(t)
	first := f.commit("main", map[string]string{"old.sql": "1", "keep.sql": "2"}, "first")
	hooks := f.receiver()
	f.hook(hooks.URL)
	made := f.call("POST", shop+"/src",
		form(t, map[string]string{
			"branch": "main", "parents": first, "message": "write back",
			"files": "old.sql",
		},
			map[string]string{"schema/größe.sql": "create table t();"}), http.StatusCreated)
	location := made.header.Get("Location")
	hash := location[strings.LastIndex(location, "/")+1:]
	if len(hash) != 40 || len(made.body) != 0 {
		t.Fatalf("location %q, body %q", location, made.body)
	}
	push, _ := f.wait(hooks, 0)
	if push.str("push", "changes", 0, "new", "target", "hash") != hash ||
		push.str("actor", "display_name") != "Ann Doe" {
		t.Errorf("push: %s", push.body)
	}
	f.get(shop + "/src/" + hash + "/schema/gr%C3%B6%C3%9Fe.sql")
	f.get(shop + "/src/" + hash + "/keep.sql")
	f.call("GET", shop+"/src/"+hash+"/old.sql", nil, http.StatusNotFound)

	stale := form(t, map[string]string{"branch": "main", "parents": first}, map[string]string{"x": "1"})
	f.call("POST", shop+"/src", stale, http.StatusConflict)
	forged := form(t, map[string]string{"branch": "main", "author": "Eve <e@x>\nreset refs/heads/gone"},
		map[string]string{"x": "1"})
	f.call("POST", shop+"/src", forged, http.StatusBadRequest)
	unknown := form(t, map[string]string{"branch": "main", "parents": strings.Repeat("c", 40)},
		map[string]string{"x": "1"})
	if got := f.call("POST", shop+"/src", unknown, http.StatusBadRequest).str("error",
		"message"); !strings.HasPrefix(got, "parents: Commit not found") {
		t.Errorf("message %q", got)
	}
	f.call("POST", shop+"/src", form(t, map[string]string{"branch": "side", "parents": first},
		map[string]string{"x": "1"}), http.StatusCreated)
	if got := f.get(shop+"/refs/branches/side").str("target", "parents", 0, "hash"); got != first {
		t.Errorf("the new branch starts at %s", got)
	}
}

func TestPostSource_namesTheMainBranchOfAnEmptyRepository(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.call("POST", shop+"/src", form(t, map[string]string{"branch": "trunk"}, map[string]string{"x": "1"}),
		http.StatusCreated)
	if got := f.get(shop).str("mainbranch", "name"); got != "trunk" {
		t.Errorf("main branch %q", got)
	}
}
