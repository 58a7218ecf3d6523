-- want: MODIFIES SQL DATA
-- want: SQL SECURITY INVOKER
-- want: -- a comment
-- want: COMMENT 'it''s a note; really'
CREATE TABLE log (at DATETIME, what VARCHAR(50));
CREATE PROCEDURE note(IN what VARCHAR(50), OUT n INT, INOUT m INT)
  MODIFIES SQL DATA SQL SECURITY INVOKER COMMENT 'it''s a note; really'
BEGIN
  DECLARE done INT DEFAULT 0; -- a comment
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN SET done = 1; END;
  # another; comment
  INSERT INTO log VALUES (NOW(), what);
  IF done THEN SET n = 0; ELSE SET n = 1; END IF;
  WHILE m < 3 DO SET m = m + 1; END WHILE;
END;
CREATE PROCEDURE single() SELECT 1;
