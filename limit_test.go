package towpath_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"towpath"
)

func TestLimits_nameTheirSource(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environment, maximum, project time.Duration
		want                          towpath.AppliedLimit
	}{
		"nobody says anything": {want: towpath.AppliedLimit{
			Timeout: 3 * time.Second,
			From:    towpath.LimitOfServer,
		}},
		"the environment does": {
			environment: 5,
			want:        towpath.AppliedLimit{Timeout: 5, From: towpath.LimitOfEnvironment},
		},
		"the project wins": {
			environment: 5, project: 7,
			want: towpath.AppliedLimit{Timeout: 7, From: towpath.LimitOfProject},
		},
		"the project asks for as much as may be": {
			project: 7, maximum: 7,
			want: towpath.AppliedLimit{Timeout: 7, From: towpath.LimitOfProject},
		},
		"the project asks for more than may be": {
			project: 8, maximum: 7,
			want: towpath.AppliedLimit{Timeout: 7, From: towpath.LimitOfMaximum},
		},
		"the maximum is below what the server has": {
			maximum: 7,
			want:    towpath.AppliedLimit{Timeout: 7, From: towpath.LimitOfMaximum},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := towpath.Environment{LockTimeout: c.environment, MaxLockTimeout: c.maximum}
			if got := e.LockTimeoutOf(towpath.Project{LockTimeout: c.project}); got != c.want {
				t.Errorf("lock: got %+v, want %+v", got, c.want)
			}
			if c.want.From == towpath.LimitOfServer {
				c.want.Timeout = 15 * time.Minute
			}
			e = towpath.Environment{StatementTimeout: c.environment, MaxStatementTimeout: c.maximum}
			if got := e.StatementTimeoutOf(towpath.Project{StatementTimeout: c.project}); got != c.want {
				t.Errorf("statement: got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestValidate_namesTheInvalidLimit(t *testing.T) {
	t.Parallel()
	type fields = towpath.Environment
	for name, c := range map[string]struct {
		limits     fields
		field, out string // "" for no error
	}{
		"none at all": {},
		"as long as can be": {limits: fields{
			LockTimeout:      24 * time.Hour,
			StatementTimeout: 168 * time.Hour, MaxLockTimeout: 24 * time.Hour,
			MaxStatementTimeout: 168 * time.Hour,
		}},
		"as short as can be": {limits: fields{LockTimeout: time.Millisecond}},
		"below zero":         {limits: fields{LockTimeout: -1}, field: "lockTimeout", out: "or 0"},
		"less than a millisecond": {
			limits: fields{StatementTimeout: 1}, field: "statementTimeout",
			out: "1 ms or more",
		},
		"too long for locks": {
			limits: fields{LockTimeout: 25 * time.Hour}, field: "lockTimeout",
			out: "at most 24h",
		},
		"too long for statements": {
			limits: fields{StatementTimeout: 169 * time.Hour},
			field:  "statementTimeout", out: "at most 168h",
		},
		"a maximum below zero": {
			limits: fields{MaxLockTimeout: -1}, field: "maxLockTimeout",
			out: "or 0",
		},
		"a maximum that is too long": {
			limits: fields{MaxStatementTimeout: 169 * time.Hour},
			field:  "maxStatementTimeout", out: "at most 168h",
		},
		"locks above their maximum": {limits: fields{
			LockTimeout:    2 * time.Second,
			MaxLockTimeout: time.Second,
		}, field: "lockTimeout", out: "raise that maximum"},
		"statement above its maximum": {limits: fields{
			StatementTimeout:    90 * time.Minute,
			MaxStatementTimeout: time.Hour,
		}, field: "statementTimeout", out: "1h30m is more"},
		"a maximum without own default": {limits: fields{MaxLockTimeout: time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.limits.Name, c.limits.Start = "test", towpath.StartManual
			wantError(t, c.limits.Validate(), c.field, c.out)
			if c.limits.MaxLockTimeout == 0 && c.limits.MaxStatementTimeout == 0 {
				wantError(t, towpath.Project{
					LockTimeout:      c.limits.LockTimeout,
					StatementTimeout: c.limits.StatementTimeout,
				}.Validate(), c.field, c.out)
			}
		})
	}
}

// wantError fails unless the error names the field and contains words; "" expects no error.
func wantError(t *testing.T, err error, field, words string) {
	t.Helper()
	var e *towpath.Error
	if field == "" {
		if err != nil {
			t.Error(err)
		}
	} else if !errors.As(err, &e) || e.Field != field || !strings.Contains(e.Message, words) {
		t.Errorf("got %v, want something about %s with %q", err, field, words)
	}
}
