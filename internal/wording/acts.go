package wording

import "towpath"

// acts has one template for each act, in the order of the acts.
var acts = map[towpath.EventKind]string{
	towpath.ActNoted: "{act}: {text}",

	towpath.ActMemberSetup:      "Set up the workspace as its first owner.",
	towpath.ActMemberInvite:     "Invited {email} as {role}.",
	towpath.ActMemberReinvite:   "Made a new invitation for {email}.",
	towpath.ActMemberRecover:    "Made a new invitation for {email} from the server's shell.",
	towpath.ActMemberJoin:       "Accepted the invitation and chose a password.",
	towpath.ActMemberPassword:   "Changed their password.",
	towpath.ActMemberRename:     "Changed the name of {email} to {name}.",
	towpath.ActMemberRole:       "Changed the role of {email} from {from} to {to}.",
	towpath.ActMemberActivate:   "Activated {email}.",
	towpath.ActMemberDeactivate: "Deactivated {email}.",
	towpath.ActSessionStart:     "Signed in.",
	towpath.ActSessionEnd:       "Ended a session.",
	towpath.ActTokenCreate:      "Created the API token “{name}”.",
	towpath.ActTokenRevoke:      "Revoked the API token “{name}”.",

	towpath.ActEnvironmentCreate:      "Added the environment {environment}.",
	towpath.ActEnvironmentRename:      "Renamed the environment {from} to {to}.",
	towpath.ActEnvironmentLimit:       "Changed the {limit:words} of the environment {environment} from {from:limit} to {to:limit}.",
	towpath.ActEnvironmentGate:        "Changed {field:words} of the environment {environment} from {from} to {to}.",
	towpath.ActEnvironmentStart:       "Changed the start of changes in the environment {environment} from {from} to {to}.",
	towpath.ActEnvironmentAllowRoles:  "Allowed migrations to change roles in the environment {environment}.",
	towpath.ActEnvironmentRefuseRoles: "Stopped allowing migrations to change roles in the environment {environment}.",
	towpath.ActReviewPreset:           "Changed the preset of the SQL review in {environment} from {from} to {to}.",
	towpath.ActReviewLevel:            "Changed the level of {rule} in {environment} from {from:level} to {to:level}.",
	towpath.ActReviewSetting:          "Changed the setting {setting} of {rule} in {environment} from {from:setting} to {to:setting}.",
	towpath.ActReviewInsist:           "Made {rule:rule} mandatory in {environment}.",
	towpath.ActReviewRelax:            "Made {rule:rule} optional in {environment}.",
	towpath.ActEnvironmentOrder:       "Changed the order of the environments.",
	towpath.ActEnvironmentDelete:      "Deleted the environment {environment}.",
	towpath.ActInstanceAdd:            "Added the instance {instance} ({engine}, {address}).",
	towpath.ActInstanceUpdate:         "Changed the instance {instance} ({engine}, {address}).",
	towpath.ActInstanceDelete:         "Deleted the instance {instance}.",
	towpath.ActInstanceCheck:          "Checked the instance {instance}.",
	towpath.ActInstanceDiscover:       "Listed the databases of the instance {instance}: {n}.",
	towpath.ActDatabaseAssign:         "Assigned the database {database} to the project {project}.",
	towpath.ActDatabaseUnassign:       "Removed the database {database} from its project.",
	towpath.ActLedgerAdopt:            "Adopted the ledger in {instance}/{database}.",
	towpath.ActLedgerAccept:           "Accepted the ledger in {instance}/{database} as it is. {Cause}",
	towpath.ActBaselineFile:           "Wrote the schema of {instance}/{database} as a baseline file: {state}.",
	towpath.ActHistoryImport:          "Recorded in {instance}/{database} what {tool} has applied there by its table {table}; files: {n}.",

	towpath.ActProjectCreate:       "Created the project {project}.",
	towpath.ActProjectRename:       "Renamed the project {from} to {to}.",
	towpath.ActProjectLimit:        "Changed the {limit:words} of the project {project} from {from:limit} to {to:limit}.",
	towpath.ActProjectRehearse:     "Let branches of the project {project} be rehearsed on {instance:instance}.",
	towpath.ActProjectRehearseOff:  "Turned off the rehearsals of the project {project}.",
	towpath.ActProjectMember:       "Made {email} {role} of the project.",
	towpath.ActProjectMemberRemove: "Removed {email} from the project.",

	towpath.ActProviderSignIn:     "Started a sign-in at the Git provider {provider}.",
	towpath.ActGrantConnect:       "Connected the account {account} at the Git provider {provider}.",
	towpath.ActProviderAdd:        "Added the Git provider {provider} ({url}), verified by {account}.",
	towpath.ActProviderSecret:     "Replaced the credentials of the Git provider {provider}.",
	towpath.ActApprovalHook:       "Changed where {environment} asks for approvals outside.",
	towpath.ActApprovalHookRemove: "Stopped asking for approvals of {environment} outside.",
	towpath.ActApprovalHookTest:   "Sent a test to where {environment} asks for approvals outside.",
	towpath.ActProviderRename:     "Renamed the Git provider {from} to {to}.",
	towpath.ActProviderDelete:     "Deleted the Git provider {provider}.",
	towpath.ActLinkAdd:            "Linked the branch {branch} of {repository}.",
	towpath.ActLinkDespite: "Chose the baseline {version} for {environment}/{database}, " +
		"although the database contradicts it.",
	towpath.ActLinkEdit: "Set the branch to {branch}, the base directory to “{base}” " +
		"and the file path template to {template}.",
	towpath.ActLinkTakeOver:   "Took over the link with {repository} with the account {account}.",
	towpath.ActLinkRemove:     "Unlinked the branch {branch} of {repository}.",
	towpath.ActLinkSync:       "Asked to read the branch {branch} of {repository}.",
	towpath.ActDeliveryReplay: "Replayed a delivery for the branch {branch} of {repository}.",
	towpath.ActBranchRenumber: "Renumbered the migrations of branch {branch} of {repository} " +
		"by commit {commit}.",
	towpath.ActHookForget: "Stopped removing the webhook {url} of {repository}.",

	towpath.ActTaskRetry:       "Retried {path} in {environment}/{database}.",
	towpath.ActStageApprove:    "Approved the changes of commit {commit} in {environment}. {text}",
	towpath.ActStageRefuse:     "Refused the changes of commit {commit} in {environment}: {text}",
	towpath.ActStageWithdraw:   "Withdrew the answer about the changes of commit {commit} in {environment}.",
	towpath.ActBreakGlass:      "Started {n:change} of commit {commit} in {environment} past its gate: {text}",
	towpath.ActSecondLook:      "Looked at the start of commit {commit} in {environment} past its gate. {text}",
	towpath.ActStageSchedule:   "Scheduled the changes of commit {commit} in {environment} for {at:minute}.",
	towpath.ActStageUnschedule: "Removed the schedule of a start in {environment}.",
	towpath.ActPauseAll:        "Paused all changes. {text}",
	towpath.ActPauseDatabase:   "Paused the changes of the database {database}. {text}",
	towpath.ActPauseRollout:    "Paused the rollout of commit {commit}. {text}",
	towpath.ActResumeAll:       "Resumed all changes.",
	towpath.ActResumeDatabase:  "Resumed the changes of the database {database}.",
	towpath.ActResumeRollout:   "Resumed the rollout of commit {commit}.",
	towpath.ActRolloutStart:    "Started {n:change} of commit {commit} in {environment}.",
	towpath.ActTaskRelease:     "Released {path} in {environment}/{database}.",
	towpath.ActTaskSkip:        "Skipped {path} in {environment}/{database}: {text}",
	towpath.ActTaskCancel:      "Cancelled {path} in {environment}/{database}.",
	towpath.ActTaskApplied:     "Resolved {path} in {environment}/{database} as applied.",
	towpath.ActTaskNotApplied:  "Resolved {path} in {environment}/{database} as not applied.",
	towpath.ActTaskContinue:    "Resolved {path} in {environment}/{database} as applied up to statement {statement}.",
	towpath.ActMigrationAccept: "Accepted the text of {path} at commit {commit} as applied in {environment}/{database}.",
	towpath.ActMigrationSkip:   "Skipped {path} in {environment}/{database}: {text}",
}

// Act returns an audit event as a sentence without its subject, the person who acted; "" for other
// events.
func Act(e towpath.Event) string {
	return render(towpath.Reason{Params: e.Params, Causes: e.Causes}, acts[e.Kind])
}
