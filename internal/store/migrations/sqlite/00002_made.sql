-- What people make and decide in chat, who did, and what is held back for later.

-- +goose Up
CREATE INDEX match_rule ON match (rule, article);
CREATE INDEX article_rhythm ON article (source, seen);

CREATE TABLE record (
	kind TEXT NOT NULL,
	key  TEXT NOT NULL,
	value_json TEXT NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT;

CREATE TABLE change (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	at       INTEGER NOT NULL,
	platform TEXT NOT NULL, -- '' for the program itself
	actor    TEXT NOT NULL,
	actor_name TEXT NOT NULL,
	channel  TEXT NOT NULL,
	action   TEXT NOT NULL,
	kind     TEXT NOT NULL,
	key      TEXT NOT NULL,
	before_json TEXT, -- NULL: it was not there
	after_json  TEXT, -- NULL: it is no more
	undoes   INTEGER REFERENCES change (id)
) STRICT;
CREATE INDEX change_key ON change (kind, key);

-- An alert that waits (waits = 1) is told by a digest at due, or by the channel's next where due is 0.
ALTER TABLE alert ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN held TEXT NOT NULL DEFAULT ''; -- why it waits

CREATE TABLE handled ( -- what a platform has sent us and may send again
	id TEXT PRIMARY KEY,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX handled_at ON handled (at);

CREATE TABLE trouble ( -- what the admin channel was told of
	key   TEXT PRIMARY KEY,
	since INTEGER NOT NULL,
	told  INTEGER NOT NULL, -- when last
	words TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE told USING fts5 (title, text, content = '', contentless_delete = 1,
	tokenize = 'porter unicode61 remove_diacritics 2'); -- of articles in stories, by their ID; outlives their text
INSERT INTO told (rowid, title, text) SELECT article.id, title, text FROM article JOIN member ON member.article = article.id;

ALTER TABLE delivery RENAME TO delivery_1;
DROP INDEX delivery_due;
DROP INDEX delivery_alert;
CREATE TABLE delivery (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	key       TEXT NOT NULL UNIQUE,
	alert     INTEGER REFERENCES alert (id), -- NULL for a digest or a notice
	channel   TEXT NOT NULL,
	platform  TEXT NOT NULL,
	target    TEXT NOT NULL,
	kind      TEXT NOT NULL CHECK (kind IN ('alert', 'edit', 'reply', 'digest', 'notice')),
	card_json TEXT NOT NULL,
	message   TEXT NOT NULL, -- the platform's ID of what was posted
	state     TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'sent', 'retry', 'unknown', 'held', 'failed')),
	attempts  INTEGER NOT NULL,
	due       INTEGER NOT NULL,
	holds     INTEGER NOT NULL, -- in retry: nothing else goes to its destination
	created   INTEGER NOT NULL,
	settled   INTEGER NOT NULL,
	reason    TEXT NOT NULL,
	claimed   INTEGER NOT NULL -- when it was last written down as being sent
) STRICT;
INSERT INTO delivery SELECT *, 0 FROM delivery_1;
DROP TABLE delivery_1;
CREATE INDEX delivery_due ON delivery (state, due) WHERE state IN ('pending', 'sending', 'retry', 'unknown');
CREATE INDEX delivery_alert ON delivery (alert);
CREATE INDEX delivery_posted ON delivery (channel, created) WHERE kind = 'alert';

-- +goose Down
DELETE FROM delivery WHERE kind = 'notice';
UPDATE delivery SET state = 'held' WHERE state = 'unknown';
DROP INDEX delivery_posted;
ALTER TABLE delivery DROP COLUMN claimed;
DROP TABLE told;
DROP TABLE trouble;
DROP TABLE handled;
ALTER TABLE alert DROP COLUMN held;
ALTER TABLE alert DROP COLUMN due;
DROP TABLE change;
DROP TABLE record;
DROP INDEX article_rhythm;
DROP INDEX match_rule;
