package bot

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// maxLink is in bytes: below Discord's 2048 for an embed's address and Slack's 3000 for a button's.
const maxLink = 2000

// tracking holds the query parameters that say who clicked where, not what to show. Whatever begins
// with "utm_" goes too.
var tracking = map[string]bool{
	"fbclid": true, "gclid": true, "dclid": true, "gbraid": true, "wbraid": true, "msclkid": true,
	"twclid": true, "yclid": true, "igshid": true, "mc_cid": true, "mc_eid": true, "mkt_tok": true,
	"_hsenc": true, "_hsmi": true, "vero_id": true, "oly_enc_id": true, "oly_anon_id": true,
}

// Link returns an address from outside in the only form in which it may become a link: absolute,
// http or https, without a user's name, tracking or a character that a platform's markup could end
// a link at, and with the host in ASCII, so that letters of another script give themselves away.
// It reports false, and "", for any other address and for one over 2000 bytes.
func Link(raw string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.User != nil || u.Opaque != "" {
		return "", false
	}
	host, ok := asciiHost(u)
	if !ok || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	link := u.Scheme + "://" + host + percent(u.EscapedPath())
	if query := withoutTracking(u.RawQuery); query != "" {
		link += "?" + percent(query)
	}
	if u.Fragment != "" {
		link += "#" + percent(u.EscapedFragment())
	}
	if len(link) > maxLink {
		return "", false
	}
	return link, true
}

// hostOf returns the host of a link that Link returned, without "www.", for people to see where it
// leads.
func hostOf(link string) string {
	_, rest, _ := strings.Cut(link, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimPrefix(rest, "www.")
}

func asciiHost(u *url.URL) (string, bool) {
	name := strings.ToLower(u.Hostname())
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		// Names with an underscore exist, although no registry sells them.
		ascii = name
	}
	for _, c := range []byte(ascii) {
		if !isAlnum(c) && !strings.ContainsRune("-._:", rune(c)) {
			return "", false
		}
	}
	if strings.Contains(ascii, ":") {
		ascii = "[" + ascii + "]"
	}
	if port := u.Port(); port != "" {
		ascii += ":" + port
	}
	return ascii, name != ""
}

func withoutTracking(query string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(strings.ToLower(pair), "=")
		if pair != "" && !tracking[name] && !strings.HasPrefix(name, "utm_") {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// percent encodes each byte that is not plainly part of an address. It leaves "%" alone: what it is
// given has been encoded before. Brackets, quotes, bars and backslashes are legal or tolerated in
// addresses, and end links in one markup or another.
func percent(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if isAlnum(c) || strings.IndexByte("-._~/?#@!$&+,;:=%", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
