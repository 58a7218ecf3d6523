package towpath

// What people did: the kinds of audit events. Each comment ends with the params, all of which the
// templates of package wording use. A param is a name, a number, a path or a person's own words; a
// limit is a duration as Go prints it. Names are those of the moment.
const (
	// ActNoted is an act from before acts had params. Params: act, text.
	ActNoted EventKind = "noted"

	// ActMemberSetup: the first owner set the workspace up.
	ActMemberSetup EventKind = "member.setup"
	// ActMemberInvite: a person was invited. Params: email, role.
	ActMemberInvite EventKind = "member.invite"
	// ActMemberReinvite: a member got a new invitation. Params: email.
	ActMemberReinvite EventKind = "member.reinvite"
	// ActMemberInviteMail: the link of an invitation is sent by email. Params: email.
	ActMemberInviteMail EventKind = "member.invite-mail"
	// ActMemberRecover: a member got a new invitation from the server's shell. Params: email.
	ActMemberRecover EventKind = "member.recover"
	// ActMemberJoin: the member accepted an invitation and chose a password.
	ActMemberJoin EventKind = "member.join"
	// ActMemberSignOn: the member signed in by single sign-on for the first time. Params: email,
	// provider, role.
	ActMemberSignOn EventKind = "member.sign-on"
	// ActMemberPassword: the member changed the own password.
	ActMemberPassword EventKind = "member.password"
	// ActMemberRename: a member got another name. Params: email, name.
	ActMemberRename EventKind = "member.rename"
	// ActMemberRole: a member got another role in the workspace. Params: email, from, to.
	ActMemberRole EventKind = "member.role"
	// ActMemberActivate: a member was activated again. Params: email.
	ActMemberActivate EventKind = "member.activate"
	// ActMemberDeactivate: a member was deactivated. Params: email.
	ActMemberDeactivate EventKind = "member.deactivate"
	// ActSessionStart: the member signed in.
	ActSessionStart EventKind = "session.start"
	// ActSessionEnd: the member ended a session.
	ActSessionEnd EventKind = "session.end"
	// ActTokenCreate: the member created an API token. Params: name.
	ActTokenCreate EventKind = "api-token.create"
	// ActTokenRevoke: the member revoked an API token. Params: name.
	ActTokenRevoke EventKind = "api-token.revoke"
	// ActServiceAdd: a service account was added. Params: account, role.
	ActServiceAdd EventKind = "service-account.add"
	// ActServiceToken: a service account got an API token. Params: account, name.
	ActServiceToken EventKind = "service-account.create-token"
	// ActServiceTokenRevoke: an API token of a service account was revoked. Params: account, name.
	ActServiceTokenRevoke EventKind = "service-account.revoke-token"
	// ActReceiptKey: a key that signs receipts was made. Params: key.
	ActReceiptKey EventKind = "receipt-key.make"

	// ActEnvironmentCreate: an environment was added. Params: environment.
	ActEnvironmentCreate EventKind = "environment.create"
	// ActEnvironmentRename: an environment got another name. Params: from, to.
	ActEnvironmentRename EventKind = "environment.rename"
	// ActEnvironmentLimit: a limit of an environment changed. Params: environment, limit, from, to.
	ActEnvironmentLimit EventKind = "environment.limit"
	// ActEnvironmentStart: changes start in another way there. Params: environment, from, to.
	ActEnvironmentStart EventKind = "environment.start"
	// ActEnvironmentGate: the gate of an environment asks for something else. Params: environment,
	// field, from, to.
	ActEnvironmentGate EventKind = "environment.gate"
	// ActEnvironmentAllowRoles: migrations may change roles there. Params: environment.
	ActEnvironmentAllowRoles EventKind = "environment.allow-roles"
	// ActEnvironmentRefuseRoles: they no longer may. Params: environment.
	ActEnvironmentRefuseRoles EventKind = "environment.refuse-roles"
	// ActVariableSet: a variable of an environment got a value. Params: environment, variable, to.
	ActVariableSet EventKind = "environment.variable-set"
	// ActVariableRemove: a variable was removed. Params: environment, variable, from.
	ActVariableRemove EventKind = "environment.variable-remove"
	// ActReceiverAdd: a receiver of notifications was added. Params: name.
	ActReceiverAdd EventKind = "receiver.add"
	// ActReceiverUpdate: one was changed. Params: name.
	ActReceiverUpdate EventKind = "receiver.update"
	// ActReceiverDelete: one was removed. Params: name.
	ActReceiverDelete EventKind = "receiver.delete"
	// ActReceiverTest: a person sent a test there. Params: name.
	ActReceiverTest EventKind = "receiver.test"
	// ActNotificationReplay: a person sent a notification again. Params: name.
	ActNotificationReplay EventKind = "notification.replay"
	// ActApprovalHook: the environment asks for approvals outside in another way. Params: environment.
	ActApprovalHook EventKind = "environment.approval-hook"
	// ActApprovalHookRemove: it asks nowhere outside. Params: environment.
	ActApprovalHookRemove EventKind = "environment.approval-hook-remove"
	// ActApprovalHookTest: a person sent a test there. Params: environment.
	ActApprovalHookTest EventKind = "environment.approval-hook-test"
	// ActReviewPreset: the preset of an environment's SQL review changed. Params: environment, from,
	// to.
	ActReviewPreset EventKind = "review.preset"
	// ActReviewLevel: the level of a rule changed; "" is the preset's. Params: environment, rule,
	// from, to.
	ActReviewLevel EventKind = "review.level"
	// ActReviewSetting: a setting of a rule changed; "" is the default. Params: environment, rule,
	// setting, from, to.
	ActReviewSetting EventKind = "review.setting"
	// ActReviewInsist: comments and repositories cannot weaken a rule; "*" is all. Params:
	// environment, rule.
	ActReviewInsist EventKind = "review.insist"
	// ActReviewRelax: they can weaken it again. Params: environment, rule.
	ActReviewRelax EventKind = "review.relax"
	// ActEnvironmentOrder: the order of the environments changed.
	ActEnvironmentOrder EventKind = "environment.order"
	// ActEnvironmentDelete: an environment was deleted. Params: environment.
	ActEnvironmentDelete EventKind = "environment.delete"
	// ActInstanceAdd: an instance was added. Params: instance, engine, address.
	ActInstanceAdd EventKind = "instance.add"
	// ActInstanceUpdate: an instance was edited. Params: instance, engine, address.
	ActInstanceUpdate EventKind = "instance.update"
	// ActInstanceDelete: an instance was deleted. Params: instance.
	ActInstanceDelete EventKind = "instance.delete"
	// ActInstanceCheck: an instance was checked. Params: instance.
	ActInstanceCheck EventKind = "instance.check"
	// ActInstanceDiscover: the databases of an instance were listed. Params: instance, n.
	ActInstanceDiscover EventKind = "instance.discover"
	// ActDatabaseAssign: a database was assigned to a project. Params: database, project.
	ActDatabaseAssign EventKind = "database.assign"
	// ActDatabaseUnassign: a database was removed from its project. Params: database.
	ActDatabaseUnassign EventKind = "database.unassign"
	// ActLedgerAdopt: the ledger of a copy became its database's own. Params: instance, database.
	ActLedgerAdopt EventKind = "ledger.adopt"
	// ActLedgerAccept: a ledger was accepted as it is. Params: instance, database. Causes: what was
	// wrong with it.
	ActLedgerAccept EventKind = "ledger.accept"
	// ActSchemaCheck: a person asked for a check of a schema. Params: environment, database.
	ActSchemaCheck EventKind = "schema.check"
	// ActSchemaAccept: a schema was accepted as it is. Params: environment, database, text.
	ActSchemaAccept EventKind = "schema.accept"
	// ActRepairOpen: the SQL that takes a difference back is on a branch. Params: environment, database,
	// repository, branch, path.
	ActRepairOpen EventKind = "schema.open-repair"
	// ActHistoryImport: what another tool has applied was recorded in a ledger. Params: instance,
	// database, tool, table, n.
	ActHistoryImport EventKind = "ledger.import"
	// ActStandingImport: files that no other tool names were recorded, since the catalog shows what
	// they make. Params: instance, database, n.
	ActStandingImport EventKind = "ledger.import-standing"
	// ActHistoryAcknowledge: a member knows that another tool has written to its accepted table.
	// Params: environment, database, tool, table.
	ActHistoryAcknowledge EventKind = "history.acknowledge"

	// ActBaselineFile: the schema of a database was written as a file. Params: instance, database,
	// state.
	ActBaselineFile EventKind = "database.baseline-file"

	// ActProjectCreate: a project was created. Params: project.
	ActProjectCreate EventKind = "project.create"
	// ActProjectRename: a project got another name. Params: from, to.
	ActProjectRename EventKind = "project.rename"
	// ActProjectLimit: a limit of a project changed. Params: project, limit, from, to.
	ActProjectLimit EventKind = "project.limit"
	// ActProjectRehearse: rehearsals of a project were turned on, or on at another place. Params:
	// project, instance.
	ActProjectRehearse EventKind = "project.rehearse"
	// ActProjectRehearseOff: rehearsals of a project were turned off. Params: project.
	ActProjectRehearseOff EventKind = "project.rehearse-off"
	// ActProjectMember: a member got a role in a project. Params: email, role.
	ActProjectMember EventKind = "project.member"
	// ActProjectMemberRemove: a member was removed from a project. Params: email.
	ActProjectMemberRemove EventKind = "project.member-remove"

	// ActProviderSignIn: the member started a sign-in at a Git provider. Params: provider.
	ActProviderSignIn EventKind = "git-provider.sign-in"
	// ActGrantConnect: the member connected an account. Params: provider, account.
	ActGrantConnect EventKind = "grant.connect"
	// ActProviderAdd: a Git provider was added. Params: provider, url, account.
	ActProviderAdd EventKind = "git-provider.add"
	// ActProviderSecret: a Git provider got other credentials. Params: provider.
	ActProviderSecret EventKind = "git-provider.replace-secret"
	// ActProviderRename: a Git provider got another name. Params: from, to.
	ActProviderRename EventKind = "git-provider.rename"
	// ActProviderDelete: a Git provider was deleted. Params: provider.
	ActProviderDelete EventKind = "git-provider.delete"
	// ActLinkAdd: a repository was linked. Params: repository, branch.
	ActLinkAdd EventKind = "repository-link.add"
	// ActLinkDespite: it was linked with a baseline that contradicts a database. Params:
	// environment, database, version.
	ActLinkDespite EventKind = "repository-link.despite"
	// ActLinkEdit: a link was edited. Params: branch, base, template.
	ActLinkEdit EventKind = "repository-link.edit"
	// ActLinkTakeOver: another account carries a link. Params: account, repository.
	ActLinkTakeOver EventKind = "repository-link.take-over"
	// ActLinkRemove: a repository was unlinked. Params: repository, branch.
	ActLinkRemove EventKind = "repository-link.remove"
	// ActBranchRenumber: a commit gave the migrations of a branch other versions. Params: branch,
	// repository, commit.
	ActBranchRenumber EventKind = "branch.renumber"
	// ActLinkSync: a person asked to read a repository now. Params: repository, branch.
	ActLinkSync EventKind = "repository-link.sync"
	// ActDeliveryReplay: a person replayed a delivery. Params: repository, branch.
	ActDeliveryReplay EventKind = "delivery.replay"
	// ActHookForget: the removal of a webhook was given up. Params: url, repository.
	ActHookForget EventKind = "hook-removal.forget"

	// ActRolloutStart: a person started the changes of a rollout in an environment. Params: commit,
	// environment, n.
	ActRolloutStart EventKind = "rollout.start"
	// ActStageApprove: a person approved the changes of a rollout in an environment. Params: commit,
	// environment, text.
	ActStageApprove EventKind = "stage.approve"
	// ActPullApprove: a person approved them by the pull request that brought them. Params: commit,
	// environment, n.
	ActPullApprove EventKind = "stage.approve-pull-request"
	// ActPullWithdraw: that approval no longer counts. Params: commit, environment, n.
	ActPullWithdraw EventKind = "stage.withdraw-pull-request"
	// ActStageRefuse: a person refused them. Params: commit, environment, text.
	ActStageRefuse EventKind = "stage.refuse"
	// ActStageWithdraw: a person withdrew what they had answered. Params: commit, environment.
	ActStageWithdraw EventKind = "stage.withdraw"
	// ActBreakGlass: an owner started changes past the gate. Params: commit, environment, n, text.
	ActBreakGlass EventKind = "stage.break-glass"
	// ActSecondLook: another person looked at a start past the gate. Params: commit, environment,
	// text.
	ActSecondLook EventKind = "stage.second-look"
	// ActStageSchedule: a person scheduled the start of changes. Params: commit, environment, at.
	ActStageSchedule EventKind = "stage.schedule"
	// ActStageUnschedule: a person removed the schedule of a start. Params: environment.
	ActStageUnschedule EventKind = "stage.unschedule"
	// ActPauseAll: a person paused all changes. Params: text.
	ActPauseAll EventKind = "pause.all"
	// ActPauseDatabase: a person paused the changes of a database. Params: database, text.
	ActPauseDatabase EventKind = "pause.database"
	// ActPauseRollout: a person paused a rollout. Params: commit, text.
	ActPauseRollout EventKind = "pause.rollout"
	// ActResumeAll: a person resumed all changes.
	ActResumeAll EventKind = "resume.all"
	// ActResumeDatabase: a person resumed the changes of a database. Params: database.
	ActResumeDatabase EventKind = "resume.database"
	// ActResumeRollout: a person resumed a rollout. Params: commit.
	ActResumeRollout EventKind = "resume.rollout"
	// ActTaskRetry: a failed task was retried. Params: path, environment, database.
	ActTaskRetry EventKind = "task.retry"
	// ActTaskRelease: a held task was released. Params: path, environment, database.
	ActTaskRelease EventKind = "task.release"
	// ActTaskSkip: a task was skipped. Params: path, environment, database, text.
	ActTaskSkip EventKind = "task.skip"
	// ActTaskCancel: a running task was cancelled. Params: path, environment, database.
	ActTaskCancel EventKind = "task.cancel"
	// ActTaskMark: a task was marked as applied. Params: path, environment, database, text.
	ActTaskMark EventKind = "task.mark-applied"
	// ActTaskMarkDespite: the same, despite what the database shows. Params: path, environment,
	// database, text.
	ActTaskMarkDespite EventKind = "task.mark-despite"
	// ActTaskApplied: an unknown task was resolved as applied. Params: path, environment, database.
	ActTaskApplied EventKind = "task.resolve-applied"
	// ActTaskNotApplied: an unknown task was resolved as not applied. Params: path, environment,
	// database.
	ActTaskNotApplied EventKind = "task.resolve-not-applied"
	// ActTaskContinue: an unknown task was resolved as applied up to a statement. Params: path,
	// environment, database, statement.
	ActTaskContinue EventKind = "task.resolve-continue"
	// ActMigrationAccept: the text of a file was accepted as applied. Params: path, commit,
	// environment, database.
	ActMigrationAccept EventKind = "migration.accept"
	// ActMigrationSkip: a file that cannot run was skipped. Params: path, environment, database,
	// text.
	ActMigrationSkip EventKind = "migration.skip"
	// ActMigrationUndo: a person ordered to undo the newest version of a database. Params: path,
	// environment, database, text.
	ActMigrationUndo EventKind = "migration.undo"
)

// Acts lists the kinds of audit events.
func Acts() []EventKind {
	return []EventKind{
		ActNoted, ActMemberSetup, ActMemberInvite, ActMemberReinvite, ActMemberInviteMail, ActMemberRecover, ActMemberJoin,
		ActMemberSignOn, ActMemberPassword, ActMemberRename, ActMemberRole, ActMemberActivate,
		ActMemberDeactivate, ActSessionStart, ActSessionEnd, ActTokenCreate, ActTokenRevoke,
		ActReceiptKey, ActServiceAdd, ActServiceToken, ActServiceTokenRevoke,
		ActEnvironmentCreate, ActEnvironmentRename, ActEnvironmentLimit, ActEnvironmentStart,
		ActEnvironmentGate, ActStageApprove, ActStageRefuse, ActStageWithdraw, ActPullApprove,
		ActPullWithdraw, ActBreakGlass, ActSecondLook,
		ActReceiverAdd, ActReceiverUpdate, ActReceiverDelete, ActReceiverTest, ActNotificationReplay,
		ActEnvironmentAllowRoles, ActApprovalHook, ActApprovalHookRemove, ActApprovalHookTest,
		ActVariableSet, ActVariableRemove,
		ActEnvironmentRefuseRoles, ActReviewPreset, ActReviewLevel, ActReviewSetting, ActReviewInsist,
		ActReviewRelax, ActEnvironmentOrder, ActEnvironmentDelete,
		ActInstanceAdd, ActInstanceUpdate, ActInstanceDelete, ActInstanceCheck, ActInstanceDiscover,
		ActDatabaseAssign, ActDatabaseUnassign, ActLedgerAdopt, ActLedgerAccept,
		ActSchemaCheck, ActSchemaAccept, ActRepairOpen,
		ActHistoryImport, ActBaselineFile, ActStandingImport, ActHistoryAcknowledge,
		ActProjectCreate, ActProjectRename, ActProjectLimit, ActProjectRehearse, ActProjectRehearseOff,
		ActProjectMember, ActProjectMemberRemove,
		ActProviderSignIn, ActGrantConnect, ActProviderAdd, ActProviderSecret, ActProviderRename,
		ActProviderDelete,
		ActLinkAdd, ActLinkDespite, ActLinkEdit, ActLinkTakeOver, ActLinkRemove, ActLinkSync,
		ActBranchRenumber, ActDeliveryReplay, ActHookForget,
		ActStageSchedule, ActStageUnschedule, ActPauseAll, ActPauseDatabase, ActPauseRollout,
		ActResumeAll, ActResumeDatabase, ActResumeRollout,
		ActRolloutStart, ActTaskRetry, ActTaskRelease, ActTaskSkip, ActTaskCancel, ActTaskApplied,
		ActTaskMark, ActTaskMarkDespite, ActTaskNotApplied, ActTaskContinue, ActMigrationAccept, ActMigrationSkip,
		ActMigrationUndo,
	}
}

// Did returns the audit event of what the actor did to an object; projectID is "" for the workspace.
// The params are alternating names and values.
func (a Actor) Did(act EventKind, subjectID, projectID string, params ...string) Event {
	return Event{
		Kind:      act,
		ActorID:   a.Member.ID,
		ProjectID: projectID,
		SubjectID: subjectID,
		Params:    pairs(params),
	}
}
