package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// A model is an OpenAI-compatible endpoint with a model that answers by its function: with a sentence and
// the text of the source that it cites.
func newModel(t *testing.T, answer func(sources string) (text, cites string)) (url string, asked *atomic.Int32) {
	asked = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer canary-key" {
			t.Errorf("the model was called at %s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		var q struct{ Messages []struct{ Content string } }
		var shown struct{ Sources []struct{ ID, Text string } }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) != 2 {
			t.Errorf("the model was asked %+v, %v", q, err)
			return
		}
		if err := json.Unmarshal([]byte(q.Messages[1].Content), &shown); err != nil {
			t.Errorf("the model was shown %s: %v", q.Messages[1].Content, err)
			return
		}
		text, cites := answer(q.Messages[1].Content)
		id := "s0"
		for _, s := range shown.Sources {
			if strings.Contains(s.Text, cites) {
				id = s.ID
			}
		}
		summary, _ := json.Marshal(map[string]any{"sentences": []any{map[string]any{"text": text, "cites": []string{id}}}})
		json.NewEncoder(w).Encode(map[string]any{
			"choices": []any{map[string]any{"message": map[string]string{"content": string(summary)}, "finish_reason": "stop"}},
			"usage":   map[string]int{"total_tokens": 500},
		})
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// writtenBy is a configuration whose summaries a model may rewrite.
func writtenBy(p *press, url, timeout string) string {
	return watching(p, fmt.Sprintf("summary: {llm: {url: %q, model: small-1, key_env: LLM_KEY, monthly_tokens: 100000, timeout: %s}}\n%s",
		url+"/v1", timeout, toTerminal))
}

func TestAnAlertSaysWhetherItIsRewritten(t *testing.T) {
	t.Parallel()
	url, asked := newModel(t, func(sources string) (text, cites string) {
		if strings.Contains(sources, "gigawatts") {
			return "Pellucid ordered five gigawatts of exclusive capacity from Gridhaven.", "two gigawatts"
		}
		return "Corvane and Meridell said their exclusive cloud pact is over.", "is over"
	})
	p := newPress(t)
	p.publish("Ledger Wire", pactTitle, pactText)
	p.publish("Stackside", orderTitle, orderText)
	dir := t.TempDir()
	run := start(t, dir, []string{"LLM_KEY=canary-key"}, "run", "--config", writeFile(t, dir, "config.yaml", writtenBy(p, url, "20s")))
	run.waitFor(
		"rewritten by small-1, for 100000 tokens a month",
		"│ Corvane and Meridell said their exclusive cloud pact is over. — Ledger Wire\n   Summary: rewritten by small-1, checked against the sources",
		"Summary: excerpts, word for word",
		`"msg":"summary not rewritten, excerpts stay"`, `"why":"sentence 1: it has a number that is not in what it cites"`,
	)
	if err := run.end(os.Interrupt); err != nil {
		t.Errorf("ended with %v, want exit code 0", err)
	}
	if out := run.output(); strings.Contains(out, "five gigawatts") || strings.Contains(out, "canary-key") || strings.Count(out, "NORMAL · ") != 2 {
		t.Errorf("want two alerts, without the invented number and the key:\n%s", out)
	}
	again := start(t, dir, []string{"LLM_KEY=canary-key"}, "run", "--config", dir+"/config.yaml")
	again.waitFor("alerts   deals → terminal")
	again.end(os.Interrupt)
	if n := asked.Load(); n != 2 {
		t.Errorf("the model was asked %d times about two stories", n)
	}
}

// A model that never answers is killed over; the alert leaves once, when its time is up.
func TestKilledWhileTheModelThinks(t *testing.T) {
	t.Parallel()
	thinks := make(chan struct{})
	url, asked := newModel(t, func(string) (text, cites string) {
		<-thinks
		return "", ""
	})
	t.Cleanup(func() { close(thinks) }) // before the server closes, which waits for it
	p := newPress(t)
	p.publish("Ledger Wire", pactTitle, pactText)
	dir := t.TempDir()
	config := writeFile(t, dir, "config.yaml", writtenBy(p, url, "5s"))
	first := start(t, dir, []string{"LLM_KEY=canary-key"}, "run", "--config", config)
	waitUntil(t, func() bool { return asked.Load() > 0 }, func() string { return "a question:\n" + first.output() })
	first.end(os.Kill)
	second := start(t, dir, []string{"LLM_KEY=canary-key"}, "run", "--config", config)
	second.waitFor(pactTitle, "Summary: excerpts", "delivered")
	p.publish("Stackside", orderTitle, orderText)
	second.waitFor(orderTitle)
	second.end(os.Interrupt)
	if n := strings.Count(first.output()+second.output(), pactTitle+"\n"); n != 1 {
		t.Errorf("the alert was posted %d times:\n%s%s", n, first.output(), second.output())
	}
}
