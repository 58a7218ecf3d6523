-- needs: mariadb
-- want: uuid
-- want: inet6
CREATE TABLE j (a JSON, b UUID DEFAULT UUID(), c INET6, d INET4, e JSON CHECK (JSON_VALID(e) AND JSON_VALUE(e, '$.x') > 0));
