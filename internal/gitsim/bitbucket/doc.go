// Package bitbucket is a small Bitbucket Cloud that runs in one process on real Git
// repositories. It lets tests, and people who try the product, try everything without an
// account at bitbucket.org.
//
// It covers:
//   - the OAuth 2.0 consumer: sign-in and consent pages, authorization codes, rotating refresh
//     tokens, client credentials;
//   - the REST API 2.0 as far as a GitOps server reads and writes it: users, workspaces,
//     permissions, repositories, branches, commits, source, diffstat, hooks, build statuses, Code
//     Insights and pull requests with their comments and tasks, with scopes, paging and rate limits;
//   - Git over smart HTTP, served by `git upload-pack` and `git receive-pack`;
//   - signed webhook deliveries with the repeats and the limits of the real ones;
//   - faults: outages, lag, lost, doubled and swapped deliveries, expired tokens, lost rights (see
//     [Faults]);
//   - the web pages that a person meets on the way: repositories, commits with build statuses,
//     source with an editor, pull requests, hooks with their deliveries, OAuth consumers, app
//     authorizations.
//
// It leaves out: forks, snippets, pipelines, downloads, branch restrictions, Git LFS, SSH,
// workspace hooks, access tokens other than those of OAuth, Basic authentication on the REST API,
// and partial answers (the fields parameter). Do not keep secrets in it: its state is a plain JSON
// file.
//
// It needs git 2.38 or newer on the PATH. It imports nothing of the rest of the project, so that a
// wrong assumption about Bitbucket cannot hide in shared code. The base URL must be known before
// the simulator is made; tests write
//
//	var sim *bitbucket.Sim
//	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
//		sim.ServeHTTP(w, r)
//	}))
//	sim, err := bitbucket.New(bitbucket.Options{Dir: t.TempDir(), BaseURL: server.URL})
package bitbucket
