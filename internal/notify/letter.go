package notify

import (
	"fmt"
	"html/template"
	"strings"
)

// letter is what a mail says.
type letter struct {
	Title string
	Lines []string
	Verb  string // of the button
	URL   string // where the button leads
	Why   string // why somebody gets it
}

// mail writes the letter as plain text and as HTML.
func (l letter) mail(id string, to []string) (Mail, error) {
	lines := append([]string{l.Title + ".", ""}, l.Lines...)
	m := Mail{
		ID: id, To: to, Subject: l.Title,
		Text: strings.Join(append(lines, "", l.Verb+": "+l.URL, "", l.Why), "\n") + "\n",
	}
	var page strings.Builder
	if err := letterPage.Execute(&page, l); err != nil {
		return m, fmt.Errorf("write a mail: %w", err)
	}
	m.HTML = page.String()
	return m, nil
}

// letterPage is the HTML of a mail. The elements repeat the styles, since many mail programs drop
// those of the head. It loads nothing from elsewhere.
var letterPage = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>
@media (prefers-color-scheme: dark) {
  body { background: #16191d !important; color: #e6e8eb !important; }
  .quiet { color: #a3abb5 !important; border-color: #32383f !important; }
  a { color: #8ab4ff !important; }
  a.button { background: #8ab4ff !important; color: #10131a !important; }
}
</style>
</head>
<body style="margin:0;padding:24px 16px;background:#ffffff;color:#1b1f24;
  font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<main style="max-width:560px;margin:0 auto;overflow-wrap:anywhere">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{{.Title}}</h1>
{{range .Lines}}<p style="margin:0 0 8px">{{.}}</p>
{{end}}<p style="margin:24px 0"><a class="button" href="{{.URL}}" style="display:inline-block;padding:8px 16px;
  border-radius:6px;background:#1f5fd0;color:#ffffff;text-decoration:none;font-weight:600">{{.Verb}}</a></p>
<p class="quiet" style="margin:0 0 8px;font-size:13px;color:#59636e">The button leads to {{.URL}}</p>
<p class="quiet" style="margin:16px 0 0;padding-top:16px;border-top:1px solid #d8dee4;font-size:13px;
  color:#59636e">{{.Why}}</p>
</main>
</body>
</html>
`))
