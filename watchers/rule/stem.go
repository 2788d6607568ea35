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

// stemmers are by BCP 47 primary subtag. A language without one is not stemmed.
var stemmers = map[string]func(*snowball.Env) bool{
	"ar": arabic.Stem,
	"da": danish.Stem,
	"de": german.Stem,
	"en": english.Stem,
	"es": spanish.Stem,
	"fi": finnish.Stem,
	"fr": french.Stem,
	"ga": irish.Stem,
	"hu": hungarian.Stem,
	"it": italian.Stem,
	"nb": norwegian.Stem,
	"nl": dutch.Stem,
	"nn": norwegian.Stem,
	"no": norwegian.Stem,
	"pt": portuguese.Stem,
	"ro": romanian.Stem,
	"ru": russian.Stem,
	"sv": swedish.Stem,
	"ta": tamil.Stem,
	"tr": turkish.Stem,
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

// stem returns the folded stem of a composed word in a language.
func stem(lang, composed string) string {
	f := stemmers[lang]
	if f == nil || len(composed) > maxStem {
		return bare(composed)
	}
	env := snowball.NewEnv(composed)
	f(env)
	return bare(env.Current())
}
