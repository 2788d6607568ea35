package discord

import (
	"fmt"
	"testing"

	"github.com/pactwatch/pactwatch/bot"
)

func TestADraftIsGivenBackToWhoWroteItOnly(t *testing.T) {
	var ds drafts
	key := ds.keep(draft{by: "1", form: "v1:new-rule", values: map[string]string{"query": "x"}})
	if d, ok := ds.take(key, "1"); !ok || d.values["query"] != "x" {
		t.Errorf("take by its writer = %v, %v", d, ok)
	}
	if _, ok := ds.take(key, "2"); ok {
		t.Error("somebody else was given the draft")
	}
	for range len(ds.keys) {
		ds.keep(draft{by: "1"})
	}
	if _, ok := ds.take(key, "1"); ok || len(ds.kept) != len(ds.keys) {
		t.Errorf("%d drafts are kept, the oldest %v; want %d without it", len(ds.kept), ok, len(ds.keys))
	}
}

func TestAModalAsksForWhatIsRequiredFirst(t *testing.T) {
	f := &bot.Form{ID: "v1:x", Title: "X", Fields: []bot.Field{
		{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}, {Name: "f", Required: true}, {Name: "g"},
	}}
	var names []any
	for _, c := range modal(f)["components"].([]map[string]any) {
		names = append(names, c["component"].(map[string]any)["custom_id"])
	}
	if got := fmt.Sprint(names); got != "[f a b c d]" {
		t.Errorf("the modal asks for %s, want [f a b c d]", got)
	}
}

func TestWhoManages(t *testing.T) {
	for _, tt := range []struct {
		name        string
		cfg         Config
		id          string
		roles       []string
		permissions string
		want        bool
	}{
		{"Manage Server", Config{}, "1", nil, "32", true},
		{"Administrator", Config{}, "1", nil, "8", true},
		{"neither", Config{}, "1", nil, "2147483647680", false},
		{"permissions nobody can read", Config{}, "1", nil, "all", false},
		{"named", Config{Managers: []string{"1"}}, "1", nil, "0", true},
		{"named by role", Config{Managers: []string{"7"}}, "1", []string{"6", "7"}, "0", true},
		{"somebody else is named", Config{Managers: []string{"2"}}, "1", nil, "0", false},
		{"all may", Config{MembersCanManage: true}, "1", nil, "0", true},
	} {
		i := new(interaction)
		i.Member.User.ID, i.Member.Roles, i.Member.Permissions = tt.id, tt.roles, tt.permissions
		l := &listener{d: &Discord{cfg: tt.cfg}}
		if got := l.asker(i).Manager; got != tt.want {
			t.Errorf("%s: Manager = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWhereAllMayManageAllSeeTheCommands(t *testing.T) {
	for _, c := range definitions(testDesk(oneRule{}).Commands(), false) {
		if c.Permissions != nil {
			t.Errorf("/%s is shown to those with permissions %s only", c.Name, *c.Permissions)
		}
	}
}
