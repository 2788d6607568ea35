package watchers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/pactwatch/pactwatch/watchers/article"
)

// maxGUID is in bytes. Longer ones, some are whole descriptions, are known by their hash.
const maxGUID = 512

// An identified entry has the name under which it is stored: its GUID if that is one, else its
// canonical link, else title and host. A date is no part of it: dates are absent, wrong, and change.
type identified struct {
	Entry
	id   string // goes into Article.GUID
	link string // canonical; "" if it has none
}

// identify names entries, and leaves out those that a document shows a second time.
func identify(entries []Entry, home string) []identified {
	shared := sharedGUID(entries)
	seen := make(map[string]bool, len(entries))
	var ids []identified
	for _, e := range entries {
		e.GUID = strings.TrimSpace(strings.Map(allowed, e.GUID))
		if e.GUID == shared {
			e.GUID = ""
		}
		it := identified{Entry: e, link: article.Canonical(e.URL)}
		switch {
		case e.GUID != "":
			it.id = e.GUID
		case it.link != "":
			it.id = it.link
		default:
			it.id = "title:" + hostOf(home) + ":" + strings.ToLower(e.Title)
		}
		if len(it.id) > maxGUID {
			sum := sha256.Sum256([]byte(it.id))
			it.id = "sha256:" + hex.EncodeToString(sum[:])
		}
		if !seen[it.id] {
			seen[it.id] = true
			ids = append(ids, it)
		}
	}
	return ids
}

// sharedGUID returns the GUID that all of at least three entries have, "" if there is none: a feed
// that calls everything "1" names nothing.
func sharedGUID(entries []Entry) string {
	if len(entries) < 3 {
		return ""
	}
	for _, e := range entries[1:] {
		if e.GUID != entries[0].GUID {
			return ""
		}
	}
	return strings.TrimSpace(strings.Map(allowed, entries[0].GUID))
}

// hostOf returns the host of an address in lower case, without "www.".
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// siteOf returns the registrable domain of an address, its host where there is none.
func siteOf(address string) string {
	host := hostOf(address)
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}

// unseen returns the entries that a source has not shown before. It is not sure where one of them leads
// to an address that the source has shown: whether that is an old entry under a new name, only all
// entries of the source can tell.
func unseen(ctx context.Context, known func(context.Context, []string) (map[string]bool, error), ids []identified) (fresh []identified, sure bool, err error) {
	if len(ids) == 0 {
		return nil, true, nil
	}
	var keys []string
	for _, it := range ids {
		keys = append(keys, it.id)
		if it.link != "" && it.link != it.id {
			keys = append(keys, it.link)
		}
	}
	shown, err := known(ctx, keys)
	if err != nil {
		return nil, false, err
	}
	again := renamed(ids, shown)
	sure = true
	for _, it := range ids {
		sure = sure && (shown[it.id] || !shown[it.link])
		if !shown[it.id] && !again[it.link] {
			fresh = append(fresh, it)
		}
	}
	return fresh, sure, nil
}

// renamed returns the links of entries that a source shows again under new GUIDs: at every poll, or
// once, when it changes its software. One such link proves nothing, nor one that several
// entries share: a page of changes is linked again and again, each time for something new.
func renamed(ids []identified, known map[string]bool) map[string]bool {
	uses, links := map[string]int{}, map[string]bool{}
	for _, it := range ids {
		uses[it.link]++
	}
	for _, it := range ids {
		if it.link != "" && !known[it.id] && known[it.link] && uses[it.link] == 1 {
			links[it.link] = true
		}
	}
	if len(links) < 2 {
		return nil
	}
	return links
}
