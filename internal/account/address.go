package account

import (
	"net/url"
	"strings"

	"towpath"
	"towpath/internal/vcs"
)

const maxAddress = 300 // bytes

// instanceAddress validates and normalizes the address of a provider that a person entered. Plain
// http is only allowed for a trial: the provider and this server must both be on a loopback
// address. Errors are about instanceUrl.
func instanceAddress(kind vcs.Description, entered string, local bool) (string, error) {
	entered = strings.TrimRight(strings.TrimSpace(entered), "/")
	refuse := func(format string, args ...any) (string, error) {
		return "", towpath.Invalid("instanceUrl", format, args...)
	}
	if kind.AddressLabel == "" {
		if entered != "" && !strings.EqualFold(entered, strings.TrimRight(kind.InstanceURL, "/")) {
			return refuse("%s is at %s; other addresses are not supported.", kind.Name, kind.InstanceURL)
		}
		return kind.InstanceURL, nil
	}
	u, err := url.Parse(entered)
	switch {
	case entered == "":
		return refuse("Enter the %s, for example https://git.example.com.", kind.AddressLabel)
	case err != nil, u.Host == "", u.Hostname() == "", u.Opaque != "", len(entered) > maxAddress:
		return refuse("Enter an address such as https://git.example.com.")
	case u.User != nil:
		return refuse("Leave the user name and password out of the address.")
	case u.RawQuery != "", u.ForceQuery, strings.Contains(entered, "#"):
		return refuse("Enter the address of the start page, without ? and #.")
	case !plainPath(u.EscapedPath()):
		return refuse("Enter the address of the start page. Its path may have letters, digits, - and _.")
	case u.Scheme == "http" && local && vcs.LoopbackURL(entered):
	case u.Scheme != "https":
		return refuse("Enter an https:// address: the secret and your tokens travel there.")
	case vcs.LoopbackURL(entered) && !local:
		return refuse("Enter an address that leads to %s from your browser, too.", kind.Name)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host) + u.Path, nil
}

// plainPath reports whether a path is empty or all of its segments have only letters, digits, - and
// _.
func plainPath(path string) bool {
	if path == "" {
		return true
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		plain := strings.Trim(strings.ToLower(segment), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
		if segment == "" || !plain {
			return false
		}
	}
	return true
}
