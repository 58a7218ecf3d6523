package bitbucket

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// renderMarkdown shows the part of Markdown that comments use: headings, lists, tables, code, bold
// and links. Everything else, HTML included, is shown as it is typed.
func renderMarkdown(text string) template.HTML {
	var out strings.Builder
	for block := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		switch {
		case lines[0] == "":
		case strings.HasPrefix(lines[0], "## "):
			out.WriteString("<h2>" + inline(lines[0][3:]) + "</h2>")
		case strings.HasPrefix(lines[0], "- "):
			out.WriteString("<ul>")
			for _, line := range lines {
				out.WriteString("<li>" + inline(strings.TrimPrefix(line, "- ")) + "</li>")
			}
			out.WriteString("</ul>")
		case strings.HasPrefix(lines[0], "| ") && len(lines) > 1:
			out.WriteString("<table>")
			for i, line := range lines {
				if i != 1 { // the line below the head
					writeRow(&out, line, i == 0)
				}
			}
			out.WriteString("</table>")
		default:
			out.WriteString("<p>" + inline(strings.Join(lines, "\n")) + "</p>")
		}
	}
	return template.HTML(out.String())
}

func writeRow(out *strings.Builder, line string, head bool) {
	cell := "td"
	if head {
		cell = "th"
	}
	out.WriteString("<tr>")
	for text := range strings.SplitSeq(strings.Trim(strings.TrimSpace(line), "|"), "|") {
		out.WriteString("<" + cell + ">" + inline(strings.TrimSpace(text)) + "</" + cell + ">")
	}
	out.WriteString("</tr>")
}

var inlineToken = regexp.MustCompile("(?s)\\\\([\\\\`*_{}\\[\\]()#!])|`([^`]+)`|\\*\\*(.+?)\\*\\*|" +
	`\[([^\]]+)\]\((https?://[^)\s]+)\)`)

// inline renders a line. The parts between tokens are escaped.
func inline(text string) string {
	var out strings.Builder
	for {
		at := inlineToken.FindStringSubmatchIndex(text)
		if at == nil {
			out.WriteString(html.EscapeString(text))
			return out.String()
		}
		out.WriteString(html.EscapeString(text[:at[0]]))
		part := func(n int) string { return text[at[2*n]:at[2*n+1]] }
		switch {
		case at[2] >= 0:
			out.WriteString(html.EscapeString(part(1)))
		case at[4] >= 0:
			out.WriteString("<code>" + html.EscapeString(part(2)) + "</code>")
		case at[6] >= 0:
			out.WriteString("<strong>" + inline(part(3)) + "</strong>")
		default:
			out.WriteString(`<a href="` + html.EscapeString(part(5)) + `">`)
			out.WriteString(html.EscapeString(part(4)) + "</a>")
		}
		text = text[at[1]:]
	}
}
