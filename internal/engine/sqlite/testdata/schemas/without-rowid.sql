-- want: WITHOUT ROWID
CREATE TABLE setting (scope TEXT, name TEXT, value, PRIMARY KEY (scope, name DESC)) WITHOUT ROWID;
