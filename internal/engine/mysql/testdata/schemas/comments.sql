-- want: Grüße; 東京
-- want: two\nlines
-- want: the table -- really
CREATE TABLE c (a INT COMMENT 'Grüße; 東京', b INT COMMENT 'two\nlines and a \\ and ''quotes''') COMMENT 'the table -- really';
