package verify

import "strings"

// contraries are pairs of words that say the contrary of each other, by their stems both ways.
var contraries = contrariesTable(`rise fall  increase decrease  gain lose  win lose  grow shrink  raise cut  raise lower  more less  more fewer
	most least  above below  up down  high low  higher lower  accept reject  approve block  approve reject  allow ban  permit ban
	include exclude  before after  begin end  start end  start stop  open close  buy sell  pay receive  give take  lend borrow  grant receive
	extend terminate  extend end  renew end  keep end  keep drop  continue end  support oppose  confirm deny  join leave  add remove
	expand narrow  widen narrow  capped uncapped  minimum maximum  best worst  early late  profit loss  success failure  agree disagree
	legal illegal  likely unlikely  public private  former current  former new  old new  win defeat  exclusive nonexclusive  hire fire
	import export  majority minority  acquire divest  true false  guilty innocent  strengthen weaken  tighten loosen  accelerate slow
	always never  all none  first last  upper lower  inside outside  with without`)

func contrariesTable(list string) map[string][]string {
	table := map[string][]string{}
	words := strings.Fields(list)
	for i := 0; i+1 < len(words); i += 2 {
		a, b := stem(words[i]), stem(words[i+1])
		table[a] = append(table[a], b)
		table[b] = append(table[b], a)
	}
	return table
}

// opposites refuses a word that the source does not have where it has its contrary.
func (s *Source) opposites(c claim) string {
	for _, w := range c.words {
		if len(s.spots[w.stem]) > 0 {
			continue
		}
		for _, other := range contraries[w.stem] {
			if len(s.spots[other]) > 0 {
				return "it says the contrary of a word that it cites"
			}
		}
		for _, prefix := range []string{"un", "non", "in", "dis", "im"} {
			bare, cut := strings.CutPrefix(w.lower, prefix)
			if len(s.spots[stem(prefix+w.lower)]) > 0 || cut && len(bare) > 3 && len(s.spots[stem(bare)]) > 0 {
				return "it says the contrary of a word that it cites"
			}
		}
	}
	return ""
}
