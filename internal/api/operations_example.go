package api

// requestExamples are bodies that one can send, by the name of the operation. Ids are invented.
var requestExamples = map[string]string{
	"createAPIToken":    `{"name": "deploy pipeline"}`,
	"inviteMember":      `{"email": "ada@example.com", "name": "Ada", "role": "member"}`,
	"createEnvironment": `{"name": "prod", "start": "manual"}`,
	"changeEnvironment": `{"consent": {"people": 1}}`,
	"answerOutside": `{"rollout": "0193d1f0-6f0e-7cc3-9a57-3f1d2c1b0a99", "evidence": "1:8f1c…",
		"environment": "0193d1f0-1c2d-7b1a-8e6f-0a1b2c3d4e5f", "answer": "approve"}`,
	"addInstance": `{"name": "prod-1", "engine": "postgres", "address": "db.example.com:5432",
		"username": "towpath", "password": "secret",
		"environmentId": "0193d1f0-1c2d-7b1a-8e6f-0a1b2c3d4e5f"}`,
	"assignDatabase": `{"projectId": "0193d1f0-2b3c-7d4e-8f90-a1b2c3d4e5f6"}`,
	"createProject":  `{"name": "Shop"}`,
	"changeLink":     `{"latePolicy": "refuse"}`,
	"startStage":     `{"evidence": "1:8f1c…"}`,
	"skipTask":       `{"reason": "This shard has no such table."}`,
	"resolveTask":    `{"outcome": "continue-after", "statements": 2}`,
	"pauseAll":       `{"why": "Incident: replication lags."}`,
}
