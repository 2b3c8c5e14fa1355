CREATE FUNCTION `tax`(`p` decimal(10,2)) RETURNS decimal(10,2)
    DETERMINISTIC
RETURN p * 0.2;

CREATE TABLE `log` (
  `at` datetime NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci
PARTITION BY RANGE (to_days(`at`))
(PARTITION `p0` VALUES LESS THAN (739000),
 PARTITION `p1` VALUES LESS THAN MAXVALUE COMMENT = 'the rest');

CREATE TABLE `note` (
  `my_row_id` bigint unsigned NOT NULL INVISIBLE AUTO_INCREMENT,
  `body` text NULL DEFAULT NULL,
  PRIMARY KEY (`my_row_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE TABLE `product` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(50) NOT NULL DEFAULT 'it''s',
  `price` decimal(10,2) NULL DEFAULT 1.50 COMMENT 'net',
  `tags` json NULL DEFAULT (json_array()),
  `uid` char(36) NULL DEFAULT (uuid()),
  `made` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  `flags` bit(3) NULL DEFAULT b'101',
  `total` decimal(12,2) GENERATED ALWAYS AS ((`price` * 2)) VIRTUAL,
  `label` varchar(60) GENERATED ALWAYS AS (concat(_utf8mb4'n: ',`name`)) STORED,
  `hidden` int NULL INVISIBLE DEFAULT 7,
  `place` point SRID 4326 NOT NULL,
  `emb` vector(3) NULL DEFAULT NULL,
  `kind` enum('a','b') CHARACTER SET latin1 COLLATE latin1_swedish_ci NULL DEFAULT 'a',
  PRIMARY KEY (`id`),
  KEY `by_price` (`price`) INVISIBLE,
  KEY `by_tag` ((cast(json_extract(`tags`,_utf8mb4'$[*]') as char(10) array))),
  KEY `lower_name` ((lower(`name`))),
  UNIQUE KEY `name_desc` (`name` DESC, `uid`(8)),
  SPATIAL KEY `sp` (`place`),
  FULLTEXT KEY `words` (`name`) WITH PARSER `ngram`,
  CONSTRAINT `product_chk_1` CHECK ((`name` <> _utf8mb4'')) NOT ENFORCED,
  CONSTRAINT `positive` CHECK ((`price` > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci KEY_BLOCK_SIZE=8 ROW_FORMAT=COMPRESSED COMMENT='what we sell';

CREATE TABLE `stock` (
  `product_id` int NOT NULL,
  `shelf` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL DEFAULT NULL,
  KEY `product_id` (`product_id`),
  CONSTRAINT `stock_ibfk_1` FOREIGN KEY (`product_id`) REFERENCES `product` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;

CREATE DEFINER=`admin`@`%` TRIGGER `stock_bi` BEFORE INSERT ON `stock` FOR EACH ROW SET NEW.shelf = upper(NEW.shelf);

CREATE ALGORITHM=MERGE DEFINER=`admin`@`%` SQL SECURITY INVOKER VIEW `cheap` (`x`, `n`) AS select `product`.`id` AS `id`,upper(`product`.`name`) AS `upper(name)` from `product` where (`product`.`price` < 5);

CREATE EVENT `sweep` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ON COMPLETION NOT PRESERVE ENABLE DO DELETE FROM log;
