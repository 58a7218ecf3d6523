package notify

import (
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/wording"
)

// Message is the body that a program gets. docs/notifications.md describes it.
type Message struct {
	ID    string `json:"id"` // stays when it is sent again
	Event string `json:"event"`
	At    string `json:"at"`    // when the state began, as RFC 3339
	Title string `json:"title"` // a sentence for people
	URL   string `json:"url"`   // of the page where a person decides or looks
	towpath.NotificationFacts
	Reasons []string `json:"reasons"` // sentences for people
}

// messageOf builds the message of a notification.
func messageOf(n towpath.Notification, externalURL string) Message {
	f := n.Facts
	m := Message{
		ID: n.ID, Event: string(f.Event), At: n.CreatedAt.UTC().Format(time.RFC3339),
		Title: wording.Notification(f), URL: externalURL, NotificationFacts: f, Reasons: []string{},
	}
	for _, r := range f.Because {
		m.Reasons = append(m.Reasons, wording.Text(r))
	}
	switch {
	case f.Event == "":
		m.Event, m.URL = "test", externalURL+"/settings/notifications"
	case f.DatabaseID != "":
		m.URL = externalURL + "/databases/" + f.DatabaseID
	case f.RolloutID != "":
		m.URL = externalURL + "/rollouts/" + f.RolloutID
	case f.ProjectID != "":
		m.URL = externalURL + "/projects/" + f.ProjectID + "/gitops"
	}
	return m
}

// lines are the details below the title.
func (m Message) lines() (lines []string) {
	if m.Commit != "" {
		by := ""
		if m.Author != "" {
			by = " by " + m.Author
		}
		lines = append(lines, fmt.Sprintf("Commit %s%s: %s", towpath.ShortHash(m.Commit), by, m.NotificationFacts.Message))
	}
	if list := listed(m.Files, m.MoreFiles); list != "" {
		lines = append(lines, "Files: "+list)
	}
	if list := listed(m.Databases, m.MoreDatabases); list != "" {
		lines = append(lines, "Databases: "+list)
	}
	return append(lines, m.Reasons...)
}

func listed(names []string, more int) string {
	text := strings.Join(names, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// payload is the JSON for a kind of receiver.
func (m Message) payload(kind towpath.ReceiverKind) any {
	switch kind {
	case towpath.ReceiverSlack:
		return m.slack()
	case towpath.ReceiverTeams:
		return m.teams()
	case towpath.ReceiverWebhook, towpath.ReceiverMail:
	}
	return m
}

// escape writes text for Slack, whose markup has three special characters.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// slack is a message for an incoming webhook of Slack, which Mattermost and Rocket.Chat take too.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
func (m Message) slack() map[string]string {
	text := "*" + escape.Replace(m.Title) + "*"
	for _, line := range m.lines() {
		text += "\n" + escape.Replace(line)
	}
	return map[string]string{"text": text + "\n<" + m.URL + "|Open in Towpath>"}
}

// teams is an Adaptive Card for a workflow of Microsoft Teams.
// https://learn.microsoft.com/en-us/connectors/teams/#adaptivecarditemschema
func (m Message) teams() any {
	type object = map[string]any
	body := []object{{
		"type": "TextBlock", "text": plain(m.Title), "weight": "Bolder", "size": "Medium", "wrap": true,
	}}
	for _, line := range m.lines() {
		body = append(body, object{"type": "TextBlock", "text": plain(line), "wrap": true, "spacing": "Small"})
	}
	return object{
		"type": "message",
		"attachments": []object{{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"content": object{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
				"type":    "AdaptiveCard", "version": "1.4", "body": body,
				"actions": []object{{"type": "Action.OpenUrl", "title": "Open in Towpath", "url": m.URL}},
			},
		}},
	}
}

// plain keeps text from being read as Markdown, which cards take.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_[]()#>~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mail is the message as a mail.
func (m Message) mail(to []string) (Mail, error) {
	return letter{
		Title: m.Title, Lines: m.lines(), Verb: "Open in Towpath", URL: m.URL,
		Why: "You get this mail because a receiver of notifications has your address.",
	}.mail(m.ID, to)
}

// maxLine bounds the first line of a commit's message, in characters.
const maxLine = 200

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return towpath.ClipRunes(line, maxLine)
}
