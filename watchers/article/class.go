package article

import (
	"strings"
	"unicode"
)

// A meaning is what the words of a class or an id say of an element.
type meaning uint8

const (
	beside   meaning = 1 << iota // it stands beside the article
	dated                        // it says when
	credited                     // it says by whom
	changed                      // what it says when is a change
)

// templateWords are what templates' authors use in a class or an id, alone or with others beside
// them ("post-share_bar", "newsletterBox"), for what is not the article's text.
var templateWords = map[meaning]string{
	beside: `
		related recirc recommend recommended recommendation recommendations trending popular most-read latest-news
		more-stories more-news more-from more-on more-in readmore readnext readalso read-more read-next read-also also-read you-may
		newsletter signup sign-up subscribe subscription promo advert advertisement ad ads sponsor sponsored outbrain taboola
		cta call-to-action donate login share sharing social addtoany follow-us comment comments disqus respond rating ratings feedback
		cookie cookies consent gdpr breadcrumb breadcrumbs pagination nav navbar navigation next-prev prev-next previous footer
		sidebar tag tags topics toolbar toc table-of-contents caption credit gallery slideshow carousel byline dateline timestamp
		authorbio authorbox authorcard authorinfo author-bio author-box author-card author-info about-author bio
		footnote footnotes endnotes disclaimer disclaimers print-only sr-only screen-reader visuallyhidden visually-hidden`,
	dated: `
		date dates published posted pubdate pubdates publishdate postdate entrydate articledate datetime timestamp dateline byline meta`,
	credited: `byline author authors writer contributor contributors`,
	changed:  `updated update modified`,
}

// creditTail are the words that may follow one of credited: an author's picture or page is no name.
var creditTail = setOf("name names link title url text by list")

// meanings is templateWords by word, or by two or three of them.
var meanings = func() map[string]meaning {
	of := map[string]meaning{}
	for m, list := range templateWords {
		for w := range strings.FieldsSeq(list) {
			of[w] |= m
		}
	}
	return of
}()

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

// A vocabulary has the meanings of the names in a page's classes and ids. A page has few of them, on
// thousands of elements.
type vocabulary map[string]meaning

// of returns the meaning of a class or an id, 0 if it has none.
func (v vocabulary) of(class string) (all meaning) {
	for name := range strings.FieldsSeq(class) {
		m, known := v[name]
		if !known {
			m = meaningOf(words(name))
			v[name] = m
		}
		all |= m
	}
	return all
}

func meaningOf(words []string) (all meaning) {
	for i := range words {
		for n := 1; n <= 3 && i+n <= len(words); n++ {
			m := meanings[strings.Join(words[i:i+n], "-")]
			if m&credited != 0 && i+1 < len(words) && !creditTail[words[i+1]] {
				m &^= credited
			}
			all |= m
		}
	}
	return all
}

// words returns the words of one name of a class, in lower case: "newsletterSignup_box" has three.
func words(name string) []string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if r == '_' || r == '-' || lower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		if r != '_' && r != '-' {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Fields(b.String())
}
