package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/rewrite"
	"github.com/pactwatch/pactwatch/notify/story"
)

// What a rewriter is shown of a story at most. A brief of 80 words is drawn from far less.
const (
	maxShown = 24   // sentences
	maxBytes = 6000 // of them all
	maxLong  = 600  // bytes of one: more is no sentence of a report
	minShown = 5    // words of one: less is a heading or a button's text
)

// atOnce is how many drafts are with the rewriter at a time.
const atOnce = 4

// A Rewriter says what sentences say in so many words of its own at most. An error says in one line why there is none, in words
// that may be logged. It is asked while nothing of the notifier is locked.
type Rewriter interface {
	Model() string
	Timeout() time.Duration // how long an alert waits for it
	Rewrite(ctx context.Context, sentences []string, words int) ([]rewrite.Sentence, error)
}

// A rewriting is what a plan knows of a story's rewrites. The zero rewriting is that of a notifier without
// a Rewriter.
type rewriting struct {
	model    string
	patience time.Duration
	known    map[string]news.Rewrite // by draft
	drafts   map[string]draft        // of the cards that were planned, by name
}

func (n *Notifier) rewritingOf(ctx context.Context, story string) (r rewriting, err error) {
	if n.Rewriter == nil {
		return r, nil
	}
	r = rewriting{model: n.Rewriter.Model(), patience: n.Rewriter.Timeout(), known: map[string]news.Rewrite{}, drafts: map[string]draft{}}
	known, err := n.st.Rewrites(ctx, story)
	for _, k := range known {
		r.known[k.Draft] = k
	}
	return r, err
}

// rewrite gives a card the rewrite of its quotes, if there is one, and names the draft if there may be.
func (p *plan) rewrite(c *news.Card, b news.Brief) {
	if p.model == "" {
		return
	}
	c.Rewriting.Model = p.model
	if d := draftOf(p.members, b); len(d) > 0 {
		c.Rewriting.Draft = d.name(p.model, c.Story)
		p.drafts[c.Rewriting.Draft] = d
	}
	if k, ok := p.known[c.Rewriting.Draft]; ok && len(k.Quotes) > 0 {
		c.Quotes, c.Rewriting.Done = k.Quotes, true
	}
}

// awaited reports whether a card is worth waiting for.
func (p *plan) awaited(r news.Rewriting) bool {
	_, known := p.known[r.Draft]
	return r.Draft != "" && !known
}

// A draft is the sentences of a story that a rewriter is shown, the most telling first.
type draft []news.Sentence

// draftOf returns the draft of a brief: its sentences, then the others of the articles, from the top of
// each in turn. It is empty where there is nothing to rewrite, or what there is cannot be checked
// afterwards: that is done for English only.
func draftOf(ms []news.Member, b news.Brief) draft {
	if slices.ContainsFunc(ms, func(m news.Member) bool { return m.Article.Lang != "" && m.Article.Lang != "en" }) || len(b.Sentences) == 0 {
		return nil
	}
	var d draft
	seen := map[string]bool{}
	bytes := 0
	add := func(s news.Sentence) {
		if !seen[s.Text] && len(d) < maxShown && bytes+len(s.Text) <= maxBytes {
			seen[s.Text] = true
			bytes += len(s.Text)
			d = append(d, s)
		}
	}
	for _, s := range b.Sentences {
		add(s)
	}
	spans := make([][]story.Span, len(ms))
	for i, m := range ms {
		spans[i] = story.Sentences(m.Article.Text)
	}
	for row := range maxShown {
		for i, m := range ms {
			if row >= len(spans[i]) {
				continue
			}
			text := m.Article.Text[spans[i][row].Start:spans[i][row].End]
			if len(text) <= maxLong && len(strings.Fields(text)) >= minShown {
				add(news.Sentence{Article: m.Article.ID, Text: text})
			}
		}
	}
	return d
}

func (d draft) texts() []string {
	texts := make([]string, len(d))
	for i, s := range d {
		texts[i] = s.Text
	}
	return texts
}

// name returns what a rewrite of the draft by a model is kept under in a story: another for other
// sentences.
func (d draft) name(model, story string) string {
	sum := sha256.Sum256([]byte(model + "\x00" + story + "\x00" + strings.Join(d.texts(), "\x00")))
	return hex.EncodeToString(sum[:16])
}

// quotes returns a rewrite of the draft as a card shows it: each sentence with the outlet of the first
// that it cites.
func (d draft) quotes(ms []news.Member, rewritten []rewrite.Sentence) []news.Quote {
	var b news.Brief
	for _, s := range rewritten {
		b.Sentences = append(b.Sentences, news.Sentence{Article: d[s.Cites[0]].Article, Text: s.Text})
	}
	return quotes(ms, b)
}

// Rewrite asks the rewriter about every draft that waits for it, and gives what comes of it to the
// deliveries that wait. What does not come in time they do without: each is due all the same.
func (n *Notifier) Rewrite(ctx context.Context) error {
	waiting, err := n.st.Drafts(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var failed []error
	var mu sync.Mutex // over failed
	slots := make(chan struct{}, atOnce)
	asked := map[string]bool{}
	for _, d := range waiting {
		if name := d.Card.Rewriting.Draft; asked[name] || !d.Due.After(n.Now()) {
			continue // due, it leaves as it is
		}
		asked[d.Card.Rewriting.Draft] = true
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := n.redraft(ctx, d); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(failed...)
}

var errSlowRewriter = errors.New("the rewriter did not answer in time")

// redraft asks the rewriter about one delivery's draft, until it is due, and stores the answer. Where the
// story has grown meanwhile, the delivery has another draft, which has its own turn.
func (n *Notifier) redraft(ctx context.Context, d news.Delivery) error {
	p, err := n.present(ctx, d.Card.Story)
	if err != nil {
		return err
	}
	card := p.card(d.Destination.Channel)
	if card.Rewriting.Draft != d.Card.Rewriting.Draft {
		return nil
	}
	own := p.drafts[card.Rewriting.Draft]
	wait := min(d.Due.Sub(n.Now()), p.patience)
	ask, cancel := context.WithTimeoutCause(ctx, wait, errSlowRewriter)
	rewritten, failure := n.Rewriter.Rewrite(ask, own.texts(), n.words())
	cancel()
	if ctx.Err() != nil { // the program ends; the next run asks again if there is time
		return nil
	}
	r := news.Rewrite{Draft: card.Rewriting.Draft, Story: card.Story, At: n.Now()}
	if failure != nil {
		r.Why = failure.Error()
		n.lg.Warn("summary not rewritten, excerpts stay", "story", card.Story, "why", r.Why)
	} else {
		r.Quotes = own.quotes(p.members, rewritten)
		n.lg.Info("summary rewritten", "story", card.Story, "model", p.model, "sentences", len(r.Quotes))
	}
	return n.saveRewrite(ctx, r)
}

// saveRewrite stores what came of a draft and hands it to the deliveries that wait for it, which wait no
// longer.
func (n *Notifier) saveRewrite(ctx context.Context, r news.Rewrite) error {
	n.grouping.Lock()
	defer n.grouping.Unlock()
	err := n.planned(ctx, func() error {
		before, err := n.st.StoryDeliveries(ctx, r.Story)
		if err != nil {
			return err
		}
		var waiting []news.Delivery
		for _, d := range before {
			if !waits(&d) || d.Card.Rewriting.Draft != r.Draft || d.Kind == news.KindReply {
				continue
			}
			if len(r.Quotes) > 0 {
				d.Card.Quotes, d.Card.Rewriting.Done = r.Quotes, true
			}
			d.Due = d.Card.Rewriting.Ready
			waiting = append(waiting, d)
		}
		return n.st.SaveRewrite(ctx, r, waiting)
	})
	n.outbox.ring()
	return err
}
