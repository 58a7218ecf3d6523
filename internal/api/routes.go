package api

import (
	"slices"

	"towpath"
)

// routes lists every operation of the API, and beside each the right that its caller must hold. Rights that begin with
// "project." are asked for in the project of what the path names.
func (s *Server) routes() []route {
	return slices.Concat(s.workspaceRoutes(), s.projectRoutes())
}

// workspaceRoutes are about people, and about what all projects share.
func (s *Server) workspaceRoutes() []route {
	return []route{
		{"GET", "/setup", public, ok(s.getSetup)},
		{"POST", "/setup", public, headed(201, s.setUp)},
		{"POST", "/session", public, headed(201, s.signIn)},
		{"GET", "/session", towpath.ViewWorkspace, ok(s.getSession)},
		{"DELETE", "/session", towpath.ViewWorkspace, headed(204, s.signOut)},
		{"PUT", "/session/password", towpath.ViewWorkspace, done(s.changePassword)},
		{"GET", "/sessions", towpath.ViewWorkspace, ok(s.listSessions)},
		{"DELETE", "/sessions/{session}", towpath.ViewWorkspace, done(s.endSession)},
		{"GET", "/api-tokens", towpath.ViewWorkspace, ok(s.listAPITokens)},
		{"POST", "/api-tokens", towpath.ViewWorkspace, created(s.createAPIToken)},
		{"DELETE", "/api-tokens/{token}", towpath.ViewWorkspace, done(s.revokeAPIToken)},

		{"GET", "/members", towpath.ViewWorkspace, ok(s.listMembers)},
		{"POST", "/members", towpath.ManageMembers, created(s.inviteMember)},
		{"PATCH", "/members/{member}", towpath.ManageMembers, ok(s.changeMember)},
		{"POST", "/members/{member}/invitation", towpath.ManageMembers, created(s.inviteMemberAgain)},
		{"POST", "/invitations/accept", public, headed(201, s.acceptInvitation)},

		{"GET", "/environments", towpath.ViewWorkspace, ok(s.listEnvironments)},
		{"POST", "/environments", towpath.ManageEnvironments, created(s.createEnvironment)},
		{"PUT", "/environments/order", towpath.ManageEnvironments, ok(s.orderEnvironments)},
		{"PATCH", "/environments/{environment}", towpath.ManageEnvironments, ok(s.changeEnvironment)},
		{"DELETE", "/environments/{environment}", towpath.ManageEnvironments, done(s.deleteEnvironment)},

		{"GET", "/instances", towpath.ViewWorkspace, ok(s.listInstances)},
		{"POST", "/instances", towpath.ManageInstances, created(s.addInstance)},
		{"POST", "/instances/check", towpath.ManageInstances, ok(s.checkInstanceSpec)},
		{"GET", "/instances/{instance}", towpath.ViewWorkspace, ok(s.getInstance)},
		{"PATCH", "/instances/{instance}", towpath.ManageInstances, ok(s.changeInstance)},
		{"DELETE", "/instances/{instance}", towpath.ManageInstances, done(s.deleteInstance)},
		{"POST", "/instances/{instance}/check", towpath.ManageInstances, ok(s.checkInstance)},
		{"POST", "/instances/{instance}/discover", towpath.ManageInstances, ok(s.discoverDatabases)},

		{"GET", "/engine-types", towpath.ViewWorkspace, ok(s.listEngineTypes)},

		{"GET", "/databases", towpath.ViewWorkspace, ok(s.listDatabases)},
		{"GET", "/databases/{database}", towpath.ViewProject, ok(s.getDatabase)},
		{"PATCH", "/databases/{database}", towpath.ManageInstances, ok(s.assignDatabase)},
		{"POST", "/databases/{database}/adopt-ledger", towpath.ManageInstances, done(s.adoptLedger)},
		{"POST", "/databases/{database}/accept-ledger", towpath.ManageInstances, done(s.acceptLedger)},
		{"GET", "/databases/{database}/change-history", towpath.ViewProject, ok(s.listChanges)},
		{"GET", "/databases/{database}/change-history/{change}", towpath.ViewProject, ok(s.getChange)},
	}
}

// projectRoutes are about projects, their repositories, and what runs in their databases.
func (s *Server) projectRoutes() []route {
	return []route{
		{"GET", "/projects", towpath.ViewWorkspace, ok(s.listProjects)},
		{"POST", "/projects", towpath.CreateProjects, created(s.createProject)},
		{"GET", "/projects/{project}", towpath.ViewProject, ok(s.getProject)},
		{"PATCH", "/projects/{project}", towpath.ManageProject, ok(s.changeProject)},
		{"GET", "/projects/{project}/limits", towpath.ViewProject, ok(s.listProjectLimits)},
		{"GET", "/projects/{project}/members", towpath.ViewProject, ok(s.listProjectMembers)},
		{"PUT", "/projects/{project}/members/{member}", towpath.ManageProject, ok(s.setProjectMember)},
		{"DELETE", "/projects/{project}/members/{member}", towpath.ManageProject, done(s.removeProjectMember)},

		{"GET", "/rollouts", towpath.ViewWorkspace, ok(s.listRollouts)},
		{"GET", "/projects/{project}/rollouts", towpath.ViewProject, ok(s.listProjectRollouts)},
		{"GET", "/rollouts/{rollout}", towpath.ViewProject, ok(s.getRollout)},
		{"GET", "/rollouts/{rollout}/tasks/{task}", towpath.ViewProject, ok(s.getTask)},
		{"GET", "/rollouts/{rollout}/tasks/{task}/attempts/{attempt}/statements", towpath.ViewProject, ok(s.listStatements)},
		{"POST", "/rollouts/{rollout}/tasks/{task}/retry", towpath.RunRollouts, ok(s.retryTask)},
		{"POST", "/rollouts/{rollout}/tasks/{task}/cancel", towpath.RunRollouts, ok(s.cancelTask)},
		{"POST", "/rollouts/{rollout}/tasks/{task}/release", towpath.RunRollouts, ok(s.releaseTask)},
		{"POST", "/rollouts/{rollout}/tasks/{task}/skip", towpath.RunRollouts, ok(s.skipTask)},
		{"POST", "/rollouts/{rollout}/tasks/{task}/resolve", towpath.ResolveUnknown, ok(s.resolveTask)},

		{"GET", "/git-provider-types", towpath.UseGitProviders, ok(s.listGitProviderTypes)},
		{"POST", "/git-provider-verifications", towpath.ManageGitProviders, created(s.startVerification)},
		{"GET", "/git-provider-verifications/{verification}", towpath.UseGitProviders, ok(s.getVerification)},
		{"GET", "/git-providers", towpath.UseGitProviders, ok(s.listGitProviders)},
		{"POST", "/git-providers", towpath.ManageGitProviders, created(s.addGitProvider)},
		{"PATCH", "/git-providers/{provider}", towpath.ManageGitProviders, ok(s.renameGitProvider)},
		{"DELETE", "/git-providers/{provider}", towpath.ManageGitProviders, done(s.deleteGitProvider)},
		{"POST", "/git-providers/{provider}/secret-verifications", towpath.ManageGitProviders, created(s.startSecretReplacement)},
		{"PUT", "/git-providers/{provider}/secret", towpath.ManageGitProviders, ok(s.replaceSecret)},
		{"POST", "/git-providers/{provider}/grants", towpath.UseGitProviders, created(s.startGrant)},
		{"GET", "/git-providers/{provider}/grants", towpath.UseGitProviders, ok(s.listGrants)},
		{"GET", "/grants/{grant}/repositories", towpath.UseGitProviders, ok(s.listRepositories)},
		{"GET", "/grants/{grant}/repositories/{repository}/branches", towpath.UseGitProviders, ok(s.listBranches)},

		{"GET", "/projects/{project}/repository-links", towpath.ViewProject, ok(s.listLinks)},
		{"POST", "/projects/{project}/repository-links", towpath.ManageLinks, created(s.createLink)},
		{"POST", "/projects/{project}/repository-links/preview", towpath.ManageLinks, ok(s.previewLink)},
		{"GET", "/projects/{project}/hook-removals", towpath.ViewProject, ok(s.listHookRemovals)},
		{"DELETE", "/projects/{project}/hook-removals/{removal}", towpath.ManageLinks, done(s.forgetHookRemoval)},
		{"GET", "/repository-links/{link}", towpath.ViewProject, ok(s.getLink)},
		{"POST", "/repository-links/{link}/preview", towpath.ManageLinks, ok(s.previewLinkChange)},
		{"PATCH", "/repository-links/{link}", towpath.ManageLinks, ok(s.changeLink)},
		{"DELETE", "/repository-links/{link}", towpath.ManageLinks, done(s.deleteLink)},
		{"POST", "/repository-links/{link}/sync", towpath.SyncProject, done(s.syncLink)},
		{"POST", "/repository-links/{link}/take-over", towpath.ManageLinks, ok(s.takeOverLink)},
		{"POST", "/repository-links/{link}/accept", towpath.RunRollouts, ok(s.acceptFile)},
		{"POST", "/repository-links/{link}/skip", towpath.RunRollouts, ok(s.skipFile)},
		{"POST", "/repository-links/{link}/accept-edited", towpath.RunRollouts, ok(s.acceptEdited)},
		{"GET", "/repository-links/{link}/files", towpath.ViewProject, ok(s.listFiles)},
		{"GET", "/repository-links/{link}/deliveries", towpath.ViewProject, ok(s.listDeliveries)},
		{"POST", "/repository-links/{link}/deliveries/{delivery}/replay", towpath.SyncProject, done(s.replayDelivery)},

		{"GET", "/events", towpath.ViewWorkspace, streamOf(s.streamEvents)},
		{"GET", "/audit-events", towpath.ManageMembers, ok(s.listAuditEvents)},
	}
}
