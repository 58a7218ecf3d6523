package bitbucket

import (
	"encoding/json"
	"strings"
	"time"
)

// The JSON of the API, as far as the driver reads it. Objects that Bitbucket leaves out or sends as
// null are pointers.

type link struct {
	Href string `json:"href"`
	Name string `json:"name"`
}

type links struct {
	HTML  *link  `json:"html"`
	Clone []link `json:"clone"`
}

func (l *links) page() string {
	if l == nil || l.HTML == nil {
		return ""
	}
	return l.HTML.Href
}

type userJSON struct {
	UUID        string `json:"uuid"`
	DisplayName string `json:"display_name"`
	Nickname    string `json:"nickname"`
	Username    string `json:"username"`
}

type workspaceJSON struct {
	UUID string `json:"uuid"`
	Slug string `json:"slug"`
}

type workspaceAccessJSON struct {
	Workspace *workspaceJSON `json:"workspace"`
}

type repositoryJSON struct {
	UUID       string         `json:"uuid"`
	FullName   string         `json:"full_name"`
	Workspace  *workspaceJSON `json:"workspace"`
	MainBranch *struct {
		Name string `json:"name"`
	} `json:"mainbranch"`
	UpdatedOn timestamp `json:"updated_on"`
	Links     *links    `json:"links"`
}

type permissionJSON struct {
	User       *userJSON       `json:"user"`
	Permission string          `json:"permission"`
	Repository *repositoryJSON `json:"repository"`
}

type targetJSON struct {
	Hash string `json:"hash"`
}

type refJSON struct {
	Type   string      `json:"type"`
	Name   string      `json:"name"`
	Target *targetJSON `json:"target"`
}

type commitJSON struct {
	Hash    string    `json:"hash"`
	Message string    `json:"message"`
	Date    timestamp `json:"date"`
	Author  *struct {
		Raw  string    `json:"raw"`
		User *userJSON `json:"user"` // absent when the address belongs to no account
	} `json:"author"`
	Links      *links          `json:"links"`
	Repository *repositoryJSON `json:"repository"`
}

type entryJSON struct {
	Type       string     `json:"type"`
	Path       string     `json:"path"`
	Size       int64      `json:"size"`
	Attributes attributes `json:"attributes"`
}

// diffstatJSON omits the status: the side that is null shows the same, and status has undocumented
// words.
type diffstatJSON struct {
	Old *pathJSON `json:"old"`
	New *pathJSON `json:"new"`
}

type pathJSON struct {
	Path string `json:"path"`
}

type hookJSON struct {
	UUID   string   `json:"uuid"`
	URL    string   `json:"url"`
	Active bool     `json:"active"`
	Events []string `json:"events"`
}

type pullRequestJSON struct {
	ID          int         `json:"id"`
	Title       string      `json:"title"`
	State       string      `json:"state"`
	Author      *userJSON   `json:"author"`
	Source      *prBranch   `json:"source"`
	Destination *prBranch   `json:"destination"`
	Comments    int         `json:"comment_count"`
	Links       *links      `json:"links"`
	MergeCommit *targetJSON `json:"merge_commit"`

	Participants []participantJSON `json:"participants"`
}

// participantJSON is a person who took part in a pull request. ParticipatedOn of one who approved is
// the time of the approval.
type participantJSON struct {
	User           *userJSON `json:"user"`
	Approved       bool      `json:"approved"`
	State          string    `json:"state"`
	ParticipatedOn timestamp `json:"participated_on"`
}

// activityJSON is an entry of a pull request's log.
type activityJSON struct {
	Update *struct {
		Date   timestamp `json:"date"`
		Source *prBranch `json:"source"`
	} `json:"update"`
}

// prBranch is one end of a pull request. Its parts are null once they are gone.
type prBranch struct {
	Branch *struct {
		Name string `json:"name"`
	} `json:"branch"`
	Repository *repositoryJSON `json:"repository"`
	Commit     *targetJSON     `json:"commit"`
}

func (b *prBranch) commit() string {
	if b == nil || b.Commit == nil {
		return ""
	}
	return b.Commit.Hash
}

func (b *prBranch) name() string {
	if b == nil || b.Branch == nil {
		return ""
	}
	return b.Branch.Name
}

func (b *prBranch) repository() string {
	if b == nil || b.Repository == nil {
		return ""
	}
	return b.Repository.UUID
}

type contentJSON struct {
	Raw string `json:"raw"`
}

type commentJSON struct {
	ID        int          `json:"id"`
	Content   *contentJSON `json:"content"`
	User      *userJSON    `json:"user"`
	Deleted   bool         `json:"deleted"`
	CreatedOn timestamp    `json:"created_on"`
}

type taskJSON struct {
	ID      int          `json:"id"`
	State   string       `json:"state"`
	Content *contentJSON `json:"content"`
}

type pullRequestEventJSON struct {
	PullRequest *pullRequestJSON `json:"pullrequest"`
	Comment     *commentJSON     `json:"comment"`
}

type pushEventJSON struct {
	Repository *repositoryJSON `json:"repository"`
	Push       *struct {
		Changes []struct {
			Old *refJSON `json:"old"`
			New *refJSON `json:"new"`
		} `json:"changes"`
	} `json:"push"`
}

// timestamp is a time that is zero when it is missing or has an unknown format: a date is not worth
// an error.
type timestamp struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (t *timestamp) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	if parsed, err := time.Parse(time.RFC3339, text); err == nil {
		t.Time = parsed.UTC()
	}
	return nil
}

// attributes of a tree entry: a list on the wire, one word in Atlassian's description.
type attributes []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *attributes) UnmarshalJSON(raw []byte) error {
	var several []string
	var one string
	switch {
	case json.Unmarshal(raw, &several) == nil:
		*a = several
	case json.Unmarshal(raw, &one) == nil:
		*a = strings.Fields(one)
	}
	return nil
}
