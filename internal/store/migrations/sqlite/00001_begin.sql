-- Times are microseconds since 1970 in UTC, 0 where there is none. Booleans are 0 and 1. What ends
-- in "json" is JSON in the form that package news gives it.

-- +goose Up
CREATE TABLE source (
	name     TEXT PRIMARY KEY,
	founding INTEGER NOT NULL, -- it was there at the very first start
	cursor_json TEXT NOT NULL
) STRICT;

CREATE TABLE article (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	source    TEXT NOT NULL,
	guid      TEXT NOT NULL,
	url       TEXT NOT NULL,
	canonical TEXT NOT NULL,
	title     TEXT NOT NULL,
	text      TEXT NOT NULL, -- '' once retention has passed; the row stays, so that it is not news again
	outlet    TEXT NOT NULL,
	author    TEXT NOT NULL,
	lang      TEXT NOT NULL,
	published INTEGER NOT NULL,
	seen      INTEGER NOT NULL,
	excerpt   INTEGER NOT NULL,
	original  INTEGER NOT NULL, -- a primary source
	stage     TEXT NOT NULL CHECK (stage IN ('unread', 'matched', 'done')),
	reason    TEXT NOT NULL,
	attempts  INTEGER NOT NULL,
	due       INTEGER NOT NULL, -- when to try to read it again
	UNIQUE (source, guid)
) STRICT;
CREATE INDEX article_waits ON article (stage, due) WHERE stage <> 'done';
CREATE INDEX article_url ON article (url, source);
CREATE INDEX article_canonical ON article (canonical, source);
CREATE INDEX article_seen ON article (seen);

CREATE TABLE match (
	article    INTEGER NOT NULL REFERENCES article (id),
	rule       TEXT NOT NULL,
	position   INTEGER NOT NULL, -- matches of an article keep the order of the rules
	spans_json TEXT NOT NULL,
	PRIMARY KEY (article, rule)
) STRICT;

CREATE TABLE story (
	id       INTEGER PRIMARY KEY,
	headline TEXT NOT NULL,
	opened   INTEGER NOT NULL
) STRICT;

CREATE TABLE member (
	article INTEGER PRIMARY KEY REFERENCES article (id), -- an article joins one story
	story   INTEGER NOT NULL REFERENCES story (id),
	why     TEXT NOT NULL,
	joined  INTEGER NOT NULL
) STRICT;
CREATE INDEX member_story ON member (story);
CREATE INDEX member_joined ON member (joined);

CREATE TABLE alert (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	story   INTEGER NOT NULL REFERENCES story (id),
	channel TEXT NOT NULL,
	created INTEGER NOT NULL,
	waits   INTEGER NOT NULL, -- for the channel's next digest
	UNIQUE (story, channel)
) STRICT;
CREATE INDEX alert_waits ON alert (channel) WHERE waits = 1;

CREATE TABLE delivery (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	key       TEXT NOT NULL UNIQUE,
	alert     INTEGER REFERENCES alert (id), -- NULL for a digest
	channel   TEXT NOT NULL,
	platform  TEXT NOT NULL,
	target    TEXT NOT NULL,
	kind      TEXT NOT NULL CHECK (kind IN ('alert', 'edit', 'reply', 'digest')),
	card_json TEXT NOT NULL,
	message   TEXT NOT NULL, -- the platform's ID of what was posted
	state     TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'retry', 'held', 'failed')),
	attempts  INTEGER NOT NULL,
	due       INTEGER NOT NULL,
	holds     INTEGER NOT NULL, -- in retry: nothing else goes to its destination
	created   INTEGER NOT NULL,
	settled   INTEGER NOT NULL,
	reason    TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_due ON delivery (state, due) WHERE state IN ('pending', 'sending', 'retry');
CREATE INDEX delivery_alert ON delivery (alert);

-- +goose Down
DROP TABLE delivery;
DROP TABLE alert;
DROP TABLE member;
DROP TABLE story;
DROP TABLE match;
DROP TABLE article;
DROP TABLE source;
