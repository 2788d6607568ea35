package fakediscord

import (
	"fmt"
	"strings"
	"testing"
)

func TestFaultsOfABody(t *testing.T) {
	const (
		silent = `"allowed_mentions":{"parse":[]}`
		nonce  = `,"nonce":"n","enforce_nonce":true`
	)
	long := func(n int) string { return strings.Repeat("x", n) }
	embed := func(fields string) string { return fmt.Sprintf(`{%s,"embeds":[%s]%s}`, silent, fields, nonce) }
	button := func(b string) string {
		return fmt.Sprintf(`{%s,"content":"x","components":[{"type":1,"components":[%s]}]%s}`, silent, b, nonce)
	}
	answer := func(kind int, data string) string { return fmt.Sprintf(`{"type":%d,"data":%s}`, kind, data) }
	modal := func(input string) string {
		return answer(TypeModal, `{"custom_id":"m","title":"M","components":[`+input+`]}`)
	}
	one := `{"type":18,"label":"L","component":{"type":4,"custom_id":"a","style":1}}`
	for _, tt := range []struct {
		name, route, body string
		want              string // in a fault; "" for none
	}{
		{"a message", "POST messages", `{"content":"x",` + silent + nonce + `}`, ""},
		{"an embed", "POST messages", embed(`{"title":"x"}`), ""},
		{"it could ping", "POST messages", `{"content":"x"` + nonce + `}`, "allowed_mentions"},
		{"it could ping everyone", "PATCH message", `{"content":"x","allowed_mentions":{"parse":["everyone"]}}`, "allowed_mentions"},
		{"no nonce", "POST messages", `{"content":"x",` + silent + `}`, "nonce"},
		{"nothing to show", "POST messages", `{` + silent + nonce + `}`, "content of 0"},
		{"content too long", "POST messages", `{"content":"` + long(2001) + `",` + silent + nonce + `}`, "content of 2001"},
		{"title too long", "POST messages", embed(`{"title":"` + long(257) + `"}`), "title of 257"},
		{"embeds too long together", "POST messages", embed(`{"description":"` + long(4000) + `"},{"description":"` + long(2001) + `"}`), "6001"},
		{"an empty field", "POST messages", embed(`{"title":"x","fields":[{"name":"x","value":""}]}`), "empty field"},
		{"an empty embed", "POST messages", embed(`{"color":1}`), "shows nothing"},
		{"it pings who wrote the alert", "POST messages", `{"content":"x","message_reference":{"message_id":"1"},` + silent + nonce + `}`, "replied_user"},
		{"a button", "POST messages", button(`{"type":2,"style":2,"label":"x","custom_id":"a"}`), ""},
		{"an ID twice", "POST messages", button(`{"type":2,"style":2,"label":"x","custom_id":"a"},{"type":2,"style":2,"label":"y","custom_id":"a"}`), "twice"},
		{"a link too long", "POST messages", button(`{"type":2,"style":5,"label":"x","url":"https://x.example/` + long(500) + `"}`), "link button"},
		{"for all to see", "POST callback", answer(TypeMessage, `{"content":"x",`+silent+`}`), "one person"},
		{"a promise", "POST callback", answer(TypeDeferred, `{"flags":64}`), ""},
		{"a promise with words", "POST callback", answer(TypeDeferred, `{"flags":64,"content":"x"}`), "no more"},
		{"no list of choices", "POST callback", answer(TypeChoices, `{"choices":null}`), "choices"},
		{"no type", "POST callback", `{"data":{}}`, "no answer"},
		{"a modal", "POST callback", modal(one), ""},
		{"a modal of six", "POST callback", modal(strings.Join([]string{one, one, one, one, one, one}, ",")), "6 inputs"},
		{"a modal with an ID twice", "POST callback", modal(one + "," + one), "twice"},
	} {
		got := strings.Join(Faults(tt.route, []byte(tt.body)), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: Faults(%s, %s) = %q, want %q in it", tt.name, tt.route, tt.body, got, tt.want)
		}
	}
}

func TestFaultsOfCommands(t *testing.T) {
	command := func(rest string) string {
		return `[{"type":1,"name":"watch","description":"Rules"` + rest + `}]`
	}
	sub := func(options string) string {
		return command(`,"options":[{"type":1,"name":"add","description":"Add","options":[` + options + `]}]`)
	}
	option := func(name, rest string) string {
		return fmt.Sprintf(`{"type":3,"name":%q,"description":"D"%s}`, name, rest)
	}
	many := make([]string, 26)
	for i := range many {
		many[i] = option(fmt.Sprint("o", i), "")
	}
	for _, tt := range []struct{ name, body, want string }{
		{"a command", sub(option("query", `,"required":true`) + "," + option("to", "")), ""},
		{"permissions as text", command(`,"default_member_permissions":"32"`), ""},
		{"the same twice", strings.Replace(command("")+command(""), "][", ",", 1), "twice"},
		{"a name in capitals", sub(option("Query", "")), `name "Query"`},
		{"what is required comes last", sub(option("to", "") + "," + option("query", `,"required":true`)), "stands behind"},
		{"26 options", sub(strings.Join(many, ",")), "26 options"},
		{"choices and autocomplete", sub(option("to", `,"autocomplete":true,"choices":[{"name":"a","value":"a"}]`)), "choices with"},
		{"a description too long", command(`,"options":[{"type":1,"name":"add","description":"` + strings.Repeat("x", 101) + `"}]`), "101"},
	} {
		got := strings.Join(bodyFaults("PUT commands", []byte(tt.body), nil), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s has faults %q, want %q in it", tt.name, tt.body, got, tt.want)
		}
	}
}
