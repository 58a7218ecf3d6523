-- want: json_extract(doc, '$.a;b')
-- want: strftime('%Y'
CREATE TABLE t (doc TEXT CHECK (json_valid(doc)), year TEXT AS (strftime('%Y', json_extract(doc, '$.at'))) STORED, x AS (json_extract(doc, '$.a;b')));
CREATE VIEW each_one AS SELECT j.key, j.value FROM t, json_each(t.doc) AS j WHERE j.type = 'integer';
