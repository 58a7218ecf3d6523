package towpath

// What a Git provider answered.
const (
	// ReasonProviderSays: the provider's own words. Params: message.
	ReasonProviderSays ReasonCode = "provider-says"
	// ReasonProviderUnauthorized: it no longer accepts the access. Causes: ReasonProviderSays.
	ReasonProviderUnauthorized ReasonCode = "provider-unauthorized"
	// ReasonProviderPermission: the OAuth application lacks permissions. Params: permissions.
	// Causes: ReasonProviderSays.
	ReasonProviderPermission ReasonCode = "provider-permission"
	// ReasonProviderRefused: it refused the request. Causes: ReasonProviderSays.
	ReasonProviderRefused ReasonCode = "provider-refused"
	// ReasonProviderNotFound: the thing does not exist, or the account cannot see it. Causes:
	// ReasonProviderSays.
	ReasonProviderNotFound ReasonCode = "provider-not-found"
	// ReasonProviderLimited: the rate limit is used up. Causes: ReasonProviderSays.
	ReasonProviderLimited ReasonCode = "provider-limited"
	// ReasonProviderLimitedUntil: the same, and it is known for how long. Params: until. Causes:
	// ReasonProviderSays.
	ReasonProviderLimitedUntil ReasonCode = "provider-limited-until"
	// ReasonProviderChanged: it has removed a part of its API. Causes: ReasonProviderSays.
	ReasonProviderChanged ReasonCode = "provider-changed"
	// ReasonProviderUnavailable: it did not answer, or not as it should.
	ReasonProviderUnavailable ReasonCode = "provider-unavailable"
)

// Why an OAuth round trip failed.
const (
	// ReasonSignInDenied: the person refused access. Params: provider.
	ReasonSignInDenied ReasonCode = "sign-in-denied"
	// ReasonSignInError: the provider sent the person back with an error. Params: provider, message.
	ReasonSignInError ReasonCode = "sign-in-error"
	// ReasonSignInWithoutCode: it sent the person back without a code. Params: provider.
	ReasonSignInWithoutCode ReasonCode = "sign-in-without-code"
	// ReasonSignInInvalid: it no longer accepts the code. Params: provider, app, label, url.
	ReasonSignInInvalid ReasonCode = "sign-in-invalid"
	// ReasonSignInExpired: nothing came back in time. Params: url.
	ReasonSignInExpired ReasonCode = "sign-in-expired"
	// ReasonSignInForbidden: it refused the account. Params: provider. Causes: ReasonProviderSays.
	ReasonSignInForbidden ReasonCode = "sign-in-forbidden"
	// ReasonSignInUnanswered: it did not answer as it should. Params: provider.
	ReasonSignInUnanswered ReasonCode = "sign-in-unanswered"
	// ReasonSignInUnkept: the server could not store the outcome.
	ReasonSignInUnkept ReasonCode = "sign-in-unkept"
	// ReasonCredentialsWrong: the provider does not accept the application's credentials. Params:
	// provider, app, id, secret.
	ReasonCredentialsWrong ReasonCode = "credentials-wrong"
	// ReasonCallbackMissing: the application has no callback URL. Params: app, label, url.
	ReasonCallbackMissing ReasonCode = "callback-missing"
	// ReasonPermissionMissing: the application lacks permissions. Params: app, permissions.
	ReasonPermissionMissing ReasonCode = "permission-missing"
	// ReasonSecretUnreadable: the server cannot decrypt the application's secret.
	ReasonSecretUnreadable ReasonCode = "secret-unreadable"
	// ReasonProviderUnsupported: the server has no driver for the provider. Params: type.
	ReasonProviderUnsupported ReasonCode = "provider-unsupported"
)
