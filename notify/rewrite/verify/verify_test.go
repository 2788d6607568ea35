package verify

import (
	"strings"
	"testing"
)

// What the cases below cite, by a letter.
var cited = map[string][]string{
	"deal": {"Fabrikam Corp and Contoso ended their exclusive cloud agreement on Monday.",
		"Contoso will pay Fabrikam 20% of its revenue until 2030, up to a cap of $38 billion, Fabrikam said."},
	"talks": {"Fabrikam may sell its stake in Contoso, people familiar with the matter said.",
		"Contoso reportedly rejected an offer of $1.5bn from Northwind in March."},
	"terms": {"Under the new terms, Contoso will continue to share 20% of its revenue with Fabrikam through 2030, but the total payments are now capped.",
		"The clause tied to artificial general intelligence, or AGI, has been removed.",
		"Contoso agreed to buy $250 billion of services, and Fabrikam gave up its right of first refusal."},
	"apart": {"Fabrikam owns 49% of Contoso.", "Tailspin owns 10% of Northwind.", "It will pay $2bn."},
	"is": {"Fabrikam is no longer Contoso's exclusive cloud provider.", "Fabrikam will keep a non-exclusive licence to Contoso's models.",
		"Contoso is said to be considering a share sale that may value it at $500 billion.",
		"Northwind invested $8 billion in 2024, and Tailspin invested $2 billion.", "Dana Miller of Fabrikam said the partnership remains strong."},
	"counts": {"Contoso opened 40 new halls and hired 12 engineers."},
	"shares": {"Shares of Northwind fell 3% after the news, while Fabrikam's rose 5%.", "The regulator sued the company over the merger."},
	"suit": {"Northwind sued Fabrikam over the licence on May 7.", "Dana Miller, chief executive of Northwind, called the deal “a mistake we will not repeat”.",
		"Contoso does not expect to renew the contract.", "Chris Weston joined Contoso's board, and Lee Miller left."},
}

func TestRefuse(t *testing.T) {
	for _, tt := range []struct {
		name, cites, sentence string
		why                   string // a part of the reason; "" passes
	}{
		// What says the same passes.
		{"word for word", "deal", "Fabrikam Corp and Contoso ended their exclusive cloud agreement on Monday.", ""},
		{"shortened", "deal", "Fabrikam and Contoso ended their exclusive cloud agreement.", ""},
		{"two sentences in one", "deal", "Contoso will pay Fabrikam 20% of revenue until 2030, capped at $38 billion, Fabrikam said.", ""},
		{"another way to write a number", "deal", "Contoso will pay Fabrikam 20 percent of its revenue until 2030, up to $38bn, Fabrikam said.", ""},
		{"the passive voice", "suit", "Fabrikam was sued by Northwind over the licence on May 7.", ""},
		{"doubt is kept", "talks", "Fabrikam may sell its stake in Contoso, people familiar with the matter said.", ""},
		{"hearsay is kept", "talks", "Contoso reportedly rejected an offer of $1.5 billion from Northwind.", ""},
		{"a negation is kept", "suit", "Contoso does not expect to renew the contract.", ""},
		{"a quotation", "suit", "Dana Miller of Northwind called the deal \"a mistake we will not repeat\".", ""},

		{"several facts", "terms", "Contoso will continue to share 20% of its revenue with Fabrikam through 2030, but total payments are now capped, and the AGI clause has been removed.", ""},
		{"another order of words", "terms", "Fabrikam gave up its right of first refusal and Contoso agreed to buy $250 billion of services.", ""},
		{"an infinitive spelt out", "terms", "Contoso will buy $250 billion of services.", ""},
		{"a genitive turned about", "shares", "Northwind shares fell 3% after the news.", ""},
		{"a number of whom the sentence before names", "apart", "Tailspin owns 10% of Northwind and will pay $2bn.", ""},

		// Names, numbers, dates.
		{"an invented name", "deal", "Fabrikam and Tailspin ended their exclusive cloud agreement on Monday.", "a name"},
		{"an invented first name", "suit", "James Weston joined Contoso's board.", "a name"},
		{"two names mixed", "suit", "The contract with Contoso was called a mistake by Chris Miller.", "mixes two names"},
		{"an invented number", "deal", "Contoso will pay Fabrikam 25% of its revenue until 2030, Fabrikam said.", "a number"},
		{"another unit", "deal", "Contoso will pay Fabrikam $20 of its revenue until 2030, Fabrikam said.", "a number"},
		{"another scale", "deal", "Contoso will pay Fabrikam revenue up to a cap of $38 million until 2030, Fabrikam said.", "a number"},
		{"a rounded number", "talks", "Contoso reportedly rejected an offer of $2 billion from Northwind in March.", "a number"},
		{"another year", "deal", "Contoso will pay Fabrikam 20% of its revenue until 2032, Fabrikam said.", "a number"},
		{"another day", "deal", "Fabrikam and Contoso ended their exclusive cloud agreement on Tuesday.", "a name"},
		{"another month", "suit", "Northwind sued Fabrikam over the licence on June 7.", "a name"},
		{"a month from elsewhere", "suit", "Northwind sued Fabrikam over the licence on May 8.", "a number"},
		{"another sense of a year", "deal", "Contoso will pay Fabrikam 20% of its revenue from 2030, Fabrikam said.", "a date"},
		{"a number of something else", "terms", "Contoso agreed to buy $20 billion of services.", "a number"},
		{"counts swapped", "counts", "Contoso opened 12 halls and hired 40 engineers.", "counts something else"},
		{"an invented time", "deal", "Fabrikam and Contoso ended their exclusive cloud agreement yesterday.", "a time"},

		// What is said of them.
		{"a negation dropped", "suit", "Contoso expects to renew the contract.", "drops a negation"},
		{"a negation added", "deal", "Fabrikam and Contoso have not ended their exclusive cloud agreement.", "adds a negation"},
		{"a verb of denial dropped", "talks", "Contoso reportedly took an offer of $1.5bn from Northwind in March.", "drops a negation"},
		{"the contrary", "deal", "Fabrikam Corp and Contoso ended their nonexclusive cloud agreement on Monday.", "the contrary"},
		{"doubt dropped", "talks", "Fabrikam sells its stake in Contoso, people familiar with the matter said.", "surer"},
		{"doubt made certain", "talks", "Fabrikam will sell its stake in Contoso, people familiar with the matter said.", "surer"},
		{"doubt added", "deal", "Fabrikam and Contoso may have ended their exclusive cloud agreement.", "less sure"},
		{"the future made past", "deal", "Contoso paid Fabrikam 20% of its revenue until 2030, Fabrikam said.", "surer"},
		{"hearsay made a fact", "talks", "Contoso rejected an offer of $1.5bn from Northwind in March.", "a fact"},
		{"who says so dropped", "deal", "Contoso will pay Fabrikam 20% of its revenue until 2030.", "somebody says so"},
		{"who says so invented", "suit", "Northwind sued Fabrikam over the licence, Contoso said.", "nobody does"},
		{"another speaker", "deal", "Contoso will pay Fabrikam 20% of its revenue until 2030, Monday said.", "somebody else"},
		{"parties swapped", "deal", "Fabrikam will pay Contoso 20% of its revenue until 2030, Fabrikam said.", "who did what"},
		{"parties swapped in the passive voice", "suit", "Northwind was sued by Fabrikam over the licence.", "who did what"},
		{"owner and owned swapped", "talks", "Contoso may sell its stake in Fabrikam, people familiar with the matter said.", "who did what"},
		{"parties swapped without names", "shares", "The company sued the regulator over the merger.", "who did what"},
		{"somebody else does it", "terms", "Contoso gave up its right of first refusal.", "who did what"},
		{"numbers swapped", "shares", "Northwind shares fell 5% after the news, while Fabrikam's rose 3%.", "changed places"},
		{"two facts mixed", "apart", "Fabrikam owns 49% of Northwind.", "cites apart"},
		{"two names related by a word from elsewhere", "suit", "Northwind bought Fabrikam over the licence.", "relates two names"},
		{"who is what swapped", "is", "Contoso is no longer Fabrikam's exclusive cloud provider.", "who did what"},
		{"an end dropped", "is", "Fabrikam is Contoso's exclusive cloud provider.", "drops a negation"},
		{"a prefix of negation dropped", "is", "Fabrikam will keep an exclusive licence to Contoso's models.", "drops a negation"},
		{"doubt made certain after a doubt", "is", "Contoso is said to be considering a share sale that will value it at $500 billion.", "surer"},
		{"somebody else's number", "is", "Northwind invested $2 billion in 2024.", "cites apart"},
		{"an end from nowhere", "is", "Dana Miller of Fabrikam said the partnership is over.", "too many"},
		{"an invented quotation", "suit", "Dana Miller called the deal “a mistake we will repeat”.", "a quotation"},

		// What is no sentence for a card.
		{"nothing", "deal", "", "empty"},
		{"punctuation", "deal", "...", "empty"},
		{"a link", "deal", "Fabrikam and Contoso ended their agreement, see www.example.org.", "a link"},
		{"a bare host", "deal", "Fabrikam and Contoso ended their exclusive cloud agreement (evil.example).", "a link"},
		{"a mention", "deal", "@everyone Fabrikam and Contoso ended their exclusive cloud agreement.", "a mention"},
		{"markup", "deal", "**Fabrikam** and Contoso ended their exclusive cloud agreement.", "markup"},
		{"a hidden character", "deal", "Fabrikam and Contoso ended\u202e their exclusive cloud agreement.", "strange characters"},
		{"another language", "deal", "Fabrikam und Contoso beendeten nach Angaben beider Unternehmen am Montag ihre langjährige und exklusive Vereinbarung.", "not English"},
		{"another script", "deal", "Fabrikam и Contoso ended their exclusive cloud agreement.", "not English"},
		{"something else", "deal", "The weather over the harbour stayed calm and warm for most of the morning.", "too many"},
		{"its words in no order", "terms", "Payments of the clause share services, total or artificial.", "too little"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := Read(cited[tt.cites])
			got := source.Refuse(tt.sentence)
			if (tt.why == "") != (got == "") || !strings.Contains(got, tt.why) {
				t.Errorf("Refuse(%q) = %q, want %q; support %.2f", tt.sentence, got, tt.why, source.Support(tt.sentence))
			}
		})
	}
}

// Nothing makes it panic, and support stays a share.
func FuzzRefuse(f *testing.F) {
	for _, sentences := range cited {
		for _, s := range sentences {
			f.Add(s, "Contoso ended it.")
		}
	}
	f.Add("İ’s 1,2.3% $ 5bn ‘", "")
	f.Fuzz(func(t *testing.T, source, sentence string) {
		s := Read([]string{source})
		s.Refuse(sentence)
		if support := s.Support(sentence); support < 0 || support > 1 {
			t.Errorf("Support(%q) = %v, want 0 to 1", sentence, support)
		}
	})
}

func TestASentencePassesAgainstItself(t *testing.T) {
	for name, sentences := range cited {
		for _, s := range sentences {
			for _, source := range [][]string{{s}, sentences} {
				if why := Read(source).Refuse(s); why != "" {
					t.Errorf("%s: Refuse(%q) = %q against %q", name, s, why, source)
				}
			}
		}
	}
}
