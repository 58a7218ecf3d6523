package api

import (
	"context"
	"net/http"
	"time"

	"towpath"
)

// setupState reports whether the workspace has its first owner.
type setupState struct {
	Needed bool `json:"needed" doc:"Whether there is no owner yet. Create the first one with the token that the server printed."`
}

// session is the signed-in member.
type session struct {
	Member      member               `json:"member"`
	Permissions []towpath.Permission `json:"permissions" nullable:"false" doc:"The rights of the role in the whole workspace."`
	SendsEmail  bool                 `json:"sendsEmail" doc:"Whether the server has a mail server, so that invitations can be sent."`
}

// signedIn is the response with a session and its cookie.
type signedIn struct {
	SetCookie string `header:"Set-Cookie"`
	Body      session
}

type setUpInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"200" doc:"The setup token; the server prints it when it starts."`
		Email    string `json:"email" maxLength:"254"`
		Name     string `json:"name" maxLength:"200"`
		Password string `json:"password" maxLength:"4096" doc:"12 to 1024 characters."`
	}
}

type signInInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"4096"`
	}
}

type acceptInvitationInput struct {
	Body struct {
		Invitation string `json:"invitation" maxLength:"200" doc:"The secret part of the invitation link."`
		Password   string `json:"password" maxLength:"4096" doc:"12 to 1024 characters."`
	}
}

type changePasswordInput struct {
	Body struct {
		Current string `json:"current" maxLength:"4096"`
		New     string `json:"new" maxLength:"4096" doc:"12 to 1024 characters."`
	}
}

func (s *Server) getSetup(ctx context.Context, _ *struct{}) (setupState, error) {
	needed, err := s.Auth.SetupNeeded(ctx)
	return setupState{needed}, err
}

func (s *Server) setUp(ctx context.Context, in *setUpInput) (*signedIn, error) {
	m, secret, err := s.Auth.SignUpFirstOwner(ctx, in.Body.Token, in.Body.Email, in.Body.Name,
		in.Body.Password)
	return s.signedIn(m, secret), err
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*signedIn, error) {
	m, secret, err := s.Auth.SignIn(ctx, in.Body.Email, in.Body.Password, requestOf(ctx).Source)
	return s.signedIn(m, secret), err
}

func (s *Server) acceptInvitation(ctx context.Context, in *acceptInvitationInput) (*signedIn, error) {
	m, secret, err := s.Auth.AcceptInvitation(ctx, in.Body.Invitation, in.Body.Password)
	return s.signedIn(m, secret), err
}

// getSession returns the signed-in member.
func (s *Server) getSession(ctx context.Context, _ *struct{}) (session, error) {
	return s.sessionOf(actorOf(ctx).Member), nil
}

func (s *Server) signOut(ctx context.Context, _ *struct{}) (*signedOut, error) {
	err := s.Auth.SignOut(ctx, actorOf(ctx))
	return &signedOut{s.cookie("", -1)}, err
}

// signedOut is the response that deletes the cookie.
type signedOut struct {
	SetCookie string `header:"Set-Cookie"`
}

func (s *Server) changePassword(ctx context.Context, in *changePasswordInput) error {
	return s.Auth.ChangePassword(ctx, actorOf(ctx), in.Body.Current, in.Body.New)
}

func (s *Server) signedIn(m towpath.Member, secret string) *signedIn {
	return &signedIn{s.cookie(secret, 400*24*time.Hour), s.sessionOf(m)}
}

// cookie makes the session's cookie. It outlives the session, whose expiry the server extends with
// each use. Browsers keep cookies for at most 400 days.
func (s *Server) cookie(secret string, age time.Duration) string {
	c := http.Cookie{
		Name: sessionCookie, Value: secret, Path: "/", MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	}
	if age < 0 {
		c.MaxAge = -1
	}
	return c.String()
}

func (s *Server) sessionOf(m towpath.Member) session {
	return session{memberOf(m), m.Role.Permissions(), s.Auth.Mails}
}

// credential is a session or an API token.
type credential struct {
	ID         string             `json:"id"`
	Name       string             `json:"name,omitempty"`
	CreatedAt  time.Time          `json:"createdAt"`
	ExpiresAt  *time.Time         `json:"expiresAt,omitempty"`
	LastUsedAt *time.Time         `json:"lastUsedAt,omitempty"`
	Scope      towpath.TokenScope `json:"scope,omitempty" enum:"full,approvals" doc:"What an API token may do: all that its member may, or only approve and refuse changes."`
	Current    bool               `json:"current" doc:"Whether this request was made with it."`
	Token      string             `json:"token,omitempty" doc:"Only in the response that creates an API token. Send it as Authorization: Bearer. It is not shown again."`
}

func credentialOf(actor towpath.Actor) func(towpath.Credential) credential {
	return func(c towpath.Credential) credential {
		return credential{
			ID:         c.ID,
			Name:       c.Name,
			CreatedAt:  c.CreatedAt,
			ExpiresAt:  c.ExpiresAt,
			LastUsedAt: c.LastUsedAt,
			Scope:      c.Scope,
			Current:    c.ID == actor.SessionID,
		}
	}
}

func credentialID(c towpath.Credential) string { return c.ID }

type pageInput struct{ Paging }

func (s *Server) listSessions(ctx context.Context, in *pageInput) (list[credential], error) {
	rows, err := s.Auth.Sessions(ctx, actorOf(ctx), in.newest())
	return page(in.Paging, rows, credentialID, credentialOf(actorOf(ctx))), err
}

type sessionPath struct {
	Session string `path:"session" doc:"The id of the session."`
}

func (s *Server) endSession(ctx context.Context, in *sessionPath) error {
	return s.Auth.EndSession(ctx, actorOf(ctx), in.Session)
}

func (s *Server) listAPITokens(ctx context.Context, in *pageInput) (list[credential], error) {
	rows, err := s.Auth.APITokens(ctx, actorOf(ctx), in.newest())
	return page(in.Paging, rows, credentialID, credentialOf(actorOf(ctx))), err
}

// NewToken is what a person says about a new API token.
type NewToken struct {
	Body struct {
		Name      string             `json:"name" maxLength:"200" doc:"What uses the token."`
		Scope     towpath.TokenScope `json:"scope,omitempty" enum:"full,approvals" doc:"approvals: it can only approve and refuse changes, by POST /approvals. full by default."`
		ExpiresAt *time.Time         `json:"expiresAt,omitempty" doc:"When it expires; never when left out."`
	}
}

type createAPITokenInput struct{ NewToken }

func (s *Server) createAPIToken(ctx context.Context, in *createAPITokenInput) (credential, error) {
	c, token, err := s.Auth.CreateAPIToken(ctx, actorOf(ctx), in.Body.Name, in.Body.Scope,
		in.Body.ExpiresAt)
	made := credentialOf(actorOf(ctx))(c)
	made.Token = token
	return made, err
}

// TokenPath names an API token in a path.
type TokenPath struct {
	Token string `path:"token" doc:"The id of the API token."`
}

func (s *Server) revokeAPIToken(ctx context.Context, in *TokenPath) error {
	return s.Auth.RevokeAPIToken(ctx, actorOf(ctx), in.Token)
}
