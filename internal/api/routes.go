package api

import (
	"slices"

	"towpath"
)

// routes lists every operation of the API with the right that its caller needs. Rights that begin
// with "project." apply in the project of the object that the path names.
func (s *Server) routes() []route {
	return slices.Concat(s.peopleRoutes(), s.workspaceRoutes(), s.projectRoutes(), s.repositoryRoutes())
}

// peopleRoutes are about members and how they sign in.
func (s *Server) peopleRoutes() []route {
	return []route{
		on("GET", "/setup", public, ok(s.getSetup)),
		on("POST", "/setup", public, headed(201, s.setUp)),
		on("GET", "/sign-in", public, ok(s.getSignIn)),
		on("POST", "/session", public, headed(201, s.signIn)),
		on("GET", "/session", towpath.ViewWorkspace, ok(s.getSession)),
		on("DELETE", "/session", towpath.ViewWorkspace, headed(204, s.signOut)),
		on("PUT", "/session/password", towpath.ViewWorkspace, done(s.changePassword)),
		on("GET", "/sessions", towpath.ViewWorkspace, ok(s.listSessions)),
		on("DELETE", "/sessions/{session}", towpath.ViewWorkspace, done(s.endSession)),
		on("GET", "/api-tokens", towpath.ViewWorkspace, ok(s.listAPITokens)),
		on("POST", "/api-tokens", towpath.ViewWorkspace, created(s.createAPIToken)),
		on("DELETE", "/api-tokens/{token}", towpath.ViewWorkspace, done(s.revokeAPIToken)),

		on("GET", "/members", towpath.ViewWorkspace, ok(s.listMembers)),
		on("POST", "/members", towpath.ManageMembers, created(s.inviteMember)),
		on("PATCH", "/members/{member}", towpath.ManageMembers, ok(s.changeMember)),
		on("POST", "/members/{member}/invitation", towpath.ManageMembers, created(s.inviteMemberAgain)),
		on("POST", "/service-accounts", towpath.ManageMembers, created(s.addServiceAccount)),
		on("GET", "/service-accounts/{member}/api-tokens", towpath.ManageMembers, ok(s.listServiceTokens)),
		on("POST", "/service-accounts/{member}/api-tokens", towpath.ManageMembers,
			created(s.createServiceToken)),
		on("DELETE", "/service-accounts/{member}/api-tokens/{token}", towpath.ManageMembers,
			done(s.revokeServiceToken)),
		on("POST", "/invitations/accept", public, headed(201, s.acceptInvitation)),
	}
}

// workspaceRoutes are about objects that all projects share.
func (s *Server) workspaceRoutes() []route {
	return []route{
		on("GET", "/environments", towpath.ViewWorkspace, ok(s.listEnvironments)),
		on("POST", "/environments", towpath.ManageEnvironments, created(s.createEnvironment)),
		on("PUT", "/environments/order", towpath.ManageEnvironments, ok(s.orderEnvironments)),
		on("PATCH", "/environments/{environment}", towpath.ManageEnvironments, ok(s.changeEnvironment)),
		on("DELETE", "/environments/{environment}", towpath.ManageEnvironments, done(s.deleteEnvironment)),

		on("GET", "/environments/{environment}/approval-hook", towpath.ManageEnvironments,
			ok(s.getApprovalHook)),
		on("PUT", "/environments/{environment}/approval-hook", towpath.ManageEnvironments,
			ok(s.putApprovalHook)),
		on("DELETE", "/environments/{environment}/approval-hook", towpath.ManageEnvironments,
			done(s.deleteApprovalHook)),
		on("POST", "/environments/{environment}/approval-hook/test", towpath.ManageEnvironments,
			ok(s.testApprovalHook)),
		on("GET", "/receivers", towpath.ManageEnvironments, ok(s.listReceivers)),
		on("POST", "/receivers", towpath.ManageEnvironments, created(s.addReceiver)),
		on("PUT", "/receivers/{receiver}", towpath.ManageEnvironments, ok(s.putReceiver)),
		on("DELETE", "/receivers/{receiver}", towpath.ManageEnvironments, done(s.deleteReceiver)),
		on("POST", "/receivers/{receiver}/test", towpath.ManageEnvironments, ok(s.testReceiver)),
		on("GET", "/receivers/{receiver}/notifications", towpath.ManageEnvironments,
			ok(s.listNotifications)),
		on("POST", "/notifications/{notification}/replay", towpath.ManageEnvironments,
			ok(s.replayNotification)),
		on("POST", "/approvals", towpath.ViewWorkspace, ok(s.answerOutside)).within(towpath.ScopeApprovals),

		on("GET", "/review-rules", towpath.ViewWorkspace, headed(200, s.listReviewRules)),
		on("GET", "/review-policies", towpath.ViewWorkspace, ok(s.listReviewPolicies)),
		on("PATCH", "/review-policies/{environment}", towpath.ManageEnvironments, ok(s.changeReviewPolicy)),

		on("GET", "/instances", towpath.ViewWorkspace, ok(s.listInstances)),
		on("POST", "/instances", towpath.ManageInstances, created(s.addInstance)),
		on("POST", "/instances/check", towpath.ManageInstances, ok(s.checkInstanceSpec)),
		on("GET", "/instances/{instance}", towpath.ViewWorkspace, ok(s.getInstance)),
		on("PATCH", "/instances/{instance}", towpath.ManageInstances, ok(s.changeInstance)),
		on("DELETE", "/instances/{instance}", towpath.ManageInstances, done(s.deleteInstance)),
		on("POST", "/instances/{instance}/check", towpath.ManageInstances, ok(s.checkInstance)),
		on("POST", "/instances/{instance}/discover", towpath.ManageInstances, ok(s.discoverDatabases)),

		on("GET", "/overview", towpath.ViewWorkspace, ok(s.getOverview)),
		on("GET", "/search", towpath.ViewWorkspace, ok(s.search)),
		on("GET", "/version", towpath.ViewWorkspace, ok(s.getVersion)),

		on("GET", "/engine-types", towpath.ViewWorkspace, ok(s.listEngineTypes)),

		on("GET", "/databases", towpath.ViewWorkspace, ok(s.listDatabases)),
		on("GET", "/databases/{database}", towpath.ViewProject, ok(s.getDatabase)),
		on("PATCH", "/databases/{database}", towpath.ManageInstances, ok(s.assignDatabase)),
		on("POST", "/databases/{database}/adopt-ledger", towpath.ManageInstances, done(s.adoptLedger)),
		on("POST", "/databases/{database}/accept-ledger", towpath.ManageInstances, done(s.acceptLedger)),
		on("GET", "/databases/{database}/schema-check", towpath.ViewProject, ok(s.getSchemaCheck)),
		on("POST", "/databases/{database}/schema-check", towpath.SyncProject, ok(s.checkSchema)),
		on("POST", "/databases/{database}/schema-check/accept", towpath.ResolveUnknown, ok(s.acceptSchema)),
		on("GET", "/databases/{database}/drifts/{drift}", towpath.ViewProject, ok(s.getDrift)),
		on("GET", "/databases/{database}/drifts/{drift}/repair", towpath.ViewProject, ok(s.getRepair)),
		on("POST", "/databases/{database}/drifts/{drift}/repair", towpath.ResolveUnknown, ok(s.openRepair)),
		on("POST", "/databases/{database}/baseline-file", towpath.ViewProject, ok(s.makeBaselineFile)),
		on("PUT", "/databases/{database}/pause", towpath.ManageInstances, ok(s.pauseDatabase)),
		on("DELETE", "/databases/{database}/pause", towpath.ManageInstances, done(s.resumeDatabase)),
		on("GET", "/pauses", towpath.ViewWorkspace, ok(s.listPauses)),
		on("PUT", "/pause", towpath.ManageInstances, ok(s.pauseAll)),
		on("DELETE", "/pause", towpath.ManageInstances, done(s.resumeAll)),
		on("GET", "/databases/{database}/undo", towpath.ViewProject, ok(s.getUndo)),
		on("POST", "/databases/{database}/undo", towpath.RunRollouts, ok(s.undoVersion)),
		on("GET", "/databases/{database}/change-history", towpath.ViewProject, ok(s.listChanges)),
		on("GET", "/databases/{database}/change-history/{change}", towpath.ViewProject, ok(s.getChange)),
	}
}

// projectRoutes are about projects and their rollouts.
func (s *Server) projectRoutes() []route {
	return []route{
		on("GET", "/projects", towpath.ViewWorkspace, ok(s.listProjects)),
		on("POST", "/projects", towpath.CreateProjects, created(s.createProject)),
		on("GET", "/projects/{project}", towpath.ViewProject, ok(s.getProject)),
		on("PATCH", "/projects/{project}", towpath.ManageProject, ok(s.changeProject)),
		on("GET", "/projects/{project}/limits", towpath.ViewProject, ok(s.listProjectLimits)),
		on("GET", "/projects/{project}/rehearsals", towpath.ViewProject, ok(s.getRehearsalSetting)),
		on("PATCH", "/projects/{project}/rehearsals", towpath.ManageEnvironments,
			ok(s.changeRehearsalSetting)),
		on("POST", "/projects/{project}/rehearsals/check", towpath.ManageEnvironments,
			ok(s.checkRehearsals)),
		on("GET", "/projects/{project}/members", towpath.ViewProject, ok(s.listProjectMembers)),
		on("PUT", "/projects/{project}/members/{member}", towpath.ManageProject, ok(s.setProjectMember)),
		on("DELETE", "/projects/{project}/members/{member}", towpath.ManageProject,
			done(s.removeProjectMember)),

		on("GET", "/inbox", towpath.ViewWorkspace, ok(s.listInbox)),
		on("GET", "/rollouts", towpath.ViewWorkspace, ok(s.listRollouts)),
		on("GET", "/projects/{project}/rollouts", towpath.ViewProject, ok(s.listProjectRollouts)),
		on("GET", "/rollouts/{rollout}", towpath.ViewProject, ok(s.getRollout)),
		on("GET", "/rollouts/{rollout}/receipt", towpath.ViewProject, receiptOf(s.getReceipt)),
		on("GET", "/rollouts/{rollout}/review", towpath.ViewProject, ok(s.getReview)),
		on("GET", "/rollouts/{rollout}/tasks/{task}", towpath.ViewProject, ok(s.getTask)),
		on("GET", "/rollouts/{rollout}/tasks/{task}/attempts/{attempt}/statements", towpath.ViewProject,
			ok(s.listStatements)),
		on("POST", "/rollouts/{rollout}/stages/{environment}/start", towpath.RunRollouts, ok(s.startStage)),
		on("POST", "/rollouts/{rollout}/stages/{environment}/approvals", towpath.Approve, ok(s.answerStage)),
		on("DELETE", "/rollouts/{rollout}/stages/{environment}/approvals", towpath.Approve,
			ok(s.withdrawAnswer)),
		on("POST", "/rollouts/{rollout}/stages/{environment}/break-glass", towpath.BreakGlass,
			ok(s.breakGlass)),
		on("POST", "/rollouts/{rollout}/second-looks/{look}", towpath.Approve, ok(s.lookAtStart)),
		on("PUT", "/rollouts/{rollout}/stages/{environment}/schedule", towpath.RunRollouts,
			ok(s.scheduleStage)),
		on("DELETE", "/rollouts/{rollout}/stages/{environment}/schedule", towpath.RunRollouts,
			ok(s.unscheduleStage)),
		on("PUT", "/rollouts/{rollout}/pause", towpath.RunRollouts, ok(s.pauseRollout)),
		on("DELETE", "/rollouts/{rollout}/pause", towpath.RunRollouts, done(s.resumeRollout)),
		on("POST", "/rollouts/{rollout}/tasks/{task}/retry", towpath.RunRollouts, ok(s.retryTask)),
		on("POST", "/rollouts/{rollout}/tasks/{task}/cancel", towpath.RunRollouts, ok(s.cancelTask)),
		on("POST", "/rollouts/{rollout}/tasks/{task}/release", towpath.RunRollouts, ok(s.releaseTask)),
		on("POST", "/rollouts/{rollout}/tasks/{task}/skip", towpath.RunRollouts, ok(s.skipTask)),
		on("GET", "/rollouts/{rollout}/tasks/{task}/mark", towpath.ResolveUnknown, ok(s.getStanding)),
		on("POST", "/rollouts/{rollout}/tasks/{task}/mark", towpath.ResolveUnknown, ok(s.markTask)),
		on("POST", "/rollouts/{rollout}/tasks/{task}/resolve", towpath.ResolveUnknown, ok(s.resolveTask)),

		on("GET", "/events", towpath.ViewWorkspace, streamOf(s.streamEvents)),
		on("GET", "/audit-events", towpath.ManageMembers, ok(s.listAuditEvents)),
		on("GET", "/audit-events/head", towpath.ManageMembers, ok(s.getAuditHead)),
		on("GET", "/audit-events/export", towpath.ManageMembers, linesOf(s.exportAuditEvents)),
		on("GET", "/receipt-keys", towpath.ViewWorkspace, ok(s.listReceiptKeys)),
		on("POST", "/receipt-keys", towpath.ManageMembers, created(s.makeReceiptKey)),
	}
}

// repositoryRoutes are about Git providers, links and the branches of a repository.
func (s *Server) repositoryRoutes() []route {
	return []route{
		on("GET", "/git-provider-types", towpath.UseGitProviders, ok(s.listGitProviderTypes)),
		on("POST", "/git-provider-verifications", towpath.ManageGitProviders, created(s.startVerification)),
		on("GET", "/git-provider-verifications/{verification}", towpath.UseGitProviders,
			ok(s.getVerification)),
		on("GET", "/git-providers", towpath.UseGitProviders, ok(s.listGitProviders)),
		on("POST", "/git-providers", towpath.ManageGitProviders, created(s.addGitProvider)),
		on("PATCH", "/git-providers/{provider}", towpath.ManageGitProviders, ok(s.renameGitProvider)),
		on("DELETE", "/git-providers/{provider}", towpath.ManageGitProviders, done(s.deleteGitProvider)),
		on("POST", "/git-providers/{provider}/secret-verifications", towpath.ManageGitProviders,
			created(s.startSecretReplacement)),
		on("PUT", "/git-providers/{provider}/secret", towpath.ManageGitProviders, ok(s.replaceSecret)),
		on("POST", "/git-providers/{provider}/grants", towpath.UseGitProviders, created(s.startGrant)),
		on("GET", "/git-providers/{provider}/grants", towpath.UseGitProviders, ok(s.listGrants)),
		on("GET", "/grants/{grant}/repositories", towpath.UseGitProviders, ok(s.listRepositories)),
		on("GET", "/grants/{grant}/repositories/{repository}/branches", towpath.UseGitProviders,
			ok(s.listBranches)),

		on("GET", "/projects/{project}/repository-links", towpath.ViewProject, ok(s.listLinks)),
		on("POST", "/projects/{project}/repository-links", towpath.ManageLinks, created(s.createLink)),
		on("POST", "/projects/{project}/repository-links/preview", towpath.ManageLinks, ok(s.previewLink)),
		on("GET", "/projects/{project}/hook-removals", towpath.ViewProject, ok(s.listHookRemovals)),
		on("DELETE", "/projects/{project}/hook-removals/{removal}", towpath.ManageLinks,
			done(s.forgetHookRemoval)),
		on("GET", "/repository-links/{link}", towpath.ViewProject, ok(s.getLink)),
		on("POST", "/repository-links/{link}/preview", towpath.ManageLinks, ok(s.previewLinkChange)),
		on("GET", "/repository-links/{link}/histories", towpath.ManageLinks, ok(s.getLinkHistories)),
		on("POST", "/repository-links/{link}/histories/accept", towpath.ManageLinks, ok(s.acceptHistories)),
		on("POST", "/repository-links/{link}/histories/acknowledge", towpath.ManageLinks,
			done(s.acknowledgeHistories)),
		on("PATCH", "/repository-links/{link}", towpath.ManageLinks, ok(s.changeLink)),
		on("DELETE", "/repository-links/{link}", towpath.ManageLinks, done(s.deleteLink)),
		on("POST", "/repository-links/{link}/sync", towpath.SyncProject, done(s.syncLink)),
		on("POST", "/repository-links/{link}/take-over", towpath.ManageLinks, ok(s.takeOverLink)),
		on("POST", "/repository-links/{link}/accept", towpath.RunRollouts, ok(s.acceptFile)),
		on("POST", "/repository-links/{link}/skip", towpath.RunRollouts, ok(s.skipFile)),
		on("POST", "/repository-links/{link}/accept-edited", towpath.RunRollouts, ok(s.acceptEdited)),
		on("GET", "/repository-links/{link}/files", towpath.ViewProject, ok(s.listFiles)),
		on("GET", "/repository-links/{link}/reviews", towpath.ViewProject, ok(s.listBranchReviews)),
		on("GET", "/repository-links/{link}/reviews/{review}", towpath.ViewProject, ok(s.getBranchReview)),
		on("GET", "/repository-links/{link}/reviews/{review}/renumbering", towpath.ViewProject,
			ok(s.getRenumbering)),
		on("POST", "/repository-links/{link}/reviews/{review}/renumber", towpath.SyncProject,
			ok(s.renumberBranch)),
		on("GET", "/repository-links/{link}/deliveries", towpath.ViewProject, ok(s.listDeliveries)),
		on("POST", "/repository-links/{link}/deliveries/{delivery}/replay", towpath.SyncProject,
			done(s.replayDelivery)),
	}
}
