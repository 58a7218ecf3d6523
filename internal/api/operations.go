package api

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// operationText says what an operation does, for people who read the API's description.
type operationText struct {
	Summary     string // a verb first, without a full stop
	Description string // what it does beyond the summary, and when to use it
}

// operationTexts returns the text of every operation by its name.
func operationTexts() map[string]operationText {
	all := map[string]operationText{}
	for _, part := range []map[string]operationText{
		peopleTexts, workspaceTexts, databaseTexts, projectTexts, rolloutTexts, repositoryTexts,
	} {
		maps.Copy(all, part)
	}
	return all
}

// apiIntroduction is the beginning of the API's description.
const apiIntroduction = "Everything that the console does, it does with this API. " +
	"Create an API token in the console under Settings → API tokens, and send it as " +
	"`Authorization: Bearer tp_…`; it acts as you.\n\n" +
	"Lists have `items` and, when there may be more, a `nextPageToken` to send back as `pageToken`. " +
	"Times are in UTC, as in RFC 3339.\n\n" +
	"Errors are problems as in RFC 9457. `code` is stable, and `errors` names the invalid fields. " +
	"`detail` says what is wrong and what to do about it."

// tag is a group of operations: those whose paths begin with one of the segments.
type tag struct {
	Name        string
	Description string
	Segments    []string
}

var tags = []tag{
	{"Sign-in", "The first owner, sessions, invitations and API tokens.",
		[]string{"setup", "sign-in", "session", "sessions", "api-tokens", "invitations"}},
	{"Members", "The people and programs of the workspace, and their roles.",
		[]string{"members", "service-accounts"}},
	{"Overview", "What happens now: the start page, the inbox, search and the stream of changes.",
		[]string{"overview", "inbox", "search", "events", "version"}},
	{"Environments", "The stages that changes pass through, with their gates and limits.",
		[]string{"environments", "approvals"}},
	{"Pauses", "Keep changes from starting.", []string{"pause", "pauses"}},
	{"Notifications", "Where Towpath reports states that began.", []string{"receivers", "notifications"}},
	{"SQL review", "The rules of the SQL review, and their levels in each environment.",
		[]string{"review-rules", "review-policies"}},
	{"Instances", "Database servers, or folders of SQLite files.", []string{"instances", "engine-types"}},
	{"Databases", "Databases, their ledgers, schemas and change histories.", []string{"databases"}},
	{"Projects", "Projects group databases, people and repositories.", []string{"projects"}},
	{"Rollouts", "The pending work of a link at one commit, its stages and tasks.", []string{"rollouts"}},
	{"Git providers", "Git services, and the accounts that Towpath may use there.",
		[]string{"git-provider-types", "git-provider-verifications", "git-providers", "grants"}},
	{"Repository links", "Links between projects and branches: files, plans and branch reviews.",
		[]string{"repository-links"}},
	{"Audit log", "Who did what, and the keys of receipts.", []string{"audit-events", "receipt-keys"}},
}

// tagOf returns the name of the tag of a path, and "" when no tag has it.
func tagOf(path string) string {
	parts := strings.Split(path, "/")
	// What a project has of other things belongs to these.
	if len(parts) > 3 && slices.Contains([]string{"rollouts", "repository-links"}, parts[3]) {
		parts = parts[2:]
	}
	for _, t := range tags {
		if slices.Contains(t.Segments, parts[1]) {
			return t.Name
		}
	}
	return ""
}

// refusals are the answers with which operations refuse requests, by their HTTP status.
var refusals = map[int]string{
	http.StatusUnauthorized: "Not signed in, or the session or token has ended.",
	http.StatusForbidden: "The right is missing, or the request came from another site or by an unknown " +
		"host name.",
	http.StatusNotFound:              "There is no such thing, or it is not yours to see.",
	http.StatusConflict:              "The thing is in another state, or has changed since you looked.",
	http.StatusRequestEntityTooLarge: "The body has more than 1 MiB.",
	http.StatusUnprocessableEntity:   "Some inputs are invalid. `errors` names them.",
	http.StatusTooManyRequests:       "Too many requests. Try again later.",
}

// moreRefusals are those that follow neither from the right nor from the inputs of an operation.
var moreRefusals = map[string][]int{
	"setUp":            {http.StatusConflict},
	"signIn":           {http.StatusUnauthorized, http.StatusTooManyRequests},
	"acceptInvitation": {http.StatusNotFound},
	"getReceipt":       {http.StatusConflict},
	"makeBaselineFile": {http.StatusTooManyRequests},
	"undoVersion":      {http.StatusTooManyRequests},
}

// refusalName is the name of an answer among the components of the description.
func refusalName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// refusalsOf returns the statuses with which an operation can refuse a request.
func refusalsOf(op *huma.Operation) []int {
	found := append([]int{http.StatusForbidden}, moreRefusals[op.OperationID]...)
	if len(op.Security) > 0 {
		found = append(found, http.StatusUnauthorized)
		if op.Method != http.MethodGet {
			found = append(found, http.StatusConflict)
		}
	}
	if op.RequestBody != nil {
		found = append(found, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	}
	for _, p := range op.Parameters {
		switch p.In {
		case "path":
			found = append(found, http.StatusNotFound)
		case "query":
			found = append(found, http.StatusUnprocessableEntity)
		}
	}
	return found
}

// complete adds to a description what the types of the operations do not say: who serves it under
// which license, tags, refusals and examples. address is where people reach the server, "" when unknown.
func complete(spec *huma.OpenAPI, address string) {
	spec.Info.Description = apiIntroduction
	spec.Info.License = &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"}
	spec.Servers = []*huma.Server{{URL: cmp.Or(address, "/"), Description: "This server."}}
	for _, t := range tags {
		spec.Tags = append(spec.Tags, &huma.Tag{Name: t.Name, Description: t.Description})
	}
	spec.Components.Responses = map[string]*huma.Response{}
	for status, text := range refusals {
		spec.Components.Responses[refusalName(status)] = problemAnswer(spec, text)
	}
	for _, op := range operationsOf(spec) {
		for _, status := range refusalsOf(op) {
			op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + refusalName(status)}
		}
		if example, ok := requestExamples[op.OperationID]; ok {
			op.RequestBody.Content["application/json"].Example = json.RawMessage(example)
		}
	}
}

// operationsOf returns all operations of a description, in no order.
func operationsOf(spec *huma.OpenAPI) (found []*huma.Operation) {
	for _, item := range spec.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete} {
			if op != nil {
				found = append(found, op)
			}
		}
	}
	return found
}

// problemAnswer describes an answer that is a problem.
func problemAnswer(spec *huma.OpenAPI, text string) *huma.Response {
	return &huma.Response{
		Description: text,
		Content: map[string]*huma.MediaType{"application/problem+json": {
			Schema: spec.Components.Schemas.Schema(reflect.TypeFor[problem](), true, ""),
		}},
	}
}
