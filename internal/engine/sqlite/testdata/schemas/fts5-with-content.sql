-- want: content='post'
-- want: 'delete'
CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
CREATE VIRTUAL TABLE post_words USING fts5(title, body, content='post', content_rowid='id');
CREATE TRIGGER post_in AFTER INSERT ON post BEGIN INSERT INTO post_words (rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body); END;
CREATE TRIGGER post_out AFTER DELETE ON post BEGIN
  INSERT INTO post_words (post_words, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body);
END;
INSERT INTO post VALUES (1, 'a', 'b');
