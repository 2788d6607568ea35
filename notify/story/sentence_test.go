package story

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func split(text string) []string {
	var out []string
	for _, s := range Sentences(text) {
		out = append(out, text[s.Start:s.End])
	}
	return out
}

func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"none", " \n\t", nil},
		{"two", "Contoso signs. Fabrikam waits.", []string{"Contoso signs.", "Fabrikam waits."}},
		{"no full stop", "Contoso signs", []string{"Contoso signs"}},
		{"a company's form inside", "Fabrikam Inc. Chief Executive Ada Roe left. She was 50.", []string{"Fabrikam Inc. Chief Executive Ada Roe left.", "She was 50."}},
		{"a company's form at the end", "It was bought by Fabrikam Inc. The price is secret.", []string{"It was bought by Fabrikam Inc.", "The price is secret."}},
		{"a country inside", "The U.S. Senate votes at 5 p.m. Monday.", []string{"The U.S. Senate votes at 5 p.m. Monday."}},
		{"a country at the end", "They sell in the U.S. In Europe they wait.", []string{"They sell in the U.S.", "In Europe they wait."}},
		{"an amount at the end", "Fabrikam pays $1.5bn. Contoso gets half.", []string{"Fabrikam pays $1.5bn.", "Contoso gets half."}},
		{"an amount inside", "It pays 1.5 percent of 2.75 billion.", []string{"It pays 1.5 percent of 2.75 billion."}},
		{"a name's initial", "Ada B. Roe spoke. Dr. No. 5 left.", []string{"Ada B. Roe spoke.", "Dr. No. 5 left."}},
		{"a date", "It ends Jan. 5. It began in Dec. Nobody knew.", []string{"It ends Jan. 5.", "It began in Dec.", "Nobody knew."}},
		{"a question in quotes goes on", "“Why now?” asked Roe. “Now!” Nobody laughed.", []string{"“Why now?” asked Roe.", "“Now!”", "Nobody laughed."}},
		{"the quote's end belongs to it", `He said "it is over." They left.`, []string{`He said "it is over."`, "They left."}},
		{"bullets", "Terms:\n- no exclusivity\n- a cap until 2030\n", []string{"Terms:", "- no exclusivity", "- a cap until 2030"}},
		{"a numbered list", "1. The cap. It ends.\n2. The clause.", []string{"1. The cap.", "It ends.", "2. The clause."}},
		{"German ordinals", "Sie endet am 5. Mai 2031. Im 3. Quartal zahlt Contoso 1,5 Mrd. Euro. Danach nicht.",
			[]string{"Sie endet am 5. Mai 2031.", "Im 3. Quartal zahlt Contoso 1,5 Mrd. Euro.", "Danach nicht."}},
		{"German short forms", "Contoso zahlt, z. B. nach § 3 Abs. 2, 3 Mio. Euro. Das war es.",
			[]string{"Contoso zahlt, z. B. nach § 3 Abs. 2, 3 Mio. Euro.", "Das war es."}},
		{"an age is no ordinal", "I am 45. My term ends.", []string{"I am 45.", "My term ends."}},
		{"points in thousands", "It pays 1.234.567,89 euro. Version 2.0 is next.", []string{"It pays 1.234.567,89 euro.", "Version 2.0 is next."}},
		{"a number as a name", "They are No. 1. Nobody minds.", []string{"They are No. 1.", "Nobody minds."}},
		{"initials in a row", "J. R. Roe Jr. signed. George W. Poe did not.", []string{"J. R. Roe Jr. signed.", "George W. Poe did not."}},
		{"a letter at the end", "There is a plan B. The plan holds.", []string{"There is a plan B.", "The plan holds."}},
		{"a name with a mark", "It bought Wahoo! Inc. for $2bn. Why?", []string{"It bought Wahoo! Inc. for $2bn.", "Why?"}},
		{"hours", "It ends at 5 p.m. The rest stays. It ends at 5 p.m. EST.", []string{"It ends at 5 p.m.", "The rest stays.", "It ends at 5 p.m. EST."}},
		{"an item of a filing", "Amendment No. 3 to Item 1.01. The Company signed.", []string{"Amendment No. 3 to Item 1.01.", "The Company signed."}},
		{"bullets in a row", "Terms: • no exclusivity • a cap", []string{"Terms:", "• no exclusivity", "• a cap"}},
		{"addresses", "See fabrikam.example/terms.html for more. Or not.", []string{"See fabrikam.example/terms.html for more.", "Or not."}},
		{"three points", "And then... Nothing.", []string{"And then...", "Nothing."}},
		{"Chinese", "两家公司终止独家协议。“新合同有效期至2030年。”微软未置评", []string{"两家公司终止独家协议。", "“新合同有效期至2030年。”", "微软未置评"}},
		{"Japanese", "契約は終了した。新契約「五年間。」は続く！", []string{"契約は終了した。", "新契約「五年間。」", "は続く！"}},
	} {
		if got := split(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("%s: Sentences(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

// What Sentences leaves out is white space, and nothing of the rest is lost or doubled.
func FuzzSentences(f *testing.F) {
	f.Add("Fabrikam Inc. signs. “Why?” he asked…\n- U.S. 1.5bn.\r\n终止。")
	f.Add("a.\x00\xff!?\u2028.' .")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, s := range Sentences(text) {
			if s.Start < at || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("Sentences(%q): span %v after %d", text, s, at)
			}
			if gap := text[at:s.Start]; strings.TrimSpace(gap) != "" {
				t.Fatalf("Sentences(%q) leaves out %q", text, gap)
			}
			if got := text[s.Start:s.End]; strings.TrimFunc(got, unicode.IsSpace) != got {
				t.Fatalf("Sentences(%q): %q has white space around it", text, got)
			}
			at = s.End
		}
		if rest := text[at:]; strings.TrimSpace(rest) != "" {
			t.Fatalf("Sentences(%q) leaves out %q", text, rest)
		}
	})
}
