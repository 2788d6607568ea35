package discord

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A transport stands between discordgo and the network, for two things that discordgo does not let
// us say: where the API is, its addresses are package variables, and what to do on a 429, of which
// it keeps neither the code nor its temper.
type transport struct {
	base *url.URL          // of the API, ending in "/"
	next http.RoundTripper // nil means http.DefaultTransport
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	to := *t.base
	to.Path += strings.TrimPrefix(req.URL.Path, "/api/")
	to.RawQuery = req.URL.RawQuery
	req = req.Clone(req.Context())
	req.URL, req.Host = &to, ""
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusTooManyRequests {
		return resp, err
	}
	defer resp.Body.Close()
	return nil, readLimited(resp)
}

// limited is an answer 429, or the wait that an earlier answer asked for.
type limited struct {
	After time.Duration
	Code  int // Discord's, 0 for none
	Text  string
}

func (l *limited) Error() string {
	return fmt.Sprintf("too many requests: %s, again after %s", l.Text, l.After)
}

// readLimited reads how long to wait. The body is right where the header differs; a 429 of the
// network in front of Discord has no such body.
func readLimited(resp *http.Response) *limited {
	var body struct {
		Message    string  `json:"message"`
		RetryAfter float64 `json:"retry_after"` // in seconds
		Code       int     `json:"code"`
	}
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err := json.Unmarshal(raw, &body); err != nil || body.RetryAfter <= 0 {
		body.RetryAfter, _ = strconv.ParseFloat(resp.Header.Get("Retry-After"), 64)
	}
	l := &limited{Code: body.Code, Text: body.Message, After: waitUnstated}
	if body.RetryAfter > 0 && body.RetryAfter < maxRetryAfter.Seconds() {
		l.After = time.Duration(math.Ceil(body.RetryAfter*1000)) * time.Millisecond
	} else if body.RetryAfter > 0 {
		l.After = maxRetryAfter
	}
	return l
}
