package main

import (
	"context"
	"errors"
	"maps"
	"math"
	"net/url"
	"strconv"
	"strings"

	"towpath/internal/plan"
)

// remote is a server that a command asks through its API. What is left out is that of towpath login.
type remote struct {
	Server string `help:"Address of the server, such as https://towpath.example.com. Default: where towpath login has signed in."`
	Token  string `help:"API token. TOWPATH_TOKEN keeps it off the command line. Default: that of towpath login."`
}

// client returns a client of the server. A token that was kept goes to no other server than its own.
func (r remote) client() (*apiClient, error) {
	server := strings.TrimSuffix(r.Server, "/")
	if server == "" || r.Token == "" {
		kept, err := readLogin()
		if err != nil {
			return nil, err
		}
		if server == "" {
			server = kept.Server
		}
		if r.Token == "" && server == kept.Server {
			r.Token = kept.Token
		}
	}
	switch {
	case server == "":
		return nil, usagef("name the server with --server, or sign in with towpath login")
	case r.Token == "":
		return nil, usagef("give an API token with TOWPATH_TOKEN, or sign in with towpath login --server %s", server)
	}
	api, err := newAPIClient(server)
	if err != nil {
		return nil, err
	}
	api.token = r.Token
	return api, nil
}

// sentence is the text of a reason.
type sentence struct {
	Text string `json:"text"`
}

// named is anything that the API gives an id and a name.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// environmentNames returns the names of all environments by id.
func environmentNames(ctx context.Context, api *apiClient) (map[string]string, error) {
	var environments items[named]
	if err := api.call(ctx, "GET", "/environments", nil, &environments); err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, e := range environments.Items {
		names[e.ID] = e.Name
	}
	return names, nil
}

// remoteLink is what the API says of a repository link. Lists of links leave the plan out.
type remoteLink struct {
	ID             string     `json:"id"`
	Project        string     `json:"project,omitempty"` // its name, which the API does not repeat in links
	RepositoryName string     `json:"repositoryName"`
	Branch         string     `json:"branch"`
	State          string     `json:"state"`
	SyncedCommit   string     `json:"syncedCommit"`
	Attention      *sentence  `json:"attentionReason,omitempty"`
	Plan           remotePlan `json:"plan,omitzero"`
}

// remotePlan has the items of a plan that are neither applied, baselined nor ignored.
type remotePlan struct {
	Blocked   *sentence    `json:"blocked,omitempty"`
	Items     []remoteItem `json:"items"`
	MoreItems int          `json:"moreItems"`
}

// remoteItem is a file in a database.
type remoteItem struct {
	Path          string         `json:"path"`
	Database      string         `json:"database"`
	EnvironmentID string         `json:"environmentId"`
	State         plan.ItemState `json:"state"`
	Reason        *sentence      `json:"reason"`
}

// everything reads all pages of a list.
func everything[T any](ctx context.Context, api *apiClient, path string) ([]T, error) {
	return firstOf[T](ctx, api, path, nil, math.MaxInt)
}

// firstOf reads the first n elements of a list, or all if it has fewer.
func firstOf[T any](
	ctx context.Context, api *apiClient, path string, filter url.Values, n int,
) (all []T, err error) {
	all = []T{}
	for token := ""; ; {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"nextPageToken"`
		}
		query := url.Values{"pageSize": {strconv.Itoa(min(n-len(all), 100))}, "pageToken": {token}}
		maps.Copy(query, filter)
		if err := api.call(ctx, "GET", path+"?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if token = page.Next; token == "" || len(all) >= n {
			return all[:min(n, len(all))], nil
		}
	}
}

// remoteLinks lists the links that the token's member may see.
func remoteLinks(ctx context.Context, api *apiClient) (all []remoteLink, err error) {
	projects, err := everything[named](ctx, api, "/projects")
	if err != nil {
		return nil, err
	}
	all = []remoteLink{}
	for _, p := range projects {
		links, err := everything[remoteLink](ctx, api, "/projects/"+p.ID+"/repository-links")
		if err != nil {
			return nil, err
		}
		for i := range links {
			links[i].Project = p.Name
		}
		all = append(all, links...)
	}
	return all, nil
}

// choose returns the one link that a person means: by id, by the name of the repository, or the only
// one when the name is empty. Its error is a *usageError.
func choose(links []remoteLink, name string) (remoteLink, error) {
	var found []remoteLink
	var names []string
	for _, l := range links {
		names = append(names, l.RepositoryName+" ("+l.ID+")")
		if name == "" || name == l.ID || name == l.RepositoryName {
			found = append(found, l)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(links) == 0:
		return remoteLink{}, usagef("the member of this token sees no repository link")
	case len(found) == 0:
		return remoteLink{}, usagef("no repository link is called %s; there are %s", name,
			strings.Join(names, ", "))
	}
	return remoteLink{}, usagef("name the repository link with --link: its id, or a repository that has one "+
		"link; there are %s", strings.Join(names, ", "))
}

// passing reports whether an error of a call may pass by itself, since the server was not reached or
// could not answer.
func passing(err error) bool {
	var unreached *url.Error
	return errors.As(err, &unreached) || errors.Is(err, errUnavailable)
}
