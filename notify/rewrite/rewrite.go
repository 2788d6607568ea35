// Package rewrite asks a language model to put a story's summary into fewer and plainer words, and takes
// nothing from it that the sources do not say.
//
// The model is behind an OpenAI-compatible endpoint of the operator's own choice. It is a stranger: what
// it answers is held against the sentences that it cites (package verify), and its cost against a monthly
// limit before it is asked.
package rewrite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxAnswer   = 1 << 20          // bytes of a response: a summary of 60 words has less than one of 1,000
	maxTokens   = 1024             // of an answer: 60 words are 100, and some models think aloud
	rest        = time.Minute      // without a question, once the endpoint has failed
	longestRest = 15 * time.Minute // whatever the endpoint asks for
)

// A Ledger keeps how many tokens a month has cost.
type Ledger interface {
	// ReserveTokens adds tokens to a month, "2026-11", unless it would then have more than most.
	ReserveTokens(ctx context.Context, month string, tokens, most int) (ok bool, err error)
	// AdjustTokens adds to a month what a reservation was short of; what is negative gives back.
	AdjustTokens(ctx context.Context, month string, tokens int) error
}

// A Client is safe for concurrent use.
type Client struct {
	Now func() time.Time

	cfg    Config
	url    string
	ledger Ledger
	client *http.Client
	lg     *slog.Logger

	completion atomic.Bool // the endpoint wants max_completion_tokens, not max_tokens
	mu         sync.Mutex
	resting    time.Time // until when nothing is asked
}

// New returns a Client for an endpoint whose Config has nothing wrong with it. It calls no other address:
// it follows no redirect and heeds no proxy of the environment.
func New(cfg Config, ledger Ledger, lg *slog.Logger) *Client {
	u, _ := url.Parse(cfg.URL) // Check has let it through
	return &Client{
		Now: time.Now, cfg: cfg, url: u.JoinPath("chat/completions").String(), ledger: ledger, lg: lg,
		client: &http.Client{
			Transport:     &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Model returns the model's name.
func (c *Client) Model() string { return c.cfg.Model }

// Timeout returns how long an alert waits for a rewrite.
func (c *Client) Timeout() time.Duration { return c.cfg.timeout() }

// Rewrite returns what the sentences say, the most telling first, in so many of the model's words at most.
// Each of its sentences is borne out by those that it cites. An error says in one line why there is no such summary,
// without a word of the sentences, the answer or the key. It returns when ctx ends, and asks once.
func (c *Client) Rewrite(ctx context.Context, sentences []string, words int) ([]Sentence, error) {
	if until := c.restsUntil(); c.Now().Before(until) {
		return nil, refusal("the endpoint has failed and rests until " + until.UTC().Format("15:04:05 UTC"))
	}
	q := request{Model: c.cfg.Model, Messages: prompt(sentences, words), Format: jsonOnly}
	month := c.Now().UTC().Format("2006-01")
	reserved := q.most()
	ok, err := c.ledger.ReserveTokens(ctx, month, reserved, c.cfg.MonthlyTokens)
	if err != nil {
		return nil, fmt.Errorf("reserve tokens: %w", err)
	}
	if !ok {
		return nil, refusal("the month's tokens are spent")
	}
	answer, used, err := c.ask(ctx, q)
	c.settle(ctx, month, used-reserved)
	if err != nil {
		return nil, err
	}
	return read(answer, sentences, words)
}

// settle stores what a question cost, even if ctx ends. If that fails, what was reserved stays spent.
func (c *Client) settle(ctx context.Context, month string, tokens int) {
	if err := c.ledger.AdjustTokens(context.WithoutCancel(ctx), month, tokens); err != nil {
		c.lg.Error("tokens of a rewrite not settled, more are counted than it cost", "err", err)
	}
}

// A request is what the endpoint is sent, of OpenAI's "create chat completion" what all of its likes know.
type request struct {
	Model         string    `json:"model"`
	Messages      []message `json:"messages"`
	Format        format    `json:"response_format"`
	MaxTokens     int       `json:"max_tokens,omitempty"`
	MaxCompletion int       `json:"max_completion_tokens,omitempty"` // what newer models of OpenAI's call it
}

type format struct {
	Type string `json:"type"`
}

var jsonOnly = format{"json_object"}

// tokens estimates how many tokens a text has. English has four to five bytes in each.
func tokens(bytes int) int { return bytes/3 + 1 }

// asked estimates how many tokens a question has.
func (q request) asked() int {
	n := 0
	for _, m := range q.Messages {
		n += len(m.Role) + len(m.Content)
	}
	return tokens(n)
}

// most estimates what a question and its answer cost at most.
func (q request) most() int { return q.asked() + maxTokens }

// ask puts a question and returns the answer with the tokens that both cost, the most where nobody knows.
func (c *Client) ask(ctx context.Context, q request) (answer string, used int, err error) {
	status, body, err := c.post(ctx, q)
	if status == http.StatusBadRequest && !c.completion.Load() && bytes.Contains(body, []byte("max_completion_tokens")) {
		c.completion.Store(true)
		status, body, err = c.post(ctx, q)
	}
	switch {
	case err != nil:
		c.restFor(rest)
		if ctx.Err() != nil {
			return "", q.most(), refusal("the endpoint did not answer in time")
		}
		return "", q.most(), err
	case status >= 500:
		return "", q.most(), fmt.Errorf("the endpoint fails: status %d", status)
	case status != http.StatusOK:
		return "", 0, fmt.Errorf("the endpoint does not take the question: status %d", status)
	}
	answer, used, err = readCompletion(body)
	if used == 0 {
		used = q.asked() + min(tokens(len(body)), maxTokens)
	}
	return answer, used, err
}

// post sends a question and returns the status and the body of what comes back. An error names neither
// the address nor the key.
func (c *Client) post(ctx context.Context, q request) (status int, body []byte, err error) {
	if c.completion.Load() {
		q.MaxCompletion = maxTokens
	} else {
		q.MaxTokens = maxTokens
	}
	b, err := json.Marshal(q)
	if err != nil {
		return 0, nil, fmt.Errorf("marshal the question: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(b))
	if err != nil {
		return 0, nil, withoutAddress(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "pactwatch")
	if !c.cfg.Key.IsZero() {
		r.Header.Set("Authorization", "Bearer "+c.cfg.Key.Reveal())
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return 0, nil, withoutAddress(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
		c.restFor(retryAfter(resp.Header))
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return 0, nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return 0, nil, refusal("the answer is too large")
	}
	return resp.StatusCode, body, nil
}

// withoutAddress leaves out of an error the address that was called.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("call the endpoint: %w", err)
}

// retryAfter returns how long an endpoint that has too much to do, or fails, is left alone.
func retryAfter(h http.Header) time.Duration {
	s, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || s <= 0 {
		return rest
	}
	return min(time.Duration(s)*time.Second, longestRest)
}

func (c *Client) restFor(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := c.Now().Add(d); until.After(c.resting) {
		c.resting = until
	}
}

func (c *Client) restsUntil() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resting
}

// maxUsage is the most that is believed about one question's cost.
const maxUsage = 10_000_000

// readCompletion returns what a completion says, and the tokens that it says it cost; 0 where it does not.
func readCompletion(body []byte) (answer string, used int, err error) {
	var completion struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
		Usage struct {
			Total int `json:"total_tokens"`
		} `json:"usage"`
	}
	if err := json.Unmarshal(body, &completion); err != nil {
		return "", 0, refusal("the endpoint's answer is not a completion")
	}
	if n := completion.Usage.Total; n > 0 && n <= maxUsage {
		used = n
	}
	switch {
	case len(completion.Choices) == 0 || strings.TrimSpace(completion.Choices[0].Message.Content) == "":
		return "", used, refusal("the answer is empty")
	case completion.Choices[0].FinishReason == "length":
		return "", used, refusal("the answer is cut off")
	}
	return completion.Choices[0].Message.Content, used, nil
}
