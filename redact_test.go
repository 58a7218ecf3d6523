package towpath

import "testing"

func TestRedact_sparesWordsFromShortSecrets(t *testing.T) {
	for _, c := range []struct{ secret, text, want string }{
		{"", "does not exist", "does not exist"},
		{"x", "does not exist", "does not exist"},
		{"exist", "does not exist", "does not exist"},
		{"ü", "für", "für"},
		{"s3cret", "password s3cret, s3cret", "password …, …"},
		{"größe", "größe 1", "… 1"}, // seven bytes
	} {
		if got := Redact(c.text, c.secret); got != c.want {
			t.Errorf("%q without %q is %q, want %q", c.text, c.secret, got, c.want)
		}
	}
}
