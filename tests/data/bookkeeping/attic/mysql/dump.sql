CREATE TABLE `customer` (
  `id` int(11) NOT NULL,
  `email` varchar(80) NOT NULL,
  `city` varchar(40) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `reconcile_attic` (
  `name` varchar(63) NOT NULL,
  `what` text NOT NULL,
  `revision` varchar(160) NOT NULL,
  `direction` varchar(16) NOT NULL,
  `run` int(11) NOT NULL,
  `at` varchar(40) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE `reconcile_history` (
  `run` int(11) NOT NULL,
  `revision` varchar(160) NOT NULL,
  `direction` varchar(16) NOT NULL,
  `state` varchar(16) NOT NULL,
  `active` int(11) DEFAULT NULL,
  `message` text NOT NULL,
  `parents` text NOT NULL,
  `checksum` varchar(64) NOT NULL,
  `started` varchar(40) NOT NULL,
  `finished` varchar(40) DEFAULT NULL,
  `seconds` float DEFAULT NULL,
  `who` text NOT NULL,
  `tool` varchar(40) NOT NULL,
  `steps` int(11) NOT NULL,
  `note` text NOT NULL,
  `revision_text` varchar(64) NOT NULL,
  `state_text` varchar(64) DEFAULT NULL,
  PRIMARY KEY (`run`),
  UNIQUE KEY `reconcile_history_one_running` (`active`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `reconcile_history` VALUES
(1,'20261125T101505_first','apply','done',NULL,'first','','9199683a254708919d00bb12e51862e0','2026-11-25T10:15:06+00:00','2026-11-25T10:15:06+00:00',0.0491923,'dba@example','0.1.0',1,'','fb1d1327db8b6bf4a3435498673381e2','9bd2bb0fcc77d61426035c0969f11a17'),
(2,'20261125T101507_add_the_city','apply','done',NULL,'add the city','20261125T101505_first','79bd71e0b2a3b86c75771aff674577ea','2026-11-25T10:15:08+00:00','2026-11-25T10:15:08+00:00',0.0211107,'dba@example','0.1.0',1,'','5e269fac3832a3d27b8aa2a8ab321e0a','b6d9770d88607bd410732fddbf5ad0a4'),
(3,'20261125T101510_add_notes','apply','done',NULL,'add notes','20261125T101507_add_the_city','1e55bf7114d49a6241fbac053e78d7b7','2026-11-25T10:15:11+00:00','2026-11-25T10:15:11+00:00',0.0230923,'dba@example','0.1.0',1,'','091054098a7f6a1854635778a54b17af','673e4125e3b12b1a89d37914ea81e54e'),
(4,'20261125T101510_add_notes','revert','done',NULL,'add notes','20261125T101507_add_the_city','1e55bf7114d49a6241fbac053e78d7b7','2026-11-25T10:15:12+00:00','2026-11-25T10:15:12+00:00',0.0254577,'dba@example','0.1.0',1,'','091054098a7f6a1854635778a54b17af','b6d9770d88607bd410732fddbf5ad0a4');
CREATE TABLE `reconcile_journal` (
  `run` int(11) NOT NULL,
  `step` int(11) NOT NULL,
  `phase` int(11) NOT NULL,
  `state` varchar(16) NOT NULL,
  `at` varchar(40) NOT NULL,
  PRIMARY KEY (`run`,`step`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `reconcile_journal` VALUES
(1,1,0,'done','2026-11-25T10:15:06+00:00'),
(2,1,0,'done','2026-11-25T10:15:08+00:00'),
(3,1,0,'done','2026-11-25T10:15:11+00:00'),
(4,1,0,'done','2026-11-25T10:15:12+00:00');
CREATE TABLE `reconcile_layout` (
  `version` int(11) NOT NULL,
  `tool` varchar(40) NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `reconcile_layout` VALUES
(1,'0.1.0');
CREATE TABLE `reconcile_text` (
  `digest` varchar(64) NOT NULL,
  `part` int(11) NOT NULL,
  `packed` text NOT NULL,
  PRIMARY KEY (`digest`,`part`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `reconcile_text` VALUES
('091054098a7f6a1854635778a54b17af',0,'eJy1VU1v4zYQvetXDNJLgioBqW+p2IM367ZBHadIvSgWgWEPqVEsRJZckk7quvnvJWVv4nW2C/TQm8jhe5x5M3z6Dn5foIFaw5OqjaEWFqSoX7t9tW71BQwqQwqwBSprU4Ai2bWybgg0YQMBCxLOg3jCGY85m2FZztrOkPbqsvhGdIWKWqMLuPviDEv7M2ZBM1mbzdRbktZ4TwXYbdhBpSI0ZNlPHPSc8/MeXPC44Ox7xgrGTryyxoakzXe50X80nib1SKqAa1Q1fngPnF1wfsFzT6B25DwRaRzFmcgYVmEVMVkGcVgmIQUJS9AzqO7JsglKRJVUMq2QhalIw7hkSRYwC66EYMxTtCBU2qW3rTr1hMp+rVDbHR8EyofDnWfPM91aLkgXHoBBYVV1NVpV2nXT+MBEEFMmKIzyJMmzNJVBxrgMMcIoTGU0tTDZNetl2+MuRFduXsFZnGZSJCTDULI0ZDnLRYQJIpNJLOUx2DVsD6UqxTxFxJJlAaV5ZasWVBJmQZ7bbBx0peolqg080GaH//X26npw++mFJBV5JIJAsDgJeJVLybOUIYksyUQoRTr1PFytmo2r/Rz0eunoCti190ANG7biKGw1SlN3LTYFVNjoXcB2t4C/+0+Ay9vhYDKEyeD9aAhzB57D6T4GMK/LOdStOeX8DMY3Exh/HI3817BTbw6PqOQC1WnGzvoD8GH44+Dj6Pj0vlr4ZfgJTh3z2T50BsPxT1fj4burtu3sqH2GX/48uP1tOHm3NlW2FBFc3oxGNtnP69k9taSwsXO/K3g/GHD3qoT/ptn+UQf9f22LVVuRfQPmSO6TUnWrL2avNnDfkXZKdWBfIqAxtTz5D224HY4H10dtmNzA/MU7Zj1lbwWztB8RO2v5/H8q3LE2nXwogP6UzVrXjwRLMliiwT4AXfs6aQv8yz5Rd/9WdqXVwwl03ufiQ2MltIXWbdX57qYCDpN8MavXTWemjmBF5Q9O2UXXlNpGQHVP+nmX2wPRyt63bXFJBwb7dZHeXGtNBJ1FH1vItlu5NrlC7qxWDbqVD2/HberDHbX3dWsr2M3sdPr8VWPZms3KMh+8ECt7p2vHbM3+GOQMZQ/ZvzofnDW4JPezc4jnz990la39ZZh9W9wdlrR8tol6dlrkg51ny0BxLKqU86iMckyCiFfWclkcUpqV1q29fwDTbzC0'),
('5e269fac3832a3d27b8aa2a8ab321e0a',0,'eJy1VFFv20YMftevILqXBLODO8mSHPXJjRUgqJIMsbK1KAKbOlG1YFnS7s4Jsqz/fZRiu/GQdHupnkQe+R35fTz+An8s0UJp4EGX1lINS9LU251fb2pzApPCkgasgfLSRqBJNbUqKwJDWIEr3EBK10+lkL4I55jnc7ukuSrto1Pm0Y8DWtRUWxPBl8Mwf16U2tg7Z03G4FeKgNOA06BPU5rQEoO/69KGUg77xEj6kQh/FSIS4p2Tl1iR4orXj+bPyjGk70lHcIm6xOkHkOJEyhN56mRoGD9DfzQWhRLCKzDwR76LOYOTi+K0GEvlWNRfidFQBlnI5+NsLLDwipFQuet7eeCRG4gAHU1LQm268p6KRj+g5r8WDXsGfI1aHXp088D9u98cxzYbtSQTOQCqqTbrGtTG2GZN+qTrmkmqN1U1AE8qUfiSQi9TYxFKNy8C4VEQum4xUpl75zjYttVjBzQEs1mvUXP2M2mvQnMggNVYG1S2bGqsIiiwMtQfMHsR/N3/AkySNL6BdPIhiWGxA1nAZDqFs+vk9vKKvYy4gHvUaon6aCSO4eo2SWAan09uk7Q3ni/c9gtfXqvpro+pGrVizabJPP50ltzOLn6PofkeCUcXV7N0cpUeO8w762v/1fSKqO3n5h6rDRloisNboKz7Y7S2VP9Nw5aE4Z4OgOnN9W9bPi7OIf50MUtnsNi/knmPPN9dOpdirCSGKE8Xr4Cd3cSTNN7R+39A4Ohj/BmOVvL4GCYzmMVJfJbCoswXnbmSg50ebN1LOL+5vnyh23NjijuOuPHNc6MdZ2w/1bimF+/97SIGnMJcW8x4K+zOB9tJ6/Xt9Px2qEyum/YnDWMvycE0/oR566KX+Be/ZfN9LFSTM2U5WhxWjTF7XSueTa67rItm7+s5e5OA7tsvv9eiui3dcdhS/h5Ka7b0L5sqN1A3/V7hRdAt77c3ypN9bBn/xVsdQNuYsuM9Ao+XEjOmVixaBOFploeSROail40DFfphKLEognDEf4TOP3TK91w='),
('673e4125e3b12b1a89d37914ea81e54e',0,'eJy1k19rwjAUxb+K3CcHQYx2zvVt4osPwvBtlCBpe3XZ0qRLU6GI3303roibU2R/nk5u0pzfubftFnIlNWYeYiia6k0DA4OYVxAnyYAlfSFYMmw1avWWJTzoqNU72mdRWI1ph40ELcGmL2QbfLbwig0peJlqBGZqrRlkdeVtge6jDhdKr6zZgyGzWstQUpzar8ZFGi3XaNBJvcwUEAnQrJUhN5gZY6cTEGLHvicZ6/FfKHS/LsyhIeUbYJe7pAClrdSeGQ8Z+KZEmvxGuuxZum7Uv4Gz/lhIpa8ABN0/Ea+krvCYODghji8RVf47HD/glPFdzi+gUpufDu/oxYm/beOz809bKJ0qpGs6oWyNHxez+cPi6ZrvQLr272jTxiHoTvzM/8uoznnTWYVuQzlimEun5HTS4f0e5z1+D7t3x5ZVhg=='),
('9bd2bb0fcc77d61426035c0969f11a17',0,'eJylkc1qwzAQhF8l7CkFESy3h1S3hlxyCJTcihFBtjeJWv24khwwwe/eVeoGemgp9DQadne+AV2g1cpgk0CAHeK7AQYOsY0gqoqzqpCSVeWk96SslPQEX7/SUd66wBsOpJBUbRCY641h0PQxeYvh0+eDLmnvrrHQeGNUtgTr02Fp64f9ER0GZfaNBiIBuqN2lAYb5/x6BVKO7Eai+966LxRapan27wWoQdbrhjgoE5FB56O+thAlgzR0NIGzCs1JhfmyuIMfibr9H47fcNqlOeffUF3QVoVhlu0U/rzbbJ92L3+AdipMnzI1FrnsKEeaRQxn2hWwVUGr9WrGiwXnC/4I4wdCXasi'),
('b6d9770d88607bd410732fddbf5ad0a4',0,'eJylkc1qwzAQhF8l7CkFEazYh1S3hlxyCJTcihFBsTepWv24khwwwe9eyTWmpTQEehotuzvfSLpCLYXCKgAD3fkPBQQMYu2BlSUlZcY5KZej5qMWUUnO4xHs8S0up+krvGMXFYI4KgRiWqUIVK0PVqP7qtNCE6Q1gz1UVimRyghtw2mlj8XhjAadUIdKQiQBmrM00Q22xtjNGjjvyUSK+602E0qGDshtfgzQWC8HJssJhK7BePOLcNWrcPMie4A//VELqe4AJB0m2Ekoj9+Jy1/E1S2irP+HoxNOmjCn9AeqcVIL181SOZo/77e7p/3LPY8o3PjpY2KWwva8jz2P7hJnGeyEk2KzntFsQemCPkL/CUt5zVI='),
('fb1d1327db8b6bf4a3435498673381e2',0,'eJy9VU1v4zYQvetXDNJLgjoBKeu72IM367ZBnaRIvSgWgWGPyJFNRJZckk7quvnvJW3HSTbOFr1UJ4mjeRy+N/P4Hfw+QwvKwINW1lIDM9K0+fbretmYM+hVljRgAySVLUCTaBuhagJDWEPIwoTzMB5yxmMWjyuljQ2ULN6JLFBTY00Bt6NgTsbglArYhoQmtOQyj3zqKeenm+SCxwWLv2esYOwokAprEq6O+cr8UQeG9D3pAi5RK/z0ETg74/yM50GJxgEzloqojFjEYoySMhcxzzDNszLtpixJw8CinpJDKzGOMlYJxroVJnEUhyhdFRQiy6uMi0DTjFAbX966avUDave2QONWOi5b3L1ceQwC2y7FjEwRAFgsHVtiaWw797XeNsu67gBm3ZBRN45SnicsoSiPwhC7OQ9ZTKmkkUsVbb2cN/vcM5qjqvcIJJOSqow4Q0zKpAxFmsUuPxN5lXcxPYTgldmlSykTIVHyjFiWC+pKzkVUVZVIZcgRffpCqznqFdzR6hnj15uLy97Nl2cgZAJzkXUpjLuOPBRpHIYsi2MmspzFoyDAxaJeeTJOwSznHrKArd5f0eN+cYxpbAwKq9oG3XErrA1tAk7yAv7evAKc3/R7wz4Mex8HfZg8AUzgeBcHmCg5AdXYY85P4Op6CFefB4POc3hD5wTuUYsZ6uOMHfprd1r4pf8Fjj3iyS50Av2rny6u+h8umqZ1vfep/2Pv82AI5z/3bn7rDz8sbZXNywjOrwcDV+jT93hKDWmsx0JtD7vrFLh9zUTnsPpvl5XrwG/p5OjX5KbEfsX/kdTt4k13KgvTloynrQU7I0BrlTj6D7rc9K96lwd0GV7DZO8e4w3s+Ck6zkpBIi1lhJP/ixW/Td2KuwLoT1EvjbonmJNFiRY3AWib1305w7/clG+G2j+nblPpXMbzeLopc980tSPcUaKaqt2vuSqKQ93un70Vvo57K/boC5I/eGVmbS0NNC3o9sEEW1BaOJbWDc7phTm/T2/nUB3OsNDb/CG7WrcLL7iX4taRXKP/6sDbbh514JaaqWqoA9uRGI0e3zextV0tXMkvhq8D3k/89rvecgq2Rvn93HVyCMq72Q5nN+bfxOCP/2ppa3dBba6n9XYvBywf3TEC143izs1OATnP8yTrYuis2xknzyVjZclDcpdLEhIL/gGVcFbb');
