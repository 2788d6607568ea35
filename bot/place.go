package bot

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/internal/news"
)

// placeID is a channel as both platforms write it in text: "<#C123|ai-deals>", "<#1200>".
var placeID = regexp.MustCompile(`^<#([A-Za-z0-9]{1,30})(?:\|[^<>]*)?>$`)

// A target is the channel that somebody means.
type target struct {
	channel Channel
	make    []news.Change // what makes the channel, if alerts never went there before
}

// target returns the channel that to names: a channel of the platform, one of the configuration, or
// the one that was asked in. It refuses one in which the bot cannot post.
func (k *Desk) target(ctx context.Context, by Asker, to string) (target, error) {
	to = strings.TrimSpace(to)
	id := by.Channel
	if m := placeID.FindStringSubmatch(to); m != nil {
		id = m[1]
	} else if to != "" && to != "here" {
		for _, ch := range k.house.Channels() {
			if strings.EqualFold(ch.Name, strings.TrimPrefix(to, "#")) || strings.EqualFold(ch.Title, to) {
				return target{channel: ch}, k.reachable(ctx, by, ch)
			}
		}
		return target{}, usage("There is no channel “"+name(to)+"” here.", "Pick it from the list that opens after to:#, or use a name of the configuration: "+k.channelNames()+".")
	}
	if id == "" {
		return target{}, usage("Which channel is meant?", "Say it with to:#channel.")
	}
	for _, ch := range k.house.Channels() {
		if slices.ContainsFunc(ch.Destinations, func(d news.Destination) bool { return d.Platform == by.Platform && d.Target == id }) {
			return target{channel: ch}, k.reachable(ctx, by, ch)
		}
	}
	return k.newTarget(ctx, by, id)
}

// newTarget returns a channel of the platform that alerts never went to.
func (k *Desk) newTarget(ctx context.Context, by Asker, id string) (target, error) {
	place, err := k.place(ctx, by.Platform, id)
	if err != nil {
		return target{}, err
	}
	made := news.MadeChannel{
		Destination: news.Destination{Channel: by.Platform + "-" + id, Platform: by.Platform, Target: id},
		Title:       "#" + name(place.Name),
	}
	return target{
		channel: Channel{Name: made.Channel, Title: made.Title, Destinations: []news.Destination{made.Destination}},
		make:    []news.Change{{Kind: news.ChannelRecord, Key: made.Channel, After: record(made)}},
	}, nil
}

// reachable refuses a channel in which the bot cannot post on the asker's platform.
func (k *Desk) reachable(ctx context.Context, by Asker, ch Channel) error {
	for _, d := range ch.Destinations {
		if d.Platform != by.Platform {
			continue
		}
		if _, err := k.place(ctx, d.Platform, d.Target); err != nil {
			return err
		}
	}
	return nil
}

func (k *Desk) place(ctx context.Context, platform, id string) (Place, error) {
	p := k.Platforms[platform]
	if p == nil {
		return Place{ID: id, Name: id}, nil
	}
	place, err := p.Place(ctx, id)
	if errors.Is(err, news.ErrNotFound) {
		return Place{}, usage("I cannot see that channel.", "Invite me first: /invite @pactwatch")
	}
	if err == nil && place.Trouble != "" {
		return Place{}, usage("I can't post in #"+name(place.Name)+".", upper(Clean(place.Trouble)))
	}
	return place, err
}

func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (k *Desk) channelNames() string {
	var all []string
	for _, ch := range k.house.Channels() {
		all = append(all, ch.Name)
	}
	return names(all)
}

// title returns what people call a channel.
func (k *Desk) title(channel string) string {
	for _, ch := range k.house.Channels() {
		if ch.Name == channel {
			return name(ch.Title)
		}
	}
	return name(channel)
}

func (k *Desk) titles(channels []string) string {
	all := make([]string, len(channels))
	for i, c := range channels {
		all[i] = k.title(c)
	}
	if len(all) == 0 {
		return "no channel"
	}
	return names(all)
}
