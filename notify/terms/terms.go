// Package terms reads from an article the deal terms that it states: what changed between whom, from
// when, until when, and in which sentence it says so. It does no I/O.
package terms

import (
	"sync"

	"github.com/pactwatch/pactwatch/internal/news"
)

// The classes of a term: how sure an article is of it.
const (
	Stated     = "stated"     // the article tells it as news
	Reported   = "reported"   // somebody said to know it, plans it or denies it
	Background = "background" // it was so before what the article tells
)

// A Reader reads terms. It is safe for concurrent use.
type Reader struct {
	book  *book
	names *lexicon
}

// New returns a Reader that knows the companies shipped with the package and parties: the names of one
// each, the one to show first.
func New(parties [][]string) (*Reader, error) {
	b, err := shipped()
	if err != nil {
		return nil, err
	}
	x, err := readLexicon(companiesFile, wordsFile, parties)
	if err != nil {
		return nil, err
	}
	return &Reader{book: b, names: x}, nil
}

// shipped is the book of patterns.txt, which nobody writes to.
var shipped = sync.OnceValues(func() (*book, error) { return readBook(patternsFile) })

// Read returns the terms that a states, its news before its background and both in the order of its sentences. An article that states none has none.
// A term is between two to four parties that the article names, and its evidence is a sentence of the
// article's text or title. What is not sure is left out.
func (r *Reader) Read(a *news.Article) []news.Term {
	ss := r.sentences(a)
	roster := r.names.newRoster(ss)
	roster.owner = r.names.publisher(a)
	for _, s := range ss {
		s.find(r.book, roster)
	}
	d := newDeal(a, ss)
	var claims []claim
	for _, s := range ss {
		own := d.claims(s)
		if len(own) == 0 {
			d.complete(claims, s)
		}
		claims = append(claims, own...)
	}
	return weigh(a, claims)
}
