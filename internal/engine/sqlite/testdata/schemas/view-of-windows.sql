-- want: OVER w
-- want: FILTER (WHERE
CREATE TABLE sale (day TEXT, shop TEXT, amount REAL);
CREATE VIEW running AS SELECT day, sum(amount) OVER w AS total, rank() OVER (PARTITION BY shop ORDER BY amount DESC) AS place,
  count(*) FILTER (WHERE amount > 10) OVER w AS big FROM sale WINDOW w AS (PARTITION BY shop ORDER BY day ROWS BETWEEN 2 PRECEDING AND CURRENT ROW);
