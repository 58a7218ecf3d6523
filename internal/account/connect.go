package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Kinds describes the types of Git providers that this server can add, ordered by name.
func (s *Service) Kinds() []vcs.Description {
	var kinds []vcs.Description
	for _, d := range s.Drivers {
		kinds = append(kinds, d.Describe())
	}
	slices.SortFunc(kinds, func(a, b vcs.Description) int { return strings.Compare(a.Name, b.Name) })
	return kinds
}

// StartVerification is a workspace owner's input about a provider to add.
type StartVerification struct {
	Type          towpath.ProviderType
	InstanceURL   string
	DisplayName   string
	ApplicationID string
	Secret        string
}

// StartVerification starts the OAuth round trip that verifies a provider's data. It returns the
// provider's page to open. Errors name the invalid field. Wrong or swapped credentials are found
// here, before any page opens.
func (s *Service) StartVerification(
	ctx context.Context, actor towpath.Actor, in StartVerification,
) (v towpath.Verification, authorizeURL string, err error) {
	driver, err := s.driver(in.Type)
	if err != nil {
		return v, "", err
	}
	in.ApplicationID, in.Secret = strings.TrimSpace(in.ApplicationID), strings.TrimSpace(in.Secret)
	in.DisplayName = strings.TrimSpace(in.DisplayName)
	kind := driver.Describe()
	address, err := instanceAddress(kind, in.InstanceURL, vcs.LoopbackURL(s.ExternalURL))
	if err != nil {
		return v, "", err
	}
	switch {
	case in.DisplayName == "" || len(in.DisplayName) > 100:
		return v, "", towpath.Invalid("displayName", "Give the provider a name of 1 to 100 characters.")
	case in.ApplicationID == "" || len(in.ApplicationID) > 1000:
		return v, "", towpath.Invalid("applicationId", "Paste the %s of the %s.", kind.IDLabel, kind.AppLabel)
	case in.Secret == "" || len(in.Secret) > 1000:
		return v, "", towpath.Invalid("secret", "Paste the %s of the %s.", kind.SecretLabel, kind.AppLabel)
	}
	return s.start(ctx, actor, towpath.Verification{
		Purpose:       towpath.PurposeAddProvider,
		Type:          in.Type,
		InstanceURL:   address,
		DisplayName:   in.DisplayName,
		ApplicationID: in.ApplicationID,
	}, in.Secret)
}

// StartSecretReplacement starts the round trip that verifies a provider's new credentials.
func (s *Service) StartSecretReplacement(
	ctx context.Context, actor towpath.Actor, providerID, applicationID, newSecret string,
) (v towpath.Verification, authorizeURL string, err error) {
	known, err := store.Get(ctx, s.Store, (*store.Tx).GitProvider, providerID)
	if err != nil {
		return v, "", err
	}
	if applicationID == "" {
		applicationID = known.ApplicationID
	}
	if strings.TrimSpace(newSecret) == "" {
		return v, "", towpath.Invalid("secret", "Paste the new secret of the consumer.")
	}
	return s.start(ctx, actor, towpath.Verification{
		Purpose:       towpath.PurposeReplaceSecret,
		ProviderID:    providerID,
		Type:          known.Type,
		InstanceURL:   known.InstanceURL,
		DisplayName:   known.DisplayName,
		ApplicationID: strings.TrimSpace(applicationID),
	}, strings.TrimSpace(newSecret))
}

// StartGrant starts the round trip by which a member authorizes an account at a provider, to link
// repositories with it. CodeForbidden with an API token, except for workspace owners: nothing binds
// such a round trip to a browser, so its address could trick another person into authorizing their
// account for the caller (ADR 8).
func (s *Service) StartGrant(
	ctx context.Context, actor towpath.Actor, providerID string,
) (v towpath.Verification, authorizeURL string, err error) {
	if actor.SessionID == "" && actor.Member.Role != towpath.RoleOwner {
		return v, "", towpath.Errorf(towpath.CodeForbidden,
			"Connect your account in the console: an API token can do so for a workspace owner only.")
	}
	known, err := store.Get(ctx, s.Store, (*store.Tx).GitProvider, providerID)
	if err != nil {
		return v, "", err
	}
	appSecret, err := s.Keyring.Decrypt(known.EncryptedSecret, providerRow(known.ID))
	if err != nil {
		return v, "", fmt.Errorf("open secret of Git provider: %w", err)
	}
	return s.start(ctx, actor, towpath.Verification{
		Purpose:       towpath.PurposeGrant,
		ProviderID:    providerID,
		Type:          known.Type,
		InstanceURL:   known.InstanceURL,
		DisplayName:   known.DisplayName,
		ApplicationID: known.ApplicationID,
	}, string(appSecret))
}

func providerRow(id string) string     { return "git_provider/" + id + "/secret" }
func verificationRow(id string) string { return "verification/" + id + "/secret" }
func tokenRow(id string) string        { return "verification/" + id + "/token" }

func (s *Service) start(
	ctx context.Context, actor towpath.Actor, v towpath.Verification, appSecret string,
) (towpath.Verification, string, error) {
	driver, err := s.driver(v.Type)
	if err != nil {
		return v, "", err
	}
	provider, err := driver.Open(vcs.Instance{URL: v.InstanceURL})
	if err != nil {
		return v, "", fmt.Errorf("open Git provider: %w", err)
	}
	app := vcs.App{ApplicationID: v.ApplicationID, Secret: appSecret}
	if err := s.probe(ctx, driver.Describe(), provider, app); err != nil {
		return v, "", err
	}
	state := secret.NewToken(32)
	v.ID = store.NewID()
	v.State = towpath.VerificationPending
	v.MemberID = actor.Member.ID
	v.SessionID = actor.SessionID
	v.StateHash = secret.HashToken(state)
	v.EncryptedSecret = s.Keyring.Encrypt([]byte(appSecret), verificationRow(v.ID))
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		tx.Emit(actor.Did(towpath.ActProviderSignIn, v.ID, "", "provider", v.DisplayName))
		return tx.CreateVerification(ctx, &v)
	})
	return v, provider.AuthorizeURL(app, state, s.callbackURL()), err
}

// probe finds wrong credentials before a person opens the provider's page. It ignores other
// failures, since the round trip finds them later.
func (s *Service) probe(ctx context.Context, kind vcs.Description, provider vcs.Provider, app vcs.App) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := provider.Probe(ctx, app)
	var e *vcs.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Reason {
	case vcs.ReasonSwapped:
		return towpath.Invalid("applicationId", "%s and %s are in each other's field: exchange them.",
			kind.IDLabel, kind.SecretLabel)
	case vcs.ReasonCredentials:
		return towpath.Invalid("secret",
			"%s does not know this %s and %s. Copy both again from the %s's page.", kind.Name, kind.IDLabel,
			kind.SecretLabel, kind.AppLabel)
	case vcs.ReasonNoCallback:
		return towpath.Invalid("applicationId", "The %s has no %s. Set it to %s and save, then try again.",
			kind.AppLabel, kind.CallbackLabel, s.callbackURL())
	}
	return nil
}

// Callback has the parameters of the provider's redirect.
type Callback struct {
	State            string
	Code             string
	Error            string
	ErrorDescription string
}

// FinishVerification finishes the round trip with the callback's state. sessionID is the browser's.
// CodeNotFound or CodeForbidden when no round trip matches. A failed round trip is no error: it is
// a verification with a reason.
func (s *Service) FinishVerification(
	ctx context.Context, sessionID string, c Callback,
) (towpath.Verification, error) {
	v, err := s.consumeState(ctx, sessionID, c.State)
	if err != nil {
		return v, err
	}
	// The state cannot be used again, so the outcome is stored even if the browser's request ends.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	token, failure := s.exchange(ctx, &v, c)
	if err := s.saveOutcome(ctx, &v, token, failure); err != nil {
		// The state cannot be used again, so the console must learn that the round trip has failed.
		return v, s.saveOutcome(ctx, &v, vcs.Token{}, s.unsaved(v, err))
	}
	return v, nil
}

func (s *Service) unsaved(v towpath.Verification, err error) towpath.Reason {
	s.Logger.Error("cannot keep the outcome of an OAuth round trip", "verification", v.ID, "error", err)
	return towpath.Why(towpath.ReasonSignInUnkept)
}

// saveOutcome stores the result of a round trip. The token of a successful one becomes a grant, or
// stays in the verification until the provider is added.
func (s *Service) saveOutcome(
	ctx context.Context, v *towpath.Verification, token vcs.Token, failure towpath.Reason,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		v.State = towpath.VerificationVerified
		v.Reason = failure
		switch {
		case !failure.IsZero():
			v.State = towpath.VerificationFailed
		case v.Purpose == towpath.PurposeGrant:
			v.GrantID, err = s.saveGrant(ctx, tx, *v, token)
			who := towpath.Actor{Member: towpath.Member{ID: v.MemberID}}
			tx.Emit(who.Did(towpath.ActGrantConnect, v.GrantID, "",
				"provider", v.DisplayName, "account", v.AccountName))
		default:
			v.EncryptedToken, err = s.encryptToken(*v, token)
		}
		if err != nil {
			return err
		}
		return tx.UpdateVerification(ctx, v)
	})
}

// consumeState returns the pending verification of a state and invalidates the state. CodeNotFound
// when there is none, CodeForbidden when another browser started it.
func (s *Service) consumeState(
	ctx context.Context, sessionID, state string,
) (v towpath.Verification, err error) {
	unknown := towpath.Errorf(towpath.CodeNotFound,
		"This sign-in is not known here, has been used already, or is older than ten minutes. "+
			"Go back to Towpath and press Next again.")
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		v, err = tx.VerificationByState(ctx, secret.HashToken(state))
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return unknown
		}
		if err != nil {
			return err
		}
		if v.State != towpath.VerificationPending || !tx.Now.Before(v.ExpiresAt) {
			return unknown
		}
		if v.SessionID != "" && v.SessionID != sessionID {
			return towpath.Errorf(towpath.CodeForbidden,
				"This sign-in was started in another browser, or you have signed out of Towpath since. "+
					"Go on in the browser in which you pressed Next.")
		}
		v.StateHash = secret.HashToken(secret.NewToken(32))
		return tx.UpdateVerification(ctx, &v)
	})
	return v, err
}

// exchange gets the token of a round trip, or returns the reason why there is none.
func (s *Service) exchange(
	ctx context.Context, v *towpath.Verification, c Callback,
) (vcs.Token, towpath.Reason) {
	driver, err := s.driver(v.Type)
	if err != nil {
		return vcs.Token{}, towpath.Why(towpath.ReasonProviderUnsupported, "type", string(v.Type))
	}
	kind := driver.Describe()
	provider, err := driver.Open(vcs.Instance{URL: v.InstanceURL})
	if err != nil {
		return vcs.Token{}, towpath.ReasonOf(err)
	}
	switch {
	case c.Error == "access_denied":
		return vcs.Token{}, towpath.Why(towpath.ReasonSignInDenied, "provider", kind.Name)
	case c.Error != "":
		return vcs.Token{}, towpath.Why(towpath.ReasonSignInError, "provider", kind.Name,
			"message", towpath.ClipRunes(strings.TrimSpace(c.Error+" "+c.ErrorDescription), 300))
	case c.Code == "":
		return vcs.Token{}, towpath.Why(towpath.ReasonSignInWithoutCode, "provider", kind.Name)
	}
	appSecret, err := s.Keyring.Decrypt(v.EncryptedSecret, verificationRow(v.ID))
	if err != nil {
		s.Logger.Error("cannot open a verification's secret", "verification", v.ID, "error", err)
		return vcs.Token{}, towpath.Why(towpath.ReasonSecretUnreadable)
	}
	token, err := provider.Exchange(ctx, vcs.App{ApplicationID: v.ApplicationID, Secret: string(appSecret)},
		c.Code, s.callbackURL())
	if err != nil {
		return token, s.exchangeFailure(kind, err)
	}
	v.Scopes, v.Missing = token.Scopes, provider.Missing(token.Scopes)
	account, err := provider.Client(fixedToken(token.AccessToken)).Account(ctx)
	if err == nil {
		v.AccountName = account.Name
	}
	if len(v.Missing) > 0 {
		return token, towpath.Why(towpath.ReasonPermissionMissing, "app", kind.AppLabel,
			"permissions", strings.Join(v.Missing, ", "))
	}
	if err != nil {
		return token, s.exchangeFailure(kind, err)
	}
	v.AccountID = account.ID
	return token, towpath.Reason{}
}

func (s *Service) exchangeFailure(kind vcs.Description, err error) towpath.Reason {
	s.Logger.Warn("OAuth round trip failed", "provider", kind.Type, "error", err)
	var e *vcs.Error
	if !errors.As(err, &e) {
		return towpath.Why(towpath.ReasonSignInUnanswered, "provider", kind.Name)
	}
	switch e.Reason {
	case vcs.ReasonCredentials, vcs.ReasonSwapped:
		return towpath.Why(towpath.ReasonCredentialsWrong, "provider", kind.Name, "app", kind.AppLabel,
			"id", kind.IDLabel, "secret", kind.SecretLabel)
	case vcs.ReasonNoCallback:
		return towpath.Why(towpath.ReasonCallbackMissing, "app", kind.AppLabel, "label", kind.CallbackLabel,
			"url", s.callbackURL())
	case vcs.ReasonCode:
		return towpath.Why(towpath.ReasonSignInInvalid, "provider", kind.Name, "app", kind.AppLabel,
			"label", kind.CallbackLabel, "url", s.callbackURL())
	}
	if e.Kind == vcs.Forbidden {
		says := towpath.Reason{}
		if e.Message != "" {
			says = towpath.Why(towpath.ReasonProviderSays, "message", e.Message)
		}
		return towpath.Why(towpath.ReasonSignInForbidden, "provider", kind.Name).From(says)
	}
	return towpath.Why(towpath.ReasonSignInUnanswered, "provider", kind.Name)
}

// Verification reads a round trip for the member who started it.
func (s *Service) Verification(
	ctx context.Context, actor towpath.Actor, id string,
) (v towpath.Verification, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		v, err = ownVerification(ctx, tx, actor, id)
		if err == nil && v.State == towpath.VerificationPending && !tx.Now.Before(v.ExpiresAt) {
			v.State = towpath.VerificationFailed
			v.Reason = towpath.Why(towpath.ReasonSignInExpired, "url", s.callbackURL())
		}
		return err
	})
	return v, err
}

func ownVerification(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, id string,
) (towpath.Verification, error) {
	v, err := tx.Verification(ctx, id)
	if err == nil && v.MemberID != actor.Member.ID {
		return towpath.Verification{}, towpath.Errorf(towpath.CodeNotFound,
			"There is no such verification, or somebody else started it.")
	}
	return v, err
}

// fixedToken is a token source for a token that is not stored.
type fixedToken string

// Token implements vcs.TokenSource.
func (t fixedToken) Token(_ context.Context, stale string) (string, error) {
	if stale != "" {
		return "", &vcs.Error{
			Kind: vcs.Unauthorized, Op: "renew token",
			Message: "the token that was just issued is refused",
		}
	}
	return string(t), nil
}
