// Package gitea is a small Gitea over real Git repositories, for tests and the demo: sign-in and
// consent, OAuth2, the part of the REST API that Towpath uses, Git over HTTP, and signed webhooks.
// It shares no code with the driver.
//
// Its behavior follows the sources and the API description of Gitea 1.26.0. Facts that surprise,
// and how sure each one is:
//
//   - The token endpoint answers 400 for every refusal. A wrong secret and an unknown code have the
//     same word, unauthorized_client; the description tells them apart. (source:
//     routers/web/auth/oauth2_provider.go)
//   - The answer of the token endpoint names no scopes. (source)
//   - Redirect URIs are compared as a whole, apart from case and one slash at the end. (source:
//     models/auth/oauth2.go)
//   - A refresh token can be used again and again unless INVALIDATE_REFRESH_TOKENS is set; then it
//     works once, and a new code ends the older tokens of the grant. (source:
//     services/oauth2_provider/access_token.go)
//   - A token without API scopes may do everything; scopes narrow it. (source)
//   - Only /repositories/{id} takes the stable id. The other paths take owner and name, and a
//     former name answers 301. (source: services/context/repo.go)
//   - A list has at most 50 items a page, whatever limit asks for (MAX_RESPONSE_ITEMS).
//     X-Total-Count has the number of all. (source: modules/setting/api.go)
//   - /git/trees/{sha} answers 400, not 404, for a hash that is not there. (source:
//     routers/api/v1/repo/tree.go)
//   - /statuses/{sha} answers 500 without a message for such a hash. A status is never overwritten:
//     the latest one of a context counts. (source: routers/api/v1/repo/status.go)
//   - PATCH of a hook leaves its secret as it was. (source: routers/api/v1/utils/hook.go, editHook)
//   - A push delivers one event for each ref. The deletion of a branch is the event "delete", with
//     the short name and without the old hash; the deletion of a tag is "push" and "delete".
//     (source: services/repository/push.go)
//   - A delivery is not repeated by itself. (source: services/webhook/deliver.go)
//   - What /contents changes names no head that it expects; "sha" of a file guards that file alone.
//     (source: modules/structs/repo_file.go)
//   - Errors are {"message", "url"}. A missing scope is 403 with the scopes in the message.
//     (source: routers/api/v1/api.go)
//   - The pages of sign-in and consent have other markup and the same fields. (from the templates,
//     not compared in a browser)
package gitea
