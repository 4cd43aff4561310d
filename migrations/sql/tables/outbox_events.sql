-- What happened, for others to hear (QUE-2): written in the transaction of the event, relayed afterwards, in order per aggregate.
CREATE TABLE IF NOT EXISTS outbox_events (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    aggregate_type VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    aggregate_id BIGINT UNSIGNED NOT NULL,
    event_type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    payload JSON NOT NULL,
    -- pending -> published; failed = set aside.
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
    attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    available_at DATETIME(6) NOT NULL,
    locked_by VARCHAR(120) NULL,
    locked_until DATETIME(6) NULL,
    last_error VARCHAR(500) NULL,
    created_at DATETIME(6) NOT NULL,
    published_at DATETIME(6) NULL,
    CONSTRAINT outbox_events_status_check CHECK (status IN ('pending', 'published', 'failed')),
    -- The relay: what is due, oldest first; also the purge.
    INDEX outbox_events_due_idx (status, available_at, id),
    -- Order within an aggregate: is an earlier one still waiting?
    INDEX outbox_events_aggregate_idx (aggregate_type, aggregate_id, status, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
