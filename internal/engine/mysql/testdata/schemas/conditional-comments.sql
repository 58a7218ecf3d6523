-- not followed: a review reads a comment for a later server as the server would
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET FOREIGN_KEY_CHECKS=0 */;
CREATE TABLE a (id INT) /*!50100 PARTITION BY HASH (id) PARTITIONS 2 */;
/*!50001 CREATE VIEW v AS SELECT 1 AS x */;
/*!99999 CREATE TABLE never (id INT) */;
