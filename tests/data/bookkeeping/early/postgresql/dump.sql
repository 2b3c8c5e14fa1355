
CREATE SCHEMA reconcile_meta;

CREATE TABLE public.customer (
    id integer NOT NULL,
    email character varying(80) NOT NULL,
    city character varying(40)
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

INSERT INTO reconcile_meta.reconcile_history VALUES (1, '20261125T101432_first', 'apply', 'done', NULL, 'first', '', '25704ebc26d496b7bb90a1ed97aaefae', '2026-11-25T10:14:33+00:00', '2026-11-25T10:14:33+00:00', 0.03700387500003899, 'dba@example', '0.1.0', 1, '', '211c39f2057c2ad31c58ae9c5383c21f', '4ac4e855fafd04f432fbba95e0d2b1ee');
INSERT INTO reconcile_meta.reconcile_history VALUES (2, '20261125T101434_add_the_city', 'apply', 'done', NULL, 'add the city', '20261125T101432_first', '297afec03079b0a3ac64e7b6a99bded7', '2026-11-25T10:14:34+00:00', '2026-11-25T10:14:34+00:00', 0.024471891999951367, 'dba@example', '0.1.0', 1, '', 'de6f2f40558354a7b693a2fe64c3776a', '720d4542400bcb52ca688c51ddae6825');
INSERT INTO reconcile_meta.reconcile_history VALUES (3, '20261125T101437_add_notes', 'apply', 'done', NULL, 'add notes', '20261125T101434_add_the_city', 'd2940e454c569a38cad5c634aada8ece', '2026-11-25T10:14:37+00:00', '2026-11-25T10:14:38+00:00', 0.0325324970000338, 'dba@example', '0.1.0', 1, '', 'ee0b7394618b3f2f1ae82e9764fb2904', '76d4a989fe23a2418f11cd41914c56fb');
INSERT INTO reconcile_meta.reconcile_history VALUES (4, '20261125T101437_add_notes', 'revert', 'done', NULL, 'add notes', '20261125T101434_add_the_city', 'd2940e454c569a38cad5c634aada8ece', '2026-11-25T10:14:38+00:00', '2026-11-25T10:14:38+00:00', 0.03162565899998526, 'dba@example', '0.1.0', 1, '', 'ee0b7394618b3f2f1ae82e9764fb2904', '720d4542400bcb52ca688c51ddae6825');

INSERT INTO reconcile_meta.reconcile_journal VALUES (1, 1, 0, 'done', '2026-11-25T10:14:33+00:00');
INSERT INTO reconcile_meta.reconcile_journal VALUES (2, 1, 0, 'done', '2026-11-25T10:14:34+00:00');
INSERT INTO reconcile_meta.reconcile_journal VALUES (3, 1, 0, 'done', '2026-11-25T10:14:37+00:00');
INSERT INTO reconcile_meta.reconcile_journal VALUES (4, 1, 0, 'done', '2026-11-25T10:14:38+00:00');

INSERT INTO reconcile_meta.reconcile_layout VALUES (1, '0.1.0');

INSERT INTO reconcile_meta.reconcile_text VALUES ('211c39f2057c2ad31c58ae9c5383c21f', 0, 'eJzVVUtz2zYQvvNX7LAXZyppAL7JnBRFB09V25WUtpnYk8FjKXFMkSwAxeOo/u8FJFmxXVtOjsEJj91vdz/s4xf4a8kMVBpuVGUMNrBEhduzu1frRg9gWBpUwBpAWZkCFIq2EVWNoJHVEJAgoTSI55TQKAw+l5XSxqtk8cJLxxQ2Rhfw6cpbodZsgQXsnoRCZtBq+k61T2l/q1zQqAiDXwkpCPE9WbEahfWja7VZKNT/1J5G9QVVARe7q9kfE6DxICAeZ9qiZ5InRKZBGUZU5ihDjDnmPEpjgblMS88wtUALycI0xyyJaWYVeJRnNKIlZ5JGLCEZ5Z7CJTKlnY+bslU3TNldx7S96QFn4vrhzZ3nmXYtlqgLD8Awbinr1ryuxECstWlXzuVPzbque4BxkuVlgFnASShiFDSL44gykZU85yy8sgiirder5inEAFesqg9AYRhKGoel5FYvT0JOy4xHMREkiSin8giQ+7M9SizziBPCUylFwpNEBEGWZhZZSErCAB1Kp6oVU7dwjbf/g7rffO7s6wGVBiSLaSxkZlmPsySVURbEmLOY27gZvfI81nX1raOrD9pgt2XOLXtcr5y5AnZZ8jyfe2kAmxUF/Hs4Aoym4+F8DPPhu8kY/J2aP/DvFX04eSDsll9JH6rG4MIm/9n5HM4+TCa9p0Jb8n0QS6aYcGXyxfpYNYuTjLx5UWt0fjabT4enZ3PwHzHlw8X09Pfh9CP8Nv4IJ86FNw90v+0f5NX96r/CiJM4lkHfI1jJR1LfnQGeLRxboOb4x0rVdj/6re+n5xcvf+pPy9e9Tt2Ka9sOh6PReDaD8d+jyYfZ6Z9jaBu43Md76Q8uDxFf+t9iXrKvthk9iVm0EndM97fhP8rM2n6S5bdqyvbR/baGX2ML4NDNnxV1Q8XZ7VC+hcrAsq2lhqYF1d5oW/huyBzpk5u7Vzvgxtx21vqztdgD14IctB02rNbYc/OjMlXb2EF1BNs1xT3wvhkchaJ3P9YZN3YcbofhZmffWpF3V3Zy2HQV17Y0rHdxSiLkIkhklCc8tY2dMIoyTxnDkqH3H9DBYFA=');
INSERT INTO reconcile_meta.reconcile_text VALUES ('4ac4e855fafd04f432fbba95e0d2b1ee', 0, 'eJylktFKxDAQRX+lzJNCkLarIPkGHxQfQ5A0Hbtx0yQm6UJZ+u9Odsu6oKjg081wb2bOkBygN8qizsAh+JSHiOndAgOH2CfgQjRM1FIy0TLRFN2sekvKNpKO4Ls36lDSB9jhTApJb3FUwNxkLYMwddboUyUXdk5l1VmETx/0lLIfMX6Nam+n0V1mqb8h0t+7EGHRY4q/KpuQlV1NNt4BbxnkOZADequi0hljtVdxNm64uq+v4UcG0/8foDkDGJdxoFsXI0M0I8FUpfxmwEs4Gn9CCCqub7TuwQv+IhfyEsY9ZTk8nv7A89ND1dzdtDUsH0ZhthE=');
INSERT INTO reconcile_meta.reconcile_text VALUES ('de6f2f40558354a7b693a2fe64c3776a', 0, 'eJy9lE1v00AQhu/+FSNzAdFEu/5KbE4hzQEp0NK0gESqaLwex1Ycr9ndtCqF/85ukkYEoXAA4ZN3PPPO+JmZfQYfKzRQa7hXtTHUQkWKtmdnV5tW92FUGlKALVBRmwwUCdmKuiHQhA0ELEg4D+JrzngURgssioWpaCFq8+DVRXbaoUNFrdEZfD52CxZlrbS59dakNS4pAxsGNgy2YUIRGrLivgvrcd7bBmY8ysLoJWMZY75X1NiQsBV3UpulIv2l8TSpO1IZXO5Ms/dT4HE/YF6O2iUJBykNk5gP84TlUTrkES9zLHiECRvy3DOolmQl0XkOyjCOYzakNB5SlMZIIi+TNEwT4SmqCJV2NT6WUt2jsm8dams5gxzF6tii5L2FEHz3PCM3oiKdeQBCNpt1C90mb2rRFxtt5JpU3xGwwNpN05xBRCVSyUUaszKJgwERpUKUPIkKilMMbj0Pu655cHo90Ia6rbR77HGzXqOyYj42rscGc9vWX/Lt0O9rcbn9fTyAJZrBt8MRYDS9nlzB9ej1dAL+Tsfv+09KPozOz2F8Mb15+w78rRSIChUKl/zOVlK3y+cRe3FQfIIBn0+wuD24N1Ks7M+MxuPJbAaTT+PpzezNhwnIFub7cuZ+f34oaO77nu2UnQjzN3wKJbt/BOj86uLymND/ZPEUW+FXO50HEDsYQhZ2Qwo02Guk1j99s8ksQ/undVvKI/uKLLwT5R45H1b9RIC7mhzujopXUBu9b0klm0JDK7d7ZCfe3Vh/3KBH89C5bL+bwDN3adSmlm0God1KS16s7DjYHU0HWJJgIRukOcMQRRLRIE8wTfOCioH3AwwdoyY=');
INSERT INTO reconcile_meta.reconcile_text VALUES ('720d4542400bcb52ca688c51ddae6825', 0, 'eJylUtFqwzAM/JWgpw3MSNIUhr9hDxt7NGY4jpZ6dRzPdgqh5N+ntKHr2GgLezoLnXR3RntojLKoE3DwfUxtwPhpgYFDbCJwIQomcimZKJkoZlwtWC24JmSVpCf09Qdtmqf2sMWREKLeYKeAucFaBn6ordHHSk7sxEqqtgjffdBDTH2H4TdV93bo3A+uSSOw60vIICU0yfQO+IpBGj1Sar1RQemEIdupMBrX3lX5PVxUpETG3ig544HF35WNeO6hvODh8ZoH0/zfQHEyYFzClqbOJH0wHZnJ5vIPgTd/aNz27SosV7Hk4LP9SU7Uixh2xOXwfLy+15enrFg/lDlMXyWj3jk=');
INSERT INTO reconcile_meta.reconcile_text VALUES ('ee0b7394618b3f2f1ae82e9764fb2904', 0, 'eJzVVU1z2zYQvfNX7DAXZ2pp+AWSYE6qqoOnqu1KSttM7fEsgaXEMU2yIBSPovq/B5AURXJiJTmGBw6xfLvAvt19eAV/L1BD2cGjKrWmGhakaLO2drWsuz4MCk0KsAaSpc5AkWhqUVYEHWEFgRfEvh+wme/5UZjcoZR3daOpc0qZnfjboqJadxn8e4yJNhi9oDtR6tWt80Bdh3PKwJhh6yoUoSYT3bWuPd/vbZwzP8rC5BfPyzzPdWSJFQlz3rbp9FxR91/ldKTek8rgemua/jkGn/UDz8mxsztgmPCkCBljXkqcpRRxhiTyIuYhj4WjUc3JhAzRlyl5IZEn41gGQSoLQRFR7AsWysJRtCBUnT3jumjUIyrz1WJnLOeQo7g/tDw5jm6WYkFd5gBozA217TKvStG3+RqG6mVVnUMasSgKCCMWxEhREWCBqY8ySVnuxzy6Nd6iqZYP9aF7P2/kah/D54JRwtM05Z6MME/zICziKIhZ4XuE/IUYtpS7CFQkIgi8hLOQJWme8DzPeWQWmGIceJtTtKp8QLWCe1odhbGvu9ZY99EkSi59mfAoZsgZD6mQqZBhGqWpwCC/dRxs22plmelBp6ndkGQfs1w+2G0y2DbEl9TtkACm+Bn8v18CDCejwWwEs8Gv4xG4Wxe371onF84OgPZxS+lCWWuamzm4vJrB5dvx+Pw5yPLsgligQmEH5r05WlnPz1Lv9XPs8OpyOpsMLi5n4O45ceF6cvHHYPIOfh+9gzO76esDv8/fB83y6emdyN3+faEtvoUp5RHim2V1TOObAdOnqyVV0/5IrX6bXF1/vVI/AyWfsFUj7o1iDYbD0XQKo3+G47fTi79G0NRws0vrxu3fbBK7cT+ntsAPRiuepSYaSVsie5ssj/qrMjUwFJZ10RzZN3N3ihSAvdh+AbN3gt2vJfkGSg2LppKd0WNQzWNnhtTeES/I1/rplDCt9ao1oK/PjRXvUpdNbW6SF6JYadrF2I3oOVhtsefIoMCqo8Mw/tP36dPa3E+b22m93dNEl0+3RqpNn4l708uG/oBHHhlRFizmGBq9kkzEYYQoMSVBzkcuwDJx');
INSERT INTO reconcile_meta.reconcile_text VALUES ('76d4a989fe23a2418f11cd41914c56fb', 0, 'eJy1VN1OwyAUfpXmXGlCTLutbvYZvNB42TSG0uOGUqhAlzRL393D1sxN95cZrz7gHPh+aFlBJblC4SGDxjg/t+g+FTDQiJWDLM8TlsdFwfLRgGOWJwEnA6YD3lNLwOmAM1pnaRg9hM3TgoZgynfiCueu4AM7QnBigTUHplulGDRtqaTYzIqebbs8LxXCdx1E67yp0V7Qqo3H323CqLbWe0dK3wE7z0U+KCrppdGQjRn4rkGKTyy45cKjjZbcdlLPbybxLZxkJONSXUgZcN2VvXHlcFfD6ISG2TkNsvq7gGQrQGqPc9p1krI01eGgd26q+G+D+1zXmmusrElIFKYH0ntt1oXLviluhz9j8JAF6X1xni1YOc70I9RjLFRzaJekKIOnzUvw8vwYJendKIb+CyhwX50=');

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);

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

