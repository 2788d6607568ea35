package news

// A Fault is what is wrong with one setting. The loader of the configuration turns Path and
// Offset into a line and a column.
type Fault struct {
	Path   string // from the section's own root, "schedule" or "lists.labs[2]"
	Offset int    // in bytes into the setting's value
	Msg    string // what is wrong: `no such operator: NEARBY`
	Hint   string // the way out: `try NEAR/40`; "" if Msg says it all
}
