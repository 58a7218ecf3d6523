package bitbucket

import (
	"maps"
	"time"
)

// User is a person with an account. UUID and AccountID are filled by [Sim.AddUser].
type User struct {
	UUID        string    `json:"uuid"` // in braces, as the API shows it
	AccountID   string    `json:"account_id"`
	Username    string    `json:"username"`
	DisplayName string    `json:"display_name"`
	Nickname    string    `json:"nickname"`
	Email       string    `json:"email"` // commits with this address are linked to the user
	Password    string    `json:"password"`
	CreatedOn   time.Time `json:"created_on"`
}

// Workspace owns repositories and OAuth consumers.
type Workspace struct {
	UUID      string            `json:"uuid"`
	Slug      string            `json:"slug"`
	Name      string            `json:"name"`
	Members   map[string]string `json:"members"` // user UUID → "owner" or "member"
	CreatedOn time.Time         `json:"created_on"`
}

// Consumer is an OAuth consumer of a workspace.
type Consumer struct {
	ID          int      `json:"id"`
	Workspace   string   `json:"workspace"` // slug
	Name        string   `json:"name"`
	Description string   `json:"description"`
	CallbackURL string   `json:"callback_url"`
	Key         string   `json:"key"`
	Secret      string   `json:"secret"`
	Scopes      []string `json:"scopes"`
	Private     bool     `json:"private"` // only a private consumer may use client_credentials
}

// RepositorySpec says what [Sim.AddRepository] creates. Empty Name means Slug, empty MainBranch
// means "main".
type RepositorySpec struct {
	Workspace, Slug, Name, MainBranch string
	Private                           bool
}

// Repository is a bare Git repository with its settings.
type Repository struct {
	UUID        string            `json:"uuid"`
	Workspace   string            `json:"workspace"` // slug
	Slug        string            `json:"slug"`
	Name        string            `json:"name"`
	MainBranch  string            `json:"main_branch"`
	Private     bool              `json:"private"`
	Permissions map[string]string `json:"permissions"` // user UUID → "admin", "write" or "read"
	CloneURL    string            `json:"clone_url"`   // without user info
	CreatedOn   time.Time         `json:"created_on"`
	UpdatedOn   time.Time         `json:"updated_on"`
}

// FullName is "workspace/slug".
func (r Repository) FullName() string { return r.Workspace + "/" + r.Slug }

func (r Repository) clone() Repository {
	r.Permissions = maps.Clone(r.Permissions)
	return r
}

// Hook is a webhook subscription of a repository.
type Hook struct {
	UUID                 string    `json:"uuid"`
	URL                  string    `json:"url"`
	Description          string    `json:"description"`
	Active               bool      `json:"active"`
	Events               []string  `json:"events"`
	Secret               string    `json:"secret"`
	SkipCertVerification bool      `json:"skip_cert_verification"`
	HistoryEnabled       bool      `json:"history_enabled"`
	CreatedAt            time.Time `json:"created_at"`
}

// Status is a build status of a commit.
type Status struct {
	UUID        string    `json:"uuid"`
	Key         string    `json:"key"`
	State       string    `json:"state"` // INPROGRESS, SUCCESSFUL, FAILED or STOPPED
	URL         string    `json:"url"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Refname     string    `json:"refname"`
	CreatedOn   time.Time `json:"created_on"`
	UpdatedOn   time.Time `json:"updated_on"`
}

// Limits are the service limits of Bitbucket. Zero values mean the real ones; negative values mean
// none.
type Limits struct {
	// of one user to /2.0/repositories, by default 1,000; below 0 none of both is counted
	RequestsPerHour int
	RawFilesPerHour int           // of one user, by default 5,000
	AccessTokenLife time.Duration // by default one hour
	RefreshGrace    time.Duration // how long a used refresh token still works, by default ten minutes
	Hooks           int           // of one repository, by default 50
	PayloadBytes    int           // a larger event is silently not sent, by default 256 KiB
	TreeEntries     int           // a larger listing is answered by 555, by default 50,000
}

func (l Limits) withDefaults() Limits {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&l.RequestsPerHour, 1000)
	def(&l.RawFilesPerHour, 5000)
	def(&l.Hooks, 50)
	def(&l.PayloadBytes, 256<<10)
	def(&l.TreeEntries, 50_000)
	if l.AccessTokenLife == 0 {
		l.AccessTokenLife = time.Hour
	}
	if l.RefreshGrace == 0 {
		l.RefreshGrace = 10 * time.Minute
	}
	return l
}
