package article

import (
	"slices"
	"strings"
	"unicode"
)

// languageSample is in bytes of text: more does not change the vote.
const languageSample = 4 << 10

type script struct {
	lang  string
	table *unicode.RangeTable
}

// scripts are those that one language, of those we know, is written in.
var scripts = []script{
	{"ja", unicode.Hiragana}, {"ja", unicode.Katakana}, {"ko", unicode.Hangul}, {"th", unicode.Thai},
	{"ar", unicode.Arabic}, {"he", unicode.Hebrew}, {"el", unicode.Greek}, {"hi", unicode.Devanagari},
	{"ru", unicode.Cyrillic}, {"zh", unicode.Han},
}

// stopWords are words that make up a large part of any text of a language and are rare in the
// others.
var stopWords = map[string]string{
	"en": "the of and to in is that for it with was as on be by from are this have has an at will not which said its",
	"de": "der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass",
	"fr": "le la les et des en un une du dans est que pour qui au sur par avec pas plus sont ce il cette ses été aux",
	"es": "el la los que y en un por una con del las para es se su como al más pero ha fue este sus entre según",
	"it": "il di che la e un per una del della con non sono le dei nel alla più da gli anche come ha si delle",
	"pt": "o que e do da em um para com não uma os no na por mais as dos como foi ao das pelo são ou seu",
	"nl": "de het een van en in is dat op te met voor zijn niet aan er om ook als dan maar bij door wordt heeft",
	"sv": "och att det som en på är av för med den till inte har de ett om var från men sig kan ska",
	"da": "og at det som en på er af for med den til ikke har de et om var fra men sig kan vil blev",
	"no": "og at det som en på er av for med den til ikke har de et om var fra men seg kan vil ble",
	"fi": "ja on ei että se oli hän mutta ovat kun myös joka sen mukaan tai ole vuoden sekä kuin jo",
	"pl": "i w na z do się nie że to jest o jak od po za przez dla są tym był oraz ale jego które",
	"tr": "ve bir bu için ile da de olarak daha çok olan gibi kadar sonra en ise ancak göre var",
	"id": "yang dan di dengan untuk pada dari ini dalam tidak itu akan adalah ke oleh juga bisa telah",
}

// Language returns the language of a text as a BCP 47 primary subtag, by its script, or for the
// Latin one by a vote of stop-words. It returns "" for a text that is too short to tell: a name or
// a headline of names has none.
func Language(text string) string {
	text = text[:min(len(text), languageSample)]
	if lang := byScript(text); lang != "" {
		return lang
	}
	return byStopWords(text)
}

// sureSample is in bytes: of so much text, or more, the language is certain.
const sureSample = 1000

// spokenOr returns the language that a page declares, or that of its text where it declares none, or
// one that we would know if the text were in it: templates say "en" whatever is written in them.
func spokenOr(declared, text string) string {
	known := stopWords[declared] != "" || slices.ContainsFunc(scripts, func(s script) bool { return s.lang == declared })
	if declared != "" && !(known && len(text) >= sureSample) {
		return declared
	}
	return first(Language(text), declared)
}

// byScript takes the first script with a fifth of the letters: Japanese has more Han than Kana,
// and any language has Latin names.
func byScript(text string) string {
	counts := make([]int, len(scripts))
	all := 0
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		all++
		for i, s := range scripts {
			if unicode.Is(s.table, r) {
				counts[i]++
				break
			}
		}
	}
	for i, s := range scripts {
		if all > 1 && counts[i]*5 >= all {
			return s.lang
		}
	}
	return ""
}

func byStopWords(text string) string {
	votes := map[string]int{}
	total := 0
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		total++
		for _, lang := range languagesOf[word] {
			votes[lang]++
		}
	}
	best, second := "", ""
	for lang, n := range votes {
		switch {
		case best == "" || n > votes[best]:
			best, second = lang, best
		case second == "" || n > votes[second]:
			second = lang
		}
	}
	// Two stop-words may be a quotation; a tie, as Danish and Norwegian have, is no answer.
	if votes[best] < 3 || votes[best]*10 < total || votes[best] == votes[second] {
		return ""
	}
	return best
}

// languagesOf is stopWords the other way round.
var languagesOf = func() map[string][]string {
	of := map[string][]string{}
	for lang, words := range stopWords {
		for w := range strings.FieldsSeq(words) {
			of[w] = append(of[w], lang)
		}
	}
	return of
}()
