package discord

import (
	"strings"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/bot"
	fakediscord "github.com/pactwatch/pactwatch/internal/fake/discord"
	"github.com/pactwatch/pactwatch/internal/news"
)

func checkSource(t *testing.T, s *fakediscord.Server) *fakediscord.Interaction {
	t.Helper()
	i, err := s.Command(ada, fakediscord.ChannelID, "sources check", map[string]string{"source": "ledger"})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestAnAnswerOutlivesTheConnectionOfItsQuestion(t *testing.T) {
	s, _, _ := serve(t, oneRule{slow: 500 * time.Millisecond})
	i := checkSource(t, s)
	time.Sleep(50 * time.Millisecond)
	s.Disconnect(4000)
	if got := i.Answer(5 * time.Second).Text(); !strings.Contains(got, "HTTP status 503") {
		t.Errorf("answered %q, want what the check found", got)
	}
}

func TestAnAnswerThatIsLostOnTheWayIsSentAgain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		slow  time.Duration
		route string
		fault fakediscord.Fault
		calls int
	}{
		{"the server fails", 0, "POST callback", fakediscord.Fault{Status: 502}, 2},
		{"it arrived, but nobody says so", 0, "POST callback", fakediscord.Fault{Status: 502, Done: true}, 2},
		{"the connection is cut", 0, "POST callback", fakediscord.Fault{Cut: true}, 2},
		{"it is limited", 0, "POST callback", fakediscord.Limited(100 * time.Millisecond), 2},
		{"too late", 0, "POST callback", fakediscord.Says(404, 10062, "Unknown interaction"), 1},
		{"an edit", 2100 * time.Millisecond, "PATCH reply", fakediscord.Fault{Status: 500}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, _, log := serve(t, oneRule{slow: tt.slow})
			s.Fail(tt.route, tt.fault)
			i := checkSource(t, s)
			if tt.calls == 1 {
				i.Unanswered(time.Second)
			} else if got := i.Answer(5 * time.Second).Text(); !strings.Contains(got, "HTTP status 503") {
				t.Errorf("answered %q", got)
			}
			time.Sleep(300 * time.Millisecond)
			if n := len(s.Calls(tt.route)); n != tt.calls {
				t.Errorf("%d calls of %s, want %d", n, tt.route, tt.calls)
			}
			if strings.Contains(log.String(), "canary") {
				t.Errorf("a secret is in the log: %s", log)
			}
		})
	}
}

// The limit is that of one interaction; discordgo would make the next one wait for it.
func TestAUsedUpLimitOfOneAnswerDelaysNoOther(t *testing.T) {
	s, _, _ := serve(t, oneRule{})
	s.Fail("POST callback", fakediscord.Fault{Extra: true, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "30"}})
	for range 2 {
		run(t, s, bo, "pactwatch help", nil)
	}
}

func TestAButtonOfOnesOwnAnswerChangesThatAnswer(t *testing.T) {
	s, _, _ := serve(t, oneRule{})
	own := run(t, s, ada, "pactwatch why", map[string]string{"what": "a102"})
	i := s.PressID(ada, own, "v1:why:a102")
	if first := i.First(); first.Type != fakediscord.TypeUpdate {
		t.Errorf("the answer is of type %d, want the message anew", first.Type)
	}
	if got := i.Answer(time.Second); got.ID != own.ID || !got.Ephemeral() {
		t.Errorf("answered with %v, want the message itself", got)
	}
}

func TestScenario29And32AnAlertOfEarlierStaysAsItIs(t *testing.T) {
	s, d, _ := serve(t, oneRule{})
	del := delivery(news.KindAlert, readCard(t, "alert.json"))
	del.Destination.Target = fakediscord.ChannelID
	id, err := d.Post(t.Context(), del)
	if err != nil {
		t.Fatal(err)
	}
	i, err := s.Press(bo, s.Message(id), "Why?")
	if err != nil {
		t.Fatal(err)
	}
	if m := i.Answer(5 * time.Second); !m.Ephemeral() || m.ID == id || s.Message(id).Edits != 0 {
		t.Errorf("answered with %v and %d edits of the alert, want a message of its own for one person", m, s.Message(id).Edits)
	}
}

func TestScenario18ALongAnswerFitsAndCountsTheRest(t *testing.T) {
	lines := func(n, length int) (all []bot.Line) {
		for range n {
			all = append(all, bot.Line{{Text: strings.Repeat("x", length)}})
		}
		return all
	}
	for _, tt := range []struct {
		name   string
		lines  []bot.Line
		embeds int
		end    string
	}{
		{"one line", lines(1, 10), 1, "xxxxxxxxxx"},
		{"nothing at all", nil, 1, nothingSaid},
		{"an empty line", []bot.Line{nil}, 1, nothingSaid},
		{"sixty rules", lines(60, 90), 2, "x"},
		{"more than fits", lines(100, 90), 2, `\+35 more`},
		{"a line that is too long", lines(1, 9000), 1, "…"},
		{"two of them", lines(2, 9000), 2, `\+1 more`},
		{"all markup", []bot.Line{{{Text: strings.Repeat("*", 5000)}}}, 1, "…"},
	} {
		all := embeds(tt.lines)
		sum := 0
		for _, e := range all {
			sum += bot.Units(e.Description)
			if n := bot.Units(e.Description); n > maxDescription || n == 0 {
				t.Errorf("%s: an embed of %d characters", tt.name, n)
			}
		}
		if last := all[len(all)-1].Description; len(all) != tt.embeds || sum > maxEmbeds || !strings.HasSuffix(last, tt.end) {
			t.Errorf("%s: %d embeds, %d characters, at the end %.40q; want %d embeds and %q", tt.name, len(all), sum, last[max(0, len(last)-40):], tt.embeds, tt.end)
		}
	}
}

func TestTheGatewayTellsWhereChannelsAre(t *testing.T) {
	s, d, _ := serve(t, oneRule{})
	run(t, s, bo, "pactwatch help", nil) // by now, what came before it has been read
	want := "https://discord.com/channels/" + fakediscord.GuildID + "/" + fakediscord.ChannelID + "/7"
	if got := d.Permalink(news.Destination{Target: fakediscord.ChannelID}, "7"); got != want {
		t.Errorf("Permalink = %q, want %q", got, want)
	}
}
