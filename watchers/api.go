package watchers

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

const acceptJSON = "application/json"

// askJSON asks for a document of an API as the visit's cursor remembers it and decodes it into answer.
// It returns the cursor to keep; fresh is false if the server has nothing newer.
func (v Visit) askJSON(ctx context.Context, address string, answer any) (c news.Cursor, fresh bool, err error) {
	doc, c, err := v.again(ctx, request{address: address, accept: acceptJSON, limit: maxFeed}, v.Cursor)
	if err != nil || doc == nil {
		return c, false, err
	}
	return c, true, v.decodeJSON(doc, answer)
}

// decodeJSON reads an API's answer. One that is no JSON is quoted: it is where an API says in words
// what it does not like.
func (v Visit) decodeJSON(doc *document, answer any) error {
	defer v.desk()()
	if err := json.Unmarshal(doc.body, answer); err != nil {
		return fmt.Errorf("not the JSON that was asked for: %w; it begins %q", err, opening(string(doc.body)))
	}
	return nil
}

// under returns the address of a path and query below an API's base. A base has a scheme and a host,
// and an end slash or none.
func under(base, path string, query url.Values) string {
	address := strings.TrimSuffix(base, "/") + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// apiFault checks the address that stands in for an API's own; "" means its own.
func apiFault(key, address string) []news.Fault {
	if address == "" {
		return nil
	}
	return addressFault(key+".api_url", address)
}

// needs is the fault of a kind whose settings ask for nothing.
func needs(key, what, hint string) []news.Fault {
	return []news.Fault{{Path: key, Msg: "it does not say " + what, Hint: hint}}
}

// oneOf is the fault of a setting that is not among the words it can be; nil if it is, or is not set.
func oneOf(path, value string, words ...string) []news.Fault {
	for _, w := range words {
		if value == w || value == "" {
			return nil
		}
	}
	return []news.Fault{{Path: path, Msg: fmt.Sprintf("no such choice: %q", value), Hint: "write one of " + strings.Join(words, ", ")}}
}

// A feedAt is a kind that has a feed at an address of its own, whose entries say more, or less, than
// a feed's do.
type feedAt struct {
	address string
	outlet  string       // what the source is called, in place of the feed's title; "" takes that
	mend    func(*Entry) // nil for nothing to mend
}

func (s feedAt) Poll(ctx context.Context, v Visit) (Listing, error) {
	l, err := feed{s.address}.Poll(ctx, v)
	l.Outlet = cmp.Or(s.outlet, l.Outlet)
	for i := range l.Entries {
		if s.mend != nil {
			s.mend(&l.Entries[i])
		}
	}
	return l, err
}

// asHTML returns plain text in the form that an entry's text has.
func asHTML(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
}
