package story

import (
	"testing"
	"time"
)

func TestDateline(t *testing.T) {
	for _, tt := range []struct{ in, rest string }{
		{"LONDON, March 3 (Reuters) - Fabrikam signs.", "Fabrikam signs."},
		{"(CNN) Fabrikam signs.", "Fabrikam signs."},
		{"( CNN ) -- Fabrikam signs.", "Fabrikam signs."},
		{"WASHINGTON (AP) — Fabrikam signs.", "Fabrikam signs."},
		{"NEW YORK — Fabrikam signs.", "Fabrikam signs."},
		{"LUND, Sweden, March 3, 2031 /PRNewswire/ -- Fabrikam signs.", "Fabrikam signs."},
		{"SAN FRANCISCO--(BUSINESS WIRE)--Fabrikam signs.", "Fabrikam signs."},
		{"AGI — the clause — is gone.", "AGI — the clause — is gone."},
		{"Fabrikam (FBK) signs.", "Fabrikam (FBK) signs."},
		{"(It is over.)", "(It is over.)"},
		{"Fabrikam signs.", "Fabrikam signs."},
	} {
		if got := tt.in[datelineLength(tt.in):]; got != tt.rest {
			t.Errorf("without its dateline, %q is %q, want %q", tt.in, got, tt.rest)
		}
	}
}

func TestLooksBack(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"Previously, Fabrikam had to use Contoso's cloud.", true},
		{"Contoso invested $1 billion in Fabrikam in 2029.", true},
		{"In May 2030 Fabrikam signed with Contoso.", true},
		{"Fabrikam has used Contoso's cloud since 2028.", true},
		{"The clause that has bound them since 2028 ends.", false},
		{"The two have ended the agreement of 2029.", false},
		{"Fabrikam may now leave the cloud that it chose in 2029.", false},
		{"The revenue share is capped until 2036.", false},
		{"Fabrikam signs.", false},
	} {
		if got := looksBack(tt.in, monday); got != tt.want {
			t.Errorf("looksBack(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
	if looksBack("Fabrikam signed in 2029.", time.Time{}) {
		t.Error("a year looks back although nobody knows when it was written")
	}
}

func TestFiller(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"“We are thrilled to partner with Contoso,” said Ada Roe.", true},
		{"“I’m proud of our teams,” said Ada Roe.", true},
		{"Contoso did not immediately respond.", true},
		{"Fabrikam declined to comment on the deal.", true},
		{"About Fabrikam: Fabrikam makes models.", true},
		{"We are pleased to announce that Fabrikam ends its exclusive deal with Contoso.", false},
		{"“We keep our licence until 2036,” said Ada Roe.", false},
		{"Investors were excited.", false},
	} {
		if got := isFiller(tt.in); got != tt.want {
			t.Errorf("isFiller(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}
