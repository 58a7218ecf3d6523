-- want: USING rtree
-- want: +name
CREATE VIRTUAL TABLE place USING rtree(id, min_x, max_x, min_y, max_y, +name TEXT);
CREATE VIRTUAL TABLE cell USING rtree_i32(id, a, b);
INSERT INTO place VALUES (1, 0, 1, 0, 1, 'here');
