package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/pactwatch/pactwatch/internal/news"
)

// noiseFrom is how many wrong matches make a narrower rule worth a thought.
const noiseFrom = 3

// pressWrong counts somebody's word that an alert should not have come, once a person.
func pressWrong(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	a, err := k.alertNamed(ctx, by, args[0])
	if err != nil {
		return Reply{}, err
	}
	for _, w := range k.wrongs() {
		if w.Alert == a.ID && w.By.Platform == by.Platform && w.By.ID == by.ID {
			return tell(say("You have said so already; it is counted."))
		}
	}
	w := news.Wrong{Alert: a.ID, Rules: rulesIn(a), By: by.Actor, At: k.Now().UTC()}
	saved, err := k.change(ctx, Call{Command: "wrong match", By: by}, news.Change{Kind: news.WrongRecord, After: record(w)})
	if err != nil {
		return Reply{}, err
	}
	return Reply{
		Lines:   []Line{say("Thank you: it counts against " + names(w.Rules) + "."), say("/pactwatch watch show " + name(first(w.Rules)) + " says what would help.")},
		Buttons: []Button{{ID: buttonID("right", saved[0].Key), Label: "Undo"}},
	}, nil
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// pressRight takes back one's own word that an alert was wrong.
func pressRight(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	w, raw := current[news.Wrong](k, news.WrongRecord, args[0])
	if raw == nil {
		return tell(say("That is taken back already."))
	}
	if w.By.Platform != by.Platform || w.By.ID != by.ID {
		return Reply{}, errNotManager
	}
	if _, err := k.change(ctx, Call{Command: "wrong match", By: by}, news.Change{Action: "undo", Kind: news.WrongRecord, Key: args[0], Before: raw}); err != nil {
		return Reply{}, err
	}
	return tell(say("Taken back."))
}

func (k *Desk) wrongs() []news.Wrong {
	var all []news.Wrong
	for _, r := range k.house.Records(news.WrongRecord) {
		var w news.Wrong
		if json.Unmarshal(r.Value, &w) == nil {
			all = append(all, w)
		}
	}
	return all
}

// wrongsOf returns the alerts of a rule that people called wrong, each once.
func (k *Desk) wrongsOf(rule string) []string {
	var alerts []string
	for _, w := range k.wrongs() {
		if slices.Contains(w.Rules, rule) && !slices.Contains(alerts, w.Alert) {
			alerts = append(alerts, w.Alert)
		}
	}
	return alerts
}

// propose adds a narrower rule to what is shown of one that is mostly noise.
func (k *Desk) propose(ctx context.Context, r Rule, sent int, wrong []string, reply *Reply) error {
	if len(wrong) < noiseFrom || 2*len(wrong) < sent {
		return nil
	}
	word, err := k.sharedWord(ctx, r.Name, wrong)
	if err != nil {
		return err
	}
	if word == "" {
		reply.Lines = append(reply.Lines, say("Most of what it brings is called wrong. A phrase or NEAR/12 would make it narrower."))
		return nil
	}
	narrow := r.Rule
	narrow.Match = without(r.Match, word)
	versus, err := k.versus(ctx, r.Rule, narrow, 30)
	if err != nil {
		return err
	}
	reply.Lines = append(reply.Lines,
		say("Most of what it brings is called wrong, and that has a word in common. Narrower: "+Clean(narrow.Match)), versus)
	if r.File == "" {
		reply.Buttons = append(reply.Buttons, Button{ID: buttonID("narrow", r.Name), Label: "Make it narrower"})
	}
	return nil
}

func without(match, word string) string { return "(" + match + ") -" + word }

// pressNarrow makes of a noisy rule the narrower one that watch show proposes now.
func pressNarrow(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	r, _, _, err := k.madeRule(args[0])
	if err != nil {
		return Reply{}, err
	}
	word, err := k.sharedWord(ctx, r.Name, k.wrongsOf(r.Name))
	if err != nil {
		return Reply{}, err
	}
	if word == "" {
		return Reply{}, usage("There is nothing to make it narrower by any more.", "")
	}
	return watchEdit(ctx, k, Call{Command: "watch edit", By: by, Args: map[string]string{"rule": r.Name, "query": without(r.Match, word)}})
}

// sharedWord returns the word that most of a rule's wrong alerts have in their headlines and that no
// other of its alerts has; "" if there is none in at least two thirds of them.
func (k *Desk) sharedWord(ctx context.Context, rule string, wrong []string) (string, error) {
	bad := map[string]int{}
	for _, id := range wrong {
		a, err := k.st.Alert(ctx, id)
		if errors.Is(err, news.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		for word := range headlineWords(a) {
			bad[word]++
		}
	}
	alerts, err := k.st.SearchAlerts(ctx, news.AlertSearch{Rule: rule}, 500)
	if err != nil {
		return "", err
	}
	for _, a := range alerts {
		if !slices.Contains(wrong, a.ID) {
			for word := range headlineWords(a) {
				delete(bad, word)
			}
		}
	}
	best := ""
	for _, word := range slices.Sorted(maps.Keys(bad)) {
		if 3*bad[word] >= 2*len(wrong) && (best == "" || cmp.Compare(bad[word], bad[best]) > 0) {
			best = word
		}
	}
	return best, nil
}

// headlineWords returns the words in the titles of an alert's reports that could carry a NOT.
func headlineWords(a news.Alert) map[string]bool {
	words := map[string]bool{}
	for _, m := range a.Members {
		for w := range strings.FieldsFuncSeq(strings.ToLower(m.Article.Title), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len([]rune(w)) > 3 && w != "near" && w != "before" {
				words[w] = true
			}
		}
	}
	return words
}

// pressSplit takes a report out of a story that it is no part of; of more than two, it asks which.
func pressSplit(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	a, err := k.alertNamed(ctx, by, args[0])
	if err != nil {
		return Reply{}, err
	}
	if len(a.Members) < 2 {
		return Reply{}, usage("That story has one report only.", "“Wrong match” says that it should not have come at all.")
	}
	if args[1] == "" && len(a.Members) > 2 {
		r := Reply{Lines: []Line{say("Which report tells another story?")}}
		for _, m := range a.Members[:min(len(a.Members), 20)] {
			label := cmp.Or(m.Article.Outlet, m.Article.Source) + ": " + m.Article.Title
			r.Buttons = append(r.Buttons, Button{ID: buttonID("split", a.ID, m.Article.ID), Label: Shorten(Clean(label), 34)})
		}
		return r, nil
	}
	article := cmp.Or(args[1], a.Members[len(a.Members)-1].Article.ID)
	if !slices.ContainsFunc(a.Members, func(m news.Member) bool { return m.Article.ID == article }) {
		return Reply{}, usage("That report is no longer in this story.", "")
	}
	story, err := k.house.Split(ctx, article)
	if err != nil {
		return Reply{}, err
	}
	return Reply{
		Lines:   []Line{say(fmt.Sprintf("Now a story of its own, %s. Both sides will remember.", story))},
		Buttons: []Button{{ID: buttonID("rejoin", article, a.Story), Label: "Undo"}},
	}, nil
}

// pressRejoin takes a split back.
func pressRejoin(ctx context.Context, k *Desk, by Asker, args []string) (Reply, error) {
	if !by.Manager {
		return Reply{}, errNotManager
	}
	if err := k.house.Rejoin(ctx, args[0], args[1]); err != nil {
		return Reply{}, err
	}
	return tell(say("It is one story again."))
}
