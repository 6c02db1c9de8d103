-- Who did what, and how much mail came and went. Moments are milliseconds since 1970 (UTC), since a TIMESTAMP of Derby means another
-- moment on a server in another time zone, and an hour twice a year means two.

CREATE TABLE AUDIT (
    ID BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    HAPPENED_AT BIGINT NOT NULL,
    WHO VARCHAR(255) NOT NULL,
    WHAT VARCHAR(40) NOT NULL,
    SUBJECT VARCHAR(320),
    DETAIL VARCHAR(1000)
);

CREATE INDEX AUDIT_TIME ON AUDIT (HAPPENED_AT, ID);
CREATE INDEX AUDIT_SUBJECT ON AUDIT (SUBJECT, HAPPENED_AT);

-- One row for each hour, direction and cause; every node adds to it. CAUSE is '' for mail that was not refused.
CREATE TABLE TRAFFIC (
    FROM_HOUR BIGINT NOT NULL,
    DIRECTION VARCHAR(16) NOT NULL,
    CAUSE VARCHAR(40) NOT NULL,
    AMOUNT BIGINT NOT NULL,
    PRIMARY KEY (FROM_HOUR, DIRECTION, CAUSE)
);
