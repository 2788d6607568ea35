package rule

import (
	"strings"

	snowball "github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/tamil"
	"github.com/blevesearch/snowballstem/turkish"
)

// A language is how the words of a text are inflected. The zero language does not say.
type language struct {
	number   uint64                   // sets its words apart from those of others
	snowball func(*snowball.Env) bool // nil: it has no stemmer
	genitive bool                     // names have one in s, without an apostrophe: Microsofts
}

// languages are by BCP 47 primary subtag.
var languages = map[string]*language{
	"ar": {1, arabic.Stem, false},
	"da": {2, danish.Stem, true},
	"de": {3, german.Stem, true},
	"en": {4, english.Stem, false},
	"es": {5, spanish.Stem, false},
	"fi": {6, finnish.Stem, false},
	"fr": {7, french.Stem, false},
	"ga": {8, irish.Stem, false},
	"hu": {9, hungarian.Stem, false},
	"it": {10, italian.Stem, false},
	"nb": {11, norwegian.Stem, true},
	"nl": {12, dutch.Stem, true},
	"nn": {13, norwegian.Stem, true},
	"no": {14, norwegian.Stem, true},
	"pt": {15, portuguese.Stem, false},
	"ro": {16, romanian.Stem, false},
	"ru": {17, russian.Stem, false},
	"sv": {18, swedish.Stem, true},
	"ta": {19, tamil.Stem, false},
	"tr": {20, turkish.Stem, false},
}

// unstemmed is any other language.
var unstemmed = &language{}

// languageOf returns the language of an article that says lang.
func languageOf(lang string) *language {
	if l, ok := languages[lang]; ok { // as articles mostly say it
		return l
	}
	if l, ok := languages[primary(lang)]; ok {
		return l
	}
	return unstemmed
}

// primary returns the primary subtag of an article's language in lower case, "en" for "en-GB".
// An article that does not say is taken as English.
func primary(lang string) string {
	lang, _, _ = strings.Cut(strings.ReplaceAll(strings.TrimSpace(lang), "_", "-"), "-")
	if lang == "" {
		return "en"
	}
	return strings.ToLower(lang)
}

// maxStem is in bytes. What is longer is no word, and stemmers take time by length.
const maxStem = 64

// stem returns the folded stem of a composed word.
func (l *language) stem(composed string) string {
	if l.snowball == nil || len(composed) > maxStem {
		return bare(composed)
	}
	env := snowball.NewEnv(composed)
	l.snowball(env)
	return bare(env.Current())
}
