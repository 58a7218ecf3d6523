-- want: GENERATED ALWAYS AS ((w * h)) STORED
CREATE TABLE g (w numeric, h numeric, area numeric GENERATED ALWAYS AS (w * h) STORED, label text GENERATED ALWAYS AS (upper('x' || w::text)) STORED);
