package verify

import (
	"regexp"
	"slices"
	"testing"

	"github.com/pactwatch/pactwatch/internal/shared"
	"github.com/pactwatch/pactwatch/notify/story"
)

// TestEvalFaith measures whether people's verdicts on machine summaries follow the support that the
// article gives them: the AUC over sentences, and over summaries by their mean. Floors are a little below
// the measured figures.
func TestEvalFaith(t *testing.T) {
	for _, tt := range []struct {
		set string
		auc float64
	}{
		{"faith-qags", .82},
		{"faith-summeval", .81},
	} {
		t.Run(tt.set, func(t *testing.T) {
			var faithful, not []float64
			for _, l := range shared.Set[faithLine](t, tt.set) {
				source := Read(split(l.Text))
				rate := func(text string, good bool) {
					var sum float64
					sentences := split(text)
					for _, s := range sentences {
						sum += source.Support(s)
					}
					support := sum / float64(max(1, len(sentences)))
					if good {
						faithful = append(faithful, support)
					} else {
						not = append(not, support)
					}
				}
				for _, s := range l.Sentences {
					rate(s.Sentence, s.Faithful)
				}
				for _, s := range l.Summaries {
					rate(s.Summary, s.Consistency >= 5)
				}
			}
			got := auc(faithful, not)
			t.Logf("AUC %.3f of %d faithful and %d others", got, len(faithful), len(not))
			if got < tt.auc {
				t.Errorf("%s: AUC %.3f, want %.3f", tt.set, got, tt.auc)
			}
		})
	}
}

// split returns the sentences of a text of the sets, in which a program has put spaces around points and
// inside numbers.
func split(text string) []string {
	for _, fix := range []struct {
		find *regexp.Regexp
		put  string
	}{{thousands, "$1,$2"}, {decimals, "$1.$2"}, {initials, "$1.$2."}} {
		text = fix.find.ReplaceAllString(text, fix.put)
	}
	var out []string
	for _, s := range story.Sentences(text) {
		out = append(out, text[s.Start:s.End])
	}
	return out
}

var (
	thousands = regexp.MustCompile(`(\d) ?, (\d{3})\b`)
	decimals  = regexp.MustCompile(`(\d)\. (\d)`)
	initials  = regexp.MustCompile(`\b([A-Za-z])\. ([A-Za-z])\.`)
)

// auc returns the share of pairs of one of each in which the faithful one has the higher score; half of
// those that are equal.
func auc(faithful, not []float64) float64 {
	slices.Sort(not)
	var won float64
	for _, v := range faithful {
		below, _ := slices.BinarySearch(not, v)
		equal := 0
		for below+equal < len(not) && not[below+equal] == v {
			equal++
		}
		won += float64(below) + float64(equal)/2
	}
	return won / float64(len(faithful)) / float64(len(not))
}

type faithLine struct {
	Text      string
	Sentences []struct {
		Sentence string
		Faithful bool
	}
	Summaries []struct {
		Summary     string
		Consistency float64
	}
}
