-- want: "after it"
CREATE TABLE before_it (id INTEGER PRIMARY KEY);
CREATE TABLE child (p REFERENCES before_it (id));
CREATE INDEX i ON before_it (id);
CREATE VIEW v AS SELECT id FROM before_it;
CREATE TRIGGER g AFTER INSERT ON child BEGIN INSERT INTO before_it VALUES (NEW.p); END;
ALTER TABLE before_it RENAME TO "after it";
