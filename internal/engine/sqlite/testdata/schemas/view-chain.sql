-- want: CREATE VIEW a_first
CREATE TABLE t (a);
CREATE VIEW z_last AS SELECT a FROM t;
CREATE VIEW m_middle AS SELECT a FROM z_last;
CREATE VIEW a_first AS SELECT a FROM m_middle;
CREATE VIEW broken AS SELECT gone FROM nowhere;
