-- want: EXCLUDE USING gist
CREATE TABLE bookings (during tsrange, EXCLUDE USING gist (during WITH &&));
