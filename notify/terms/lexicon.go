package terms

import (
	_ "embed"
	"fmt"
	"net/url"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// A lexicon is what is known of names before a text is read. Nobody writes to it once it is made.
type lexicon struct {
	names  map[string][]alias         // by the first token, as written
	called map[string][]alias         // descriptions, by the first token in lower case
	folded map[string]string          // companies' names in lower case, to the party
	lists  map[string]map[string]bool // of words.txt
}

// An alias is one way to write something, as its tokens.
type alias struct {
	tokens []string
	party  string // whose it is, as shown
	role   role
}

// A role is how a name stands for its party.
type role uint8

const (
	company   role = iota
	authority      // a government body: a party of few terms
	press          // a company that others quote as their source
	product        // only in "the X maker"
	calling        // "the search group", where the party is named, too
)

var (
	//go:embed companies.txt
	companiesFile string
	//go:embed words.txt
	wordsFile string
)

// readLexicon reads companies.txt and words.txt, whose heads tell their form, and parties: the names of one
// each, the one to show first.
func readLexicon(companies, words string, parties [][]string) (*lexicon, error) {
	x := &lexicon{names: map[string][]alias{}, called: map[string][]alias{}, folded: map[string]string{}, lists: map[string]map[string]bool{}}
	for _, p := range parties {
		for _, name := range p {
			x.add(name, p[0], company)
		}
	}
	kind := company
	for line := range strings.Lines(companies) {
		line = strings.TrimSpace(line)
		switch {
		case line == "[authorities]":
			kind = authority
		case line == "[press]":
			kind = press
		case line != "" && line[0] != '#':
			x.addLine(line, kind)
		}
	}
	list := ""
	for line := range strings.Lines(words) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if head, ok := strings.CutPrefix(line, "["); ok {
			list, _, _ = strings.Cut(head, "]")
			x.lists[list] = map[string]bool{}
			continue
		}
		if list == "" {
			return nil, fmt.Errorf("words.txt: %q stands under no heading", line)
		}
		for _, w := range strings.Fields(line) {
			x.lists[list][w] = true
		}
	}
	return x, nil
}

func (x *lexicon) addLine(line string, kind role) {
	fields := strings.Split(line, "|")
	party := strings.TrimSpace(fields[0])
	x.add(party, party, kind)
	for i, f := range fields[1:] {
		for name := range strings.SplitSeq(f, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			switch i {
			case 0:
				x.add(name, party, kind)
			case 1:
				x.add(name, party, product)
			case 2:
				ts := spell(strings.ToLower(name))
				x.called[ts[0]] = append(x.called[ts[0]], alias{ts, party, calling})
			}
		}
	}
}

func (x *lexicon) add(name, party string, r role) {
	ts := spell(name)
	if len(ts) == 0 {
		return
	}
	for _, a := range x.names[ts[0]] {
		if strings.Join(a.tokens, " ") == strings.Join(ts, " ") {
			return // what was there first stays: configured lists lead
		}
	}
	x.names[ts[0]] = append(x.names[ts[0]], alias{ts, party, r})
	if key := strings.ToLower(name); r == company && x.folded[key] == "" {
		x.folded[key] = party
	}
}

// spell returns the tokens of a name as written.
func spell(name string) []string {
	var ts []string
	for _, t := range tokenize(nil, name, 0, len(name)) {
		ts = append(ts, name[t.start:t.end])
	}
	return ts
}

// find returns the longest name that is written at token i of s, and where it ends: at i if there is none.
func (x *lexicon) find(s *sentence, i int) (alias, int) {
	var best alias
	if i >= len(s.tokens) {
		return best, i
	}
	for _, a := range x.names[s.text(i)] {
		if len(a.tokens) > len(best.tokens) && s.spells(i, a.tokens) {
			best = a
		}
	}
	return best, i + len(best.tokens)
}

// publisher returns the company whose own page a is, by its outlet or address, or "".
func (x *lexicon) publisher(a *news.Article) string {
	host := ""
	if u, err := url.Parse(a.Link()); err == nil {
		host = u.Hostname()
	}
	for _, name := range append(strings.Split(host, "."), strings.TrimSuffix(strings.TrimSuffix(a.Outlet, " News"), " Blog")) {
		if p, ok := x.folded[strings.ToLower(name)]; ok && name != "" {
			return p
		}
	}
	return ""
}

// is reports whether w, in lower case, is on a list of words.txt.
func (x *lexicon) is(list, w string) bool { return x.lists[list][w] }
