package notify

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/rewrite"
)

// A pen is a Rewriter that cites the first sentence. Each answer is used once.
type pen struct {
	mu    sync.Mutex
	asked [][]string
	write func(ctx context.Context) error // before it answers; nil for nothing
}

func (*pen) Model() string          { return "small-1" }
func (*pen) Timeout() time.Duration { return 20 * time.Second }

func (p *pen) Rewrite(ctx context.Context, sentences []string, _ int) ([]rewrite.Sentence, error) {
	p.mu.Lock()
	p.asked = append(p.asked, sentences)
	p.mu.Unlock()
	if p.write != nil {
		if err := p.write(ctx); err != nil {
			return nil, err
		}
	}
	return []rewrite.Sentence{{Text: rewritten, Cites: []int{0}}}, nil
}

const rewritten = "The exclusive cloud pact is over."

// newWriter returns a desk whose notifier has a rewriter.
func newWriter(t *testing.T) (*desk, *pen) {
	d, p := newDesk(t), &pen{}
	d.n.Rewriter = p
	return d, p
}

func (d *desk) rewrite() {
	d.t.Helper()
	if err := d.n.Rewrite(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// one returns the only post since the last look.
func (d *desk) one() news.Delivery {
	d.t.Helper()
	d.deliver()
	ps := d.posted()
	if len(ps) != 1 {
		d.t.Fatalf("posted %v, want one", kinds(ps))
	}
	return ps[0]
}

func isRewritten(d news.Delivery) bool {
	return d.Card.Rewriting.Done && len(d.Card.Quotes) == 1 && d.Card.Quotes[0].Text == rewritten
}

func TestAlertIsRewritten(t *testing.T) {
	d, p := newWriter(t)
	d.arrive(ledger)
	d.group()
	if d.deliver(); len(d.posted()) > 0 {
		t.Fatal("the alert did not wait for its rewrite")
	}
	d.rewrite()
	got := d.one()
	if q := got.Card.Quotes; !isRewritten(got) || q[0].Outlet != "Ledger Wire" || q[0].URL != ledger.URL || got.Card.Rewriting.Model != "small-1" {
		t.Errorf("alert says %+v by %+v, want %q of Ledger Wire by small-1", q, got.Card.Rewriting, rewritten)
	}
	if len(p.asked) != 1 || !strings.Contains(strings.Join(p.asked[0], " "), "any provider") {
		t.Errorf("asked about %q, want the sentences of the article, once", p.asked)
	}
}

func TestAlertIsNotRewritten(t *testing.T) {
	d, p := newWriter(t)
	p.write = func(context.Context) error { return errors.New("it has a name that is not in what it cites") }
	d.arrive(ledger)
	d.group()
	d.rewrite()
	got := d.one()
	if r := got.Card.Rewriting; r.Done || r.Model != "small-1" || len(got.Card.Quotes) == 0 || !strings.Contains(ledger.Text, got.Card.Quotes[0].Text) {
		t.Errorf("alert says %+v by %+v, want an excerpt", got.Card.Quotes, r)
	}
	d.rewrite()
	if len(p.asked) != 1 {
		t.Errorf("asked %d times about one draft, want once", len(p.asked))
	}
}

func TestSlowRewriterHoldsNothingUp(t *testing.T) {
	d, p := newWriter(t)
	began, end := make(chan struct{}), make(chan struct{})
	p.write = func(context.Context) error {
		close(began)
		<-end
		return errors.New("slow")
	}
	d.arrive(ledger)
	d.group()
	done := make(chan error)
	go func() { done <- d.n.Rewrite(t.Context()) }()
	<-began
	d.arrive(report("Harbour Post", "compute", "Tarn leases compute from Ostrey", "Tarn signed an exclusive lease of two data centres in Ostrey on Monday."))
	d.group() // would never return if the rewriter was waited for under the lock
	d.now = d.now.Add(20 * time.Second)
	d.deliver()
	if got := kinds(d.posted()); len(got) != 2 {
		t.Errorf("posted %v while the rewriter thinks, want both alerts when their time is up", got)
	}
	close(end)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if d.deliver(); len(d.posted()) > 0 {
		t.Error("the late answer posted something")
	}
}

func TestKilledWhileRewriting(t *testing.T) {
	d, _ := newWriter(t)
	d.arrive(ledger)
	d.group()
	d.restart() // and its rewriter is no longer configured
	d.now = d.now.Add(20 * time.Second)
	if got := d.one(); got.Kind != news.KindAlert || got.Card.Rewriting.Done || len(got.Card.Quotes) == 0 {
		t.Errorf("after a kill: %+v, want the alert with excerpts", got)
	}
	d.deliver()
	if got := d.posted(); len(got) > 0 {
		t.Errorf("after a kill: %v beside the alert", kinds(got))
	}
}

func TestRewriteIsKept(t *testing.T) {
	d, p := newWriter(t)
	d.arrive(ledger)
	d.group()
	d.rewrite()
	d.one()
	d.restart()
	d.n.Rewriter = p
	if err := d.n.Refresh(t.Context(), "s1", "deals"); err != nil {
		t.Fatal(err)
	}
	d.rewrite()
	if got := d.one(); got.Kind != news.KindEdit || !isRewritten(got) || len(p.asked) != 1 {
		t.Errorf("%s says %+v, asked %d times; want an edit with the rewrite that is there", got.Kind, got.Card.Quotes, len(p.asked))
	}
}

func TestStoryGrowsWhileItIsRewritten(t *testing.T) {
	d, p := newWriter(t)
	d.arrive(ledger)
	d.group()
	p.write = func(context.Context) error {
		p.write = nil
		d.arrive(kestrel)
		return d.n.Group(t.Context())
	}
	d.rewrite()
	if d.deliver(); len(d.posted()) > 0 {
		t.Fatal("the answer about less than there is was posted")
	}
	d.rewrite()
	if got := d.one(); !isRewritten(got) || len(got.Card.Outlets) != 2 || len(p.asked) != 2 {
		t.Errorf("alert of %d outlets, rewritten: %v, asked %d times; want the second answer", len(got.Card.Outlets), isRewritten(got), len(p.asked))
	}
}

func TestEditIsRewritten(t *testing.T) {
	d, p := newWriter(t)
	d.arrive(ledger)
	d.group()
	d.rewrite()
	d.one()
	d.arrive(kestrel)
	d.group()
	d.rewrite()
	if got := d.one(); got.Kind != news.KindEdit || !isRewritten(got) || len(p.asked) != 2 {
		t.Errorf("%s, rewritten: %v, asked %d times; want an edit with a rewrite of its own", got.Kind, isRewritten(got), len(p.asked))
	}
	d.arrive(report("Third Wire", "exclusivity", "Corvane and Meridell end exclusive cloud pact",
		"Corvane and Meridell said on Tuesday that their exclusive cloud pact is over. Corvane may buy computing from any provider."))
	d.group()
	d.rewrite()
	if d.deliver(); len(d.posted()) > 0 {
		t.Error("the rewrite of the second edit did not leave it its time")
	}
	d.now = d.now.Add(d.n.EditEvery)
	if got := d.one(); got.Kind != news.KindEdit || !isRewritten(got) {
		t.Errorf("%s, rewritten: %v; want the second edit", got.Kind, isRewritten(got))
	}
}

func TestOnlyEnglishIsRewritten(t *testing.T) {
	d, p := newWriter(t)
	a := report("Blatt", "exclusivity", "Corvane und Meridell lösen Vertrag", "Corvane und Meridell haben ihren exclusiven, also exclusive Cloud-Vertrag am Dienstag gelöst.")
	a.Lang = "de"
	d.arrive(a)
	d.group()
	if got := d.one(); got.Card.Rewriting.Done || got.Card.Rewriting.Model == "" {
		t.Errorf("alert by %+v, want excerpts at once", got.Card.Rewriting)
	}
	if d.rewrite(); len(p.asked) > 0 {
		t.Errorf("asked about %q, which cannot be checked", p.asked)
	}
}

func TestNothingWaitsWithoutARewriter(t *testing.T) {
	d := newDesk(t)
	d.arrive(ledger)
	d.group()
	if got := d.one(); got.Card.Rewriting.Model != "" || got.Card.Rewriting.Draft != "" {
		t.Errorf("alert by %+v, want nobody", got.Card.Rewriting)
	}
}
