-- want: CREATE EXTENSION pgcrypto WITH SCHEMA ext
CREATE SCHEMA ext;
CREATE EXTENSION pgcrypto WITH SCHEMA ext;
CREATE TABLE t (id uuid DEFAULT gen_random_uuid(), digest bytea DEFAULT ext.digest('x', 'sha256'));
