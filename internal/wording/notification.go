package wording

import (
	"strconv"
	"strings"

	"towpath"
)

// notifications are the sentences of notifications, one for each event. {what} counts the files.
var notifications = map[towpath.NotificationEvent]string{
	towpath.NotifyApproval:  "{project}: {what} waiting for a person in {environment}",
	towpath.NotifyHeld:      "{project}: {what} held in {environment}",
	towpath.NotifyFailed:    "{project}: {what} failed in {environment}",
	towpath.NotifyUnknown:   "{project}: {what} with an unknown outcome in {environment}",
	towpath.NotifyDone:      "{project}: {what} done in {environment}",
	towpath.NotifyUndone:    "{project}: {what} undone in {environment}",
	towpath.NotifyDrift:     "{project}: the schema of {database} was changed outside Towpath in {environment}",
	towpath.NotifyAttention: "{project}: the link with {repository} needs attention",
}

// Notification writes the title of a notification, without a full stop.
func Notification(f towpath.NotificationFacts) string {
	template, known := notifications[f.Event]
	if !known {
		return "This is a test of Towpath"
	}
	return render(towpath.Reason{Params: map[string]string{
		"project": f.Project, "environment": f.Environment, "repository": f.Repository,
		"database": strings.Join(f.Databases, ", "),
		"what":     counted(strconv.Itoa(len(f.Files)+f.MoreFiles), "file"),
	}}, template)
}
