package towpath

import "time"

// ProviderType names a kind of Git provider.
type ProviderType string

const (
	// ProviderBitbucket is Bitbucket Cloud, bitbucket.org.
	ProviderBitbucket ProviderType = "bitbucket"

	// ProviderGitea is an instance of Gitea or Forgejo.
	ProviderGitea ProviderType = "gitea"
)

// GitProvider is a Git service that a workspace owner added through a verified OAuth consumer.
type GitProvider struct {
	ID              string
	Type            ProviderType
	InstanceURL     string // https://bitbucket.org
	DisplayName     string
	ApplicationID   string // the consumer's key
	EncryptedSecret []byte
	CreatedBy       string // member id
	CreatedAt       time.Time
}

// Grant is a person's authorization at a provider: an OAuth token pair of that person's account.
type Grant struct {
	ID                    string
	ProviderID            string
	MemberID              string
	AccountID             string // the provider's stable id of the account
	AccountName           string
	EncryptedAccessToken  []byte
	EncryptedRefreshToken []byte
	Scopes                []string
	ExpiresAt             time.Time
	RefreshedAt           time.Time
	BrokenReason          Reason // why it no longer works; none while it works
	CreatedAt             time.Time
}

// VerificationPurpose says what an OAuth round trip is for.
type VerificationPurpose string

const (
	PurposeAddProvider   VerificationPurpose = "add-provider"
	PurposeReplaceSecret VerificationPurpose = "replace-secret"
	PurposeGrant         VerificationPurpose = "grant" // a person authorizes an account, to link a repository
)

// VerificationState is the progress of an OAuth round trip.
type VerificationState string

const (
	VerificationPending  VerificationState = "pending"
	VerificationVerified VerificationState = "verified"
	VerificationFailed   VerificationState = "failed"
	VerificationUsed     VerificationState = "used" // its result was used; it cannot be used again
)

// VerificationTTL bounds an OAuth round trip from its start.
const VerificationTTL = 10 * time.Minute

// Verification is one OAuth round trip: started by a member, finished by the provider's redirect.
type Verification struct {
	ID       string
	Purpose  VerificationPurpose
	State    VerificationState
	Reason   Reason // of a failure
	MemberID string
	// the credential that started it; a callback from a browser must have the same session
	SessionID       string
	StateHash       []byte // SHA-256 of the OAuth state parameter
	ProviderID      string // of the existing provider; "" for PurposeAddProvider
	Type            ProviderType
	InstanceURL     string
	DisplayName     string
	ApplicationID   string
	EncryptedSecret []byte
	EncryptedToken  []byte // of a verified provider, until it becomes a grant or is used without one
	AccountID       string // the provider's stable id of the account that signed in
	AccountName     string
	Scopes          []string // what was granted
	// permissions that are needed and were not granted, by their labels in the consumer form
	Missing   []string
	GrantID   string // the grant that came of it, if any
	CreatedAt time.Time
	ExpiresAt time.Time
}
