-- want: USING fts5
-- want: porter unicode61
CREATE VIRTUAL TABLE page USING fts5(title, body, tokenize = 'porter unicode61', prefix='2 3');
INSERT INTO page VALUES ('a', 'some words');
CREATE VIRTUAL TABLE page_terms USING fts5vocab(page, row);
