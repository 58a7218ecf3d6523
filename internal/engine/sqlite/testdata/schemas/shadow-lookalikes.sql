-- want: CREATE TABLE words_extra
-- want: CREATE INDEX words_extra_i
CREATE VIRTUAL TABLE words USING fts5(a);
CREATE TABLE words_extra (a);
CREATE INDEX words_extra_i ON words_extra (a);
CREATE TABLE data_of_words (words_data);
