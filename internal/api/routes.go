package api

import "towpath"

// routes lists every operation of the API, and beside each the right that its caller must hold. Rights that begin with
// "project." are asked for in the project of what the path names.
func (s *Server) routes() []route {
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
		{"PATCH", "/environments/{environment}", towpath.ManageEnvironments, ok(s.renameEnvironment)},
		{"DELETE", "/environments/{environment}", towpath.ManageEnvironments, done(s.deleteEnvironment)},

		{"GET", "/projects", towpath.ViewWorkspace, ok(s.listProjects)},
		{"POST", "/projects", towpath.CreateProjects, created(s.createProject)},
		{"GET", "/projects/{project}", towpath.ViewProject, ok(s.getProject)},
		{"PATCH", "/projects/{project}", towpath.ManageProject, ok(s.renameProject)},
		{"GET", "/projects/{project}/members", towpath.ViewProject, ok(s.listProjectMembers)},
		{"PUT", "/projects/{project}/members/{member}", towpath.ManageProject, ok(s.setProjectMember)},
		{"DELETE", "/projects/{project}/members/{member}", towpath.ManageProject, done(s.removeProjectMember)},
	}
}
