-- What the senders of all instances share about one account of a platform: how much of its rate is spoken for, and whether it
-- has stopped because every message would fail.
CREATE TABLE IF NOT EXISTS sending_accounts (
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    -- Its time line, in microseconds since 1970: until here it is spoken for (src/outgoing/rate-line.ts).
    busy_until_us BIGINT UNSIGNED NOT NULL DEFAULT 0,
    -- Since when, and by which error, until a message gets through again; the owner is told once.
    stopped_at DATETIME(6) NULL,
    stop_code VARCHAR(64) NULL,
    PRIMARY KEY (channel, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
