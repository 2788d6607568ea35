package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/watchers"
)

// Every example of docs/sources.md can be written into a configuration, and each kind has one.
func TestSourceExamples(t *testing.T) {
	doc, err := os.ReadFile("docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	config := "network: {user_agent_contact: ops@example.org}\nsources:\n"
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(doc, -1) {
		config += string(m[1])
	}
	c, err := ParseConfig("docs/sources.md", []byte(config+"channels: {here: {terminal: true}}\nrules: [{name: r, match: exclusive, channels: [here]}]\n"))
	if err != nil {
		t.Fatalf("the examples, put together:\n%v", err)
	}
	for _, kind := range watchers.Kinds() {
		has := false
		for _, s := range c.Sources {
			has = has || s.Kind() == kind
		}
		if !has {
			t.Errorf("docs/sources.md has no example of kind %s", kind)
		}
	}
}

func TestEDGARNeedsAContact(t *testing.T) {
	_, err := ParseConfig("x.yaml", []byte("sources: [{name: filings, edgar: {query: x}}]\n"))
	if err == nil || !strings.Contains(err.Error(), "user_agent_contact") {
		t.Errorf("a source of EDGAR without a contact: %v", err)
	}
}
