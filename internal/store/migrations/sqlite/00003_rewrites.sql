-- What a language model made of stories' summaries, and what it cost.

-- +goose Up
CREATE TABLE rewrite (
	draft  TEXT PRIMARY KEY, -- names what it was asked
	story  INTEGER NOT NULL REFERENCES story (id),
	at     INTEGER NOT NULL,
	quotes_json TEXT NOT NULL, -- '[]': there is none, reason says why
	reason TEXT NOT NULL
) STRICT;
CREATE INDEX rewrite_story ON rewrite (story);

CREATE TABLE spending (
	month  TEXT PRIMARY KEY, -- '2026-11', in UTC
	tokens INTEGER NOT NULL  -- those that are reserved among them
) STRICT;

-- +goose Down
DROP TABLE spending;
DROP TABLE rewrite;
