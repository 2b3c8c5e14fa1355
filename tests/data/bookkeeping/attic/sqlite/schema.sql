CREATE TABLE customer (id integer PRIMARY KEY, email varchar(80) NOT NULL, city varchar(40)); CREATE TABLE note (id integer PRIMARY KEY, body varchar(80));
