package fakeslack

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pactwatch/pactwatch/internal/shared"
)

// call calls a method as a bot does.
func call(t *testing.T, s *Server, method string, args url.Values) map[string]any {
	t.Helper()
	args.Set("token", BotToken)
	resp, err := s.web.Client().PostForm(s.APIURL+method, args)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// A recorder is a test that takes note of its failures.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, _ ...any) {
	r.failures = append(r.failures, format)
}

var safe = url.Values{"parse": {"none"}, "link_names": {"false"}, "unfurl_links": {"false"}, "unfurl_media": {"false"}}

// with returns the arguments of a message that is right, and some more.
func with(more ...string) url.Values {
	args := maps.Clone(safe)
	args.Set("channel", ChannelID)
	args.Set("text", "Hello.")
	for i := 0; i < len(more); i += 2 {
		args.Set(more[i], more[i+1])
	}
	return args
}

func TestWhatABotMustNotSendFailsItsTest(t *testing.T) {
	block := func(b string) url.Values { return with("blocks", "["+b+"]") }
	for _, tt := range []struct {
		name string
		args url.Values
		ok   bool
	}{
		{"a message", with(), true},
		{"a link and a date", with("text", "<https://northwind.example/?a=1&amp;b> <!date^1764000000^{date}|2025-11-24 16:00 UTC>"), true},
		{"a user in rich text", block(`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1"}]}]}`), true},
		{"no text", with("text", ""), false},
		{"text that is too long", with("text", strings.Repeat("x", 4001)), false},
		{"everybody", with("text", "<!here>"), false},
		{"somebody", with("text", "<@U1>"), false},
		{"a link that hides where it leads", with("text", "<https://northwind.example|click>"), false},
		{"a bare ampersand", with("text", "AT&T"), false},
		{"unfurling", with("unfurl_links", "true"), false},
		{"parsing", with("parse", "full"), false},
		{"an argument of no method", with("color", "red"), false},
		{"mrkdwn that is not verbatim", block(`{"type":"context","elements":[{"type":"mrkdwn","text":"x"}]}`), false},
		{"a long header", block(`{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("x", 151) + `"}}`), false},
		{"everybody in rich text", block(`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"here"}]}]}`), false},
		{"a button of no name", block(`{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":""}}]}`), false},
		{"two buttons of one ID", block(`{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"x"}},{"type":"button","action_id":"a","text":{"type":"plain_text","text":"y"}}]}`), false},
		{"two blocks of one ID", block(`{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}`), false},
		{"a block of no kind", block(`{"type":"marquee"}`), false},
		{"an input", block(`{"type":"input","label":{"type":"plain_text","text":"x"},"element":{"type":"plain_text_input","action_id":"a"}}`), false},
		{"51 blocks", block(strings.Repeat(`{"type":"divider"},`, 50) + `{"type":"divider"}`), false},
		{"too much of it", block(`{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"` + strings.Repeat("x", 13200) + `"}]}]}`), false},
	} {
		if tt.name == "an argument of no method" && params() == nil {
			continue
		}
		r := &recorder{TB: t}
		call(t, New(r), "chat.postMessage", tt.args)
		if ok := len(r.failures) == 0; ok != tt.ok {
			t.Errorf("%s: failures %q, want it to be right: %v", tt.name, r.failures, tt.ok)
		}
	}
}

func TestSlackRefusesInItsOwnWords(t *testing.T) {
	s := New(t)
	s.AddChannel(Channel{ID: "C1OUT", Name: "out"})
	s.AddChannel(Channel{ID: "C1OLD", Name: "old", Member: true, Archived: true})
	s.AddChannel(Channel{ID: "C1HID", Name: "hid", Private: true})
	for channel, want := range map[string]string{"C1OUT": "not_in_channel", "C1OLD": "is_archived", "C1HID": "channel_not_found", "C1NOT": "channel_not_found"} {
		if got := call(t, s, "chat.postMessage", with("channel", channel))["error"]; got != want {
			t.Errorf("chat.postMessage to %s: %v, want %s", channel, got, want)
		}
	}
	s.SetScopes("commands")
	if got := call(t, s, "chat.postMessage", with()); got["error"] != "missing_scope" || got["needed"] != "chat:write" {
		t.Errorf("without the scope: %v, want missing_scope", got)
	}
	if got := call(t, s, "apps.connections.open", url.Values{})["error"]; got != "not_allowed_token_type" {
		t.Errorf("apps.connections.open with the bot token: %v, want not_allowed_token_type", got)
	}
}

func TestATriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	s := New(t)
	view := `{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":[{"type":"divider"}]}`
	trigger := func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.newTrigger(&delivery{id: "e"}, Person{ID: "U1"})
	}
	open := func(id string) any {
		return call(t, s, "views.open", url.Values{"trigger_id": {id}, "view": {view}})["error"]
	}
	once := trigger()
	late := trigger()
	if got := []any{open(once), open(once), open("none")}; !slices.Equal(got, []any{nil, "exchanged_trigger_id", "invalid_trigger_id"}) {
		t.Errorf("views.open twice, and of no trigger: %v", got)
	}
	s.Age(triggerLives)
	if got := open(late); got != "expired_trigger_id" {
		t.Errorf("views.open late: %v", got)
	}
}

func TestAResponseURLIsGoodFiveTimesInThirtyMinutes(t *testing.T) {
	r := &recorder{TB: t}
	s := New(r)
	address := func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.newURL(&delivery{id: "e"}, Person{ID: "U1"}, ChannelID, "")
	}
	post := func(to string) int {
		resp, err := s.web.Client().Post(to, "application/json", strings.NewReader(`{"text":"Hello."}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	often, late := address(), address()
	for i := range 6 {
		want := http.StatusOK
		if i == 5 {
			want = http.StatusNotFound
		}
		if got := post(often); got != want {
			t.Errorf("use %d: status %d, want %d", i+1, got, want)
		}
	}
	s.Age(urlLives)
	if got := post(late); got != http.StatusNotFound || len(r.failures) != 1 {
		t.Errorf("after 30 minutes: status %d, failures %q; want 404, and one failure over the sixth use", got, r.failures)
	}
}

// What is sent to the bot has no field that Slack's own records of it have not.
func TestPayloadsHaveTheShapeOfSlacks(t *testing.T) {
	samples := shared.Path(t, "specs/slack/samples")
	s := New(t)
	s.UseHTTP("http://127.0.0.1:1") // nobody is there: what is sent is looked at, not how
	s.over = true
	ada := Person{ID: "U1", Name: "Ada"}
	call(t, s, "chat.postMessage", with("blocks", `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Go"}}]}]`))
	press, err := s.Press(ada, s.Public(ChannelID)[0], "Go")
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.views["V1"] = &View{ID: "V1", Type: "modal", values: map[string]any{}}
	s.mu.Unlock()
	submit := s.inView(ada, "V1", "view_submission", func(map[string]any, *View) {})
	for sample, payload := range map[string]map[string]any{
		"app-backend/SlashCommandPayload.json":   s.Command(ada, ChannelID, "/watch list").d.payload,
		"app-backend/BlockActionPayload.json":    press.d.payload,
		"app-backend/ViewSubmissionPayload.json": submit.d.payload,
		"events/AppHomeOpenedPayload.json":       s.OpenHome(ada).d.payload,
		"events/MemberJoinedChannelPayload.json": s.Invite(ada, ChannelID).d.payload,
	} {
		var known map[string]any
		raw, err := os.ReadFile(filepath.Join(samples, sample))
		if err == nil {
			err = json.Unmarshal(raw, &known)
		}
		if err != nil {
			t.Fatal(err)
		}
		for key, v := range payload {
			below := object(v)
			if _, ok := known[key]; !ok && key != "authed_users" && key != "container" {
				t.Errorf("%s has no %s", sample, key)
			}
			for inner := range below {
				if _, ok := object(known[key])[inner]; !ok && object(known[key]) != nil && key != "view" && key != "message" && key != "state" {
					t.Errorf("%s has no %s.%s", sample, key, inner)
				}
			}
		}
	}
}

func TestEventsAreWrappedAsSlackDescribesIt(t *testing.T) {
	file, err := os.Open(shared.Path(t, "specs/slack/event-wrapper.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("event.json", doc); err != nil {
		t.Fatal(err)
	}
	s := New(t)
	s.UseHTTP("http://127.0.0.1:1")
	s.over = true
	raw, _ := json.Marshal(s.Invite(Person{ID: "U1", Name: "Ada"}, ChannelID).d.payload)
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err == nil {
		err = compiler.MustCompile("event.json").Validate(v)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestLimitsAreThoseOfTheList(t *testing.T) {
	raw, err := os.ReadFile(shared.Path(t, "specs/slackblocks/spec/limits.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for path, got := range map[string]int{
		"text.max_length": maxObject, "header.text.max_length": maxHeader, "button.text.max_length": maxLabel, "action_id.max_length": maxActionID,
		"block_id.max_length": maxBlockID, "button.url.max_length": maxURL, "button.value.max_length": maxValue, "select.placeholder.max_length": maxPlaceholder,
		"option.text.max_length": maxOption, "option.value.max_length": maxOptionValue, "input.label.max_length": maxInputLabel,
		"actions.elements.max_items": maxActions, "context.elements.max_items": maxContext, "select.options.max_items": maxOptions,
	} {
		at := any(list)
		for key := range strings.SplitSeq(path, ".") {
			at = object(at)[key]
		}
		if at != float64(got) {
			t.Errorf("%s: %d, the list has %v", path, got, at)
		}
	}
}

// What the list of valid blocks has of the kinds that our bot uses is found right, but where this
// Slack is stricter: mrkdwn has to be verbatim, words stay words, and an emoji counts as two.
func TestValidBlocksAreFoundRight(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared.Path(t, "specs/slackblocks/spec/fixtures/valid/blocks"), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v, want some", len(files), err)
	}
	held := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var block map[string]any
		if json.Unmarshal(raw, &block) != nil || blockKinds[text(block["type"])] == nil {
			continue
		}
		stricter := func(s string) bool { return strings.Contains(string(raw), s) }
		if slices.ContainsFunc([]string{`"mrkdwn"`, `"emoji": true`, `"checkboxes"`, "😀😀"}, stricter) {
			continue
		}
		held++
		if faults := BlockFaults([]map[string]any{block}); len(faults) > 0 {
			t.Errorf("%s: %q", filepath.Base(file), faults)
		}
	}
	if held < 4 {
		t.Errorf("held against %d blocks, want 4 at least", held)
	}
}

func TestACallBeforeRetryAfterFailsItsTest(t *testing.T) {
	r := &recorder{TB: t}
	s := New(r)
	s.Fail("auth.test", Limited(time.Minute))
	resp, err := s.web.Client().PostForm(s.APIURL+"auth.test", url.Values{"token": {BotToken}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	call(t, s, "conversations.info", url.Values{"channel": {ChannelID}})
	if resp.StatusCode != 429 || len(r.failures) != 0 {
		t.Errorf("status %d, failures %q; want 429, and other methods to go on", resp.StatusCode, r.failures)
	}
	if call(t, s, "auth.test", url.Values{}); len(r.failures) != 1 {
		t.Errorf("failures %q, want one over the second call", r.failures)
	}
}
