package api

import (
	"slices"

	"towpath"
)

// routes lists every operation of the API, and beside each the right that its caller must hold.
// Rights that begin with "project." are asked for in the project of what the path names.
func (s *Server) routes() []route {
	return slices.Concat(s.workspaceRoutes(), s.projectRoutes())
}

// workspaceRoutes are about people, and about what all projects share.
func (s *Server) workspaceRoutes() []route {
	return []route{
		{Method: "GET", Path: "/setup", Needs: public, Handle: ok(s.getSetup)},
		{Method: "POST", Path: "/setup", Needs: public, Handle: headed(201, s.setUp)},
		{Method: "POST", Path: "/session", Needs: public, Handle: headed(201, s.signIn)},
		{Method: "GET", Path: "/session", Needs: towpath.ViewWorkspace, Handle: ok(s.getSession)},
		{Method: "DELETE", Path: "/session", Needs: towpath.ViewWorkspace, Handle: headed(204, s.signOut)},
		{
			Method: "PUT", Path: "/session/password", Needs: towpath.ViewWorkspace,
			Handle: done(s.changePassword),
		},
		{Method: "GET", Path: "/sessions", Needs: towpath.ViewWorkspace, Handle: ok(s.listSessions)},
		{
			Method: "DELETE", Path: "/sessions/{session}", Needs: towpath.ViewWorkspace,
			Handle: done(s.endSession),
		},
		{Method: "GET", Path: "/api-tokens", Needs: towpath.ViewWorkspace, Handle: ok(s.listAPITokens)},
		{
			Method: "POST", Path: "/api-tokens", Needs: towpath.ViewWorkspace,
			Handle: created(s.createAPIToken),
		},
		{
			Method: "DELETE", Path: "/api-tokens/{token}", Needs: towpath.ViewWorkspace,
			Handle: done(s.revokeAPIToken),
		},

		{Method: "GET", Path: "/members", Needs: towpath.ViewWorkspace, Handle: ok(s.listMembers)},
		{Method: "POST", Path: "/members", Needs: towpath.ManageMembers, Handle: created(s.inviteMember)},
		{
			Method: "PATCH", Path: "/members/{member}", Needs: towpath.ManageMembers,
			Handle: ok(s.changeMember),
		},
		{
			Method: "POST", Path: "/members/{member}/invitation", Needs: towpath.ManageMembers,
			Handle: created(s.inviteMemberAgain),
		},
		{Method: "POST", Path: "/invitations/accept", Needs: public, Handle: headed(201, s.acceptInvitation)},

		{Method: "GET", Path: "/environments", Needs: towpath.ViewWorkspace, Handle: ok(s.listEnvironments)},
		{
			Method: "POST", Path: "/environments", Needs: towpath.ManageEnvironments,
			Handle: created(s.createEnvironment),
		},
		{
			Method: "PUT", Path: "/environments/order", Needs: towpath.ManageEnvironments,
			Handle: ok(s.orderEnvironments),
		},
		{
			Method: "PATCH", Path: "/environments/{environment}", Needs: towpath.ManageEnvironments,
			Handle: ok(s.changeEnvironment),
		},
		{
			Method: "DELETE", Path: "/environments/{environment}", Needs: towpath.ManageEnvironments,
			Handle: done(s.deleteEnvironment),
		},

		{Method: "GET", Path: "/instances", Needs: towpath.ViewWorkspace, Handle: ok(s.listInstances)},
		{Method: "POST", Path: "/instances", Needs: towpath.ManageInstances, Handle: created(s.addInstance)},
		{
			Method: "POST", Path: "/instances/check", Needs: towpath.ManageInstances,
			Handle: ok(s.checkInstanceSpec),
		},
		{
			Method: "GET", Path: "/instances/{instance}", Needs: towpath.ViewWorkspace,
			Handle: ok(s.getInstance),
		},
		{
			Method: "PATCH", Path: "/instances/{instance}", Needs: towpath.ManageInstances,
			Handle: ok(s.changeInstance),
		},
		{
			Method: "DELETE", Path: "/instances/{instance}", Needs: towpath.ManageInstances,
			Handle: done(s.deleteInstance),
		},
		{
			Method: "POST", Path: "/instances/{instance}/check", Needs: towpath.ManageInstances,
			Handle: ok(s.checkInstance),
		},
		{
			Method: "POST", Path: "/instances/{instance}/discover", Needs: towpath.ManageInstances,
			Handle: ok(s.discoverDatabases),
		},

		{Method: "GET", Path: "/engine-types", Needs: towpath.ViewWorkspace, Handle: ok(s.listEngineTypes)},

		{Method: "GET", Path: "/databases", Needs: towpath.ViewWorkspace, Handle: ok(s.listDatabases)},
		{Method: "GET", Path: "/databases/{database}", Needs: towpath.ViewProject, Handle: ok(s.getDatabase)},
		{
			Method: "PATCH", Path: "/databases/{database}", Needs: towpath.ManageInstances,
			Handle: ok(s.assignDatabase),
		},
		{
			Method: "POST", Path: "/databases/{database}/adopt-ledger", Needs: towpath.ManageInstances,
			Handle: done(s.adoptLedger),
		},
		{
			Method: "POST", Path: "/databases/{database}/accept-ledger", Needs: towpath.ManageInstances,
			Handle: done(s.acceptLedger),
		},
		{
			Method: "GET", Path: "/databases/{database}/change-history", Needs: towpath.ViewProject,
			Handle: ok(s.listChanges),
		},
		{
			Method: "GET", Path: "/databases/{database}/change-history/{change}", Needs: towpath.ViewProject,
			Handle: ok(s.getChange),
		},
	}
}

// projectRoutes are about projects, their repositories, and what runs in their databases.
func (s *Server) projectRoutes() []route {
	return []route{
		{Method: "GET", Path: "/projects", Needs: towpath.ViewWorkspace, Handle: ok(s.listProjects)},
		{Method: "POST", Path: "/projects", Needs: towpath.CreateProjects, Handle: created(s.createProject)},
		{Method: "GET", Path: "/projects/{project}", Needs: towpath.ViewProject, Handle: ok(s.getProject)},
		{
			Method: "PATCH", Path: "/projects/{project}", Needs: towpath.ManageProject,
			Handle: ok(s.changeProject),
		},
		{
			Method: "GET", Path: "/projects/{project}/limits", Needs: towpath.ViewProject,
			Handle: ok(s.listProjectLimits),
		},
		{
			Method: "GET", Path: "/projects/{project}/members", Needs: towpath.ViewProject,
			Handle: ok(s.listProjectMembers),
		},
		{
			Method: "PUT", Path: "/projects/{project}/members/{member}", Needs: towpath.ManageProject,
			Handle: ok(s.setProjectMember),
		},
		{
			Method: "DELETE", Path: "/projects/{project}/members/{member}", Needs: towpath.ManageProject,
			Handle: done(s.removeProjectMember),
		},

		{Method: "GET", Path: "/rollouts", Needs: towpath.ViewWorkspace, Handle: ok(s.listRollouts)},
		{
			Method: "GET", Path: "/projects/{project}/rollouts", Needs: towpath.ViewProject,
			Handle: ok(s.listProjectRollouts),
		},
		{Method: "GET", Path: "/rollouts/{rollout}", Needs: towpath.ViewProject, Handle: ok(s.getRollout)},
		{
			Method: "GET", Path: "/rollouts/{rollout}/tasks/{task}", Needs: towpath.ViewProject,
			Handle: ok(s.getTask),
		},
		{
			Method: "GET", Path: "/rollouts/{rollout}/tasks/{task}/attempts/{attempt}/statements",
			Needs: towpath.ViewProject, Handle: ok(s.listStatements),
		},
		{
			Method: "POST", Path: "/rollouts/{rollout}/tasks/{task}/retry", Needs: towpath.RunRollouts,
			Handle: ok(s.retryTask),
		},
		{
			Method: "POST", Path: "/rollouts/{rollout}/tasks/{task}/cancel", Needs: towpath.RunRollouts,
			Handle: ok(s.cancelTask),
		},
		{
			Method: "POST", Path: "/rollouts/{rollout}/tasks/{task}/release", Needs: towpath.RunRollouts,
			Handle: ok(s.releaseTask),
		},
		{
			Method: "POST", Path: "/rollouts/{rollout}/tasks/{task}/skip", Needs: towpath.RunRollouts,
			Handle: ok(s.skipTask),
		},
		{
			Method: "POST", Path: "/rollouts/{rollout}/tasks/{task}/resolve", Needs: towpath.ResolveUnknown,
			Handle: ok(s.resolveTask),
		},

		{
			Method: "GET", Path: "/git-provider-types", Needs: towpath.UseGitProviders,
			Handle: ok(s.listGitProviderTypes),
		},
		{
			Method: "POST", Path: "/git-provider-verifications", Needs: towpath.ManageGitProviders,
			Handle: created(s.startVerification),
		},
		{
			Method: "GET", Path: "/git-provider-verifications/{verification}", Needs: towpath.UseGitProviders,
			Handle: ok(s.getVerification),
		},
		{
			Method: "GET", Path: "/git-providers", Needs: towpath.UseGitProviders,
			Handle: ok(s.listGitProviders),
		},
		{
			Method: "POST", Path: "/git-providers", Needs: towpath.ManageGitProviders,
			Handle: created(s.addGitProvider),
		},
		{
			Method: "PATCH", Path: "/git-providers/{provider}", Needs: towpath.ManageGitProviders,
			Handle: ok(s.renameGitProvider),
		},
		{
			Method: "DELETE", Path: "/git-providers/{provider}", Needs: towpath.ManageGitProviders,
			Handle: done(s.deleteGitProvider),
		},
		{
			Method: "POST", Path: "/git-providers/{provider}/secret-verifications",
			Needs: towpath.ManageGitProviders, Handle: created(s.startSecretReplacement),
		},
		{
			Method: "PUT", Path: "/git-providers/{provider}/secret", Needs: towpath.ManageGitProviders,
			Handle: ok(s.replaceSecret),
		},
		{
			Method: "POST", Path: "/git-providers/{provider}/grants", Needs: towpath.UseGitProviders,
			Handle: created(s.startGrant),
		},
		{
			Method: "GET", Path: "/git-providers/{provider}/grants", Needs: towpath.UseGitProviders,
			Handle: ok(s.listGrants),
		},
		{
			Method: "GET", Path: "/grants/{grant}/repositories", Needs: towpath.UseGitProviders,
			Handle: ok(s.listRepositories),
		},
		{
			Method: "GET", Path: "/grants/{grant}/repositories/{repository}/branches",
			Needs: towpath.UseGitProviders, Handle: ok(s.listBranches),
		},

		{
			Method: "GET", Path: "/projects/{project}/repository-links", Needs: towpath.ViewProject,
			Handle: ok(s.listLinks),
		},
		{
			Method: "POST", Path: "/projects/{project}/repository-links", Needs: towpath.ManageLinks,
			Handle: created(s.createLink),
		},
		{
			Method: "POST", Path: "/projects/{project}/repository-links/preview", Needs: towpath.ManageLinks,
			Handle: ok(s.previewLink),
		},
		{
			Method: "GET", Path: "/projects/{project}/hook-removals", Needs: towpath.ViewProject,
			Handle: ok(s.listHookRemovals),
		},
		{
			Method: "DELETE", Path: "/projects/{project}/hook-removals/{removal}", Needs: towpath.ManageLinks,
			Handle: done(s.forgetHookRemoval),
		},
		{Method: "GET", Path: "/repository-links/{link}", Needs: towpath.ViewProject, Handle: ok(s.getLink)},
		{
			Method: "POST", Path: "/repository-links/{link}/preview", Needs: towpath.ManageLinks,
			Handle: ok(s.previewLinkChange),
		},
		{
			Method: "PATCH", Path: "/repository-links/{link}", Needs: towpath.ManageLinks,
			Handle: ok(s.changeLink),
		},
		{
			Method: "DELETE", Path: "/repository-links/{link}", Needs: towpath.ManageLinks,
			Handle: done(s.deleteLink),
		},
		{
			Method: "POST", Path: "/repository-links/{link}/sync", Needs: towpath.SyncProject,
			Handle: done(s.syncLink),
		},
		{
			Method: "POST", Path: "/repository-links/{link}/take-over", Needs: towpath.ManageLinks,
			Handle: ok(s.takeOverLink),
		},
		{
			Method: "POST", Path: "/repository-links/{link}/accept", Needs: towpath.RunRollouts,
			Handle: ok(s.acceptFile),
		},
		{
			Method: "POST", Path: "/repository-links/{link}/skip", Needs: towpath.RunRollouts,
			Handle: ok(s.skipFile),
		},
		{
			Method: "POST", Path: "/repository-links/{link}/accept-edited", Needs: towpath.RunRollouts,
			Handle: ok(s.acceptEdited),
		},
		{
			Method: "GET", Path: "/repository-links/{link}/files", Needs: towpath.ViewProject,
			Handle: ok(s.listFiles),
		},
		{
			Method: "GET", Path: "/repository-links/{link}/deliveries", Needs: towpath.ViewProject,
			Handle: ok(s.listDeliveries),
		},
		{
			Method: "POST", Path: "/repository-links/{link}/deliveries/{delivery}/replay",
			Needs: towpath.SyncProject, Handle: done(s.replayDelivery),
		},

		{Method: "GET", Path: "/events", Needs: towpath.ViewWorkspace, Handle: streamOf(s.streamEvents)},
		{Method: "GET", Path: "/audit-events", Needs: towpath.ManageMembers, Handle: ok(s.listAuditEvents)},
	}
}
