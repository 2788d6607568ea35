package bot

import (
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
)

// An Asker is who asks something, and where.
type Asker struct {
	news.Actor
	Channel string         // the platform's ID of the channel it was asked in; "" outside of any
	Manager bool           // may change rules, sources and settings: a platform decides by its own IDs
	Zone    *time.Location // of their clock; nil if the platform does not say
}

// A Reply is what the desk says to one person.
type Reply struct {
	Lines   []Line
	Buttons []Button // in the order in which they stand below the lines; none at all for most replies
	Form    *Form    // to be opened instead of lines; nil for none
	Refused bool     // the lines say what is wrong with the question, or that it could not be answered
}

// A Button does something when it is pressed, or leads somewhere.
type Button struct {
	ID     string // at most 100 characters, nothing from outside in it; "" where URL is set
	Label  string // 34 characters at most
	URL    string // as Link returned it
	Danger bool   // it takes something away
}

// A Form asks for several values at once: a modal.
type Form struct {
	ID     string // says what Submit does with the values; at most 100 characters
	Title  string // 24 characters at most
	Submit string // the label of the button that sends it, 24 characters at most
	Fields []Field
	// Live says that Preview has something to show while the form is being filled in.
	Live bool
}

// A Field is one value that a form asks for.
type Field struct {
	Name     string // one word, as in Submit's values
	Label    string // 24 characters at most
	Help     string // 100 characters at most
	Value    string // what stands there already
	Kind     ArgKind
	Choices  []Choice // of a Choice field
	Required bool
	Lines    int // more than one for a text of several lines
}

// A Choice is one of the values that an argument or a field can take.
type Choice struct {
	Label string // 75 characters at most
	Value string // 100 characters at most
}

// A Section is a part of a page: the home page of the bot.
type Section struct {
	Title   string
	Lines   []Line
	Buttons []Button
}
