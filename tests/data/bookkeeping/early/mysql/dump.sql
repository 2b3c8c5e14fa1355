CREATE TABLE `customer` (
  `id` int(11) NOT NULL,
  `email` varchar(80) NOT NULL,
  `city` varchar(40) DEFAULT NULL,
  PRIMARY KEY (`id`)
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
(1,'20261125T101440_first','apply','done',NULL,'first','','a383c84af39542dde9fba3de53c2338b','2026-11-25T10:14:41+00:00','2026-11-25T10:14:41+00:00',0.0430051,'dba@example','0.1.0',1,'','1f1dd2ab97bc7857c7c00892bd3a5b50','9bd2bb0fcc77d61426035c0969f11a17'),
(2,'20261125T101442_add_the_city','apply','done',NULL,'add the city','20261125T101440_first','29cc8588fd8f7c51cb8c831b22f1e5b2','2026-11-25T10:14:43+00:00','2026-11-25T10:14:43+00:00',0.0327878,'dba@example','0.1.0',1,'','9bbc1d1418f9bd78d94b9278d972c374','b6d9770d88607bd410732fddbf5ad0a4'),
(3,'20261125T101446_add_notes','apply','done',NULL,'add notes','20261125T101442_add_the_city','1235feae9a9c718fa3dc3440232b92ff','2026-11-25T10:14:48+00:00','2026-11-25T10:14:48+00:00',0.0254995,'dba@example','0.1.0',1,'','5fa5d441f986323b1e1a87b8a554256b','673e4125e3b12b1a89d37914ea81e54e'),
(4,'20261125T101446_add_notes','revert','done',NULL,'add notes','20261125T101442_add_the_city','1235feae9a9c718fa3dc3440232b92ff','2026-11-25T10:14:48+00:00','2026-11-25T10:14:48+00:00',0.0193736,'dba@example','0.1.0',1,'','5fa5d441f986323b1e1a87b8a554256b','b6d9770d88607bd410732fddbf5ad0a4');
CREATE TABLE `reconcile_journal` (
  `run` int(11) NOT NULL,
  `step` int(11) NOT NULL,
  `phase` int(11) NOT NULL,
  `state` varchar(16) NOT NULL,
  `at` varchar(40) NOT NULL,
  PRIMARY KEY (`run`,`step`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `reconcile_journal` VALUES
(1,1,0,'done','2026-11-25T10:14:41+00:00'),
(2,1,0,'done','2026-11-25T10:14:43+00:00'),
(3,1,0,'done','2026-11-25T10:14:48+00:00'),
(4,1,0,'done','2026-11-25T10:14:48+00:00');
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
('1f1dd2ab97bc7857c7c00892bd3a5b50',0,'eJy9VUtvGzcQvu+vGCQXG5UMch/aR5GDYqutUcUOVAVFIAjWLDlrEV7tKiRlV1X930NKihzHSgr0UJ6WM5xvZr557Gv4c44WlIEHraylBuakaXv3cr1qzBn0K0sasAGSyhagSbSNUDWBIawhZGGP8zAZc8bjmN1UShsbKFl8R7NETY01BUymwYKMwVsqYKcSmtCSs3zlTbucd7fGBY+LmP3EWMHYq0AqrEm4OBZr86kODOl70gW8Q63w4i1wdsb5Gc+DEo0DZiwVcRmzmCUY98pcJDzDNM/KNEpZLw0Di/qWHFqJSZyxSjAWVdhL4iRE6aKgEFleZVwEmuaE2vjwNlWrH1C7ryUaJ+k4a3H3teQxCGy7EnMyRQBgsXRsiZWx7cLHOmlWdd0BzKKQUZTEKc97rEdxHochRjkPWUKppKkzFW29WjQH2zNaoKoPCCR7JVUZcYbYK3tlKNIscfaZyKs8wvQYgq/M3lxK2RMSJc+IZbmgSHIu4qqqRCpDjujNl1otUK/hjtZPGO9Hl+/6o49PQMgE5iKLKEwiRx6KNAlDliUJE1nOkmkQ4HJZrz0ZXTCrhYcsYFfvb+hxTxxjGhuDwqq2QZduhbWhrcKVvIB/tp8A56NBfzyAcf/tcACzLwAzONnrAWZKzkA19oTzU7i6HsPVh+Gw86Te0jmDe9RijvokY8de7bOF3wcf4cQjnu5VpzC4+vXyavDmsmla13sXg1/6H4ZjOP+tP/pjMH6zslW2KGM4vx4OXaBf7je31JDG+kaoXbL7ToHJcyY6x6v/UqxcB/6oTo5+TW5K7Df8S90u/zv7F6Pr9y+4/78S8m7qVtwVQH+JemXUPcGCLEq0uFVA2zxPao5/uwHdzqM/XedU0o6D7jbMQ71rx5XLUzVVe5C5KIpjVPlz2GLP9X6LevQlyZ9BWZi3tTTQtKDbB+MGwm/VY9th0y49856+iSOmRn/rwMvmmXZgQs2taqgDuw6cTh+/vzM2dr10QX7V6x3w4+vd74vsWG+N8v7c9j4G5ZfHHmc/VT/E4I//ukE27n+w/Rtsdr4csHx0aQSug8Sda9UCMMoikcVYRXkSh1JSXpUYSUoiEUZRVgafAc+vJJ4='),
('5fa5d441f986323b1e1a87b8a554256b',0,'eJy1VE1vGzcQve+vGKQXG10b3O+PIgfFVlujih2oCorAEKwhOWstvNpVScququi/h5Q2kaK0ORTojeTwPb55M8Mf4I85Gqg1vKjaGGphTop2e3euVq2+hEFlSAG2QLI2JSgSXSvqhkATNhCyMA2CMJkELIjj9AGlfGg7Q9qrZfmd6BIVtUaXcP/1nXB3x8zpQdRmPfUWpDU+Ugn2GPZQoQgNWfZXDnoRBBc7cBnEZZz+yFjJ2CtP1tiQsHoXa/1n42lSz6RKeIuqxus3ELDLILgMCo+jduRByrMkTnKeM6yiKmZChkkk04jClKXoGVSPZNk4pbxKK5FVyKKMZ1EiWZqHzIIrzhnzFM0JlXbyNlWnXlDZ1RK1PfGBo3g6Ptl6nulWYk669AAMcuuqy9G60q6axgfGw4RyTlFcpGmRZ5kIcxaICGOMo0zEUwsTXbNatDvcJe/k+gDOkywXPCURRYJlEStYwWNMEZlIEyFOwa5gPZSqDIsMESXLQ8qKymbNSRLmYVFYNQ66VPUC1RqeaL3HvxvfvB2MP3whyXgR8zDkLEnDoCqECPKMIfE8zXkkeDb1PFwum7XL/QL0auHoStiX98gNG7bmKGw1ClN3LTYlVNjofcBWt4SPuyXA1Xg4mAxhMngzGsLMgWdw1scAZrWcQd2asyA4h9u7Cdy+H438Q9i5N4NnVGKO6ixn57sLcD38efB+dHq7zxZ+G36AM8d83ofOYXj7y83t8PVN23a21T7Dr34djH8fTl6vTJUveAxXd6ORFft5//BILSlsbN/vE+4bA+4PTvjfFNs/qaD/r2WxbiuyM2BO7JaqW/43s6/Hd+++svp/0u1Ym048lUB/iWal62eCBRmUaHAXgK49aJ/j33bC3Psb0UnaJ3ix0+JDYx2wGdRt1fnupRKORX75aw6H7i90BEuSP0FtYN41UtsIqO5Fb10Hu9/xdHo33dJ550Tc2zwbdDsfvq301Id7ah/r1r6+b5fpdPuPM70x66VlPmpOa1mna8ds/9lTkJvlHtI3vA9uKp3IvqDH+GD73YHe2N/a9Ja6Nyyp3Fqhnq20eLKtZBnCKKkIqcBCZEFeYSRFFMcsjEJehFXlfQJ/zwOp'),
('673e4125e3b12b1a89d37914ea81e54e',0,'eJy1k19rwjAUxb+K3CcHQYx2zvVt4osPwvBtlCBpe3XZ0qRLU6GI3303roibU2R/nk5u0pzfubftFnIlNWYeYiia6k0DA4OYVxAnyYAlfSFYMmw1avWWJTzoqNU72mdRWI1ph40ELcGmL2QbfLbwig0peJlqBGZqrRlkdeVtge6jDhdKr6zZgyGzWstQUpzar8ZFGi3XaNBJvcwUEAnQrJUhN5gZY6cTEGLHvicZ6/FfKHS/LsyhIeUbYJe7pAClrdSeGQ8Z+KZEmvxGuuxZum7Uv4Gz/lhIpa8ABN0/Ea+krvCYODghji8RVf47HD/glPFdzi+gUpufDu/oxYm/beOz809bKJ0qpGs6oWyNHxez+cPi6ZrvQLr272jTxiHoTvzM/8uoznnTWYVuQzlimEun5HTS4f0e5z1+D7t3x5ZVhg=='),
('9bbc1d1418f9bd78d94b9278d972c374',0,'eJy1VE1P3DAQvedXjOilVdmV7XxsSE9Ll0qVlqWii3pAaJn4g0SbjVPbC1po/3sngdJSQU+tT8545nnem+e8gi8VBqg93Lg6BN1CpZ0evvu427Z+DFMTtANsQas6FOC0tK2sGw1eYwOCiYxzkS4540kiVqjUKlR6Jeuwi2pV/D2hQ6fb4As4f5rGVqZ2PlxEG+09XukCqAyoDIYy6TQGTeB7fdmI89FQWPCkSMRbxgrG9iJVY6MldbzZ+a9N5LW71q6AY3Q1zg6BszHnY34QlegJv8Q0yZmRjMUGszRJBSoC1wLZgcm5jAK6K01oyLNyQud5mTM0sUmYVCKNVRZrkbEMI6crjc737d0Z627Q0a5DT5F9ukaun0acvSH+4nsUBbuVlfZFBCBts920ILc+2I124541idRum2YfYi6ZSbmexKXM2YQLZTIW62wihElkKS6iCLuu2fVAI/DbzQYdVd+L9iw0JQIEh61HGWrbYlOAwcbr4YDUK+DbsAWYzpdHp7CcHs6P4PInyCVMZzN4fzI/O15QlBAv4RqdrNC9TtgbWJzN5zA7+jA9my+Hj/sLH/jC+XM9XQw5jZXrAj4uPi+niyXYXzkR6UzzDH+QVM52/4ni7PTk01OO/4BFf1rhLTlimHu/RtS/IkcqDDhqrPcPcYIhxtRn3Rr7GFvrfrQvEe7X4xN6Lqt/671mnVbvoA4eApb0tCvbKA+tHdxJdup/AS/78i7sOsL/beL70Flf9zoXEJO1SSG5piGR0Q+kzNM8Nyo3E5lyWeYyj3lJ3uU6LUX0A6Axbu0='),
('9bd2bb0fcc77d61426035c0969f11a17',0,'eJylkc1qwzAQhF8l7CkFESy3h1S3hlxyCJTcihFBtjeJWv24khwwwe/eVeoGemgp9DQadne+AV2g1cpgk0CAHeK7AQYOsY0gqoqzqpCSVeWk96SslPQEX7/SUd66wBsOpJBUbRCY641h0PQxeYvh0+eDLmnvrrHQeGNUtgTr02Fp64f9ER0GZfaNBiIBuqN2lAYb5/x6BVKO7Eai+966LxRapan27wWoQdbrhjgoE5FB56O+thAlgzR0NIGzCs1JhfmyuIMfibr9H47fcNqlOeffUF3QVoVhlu0U/rzbbJ92L3+AdipMnzI1FrnsKEeaRQxn2hWwVUGr9WrGiwXnC/4I4wdCXasi'),
('b6d9770d88607bd410732fddbf5ad0a4',0,'eJylkc1qwzAQhF8l7CkFEazYh1S3hlxyCJTcihFBsTepWv24khwwwe9eyTWmpTQEehotuzvfSLpCLYXCKgAD3fkPBQQMYu2BlSUlZcY5KZej5qMWUUnO4xHs8S0up+krvGMXFYI4KgRiWqUIVK0PVqP7qtNCE6Q1gz1UVimRyghtw2mlj8XhjAadUIdKQiQBmrM00Q22xtjNGjjvyUSK+602E0qGDshtfgzQWC8HJssJhK7BePOLcNWrcPMie4A//VELqe4AJB0m2Ekoj9+Jy1/E1S2irP+HoxNOmjCn9AeqcVIL181SOZo/77e7p/3LPY8o3PjpY2KWwva8jz2P7hJnGeyEk2KzntFsQemCPkL/CUt5zVI=');
