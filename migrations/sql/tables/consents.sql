-- What a person has said about getting our messages, and when: STOP, START, HELP, or the carrier's word that they are
-- stopped. It only grows; the newest opt_out or opt_in holds. Provable later, so nothing is changed or deleted.
CREATE TABLE IF NOT EXISTS consents (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    external_id VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    action VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- What was written, or the carrier's error code.
    word VARCHAR(160) NOT NULL,
    -- message: they wrote it; carrier: the platform told us when we sent something.
    source VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    inbox_message_id BIGINT UNSIGNED NULL,
    at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT consents_action_check CHECK (action IN ('opt_out', 'opt_in', 'help')),
    CONSTRAINT consents_source_check CHECK (source IN ('message', 'carrier')),
    INDEX consents_person_idx (channel, account_id, external_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
