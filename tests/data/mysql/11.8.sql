CREATE TABLE `doc` (
  `id` uuid NOT NULL DEFAULT uuid(),
  `origin` inet6 NULL DEFAULT '::1',
  `emb` vector(3) NOT NULL,
  PRIMARY KEY (`id`),
  VECTOR KEY `by_emb` (`emb`) DISTANCE=cosine M=8
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

CREATE TABLE `near` (
  `emb` vector(3) NOT NULL,
  VECTOR KEY `emb` (`emb`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

CREATE PACKAGE `tools` FUNCTION one() RETURNS INT;
END;

CREATE PACKAGE BODY `tools` FUNCTION one() RETURNS INT RETURN 1;
END;
