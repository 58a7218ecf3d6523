package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
	"towpath/internal/store"
	"towpath/internal/workspace"
)

// reviewRule is one rule of the SQL review.
type reviewRule struct {
	ID       string               `json:"id" example:"PL01"`
	Group    string               `json:"group" doc:"The title of its group; the rules of a group follow each other."`
	Title    string               `json:"title" doc:"What it finds."`
	Why      string               `json:"why" doc:"What goes wrong."`
	Dialects []towpath.EngineType `json:"dialects" nullable:"false" doc:"Where it applies; mysql is MySQL and MariaDB."`
	Levels   presetLevels         `json:"levels" doc:"Its level in each preset."`
	Settings []reviewSetting      `json:"settings" nullable:"false"`
	Bad      string               `json:"bad" doc:"SQL that it finds."`
	Good     string               `json:"good,omitempty" doc:"The same, done safely; left out when there is no general way."`
}

type presetLevels struct {
	Recommended towpath.ReviewLevel `json:"recommended" enum:"error,warning,info,off"`
	Strict      towpath.ReviewLevel `json:"strict" enum:"error,warning,info,off"`
	Quiet       towpath.ReviewLevel `json:"quiet" enum:"error,warning,info,off"`
}

// reviewSetting is something that can be set for a rule beside its level.
type reviewSetting struct {
	Name    string `json:"name"`
	What    string `json:"what" doc:"What it is, as a phrase."`
	Default string `json:"default"`
	Kind    string `json:"kind" enum:"number,expression,text" doc:"What a value must be: a whole number, a regular expression, or any text."`
}

func reviewRuleOf(r sqlreview.Rule) reviewRule {
	level := func(preset towpath.ReviewPreset) towpath.ReviewLevel {
		return sqlreview.Policy{Preset: preset}.Level(r)
	}
	return reviewRule{
		ID:       r.ID,
		Group:    rules.Group(r),
		Title:    r.Title,
		Why:      r.Why,
		Dialects: r.Dialects,
		Levels: presetLevels{
			Recommended: level(towpath.ReviewRecommended),
			Strict:      level(towpath.ReviewStrict),
			Quiet:       level(towpath.ReviewQuiet),
		},
		Settings: all(r.Settings, reviewSettingOf).Items,
		Bad:      r.Bad,
		Good:     r.Good,
	}
}

func reviewSettingOf(s sqlreview.Setting) reviewSetting {
	kind := "text"
	switch {
	case s.IsNumber():
		kind = "number"
	case s.IsExpression():
		kind = "expression"
	}
	return reviewSetting{Name: s.Name, What: s.What, Default: s.Default, Kind: kind}
}

// reviewRules is the list of rules, which only changes with the version of the server.
type reviewRules struct {
	Status       int
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         *list[reviewRule]
}

type listReviewRulesInput struct {
	IfNoneMatch string `header:"If-None-Match" doc:"The ETag of an earlier response: the answer is 304 without a body while it is the same."`
}

// listReviewRules lists all rules of the SQL review in the order of their ids.
func (s *Server) listReviewRules(_ context.Context, in *listReviewRulesInput) (*reviewRules, error) {
	body := all(s.Workspace.Rules, reviewRuleOf)
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	out := &reviewRules{
		Status:       http.StatusOK,
		ETag:         `"` + hex.EncodeToString(sum[:16]) + `"`,
		CacheControl: "private, no-cache",
		Body:         &body,
	}
	if in.IfNoneMatch == out.ETag {
		out.Status, out.Body = http.StatusNotModified, nil
	}
	return out, nil
}

// reviewPolicy says how much the findings of each rule matter in an environment.
type reviewPolicy struct {
	EnvironmentID string                         `json:"environmentId"`
	Environment   string                         `json:"environment" doc:"The name."`
	Preset        towpath.ReviewPreset           `json:"preset" enum:"recommended,strict,quiet"`
	Levels        map[string]towpath.ReviewLevel `json:"levels" doc:"Levels by rule id. The preset decides about the rules that it does not name."`
	Settings      map[string]map[string]string   `json:"settings" doc:"Settings by rule id and name. The rule's default is for those that it does not name."`
	Insist        []string                       `json:"insist" nullable:"false" doc:"The rules that neither a comment nor a repository's towpath.yaml weakens; * is every rule."`
}

func reviewPolicyOf(e towpath.Environment) reviewPolicy {
	p := reviewPolicy{
		EnvironmentID: e.ID,
		Environment:   e.Name,
		Preset:        e.Review.Preset,
		Levels:        e.Review.Levels,
		Settings:      e.Review.Settings,
		Insist:        orEmpty(e.Review.Insist),
	}
	if p.Preset == "" {
		p.Preset = towpath.ReviewRecommended
	}
	if p.Levels == nil {
		p.Levels = map[string]towpath.ReviewLevel{}
	}
	if p.Settings == nil {
		p.Settings = map[string]map[string]string{}
	}
	return p
}

// listReviewPolicies lists the policy of each environment, in the order of environments.
func (s *Server) listReviewPolicies(ctx context.Context, _ *struct{}) (list[reviewPolicy], error) {
	var rows []towpath.Environment
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Environments(ctx)
		return err
	})
	return all(rows, reviewPolicyOf), err
}

type changeReviewPolicyInput struct {
	Environment string `path:"environment" doc:"The id of the environment."`
	Body        struct {
		Preset   *towpath.ReviewPreset         `json:"preset,omitempty" enum:"recommended,strict,quiet"`
		Levels   map[string]string             `json:"levels,omitempty" maxProperties:"1000" doc:"Levels by rule id: error, warning, info or off; default leaves the level to the preset."`
		Settings map[string]map[string]*string `json:"settings,omitempty" maxProperties:"1000" doc:"Settings by rule id and name; null leaves a setting to the rule."`
		Insist   map[string]bool               `json:"insist,omitempty" maxProperties:"1000" doc:"By rule id, * for every rule: whether comments and a repository's towpath.yaml must not weaken the rule."`
	}
}

// presetsLevel is the word for a level that the preset decides about.
const presetsLevel = "default"

// changeReviewPolicy changes what the request names; every other level and setting stays.
func (s *Server) changeReviewPolicy(ctx context.Context, in *changeReviewPolicyInput) (reviewPolicy, error) {
	change := workspace.ReviewChange{
		Preset:   in.Body.Preset,
		Levels:   map[string]towpath.ReviewLevel{},
		Settings: in.Body.Settings,
		Insist:   in.Body.Insist,
	}
	for id, level := range in.Body.Levels {
		if change.Levels[id] = towpath.ReviewLevel(level); level == presetsLevel {
			change.Levels[id] = ""
		}
	}
	e, err := s.Workspace.ChangeReview(ctx, actorOf(ctx), in.Environment, change)
	return reviewPolicyOf(e), err
}
