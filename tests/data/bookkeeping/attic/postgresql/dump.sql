
CREATE SCHEMA reconcile_attic;

CREATE SCHEMA reconcile_meta;

CREATE TABLE public.customer (
    id integer NOT NULL,
    email character varying(80) NOT NULL,
    city character varying(40)
);

CREATE TABLE reconcile_meta.reconcile_attic (
    name character varying(63) NOT NULL,
    what text NOT NULL,
    revision character varying(160) NOT NULL,
    direction character varying(16) NOT NULL,
    run integer NOT NULL,
    at character varying(40) NOT NULL
);

CREATE TABLE reconcile_meta.reconcile_history (
    run integer NOT NULL,
    revision character varying(160) NOT NULL,
    direction character varying(16) NOT NULL,
    state character varying(16) NOT NULL,
    active integer,
    message text NOT NULL,
    parents text NOT NULL,
    checksum character varying(64) NOT NULL,
    started character varying(40) NOT NULL,
    finished character varying(40),
    seconds double precision,
    who text NOT NULL,
    tool character varying(40) NOT NULL,
    steps integer NOT NULL,
    note text NOT NULL,
    revision_text character varying(64) NOT NULL,
    state_text character varying(64)
);

CREATE TABLE reconcile_meta.reconcile_journal (
    run integer NOT NULL,
    step integer NOT NULL,
    phase integer NOT NULL,
    state character varying(16) NOT NULL,
    at character varying(40) NOT NULL
);

CREATE TABLE reconcile_meta.reconcile_layout (
    version integer NOT NULL,
    tool character varying(40) NOT NULL
);

CREATE TABLE reconcile_meta.reconcile_text (
    digest character varying(64) NOT NULL,
    part integer NOT NULL,
    packed text NOT NULL
);

INSERT INTO reconcile_meta.reconcile_history VALUES (1, '20261125T101456_first', 'apply', 'done', NULL, 'first', '', 'fddd6e7c9fb37ed5344f8ccb17764111', '2026-11-25T10:14:57+00:00', '2026-11-25T10:14:57+00:00', 0.05802349300000742, 'dba@example', '0.1.0', 1, '', 'f55b1a8678e476dc8e92571923fdf874', '4ac4e855fafd04f432fbba95e0d2b1ee');
INSERT INTO reconcile_meta.reconcile_history VALUES (2, '20261125T101458_add_the_city', 'apply', 'done', NULL, 'add the city', '20261125T101456_first', 'a895cbd017f1b2ad006ceeda4e5d9a2e', '2026-11-25T10:14:59+00:00', '2026-11-25T10:14:59+00:00', 0.032322684000007484, 'dba@example', '0.1.0', 1, '', 'bee53273c35d6b2042f9be355d32cfb8', '720d4542400bcb52ca688c51ddae6825');
INSERT INTO reconcile_meta.reconcile_history VALUES (3, '20261125T101501_add_notes', 'apply', 'done', NULL, 'add notes', '20261125T101458_add_the_city', 'b17d492d12cdce58590d5c6bd770c529', '2026-11-25T10:15:02+00:00', '2026-11-25T10:15:02+00:00', 0.059264298000016424, 'dba@example', '0.1.0', 1, '', '9844e89c180644a8529a24d4dc06fb49', '76d4a989fe23a2418f11cd41914c56fb');
INSERT INTO reconcile_meta.reconcile_history VALUES (4, '20261125T101501_add_notes', 'revert', 'done', NULL, 'add notes', '20261125T101458_add_the_city', 'b17d492d12cdce58590d5c6bd770c529', '2026-11-25T10:15:03+00:00', '2026-11-25T10:15:03+00:00', 0.03547024599993165, 'dba@example', '0.1.0', 1, '', '9844e89c180644a8529a24d4dc06fb49', '720d4542400bcb52ca688c51ddae6825');

INSERT INTO reconcile_meta.reconcile_journal VALUES (1, 1, 0, 'done', '2026-11-25T10:14:57+00:00');
INSERT INTO reconcile_meta.reconcile_journal VALUES (2, 1, 0, 'done', '2026-11-25T10:14:59+00:00');
INSERT INTO reconcile_meta.reconcile_journal VALUES (3, 1, 0, 'done', '2026-11-25T10:15:02+00:00');
INSERT INTO reconcile_meta.reconcile_journal VALUES (4, 1, 0, 'done', '2026-11-25T10:15:03+00:00');

INSERT INTO reconcile_meta.reconcile_layout VALUES (1, '0.1.0');

INSERT INTO reconcile_meta.reconcile_text VALUES ('f55b1a8678e476dc8e92571923fdf874', 0, 'eJzVVk1z2kgQvetXdCkXpxZTGn1LeyKsUksFgxdwNqnY5ZqPFqgsJGU0xOUl/u+ZwdgGx8bZva1O0qj7dc/r19PzBv5eUAVFC9eyUAorWKDEzbdZl6uq7UIvVyiBVoCiUClI5HXFixKhRVqC67ghIW4wIw7xg/AyL2SrrEKkL/xpqMRKtSl8ubCW2LZ0jinc/eISqULtaRvXY0KON84p8dMg/M1xUsexLVHQErnOo6lbNZfYfi2tFuU3lCmc3i1N/xoCCbquYzHaavRYsNARkZt7PhEJCg8Dhgnzo4BjIqLcUlTOUUNSL0owDgMSawfmJzHxSc6oID4NnZgwS+ICqWxNjuu8ltdU6reGtnqlA4zyq92VW8tS9YovsE0tAEWZpqxZsbLgXb5qVb00KX+pVmXZAQzCOMldjF3meDxATuIg8Anlcc4SRr0LjcDrcrWsnkJ0cUmL8gHI8zxBAi8XTPslocdIHjM/cLgT+oQRcQDI1GyLEojEZ47DIiF4yMKQu24cxRqZC+J4LhqURhZLKm/gCm9+grp/uWz03wdU4jpxQAIuYs16EIeR8GM3wIQGTO+bkgvLok1T3hi6jqFV2GyYM4/+XC1NuBTuVPI8n1trAK2KFL4/fAL0J1lvlsGs926YgX3nZnfte0cbjnaMzWMXwoaiUjjX4h+NZzA6Gw47T4025NvAF1RSbtrkm86xqOZHsfP2Ra/+eDSdTXqD0QzsPaZsOJ0MTnqTz/Ah+wxHJoW3O76P7zu6un+OX2HEWBxS0K8YFmLP6pcVYOnG0Q2qDhfWFrJuXuqTQsG8xtZUpAa1QKBK6QruFXwvue97pG/LP+3/mZ30YPB+U5vs02A6mz4eaJcbzAMok+zj+EMGveEQxqN7sCfu8H4yPoHTs3fDQf8AVG84yyYwGP2RfTLpbFP5WZhbXUyyUe9Ey3e8o5iceH7uxBj5lwWxX431svQPg/935F0QmGazFxj736r63qes+ZWWb6/fz6ZTXcr+8Gw6+JhBXcH5lpVzu3v+wMu5/cjpgv6jR8aTPfNa6LFl2uF4s/09zkvdSvpwK6q83lvfnLSvsQXwMHOfNTWj38RtUPxuem5Rl6KFqgZZX7fWYyjTwbCu6FIDPVPuzoFs9Fik5kZxYCiub18dd2t105jYzx28HTDzxkDrmwUtW+yYy0KhirrSt5ID2GYCboG3J/9BKHL778bgWt99Njef9V18HUXcXmg+tOr5lT4HdQwhRIgRT3LmRSgCz/fzmHNGokjPb0KsH5jM5Po=');
INSERT INTO reconcile_meta.reconcile_text VALUES ('4ac4e855fafd04f432fbba95e0d2b1ee', 0, 'eJylktFKxDAQRX+lzJNCkLarIPkGHxQfQ5A0Hbtx0yQm6UJZ+u9Odsu6oKjg081wb2bOkBygN8qizsAh+JSHiOndAgOH2CfgQjRM1FIy0TLRFN2sekvKNpKO4Ls36lDSB9jhTApJb3FUwNxkLYMwddboUyUXdk5l1VmETx/0lLIfMX6Nam+n0V1mqb8h0t+7EGHRY4q/KpuQlV1NNt4BbxnkOZADequi0hljtVdxNm64uq+v4UcG0/8foDkDGJdxoFsXI0M0I8FUpfxmwEs4Gn9CCCqub7TuwQv+IhfyEsY9ZTk8nv7A89ND1dzdtDUsH0ZhthE=');
INSERT INTO reconcile_meta.reconcile_text VALUES ('bee53273c35d6b2042f9be355d32cfb8', 0, 'eJy9VVFvo0YQfudXjOhLq9oW6wAB+uQjnM46YqfGybW6RNayDDEyBm53nShN7793l9huSC3uKlXliR3NfPvNN7MzP8CnNZVQCHjkhZRYwRo5tmdt57tKjGCSS+RAK8CskAFwZHXFihJBIC1hbI1dQsbOkljEdrwVzbKVXOOKFfLJKLKg36GhHCspAvjcdXNXecGFvDO2KAS9xwBUGKgwaMMYRypRgZs6bEjIsA0MiB043s+WFViWaWQFLZEpxk0t5D1H8aU0BPIH5AFcvZiSX2MgzmhsGSkV+pKzcx891yFe6lqp7XvEJnlKM2JT1/JIakjK71FBUu15np85jmN56Dse2r5DkaW565/5LjM4rpFyoTk+5zV/pFz9NVQoywBSyjZdC68flQjjr4Yh6x1bowgMAFaXu20FzS4tCzZiOyHrLfKRVkAJVu3KcgA25hRzwnzHyl1nfI6IPmM5ce0MHZ+O7wyDNk35pPGGICQ2LbT+1HG33VKuwExa6hpLmqqyvrnvRfo9F323uY8HUIoG8OfxCDCJl9EClpN3cQTmC445Mg9IJkwuLiCcx9eXMzBbKGBryinTlz8oJkV1/6Nt/XREPIgBn3u0uDu6lzXbqGQmYRglCUS/hfF1Mr2JoK7gdk/n1hzdHgndmqahKqU6Qvbrs0Fs2u57oOUOBdT5SSZQVK0XlbJgHZVeaTTsKAYQz8OPPZJNZ5B8mCwiWMw/vUrpcn4R9YCGi2iyjCAJP0SXE5i+h9l8qaKnyTL5+wGvujz/ibKIbuYfI1XVGOazA9ibcHi/mF/C1fW7eBr2QF0s5lf7LBWbPRPzDdarxFe2S9Ajlueg+e089/J9HxxMEkiiOAqXYBZZe9yQwaEh1emBvCR1ohw9VDq9/51MolnrrksbRzdRrHiF14vp8ve3LX2qBfq6+th7jFbq+Ui+w6NNN7OyPVd0q0beCV4D5aKa/uQ0GOwnQfsm9eP7+m+nScbr5j8aJ21TdebJ/zk5DrFr+oea5aL7xlmdKXEzKumwrIXodEqpJo7KtKjyumNvVe+h23E+LsaeAL3ItdwNZr9AIcW+JOu6zARUdbt11H7Q+/2b++ZZPjX6tlPzeqBXbCGLugrgTO0wpTzbqHZQq8PzHZZmFjnPSTqmmWW5DDGjNjqZ2k5o/AWvSYCi');
INSERT INTO reconcile_meta.reconcile_text VALUES ('720d4542400bcb52ca688c51ddae6825', 0, 'eJylUtFqwzAM/JWgpw3MSNIUhr9hDxt7NGY4jpZ6dRzPdgqh5N+ntKHr2GgLezoLnXR3RntojLKoE3DwfUxtwPhpgYFDbCJwIQomcimZKJkoZlwtWC24JmSVpCf09Qdtmqf2sMWREKLeYKeAucFaBn6ordHHSk7sxEqqtgjffdBDTH2H4TdV93bo3A+uSSOw60vIICU0yfQO+IpBGj1Sar1RQemEIdupMBrX3lX5PVxUpETG3ig544HF35WNeO6hvODh8ZoH0/zfQHEyYFzClqbOJH0wHZnJ5vIPgTd/aNz27SosV7Hk4LP9SU7Uixh2xOXwfLy+15enrFg/lDlMXyWj3jk=');
INSERT INTO reconcile_meta.reconcile_text VALUES ('9844e89c180644a8529a24d4dc06fb49', 0, 'eJzVVt9v4kYQfvdfMXJfcmqCvMZrr31PHPWp6AikQK53ukRovTsGK47t2stFlMv/3l2HJJALpOpb/YDY8cw3v76d8S/w55IryBq4qzOlsIAl1tiejbxeFU0HeqnCGngBKDMVQY2iLESWIzTIc3Ad1yfEpTPiEOqQOZdyXpQKGyuT0ZG3Fa+xUE0E33Z1PMpaHbXEucjU+tq6xabhC4xAi+HBVNTIFWp025ieEXLWGkeERg751XEix7EtmfEchY63Khu1qLH5K7carL9jHcHFg2j6xxAI7biOlfDGeODdIAzSLqXUYRhShl5IOYok9cNu6AtL8XqBGrLLiWTodBEd6fvSdZlMBXqIPhG0K1OrxiXyujExbtKyvuO1/lfxRktOIeHiZldyb1mqXIklNpEFoHiiS1utkjwTHZOvrlCxyvNTYB71PBe5R12fo5e6POWMcBkwmhA/9K61tSjz1W2xa95JSrl+wiChoBiEjLHQkR5PWOJ2U99zfZoSB3l4AMO0couAaSBc1wlC2qUBS4IwSZLQ0wfOuO86bRRVnd3yeg03uN6DMT/zSkuf0CSXoSQyCD2f8pCGXUwlE7LLPMYEd5Nry+JVla9NZc6gUVi1RTKPPq5ujZsIHgjxc+m2mgC6+RH8eDoC9CdxbxbDrPdhGIP9YGJ3bGNkw8mOonnsTNqQFQoX+h6MxjMYXQ6Hpy+VTJ1tEEtec2EuzHcdWlYsTpjz7qVufzyazia9wWgG9lNNbLiYDM57k6/wKf4KJ8bpux275/87ZHl8zo7kbt4eoMVbOpnc03izrZYmvr5g6ni3bFmX1Ws8zxQsSmxMqUvQEwC4Urote13cC+jHXl23PZ32f4/PezD42LYq/jKYzqbPQ2veYh5BmcSfx59i6A2HMB49gr0wh4+T8TlcXH4YDvpHoHrDWTyBwei3+IsJZxvKPtu2rZ/Eo9655uN4SwiRhihZ6ibJPCP2mz5e5/Fh0P+GuAsA03h2oDr/B6I+6ualuNGM7PX78XSqO9QfXk4Hn2MoC7jaJn9ld67a9K/s57It+d96gr9ITZRSs9iw+6zNcq+sub4ZeghlRVruydtpeKwoAE8r8Cc1s6mNvwrle3N9lmUuG70loS7vGuvZhbmIsCn4rQZ50cnTAxHorcTN4j+wkzb3x7bNRq0rrfT6MDQbOVNZWejPgwMoZt9sMbZz9xTMwjBxRJDyvMFdGHL/75bORn90tJ8cmwefGl3eX+tMNU3FjR5QESQkkF7oSuIKKZAyqvckFX4ig8AR1A2tfwCMo69j');
INSERT INTO reconcile_meta.reconcile_text VALUES ('76d4a989fe23a2418f11cd41914c56fb', 0, 'eJy1VN1OwyAUfpXmXGlCTLutbvYZvNB42TSG0uOGUqhAlzRL393D1sxN95cZrz7gHPh+aFlBJblC4SGDxjg/t+g+FTDQiJWDLM8TlsdFwfLRgGOWJwEnA6YD3lNLwOmAM1pnaRg9hM3TgoZgynfiCueu4AM7QnBigTUHplulGDRtqaTYzIqebbs8LxXCdx1E67yp0V7Qqo3H323CqLbWe0dK3wE7z0U+KCrppdGQjRn4rkGKTyy45cKjjZbcdlLPbybxLZxkJONSXUgZcN2VvXHlcFfD6ISG2TkNsvq7gGQrQGqPc9p1krI01eGgd26q+G+D+1zXmmusrElIFKYH0ntt1oXLviluhz9j8JAF6X1xni1YOc70I9RjLFRzaJekKIOnzUvw8vwYJendKIb+CyhwX50=');

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY reconcile_meta.reconcile_attic
    ADD CONSTRAINT reconcile_attic_pkey PRIMARY KEY (name);

ALTER TABLE ONLY reconcile_meta.reconcile_history
    ADD CONSTRAINT reconcile_history_one_running UNIQUE (active);

ALTER TABLE ONLY reconcile_meta.reconcile_history
    ADD CONSTRAINT reconcile_history_pkey PRIMARY KEY (run);

ALTER TABLE ONLY reconcile_meta.reconcile_journal
    ADD CONSTRAINT reconcile_journal_pkey PRIMARY KEY (run, step);

ALTER TABLE ONLY reconcile_meta.reconcile_layout
    ADD CONSTRAINT reconcile_layout_pkey PRIMARY KEY (version);

ALTER TABLE ONLY reconcile_meta.reconcile_text
    ADD CONSTRAINT reconcile_text_pkey PRIMARY KEY (digest, part);

