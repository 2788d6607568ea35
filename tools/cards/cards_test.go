package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// body returns the page of a call without its style sheet.
func body(t *testing.T, page string, call string) string {
	t.Helper()
	for _, p := range pictures() {
		if p.page == page {
			html, err := p.html([]byte("[" + call + "]"))
			if err != nil {
				t.Fatalf("html(%s) = %v", call, err)
			}
			_, rest, _ := strings.Cut(string(html), "</style>")
			return rest
		}
	}
	t.Fatalf("no picture is of %s", page)
	return ""
}

func slackBlock(t *testing.T, block string) string {
	return body(t, "slack.html", `{"call":"chat.postMessage","body":{"text":"unseen","blocks":[`+block+`]}}`)
}

func TestSlackShowsEachElement(t *testing.T) {
	rich := func(kind, elements string) string {
		return `{"type":"rich_text","elements":[{"type":"` + kind + `","elements":[` + elements + `]}]}`
	}
	line := `{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]}`
	for _, tt := range []struct{ name, block, want string }{
		{"header", `{"type":"header","text":{"type":"plain_text","text":"*A deal*"}}`, `<div class="header text"><span class="">*A deal*</span></div>`},
		{"context", `{"type":"context","elements":[{"type":"plain_text","text":"a < b & *c*"}]}`, `a &lt; b &amp; *c*`},
		{"context in markup", `{"type":"context","elements":[{"type":"mrkdwn","text":"updated <!date^1795529520^{date_short_pretty} at {time}|then>"}]}`, `<span class="date">today at 2:12 PM</span>`},
		{"section", `{"type":"section","text":{"type":"plain_text","text":"Hello"}}`, `<div class="text"><span class="">Hello</span></div>`},
		{"section in markup", `{"type":"section","text":{"type":"mrkdwn","text":"*b* <https://a.example|x &amp; y>"}}`, `<span class="bold">b</span><span class=""> </span><a href="https://a.example" class="">x &amp; y</a>`},
		{"fields", `{"type":"section","fields":[{"type":"plain_text","text":"F"}]}`, `<div class="fields"><div class="text"><span class="">F</span></div></div>`},
		{"divider", `{"type":"divider"}`, `<hr class="divider">`},
		{"buttons", `{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Why?"}},{"type":"button","style":"danger","text":{"type":"plain_text","text":"Remove"}}]}`, `<span class="button ">Why?</span><span class="button danger">Remove</span>`},
		{"quote", rich("rich_text_quote", `{"type":"text","text":"said"}`), `<div class="quote text"><span class="">said</span></div>`},
		{"list", `{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[` + line + `]}]}`, `<ul><li class="text"><span class="">one</span></li></ul>`},
		{"numbered list", `{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","elements":[` + line + `]}]}`, `<ol><li class="text"><span class="">one</span></li></ol>`},
		{"styled text", rich("rich_text_section", `{"type":"text","text":"b","style":{"bold":true}}`), `<span class="bold">b</span>`},
		{"link", rich("rich_text_section", `{"type":"link","url":"https://a.example/","text":"A"}`), `<a href="https://a.example/" class="">A</a>`},
		{"date", rich("rich_text_section", `{"type":"date","timestamp":1795443120,"format":"{date_short_pretty} at {time}","fallback":"f"}`), `<span class="date">yesterday at 2:12 PM</span>`},
		{"user", rich("rich_text_section", `{"type":"user","user_id":"U1"}`), `<span class="mention">@U1</span>`},
		{"group", rich("rich_text_section", `{"type":"usergroup","usergroup_id":"S1"}`), `<span class="mention">@S1</span>`},
		{"broadcast", rich("rich_text_section", `{"type":"broadcast","range":"here"}`), `<span class="mention">@here</span>`},
	} {
		if got := slackBlock(t, tt.block); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s\nwant in it %s", tt.name, got, tt.want)
		}
	}
}

func TestSlackSaysWhoSeesAMessage(t *testing.T) {
	got := body(t, "slack.html", `{"call":"response_url","body":{"response_type":"ephemeral","text":"a *b* &lt;"}}`)
	for _, want := range []string{"Only visible to you", `<span class="bold">b</span><span class=""> &lt;</span>`} {
		if !strings.Contains(got, want) {
			t.Errorf("a message without blocks: %s\nwant in it %s", got, want)
		}
	}
	got = body(t, "slack.html", `{"call":"chat.postMessage","body":{"text":"a"}},{"call":"chat.postMessage","body":{"text":"b","thread_ts":"1.2"}}`)
	if !strings.Contains(got, "Thread<small>") || !strings.Contains(got, "1 reply") {
		t.Errorf("an alert and its reply: %s, want a thread", got)
	}
}

func TestDiscordShowsEachElement(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"content", `{"content":"a\\*b\\* c"}`, `a</span><span class="">*</span><span class="">b</span>`},
		{"title", `{"embeds":[{"title":"A\\-B","url":"https://a.example/"}]}`, `<a href="https://a.example/" class="">-</a>`},
		{"title without an address", `{"embeds":[{"title":"A"}]}`, `<div class="title text"><span class="">A</span></div>`},
		{"colour bar", `{"embeds":[{"description":"x","color":2845872}]}`, `style="border-left-color: #2b6cb0"`},
		{"no colour", `{"embeds":[{"description":"x"}]}`, `style="border-left-color: #1e1f22"`},
		{"description", `{"embeds":[{"description":"**b** [A\\-B](https://a.example/x)"}]}`, `<span class="bold">b</span><span class=""> </span><a href="https://a.example/x" class="">A-B</a>`},
		{"lines", `{"content":"> said\n\\> not said"}`, `<div class="line quote"><span class="">said</span></div><div class="line"><span class="">&gt;</span><span class=""> not said</span></div>`},
		{"fields", `{"embeds":[{"fields":[{"name":"Rule","value":"r7","inline":true}]}]}`, `<div class="field inline"><b><span class="">Rule</span></b><div class="text"><div class="line"><span class="">r7</span></div></div></div>`},
		{"footer", `{"embeds":[{"footer":{"text":"a102 *"},"timestamp":"2026-11-24T14:12:00Z"}]}`, `a102 * • Today at 2:12 PM`},
		{"an older footer", `{"embeds":[{"timestamp":"2026-11-20T14:12:00Z"}]}`, `>11/20/2026, 2:12 PM<`},
		{"buttons", `{"components":[{"type":1,"components":[{"type":2,"style":4,"label":"Remove"},{"type":2,"style":2,"label":"Off","disabled":true}]}]}`, `<span class="button danger">Remove</span><span class="button secondary off">Off</span>`},
		{"a button that is a link", `{"components":[{"type":1,"components":[{"type":2,"style":5,"label":"Open","url":"https://a.example/"}]}]}`, `<span class="button secondary">Open<svg`},
		{"for one person", `{"flags":64,"content":"x"}`, `Only you can see this`},
	} {
		if got := body(t, "discord.html", `{"call":"POST messages","body":`+tt.body+`}`); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s\nwant in it %s", tt.name, got, tt.want)
		}
	}
}

func TestDiscordShowsAThreadBelowItsMessage(t *testing.T) {
	got := body(t, "discord.html", `{"call":"POST messages","body":{"content":"alert"}},
		{"call":"POST threads","body":{"name":"A <deal>"}}, {"call":"POST messages","body":{"content":"more"}}`)
	if strings.Count(got, `class="message"`) != 1 || !strings.Contains(got, `<span>A &lt;deal&gt;</span><em>1 Message ›</em>`) {
		t.Errorf("page = %s, want one message with a thread", got)
	}
	if got := body(t, "discord.html", `{"call":"PATCH message","body":{"content":"x"}}`); !strings.Contains(got, "(edited)") {
		t.Errorf("an edit: %s, want it called edited", got)
	}
}

func TestDiscordMarkup(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want span
	}{
		{"plain", span{Text: "plain"}},
		{"**b**", span{Text: "b", Class: "bold"}},
		{"*i*", span{Text: "i", Class: "italic"}},
		{"_i_", span{Text: "i", Class: "italic"}},
		{"~~s~~", span{Text: "s", Class: "strike"}},
		{"`c`", span{Text: "c", Class: "code"}},
		{"<@1>", span{Text: "<@1>", Class: "mention"}},
		{"@everyone", span{Text: "@everyone", Class: "mention"}},
		{"https://a.example/b", span{Text: "https://a.example/b", URL: "https://a.example/b"}},
		{"<https://a.example/b>", span{Text: "https://a.example/b", URL: "https://a.example/b"}},
		{`[a\]b](<https://a.example/b>)`, span{Text: "a]b", URL: "https://a.example/b"}},
		{"<t:1795529520:R>", span{Text: "2 hours ago", Class: "date"}},
		{"<t:1795529520>", span{Text: "November 24, 2026 at 2:12 PM", Class: "date"}},
		{"[x](javascript:alert)", span{Text: "[x](javascript:alert)"}},
	} {
		if got := markdown(tt.in); len(got) != 1 || got[0] != tt.want {
			t.Errorf("markdown(%q) = %+v, want %+v", tt.in, got, tt.want)
		}
	}
}

// What the bot escapes shows as it was written; and what it would not escape shows as markup.
func TestEscapedTextShowsLiterally(t *testing.T) {
	for in, want := range map[string]string{
		`\*\*b\*\* \[x\]\(https\://e.example\) \<\@1\> \@everyone`: "**b** [x](https://e.example) <@1> @everyone",
		`C:\\dir`: `C:\dir`,
	} {
		text := ""
		for _, s := range markdown(in) {
			if s.Class != "" || s.URL != "" {
				t.Errorf("markdown(%q) has %+v, want plain text only", in, s)
			}
			text += s.Text
		}
		if text != want {
			t.Errorf("markdown(%q) shows %q, want %q", in, text, want)
		}
	}
}

func TestHostileTextIsNoHTML(t *testing.T) {
	const hostile = `</style></title><script>alert(1)</script><img src=x onerror=alert(1)>"'`
	text, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	slack := strings.ReplaceAll(`{"call":"c","body":{"text":$T}},{"call":"c","body":{"thread_ts":$T,"text":"","blocks":[
		{"type":"header","text":{"type":"plain_text","text":$T}},
		{"type":"context","elements":[{"type":"mrkdwn","text":$T}]},
		{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":$T},{"type":"link","url":"javascript:alert(1)","text":$T},{"type":"date","timestamp":1,"format":$T}]}]},
		{"type":"actions","elements":[{"type":"button","style":$T,"text":{"type":"plain_text","text":$T}}]}]}}`, "$T", string(text))
	discord := strings.ReplaceAll(`{"call":"POST messages","body":{"content":$T,"embeds":[{"title":$T,"url":"javascript:alert(1)","description":$T,"fields":[{"name":$T,"value":$T}],"footer":{"text":$T}}],
		"components":[{"type":1,"components":[{"type":2,"style":2,"label":$T}]}]}},{"call":"POST threads","body":{"name":$T}},{"call":"POST messages","body":{"content":$T}}`, "$T", string(text))
	for page, calls := range map[string]string{"slack.html": slack, "discord.html": discord} {
		got := body(t, page, calls)
		for _, never := range []string{"<script", "<img", "</style", "</title", `href="javascript:`} {
			if strings.Contains(got, never) {
				t.Errorf("%s has %q in %s", page, never, got)
			}
		}
		if !strings.Contains(got, "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Errorf("%s = %s, want the hostile text to be read there", page, got)
		}
	}
}

// A picture that left something out would show what nobody sees.
func TestWhatCannotBeShownIsAnError(t *testing.T) {
	all := pictures()
	slack, discord := all[0], all[len(all)-1]
	for _, tt := range []struct {
		p     picture
		calls string
	}{
		{slack, `[{"body":{"blocks":[{"type":"video"}]}}]`},
		{slack, `[{"body":{"blocks":[{"type":"actions","elements":[{"type":"datepicker"}]}]}}]`},
		{slack, `[{"body":{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"canvas"}]}]}]}}]`},
		{slack, `[{"body":{}},{"body":{}},{"body":{}}]`},
		{slack, `{}`},
		{discord, `[{"body":{"components":[{"type":17}]}}]`},
		{discord, `[{"body":{"components":[{"type":1,"components":[{"type":3}]}]}}]`},
		{slack, `[{"body":{"blocks":[{"type":"section","text":{"type":"plain_text","text":"x"},"accessory":{"type":"button"}}]}}]`},
		{discord, `[{"body":{"embeds":[{"image":{"url":"https://a.example/i.png"}}]}}]`},
		{discord, `[{"call":"POST threads","body":{"name":"x"}}]`},
	} {
		if got, err := tt.p.html([]byte(tt.calls)); err == nil {
			t.Errorf("html(%s) = %s, want an error", tt.calls, got)
		}
	}
}

func TestTimesAsReadersSeeThem(t *testing.T) {
	for in, want := range map[time.Duration]string{
		-30 * time.Second: "30 seconds ago", -time.Minute: "1 minute ago", -150 * time.Minute: "3 hours ago", 7 * 24 * time.Hour: "in 7 days",
	} {
		if got := relative(now.Add(in)); got != want {
			t.Errorf("relative(now + %v) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[int]string{-2: "Nov 22", -1: "yesterday", 0: "today", 1: "tomorrow", 7: "Dec 1"} {
		if got := pretty(now.AddDate(0, 0, in)); got != want {
			t.Errorf("pretty(now + %d days) = %q, want %q", in, got, want)
		}
	}
}

func TestPicturesEndWhereThePageEnds(t *testing.T) {
	full := image.NewGray(image.Rect(0, 0, 4, 200))
	full.Set(2, 30, color.White)
	from, to := filepath.Join(t.TempDir(), "from.png"), filepath.Join(t.TempDir(), "to.png")
	write := func() {
		var b bytes.Buffer
		if err := png.Encode(&b, full); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(from, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write()
	if err := crop(from, to); err != nil {
		t.Fatalf("crop = %v", err)
	}
	raw, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || got.Width != 4 || got.Height != 31+margin {
		t.Errorf("the picture has %d×%d, %v, want 4×%d", got.Width, got.Height, err, 31+margin)
	}
	full.Set(2, 190, color.White)
	write()
	if err := crop(from, to); err == nil {
		t.Error("crop of a page without an end = nil, want an error")
	}
}

// Each picture in docs/cards can be made of its JSON, and is small enough for a page.
func TestEachPictureIsThere(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "cards")
	for _, p := range pictures() {
		raw, err := os.ReadFile(filepath.Join(dir, p.name+".json"))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := p.html(raw); err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
		const most = 300 << 10
		if info, err := os.Stat(filepath.Join(dir, p.name+".png")); err != nil || info.Size() > most {
			t.Errorf("%s.png: %v, %v; want it there and at most %d bytes", p.name, info, err, most)
		}
	}
}
