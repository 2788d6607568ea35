package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	fakeslack "github.com/pactwatch/pactwatch/internal/fake/slack"
	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/shared"
)

func TestScenario15APlaceSaysWhyTheBotCannotPostThere(t *testing.T) {
	f := fakeslack.New(t)
	f.AddChannel(fakeslack.Channel{ID: "C0000OUT", Name: "out"})
	f.AddChannel(fakeslack.Channel{ID: "C0000OLD", Name: "old", Member: true, Archived: true})
	f.AddChannel(fakeslack.Channel{ID: "C0000LAW", Name: "law", Member: true, Private: true})
	f.AddChannel(fakeslack.Channel{ID: "C0000HID", Name: "hidden", Private: true})
	s, _ := newSlack(t, f, "")
	for id, want := range map[string]struct{ name, trouble string }{
		fakeslack.ChannelID: {"ai-deals", ""},
		"C0000LAW":          {"law", ""},
		"C0000OUT":          {"out", "/invite @pactwatch"},
		"C0000OLD":          {"old", "archived"},
	} {
		p, err := s.Place(t.Context(), id)
		if err != nil || p.ID != id || p.Name != want.name || !strings.Contains(p.Trouble, want.trouble) || want.trouble == "" && p.Trouble != "" {
			t.Errorf("Place(%s) = %+v, %v, want %+v", id, p, err, want)
		}
	}
	for _, id := range []string{"C0000HID", "C0NOWHERE"} {
		if p, err := s.Place(t.Context(), id); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("Place(%s) = %+v, %v, want %v", id, p, err, news.ErrNotFound)
		}
	}
	f.Fail("conversations.info", answers(500, ""))
	if p, err := s.Place(t.Context(), fakeslack.ChannelID); err == nil || errors.Is(err, news.ErrNotFound) {
		t.Errorf("Place while Slack fails = %+v, %v, want that it failed", p, err)
	}
}

func TestPermalink(t *testing.T) {
	f := fakeslack.New(t)
	s, _ := newSlack(t, f, "")
	message := posted(t, s)
	if got := s.Permalink(news.Destination{}, message); got != "" {
		t.Errorf("Permalink before Slack said where the workspace is = %q, want none", got)
	}
	if err := s.Preflight(t.Context()); err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(message, "/")
	want := fakeslack.TeamURL + "archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
	if got := s.Permalink(news.Destination{}, message); got != want {
		t.Errorf("Permalink = %q, want %q", got, want)
	}
}

func TestPreflight(t *testing.T) {
	for _, tt := range []struct {
		name, bot, app, scopes string
		method                 string
		meets                  fakeslack.Fault
		want                   []string // none: all is well
	}{
		{name: "all well", bot: fakeslack.BotToken, app: fakeslack.AppToken},
		{name: "posting only", bot: fakeslack.BotToken, scopes: "chat:write,channels:history,groups:history"},
		{name: "tokens exchanged", bot: fakeslack.AppToken, app: fakeslack.BotToken, want: []string{"xoxb-"}},
		{name: "a bot token as app token", bot: fakeslack.BotToken, app: fakeslack.BotToken, want: []string{"xapp-"}},
		{name: "a dead token", bot: fakeslack.BotToken, method: "auth.test", meets: fakeslack.Says("invalid_auth"), want: []string{"install the app again"}},
		{name: "scopes missing", bot: fakeslack.BotToken, app: fakeslack.AppToken, scopes: "chat:write,commands,channels:read,groups:read,channels:history,groups:history",
			want: []string{"users:read (to know who may manage", "install the app again"}},
		{name: "an app token of another app", bot: fakeslack.BotToken, app: fakeslack.AppToken, method: "apps.connections.open",
			meets: fakeslack.Says("not_allowed_token_type"), want: []string{"xapp-", "connections:write"}},
	} {
		f := fakeslack.New(t)
		if tt.method != "" {
			f.Fail(tt.method, tt.meets)
		}
		if tt.scopes != "" {
			f.SetScopes(tt.scopes)
		}
		s, _ := newSlack(t, f, tt.app)
		s.cfg.BotToken = news.NewSecret(tt.bot)
		err := s.Preflight(t.Context())
		post, _ := errors.AsType[*news.PostError](err)
		if (err == nil) != (tt.want == nil) || err != nil && (post == nil || !post.Refused) {
			t.Errorf("%s: Preflight = %v, want it refused with %q", tt.name, err, tt.want)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: Preflight = %v, want %q in it", tt.name, err, want)
			}
		}
	}
}

func TestManifestsAreValid(t *testing.T) {
	raw, err := os.ReadFile(shared.Path(t, "specs/slack/app-manifest.schema.2.0.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	// Go's regular expressions know no looking ahead; only domains are looked at so, and we name none.
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.ReplaceAll(string(raw), `(?![\\.\\-])`, "")))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("manifest.json", doc); err != nil {
		t.Fatal(err)
	}
	schema := compiler.MustCompile("manifest.json")
	for address, wants := range map[string][]string{
		"":                     {`"socket_mode_enabled": true`},
		"https://bot.example/": {`"https://bot.example/slack/commands"`, `"https://bot.example/slack/interactions"`, `"https://bot.example/slack/events"`},
	} {
		manifest, err := Manifest(address)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(manifest)))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("Manifest(%q): %v\n%s", address, err, manifest)
		}
		for _, want := range wants {
			if !strings.Contains(string(manifest), want) {
				t.Errorf("Manifest(%q) = %s, want %s in it", address, manifest, want)
			}
		}
		link, err := url.Parse(CreateLink(manifest))
		var short bytes.Buffer
		if err := json.Compact(&short, manifest); err != nil {
			t.Fatal(err)
		}
		if err != nil || link.Query().Get("manifest_json") != short.String() {
			t.Errorf("CreateLink = %v, %v, want the manifest in it, without blanks", link, err)
		}
	}
	if _, err := Manifest("http://bot.example"); err == nil {
		t.Error("Manifest takes an address that is not https")
	}
}
