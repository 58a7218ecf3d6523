package main

func unmetOnPostgres() []unmet {
	drop := []string{`DROP INDEX "cust_email"`}
	view := []string{"CREATE TABLE customer (id INT, email TEXT)", "CREATE VIEW made AS SELECT 1 AS id"}
	return []unmet{
		{
			"an invalid index, built by itself", brokenIndex("cust_email"),
			"CREATE INDEX CONCURRENTLY IF NOT EXISTS cust_email ON customer (email);",
			"public.cust_email exists and is not valid", drop,
		},
		{
			"an invalid index, in one transaction", brokenIndex("cust_email"),
			customer + "CREATE INDEX IF NOT EXISTS cust_email ON customer (email);",
			"public.cust_email exists and is not valid", drop,
		},
		{
			"an invalid index, statement by statement", brokenIndex("cust_email"),
			"-- towpath: no-transaction\n" + customer +
				"CREATE INDEX IF NOT EXISTS cust_email ON customer (email);",
			"public.cust_email exists and is not valid", drop,
		},
		{
			"an invalid index that the search path finds", append(brokenIndex("cust_email"), "CREATE SCHEMA o",
				"ALTER TABLE customer SET SCHEMA o"),
			"SET search_path = o;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS cust_email ON customer (email);",
			"o.cust_email exists and is not valid",
			[]string{"DROP INDEX o.cust_email"},
		},
		{
			"rebuilding passes over an invalid index", brokenIndex("cust_email"),
			"REINDEX TABLE CONCURRENTLY customer;", "skipped what is not valid: public.cust_email", drop,
		},
		{
			"a view has the table's name", view, "CREATE TABLE IF NOT EXISTS made (id INT);",
			"there is a view of that name",
			[]string{"DROP VIEW made"},
		},
		{
			"a table has the index's name",
			[]string{
				"CREATE TABLE customer (id INT, email TEXT)",
				"CREATE TABLE cust_email (i INT)",
			},
			"CREATE INDEX IF NOT EXISTS cust_email ON customer (email);", "there is a table of that name",
			[]string{"DROP TABLE cust_email"},
		},
		{
			"another table has the index",
			[]string{
				"CREATE TABLE customer (id INT, email TEXT)",
				"CREATE TABLE \"table\" (i INT)", "CREATE INDEX cust_email ON \"table\" (i)",
			},
			"CREATE INDEX IF NOT EXISTS cust_email ON customer (email);",
			`there is an index of that name on the table "table"`, drop,
		},
		{
			"a table of another shape",
			[]string{"CREATE TABLE made (id INT)"},
			"CREATE TABLE IF NOT EXISTS made (id INT, \"Ümit\" TEXT);", "it has no column Ümit",
			[]string{"DROP TABLE made"},
		},
		{
			"an index of other columns",
			[]string{
				"CREATE TABLE customer (id INT, email TEXT)",
				"CREATE INDEX cust_email ON customer (email, id)",
			},
			"CREATE INDEX CONCURRENTLY IF NOT EXISTS cust_email ON customer (email);",
			"its columns are (email, id)", drop,
		},
		{
			"an index that is not unique",
			[]string{
				"CREATE TABLE customer (id INT, email TEXT)",
				"CREATE INDEX cust_email ON customer (email)",
			},
			"CREATE UNIQUE INDEX IF NOT EXISTS cust_email ON customer (email);", "it is not unique", drop,
		},
		{
			"a column of another length",
			[]string{"CREATE TABLE made (id INT, \"order\" VARCHAR(10))"},
			"CREATE TABLE IF NOT EXISTS made (id INT, \"order\" VARCHAR(20));",
			`the type of "order" is character varying(10), not character varying(20)`,
			[]string{"DROP TABLE made"},
		},
		{
			"an added column of another length, of which nobody hears",
			[]string{"CREATE TABLE made (id INT, email VARCHAR(10))"},
			"SET client_min_messages = error;\nCREATE TABLE IF NOT EXISTS made (id INT);\nALTER TABLE made ADD COLUMN IF NOT EXISTS email VARCHAR(20);",
			"the type of email is",
			[]string{"ALTER TABLE made ALTER COLUMN email TYPE VARCHAR(20)"},
		},
		{
			"a table without the key",
			[]string{"CREATE TABLE made (id INT NOT NULL)"},
			"CREATE TABLE IF NOT EXISTS made (id INT PRIMARY KEY);",
			"it lacks PRIMARY KEY (id)",
			[]string{"ALTER TABLE made ADD PRIMARY KEY (id)"},
		},
		{
			"a sequence of other steps",
			[]string{"CREATE SEQUENCE made INCREMENT 5"},
			"CREATE SEQUENCE IF NOT EXISTS made INCREMENT 10;",
			"its increment is 5, not 10",
			[]string{"DROP SEQUENCE made"},
		},
		{
			"a materialized view of another query",
			[]string{"CREATE MATERIALIZED VIEW made AS SELECT 1 AS id"},
			"CREATE MATERIALIZED VIEW IF NOT EXISTS made AS SELECT 2 AS id;",
			"its query is SELECT 1 AS id;, not SELECT 2 AS id;",
			[]string{"DROP MATERIALIZED VIEW made"},
		},
		{
			"an index of another part",
			[]string{
				"CREATE TABLE customer (id INT, email TEXT)",
				"CREATE INDEX cust_email ON customer (email) WHERE id > 3",
			},
			"CREATE INDEX CONCURRENTLY IF NOT EXISTS cust_email ON customer (email) WHERE id > 4;",
			"its definition is", drop,
		},
		{
			"a column of another source",
			[]string{"CREATE TABLE made (id INT, twice INT GENERATED ALWAYS AS (id * 2) STORED)"},
			"CREATE TABLE IF NOT EXISTS made (id INT, twice INT);",
			"the source of twice is the expression (id * 2), not what is inserted",
			[]string{"ALTER TABLE made ALTER COLUMN twice DROP EXPRESSION"},
		},
		{
			"a table without partitions",
			[]string{"CREATE TABLE made (id INT)"},
			"CREATE TABLE IF NOT EXISTS made (id INT) PARTITION BY RANGE (id);",
			"the way it is divided is into no partitions, not PARTITION BY RANGE (id)",
			[]string{"DROP TABLE made"},
		},
	}
}

func unmetOnMariaDB() []unmet {
	view := []string{"CREATE VIEW made AS SELECT 1 AS id"}
	cases := []unmet{
		{
			"a view has the table's name", view, "CREATE TABLE IF NOT EXISTS made (id INT);",
			"there is a view of that name",
			[]string{"DROP VIEW made"},
		},
		{
			"a table has the view's name",
			[]string{"CREATE TABLE made (id INT)"},
			"CREATE VIEW IF NOT EXISTS made AS SELECT 1 AS id;",
			"there is a table of that name",
			[]string{"DROP TABLE made"},
		},
		{
			"another table has the trigger",
			[]string{
				"CREATE TABLE customer (id INT)",
				"CREATE TABLE other (id INT)", "CREATE TRIGGER made BEFORE INSERT ON other FOR EACH ROW SET @a = 1",
			},
			"CREATE TABLE IF NOT EXISTS customer (id INT);\nCREATE TRIGGER IF NOT EXISTS made BEFORE INSERT ON customer FOR EACH ROW SET @b = 1;",
			"there is a trigger of that name on the table other",
			[]string{"DROP TRIGGER made"},
		},
		{
			"a table of another shape",
			[]string{"CREATE TABLE made (ID INT)"},
			"CREATE TABLE IF NOT EXISTS made (id INT, `order` TEXT, KEY k (id)) ENGINE=InnoDB;",
			"it has no column order",
			[]string{"DROP TABLE made"},
		},
		{
			"an index of other columns",
			[]string{
				"CREATE TABLE customer (id INT, email VARCHAR(40))",
				"CREATE INDEX made ON customer (id)",
			},
			"CREATE INDEX IF NOT EXISTS made ON customer (email(9));", "its columns are (id)",
			[]string{"DROP INDEX made ON customer"},
		},
	}
	const more = "CREATE TABLE IF NOT EXISTS customer (id INT, email TEXT);\n"
	cases = append(cases,
		unmet{
			"a column of another length",
			[]string{"CREATE TABLE made (`order` VARCHAR(10))"},
			"CREATE TABLE IF NOT EXISTS made (`order` VARCHAR(20));",
			"the type of `order` is varchar(10), not varchar(20)",
			[]string{"DROP TABLE made"},
		})
	cases = append(cases,
		unmet{
			"a column of another character set",
			[]string{"CREATE TABLE made (`order` VARCHAR(10) CHARACTER SET latin1)"},
			"CREATE TABLE IF NOT EXISTS made (`order` VARCHAR(10)) DEFAULT CHARSET=utf8mb4;",
			"the character set of `order` is latin1, not utf8mb4",
			[]string{"DROP TABLE made"},
		},
		unmet{
			"a foreign key in a table without transactions",
			[]string{"CREATE TABLE customer (id INT, email TEXT) ENGINE=MyISAM"},
			more + "CREATE TABLE parent (id INT PRIMARY KEY);\nALTER TABLE customer ADD FOREIGN KEY (id) REFERENCES parent (id);",
			"The foreign key on (id) of the table customer was not made",
			[]string{"ALTER TABLE customer ENGINE=InnoDB"},
		},
		unmet{
			"a table that is not there to be rebuilt", nil,
			"OPTIMIZE TABLE customer;",
			"optimize of ",
			[]string{"CREATE TABLE customer (id INT)"},
		})
	if !servers.mariadb.MySQL { // which has these words in its newest versions only
		cases = append(cases,
			unmet{
				"a key of other columns, which ALTER TABLE passes over",
				[]string{"CREATE TABLE customer (id INT, email TEXT, KEY made (id))"},
				more + "SET sql_notes = 0;\nALTER TABLE customer ADD KEY IF NOT EXISTS made (email(9));",
				"it lacks KEY `made` (`email`(9))",
				[]string{"DROP INDEX made ON customer"},
			},
			unmet{
				"a check of another condition",
				[]string{"CREATE TABLE customer (id INT, email TEXT, CONSTRAINT made CHECK (id > 1))"},
				more + "ALTER TABLE customer ADD CONSTRAINT IF NOT EXISTS made CHECK (id > 2);",
				"it lacks CONSTRAINT `made` CHECK (`id` > 2)",
				[]string{"ALTER TABLE customer DROP CONSTRAINT made"},
			},
			unmet{
				"an added column of another type, of which nobody hears",
				[]string{"CREATE TABLE made (id INT, `key` INT)"},
				"CREATE TABLE IF NOT EXISTS made (id INT);\nSET SESSION sql_notes = 0;\nALTER TABLE made ADD COLUMN IF NOT EXISTS `key` TEXT;",
				"the type of `key` is int(11), not text",
				[]string{"ALTER TABLE made MODIFY `key` TEXT"},
			},
			unmet{
				"a view of another query",
				[]string{"CREATE VIEW made AS SELECT 1 AS id"},
				"CREATE VIEW IF NOT EXISTS made AS SELECT 2 AS id;",
				"its definition is",
				[]string{"DROP VIEW made"},
			},
			unmet{
				"a sequence of other steps",
				[]string{"CREATE SEQUENCE made INCREMENT BY 5"},
				"CREATE SEQUENCE IF NOT EXISTS made INCREMENT BY 6;",
				"its definition is",
				[]string{"DROP SEQUENCE made"},
			},
			unmet{
				"a procedure of another body",
				[]string{"CREATE PROCEDURE made() SELECT 1"},
				"CREATE PROCEDURE IF NOT EXISTS made() SELECT 2;",
				"its definition is",
				[]string{"DROP PROCEDURE made"},
			},
			unmet{
				"a function of another type",
				[]string{"CREATE FUNCTION made() RETURNS INT DETERMINISTIC RETURN 1"},
				"CREATE FUNCTION IF NOT EXISTS made() RETURNS BIGINT DETERMINISTIC RETURN 1;",
				"its definition is",
				[]string{"DROP FUNCTION made"},
			},
			unmet{
				"a trigger of another body",
				[]string{
					"CREATE TABLE customer (id INT, email TEXT)",
					"CREATE TRIGGER made BEFORE INSERT ON customer FOR EACH ROW SET @a = 1",
				},
				more + "CREATE TRIGGER IF NOT EXISTS made BEFORE INSERT ON customer FOR EACH ROW SET @a = 2;",
				"its body is",
				[]string{"DROP TRIGGER made"},
			},
			unmet{
				"an event of another body",
				[]string{"CREATE EVENT made ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 1"},
				"CREATE EVENT IF NOT EXISTS made ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 2;",
				"its body is",
				[]string{"DROP EVENT made"},
			})
	}
	if servers.mariadb.MySQL { // it refuses the trigger itself, and has no IF NOT EXISTS for indexes
		cases[2].says = "already exists on a different table"
		cases = append(cases[:4], cases[5:]...)
	}
	return cases
}

func unmetOnSQLite() []unmet {
	return []unmet{
		{
			"a view has the table's name",
			[]string{"CREATE VIEW made AS SELECT 1 AS id"},
			"CREATE TABLE IF NOT EXISTS made (id INT);",
			"there is a view of that name",
			[]string{"DROP VIEW made"},
		},
		{
			"statement by statement",
			[]string{"CREATE TABLE made (id INT)"},
			"-- towpath: no-transaction\nCREATE VIEW IF NOT EXISTS made AS SELECT 1 AS id;",
			"there is a table of that name",
			[]string{"DROP TABLE made"},
		},
		{
			"another table has the index",
			[]string{"CREATE TABLE o (id INT)", "CREATE INDEX made ON o (id)"},
			"CREATE TABLE IF NOT EXISTS customer (id INT);\nCREATE INDEX IF NOT EXISTS made ON customer (id);", "there is one of that name on the table o",
			[]string{"DROP INDEX made"},
		},
		{
			"a table of another shape",
			[]string{"CREATE TABLE made (id INT)"},
			"CREATE TABLE IF NOT EXISTS made (ID INT, [order] TEXT, UNIQUE (id));", "it has no column order",
			[]string{"DROP TABLE made"},
		},
		{
			"an index that is not unique",
			[]string{"CREATE TABLE customer (id INT)", "CREATE INDEX made ON customer (id)"},
			"CREATE UNIQUE INDEX IF NOT EXISTS made ON customer (id);", "it is not unique",
			[]string{"DROP INDEX made"},
		},
		{
			"a column of another length",
			[]string{"CREATE TABLE made ([order] VARCHAR(10))"},
			"CREATE TABLE IF NOT EXISTS made ([order] VARCHAR(20));",
			`the type of "order" is VARCHAR(10), not VARCHAR(20)`,
			[]string{"DROP TABLE made"},
		},
		{
			"a view of another query",
			[]string{"CREATE VIEW made AS SELECT 1 AS id"},
			"CREATE VIEW IF NOT EXISTS made AS SELECT 2 AS id;",
			"its definition is",
			[]string{"DROP VIEW made"},
		},
		{
			"a trigger of another body",
			[]string{
				"CREATE TABLE customer (id INT, email TEXT)",
				"CREATE TRIGGER made AFTER INSERT ON customer BEGIN SELECT 1; END",
			},
			"CREATE TABLE IF NOT EXISTS customer (id INT, email TEXT);\nCREATE TRIGGER IF NOT EXISTS made AFTER INSERT ON customer BEGIN SELECT 2; END;",
			"its definition is",
			[]string{"DROP TRIGGER made"},
		},
		{
			"a column of another collation",
			[]string{"CREATE TABLE made ([order] TEXT COLLATE NOCASE)"},
			"CREATE TABLE IF NOT EXISTS made ([order] TEXT COLLATE RTRIM);",
			`the collation of "order" is NOCASE, not RTRIM`,
			[]string{"DROP TABLE made"},
		},
		{
			"a column of another expression",
			[]string{"CREATE TABLE made (id INT, twice AS (id * 2))"},
			"CREATE TABLE IF NOT EXISTS made (id INT, twice AS (id * 3));",
			`the source of "twice" is`,
			[]string{"DROP TABLE made"},
		},
	}
}
