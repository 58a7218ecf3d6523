package statement

import (
	"bytes"
	"regexp"
	"strings"
)

// maxEnvsubLine bounds a line that may be a marker of goose's, in bytes.
const maxEnvsubLine = 200

// envsub is the state of a filler that follows goose: values are put in between the markers
// ENVSUB ON and ENVSUB OFF. Names are compared as they are written.
// https://pressly.github.io/goose/documentation/environment-variables/
type envsub struct{ on bool }

// envsubForms are the placeholders that goose and we read alike: $name, ${name}, ${name:-text}, whose
// text is for a value that is empty too, and ${name-text}.
var envsubForms = regexp.MustCompile(`^\$(?:([A-Za-z][A-Za-z0-9_]*)|\{([A-Za-z][A-Za-z0-9_]*)(?:(:?-)([^}$\\\n]*))?\})`)

// envsubLine reads a line of the file that may turn the filling on or off. It reports whether it was one. The
// marker becomes ENVSUB OFF in the text, since whoever reads it next finds the values in their places.
func (f *filler) envsubLine() bool {
	text, _ := f.src.Peek(maxEnvsubLine)
	end := bytes.IndexByte(text, '\n')
	if end < 0 {
		end = len(text)
	}
	line := strings.TrimPrefix(string(text[:end]), "\ufeff")
	c, isComment := readComment(line)
	if !isComment || c.indented() {
		return false
	}
	switch command, _ := gooseCommand(c); command {
	case "ENVSUB ON":
		f.goose.on = true
		f.pass(end)
		at := strings.LastIndex(strings.ToUpper(string(text[:end])), "ON")
		f.rest = string(text[:at]) + "OFF" + string(text[at+len("ON"):end])
		return true
	case "ENVSUB OFF":
		f.goose.on = false
	}
	return false
}

// envsubPlaceholder reads what begins with a dollar sign, and puts its value into rest.
func (f *filler) envsubPlaceholder() {
	text, _ := f.src.Peek(maxPlaceholder)
	m := envsubForms.FindSubmatch(text)
	if m == nil {
		f.err = Errorf(f.at, "Between ENVSUB ON and OFF, Towpath reads $name, ${name} and ${name:-text} only, "+
			"and goose would change this $ too. Write -- +goose ENVSUB OFF above the statement.")
		return
	}
	name, operator, text := string(m[1])+string(m[2]), string(m[3]), m[4]
	value, known := f.values[name]
	if f.names != nil {
		f.names(name)
	} else if !known && operator == "" {
		f.err = Errorf(f.at, "The environment has no variable %s. Set it in the settings of the environment, "+
			"or write a value for where there is none: ${%s:-text}.", shorten(name), shorten(name))
		return
	}
	if f.rest = value; !known || value == "" && operator == ":-" {
		f.rest = string(text)
	}
	f.pass(len(m[0]))
}
