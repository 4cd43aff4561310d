-- Work that an order still needs (QUE-1).
CREATE TABLE IF NOT EXISTS order_processing_queue (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    queue_type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- pending -> processing -> completed; failed = set aside after its last attempt.
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
    -- 1 is first.
    priority TINYINT NOT NULL DEFAULT 5,
    payload JSON NULL,
    attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    max_attempts SMALLINT UNSIGNED NOT NULL DEFAULT 5,
    available_at DATETIME(6) NOT NULL,
    locked_by VARCHAR(120) NULL,
    locked_until DATETIME(6) NULL,
    last_error VARCHAR(500) NULL,
    created_at DATETIME(6) NOT NULL,
    started_at DATETIME(6) NULL,
    completed_at DATETIME(6) NULL,
    CONSTRAINT order_processing_queue_type_check CHECK (queue_type IN ('new_order', 'payment', 'fulfillment', 'notification')),
    CONSTRAINT order_processing_queue_status_check CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    -- Claiming, in claim order.
    INDEX order_processing_queue_claim_idx (queue_type, status, priority, available_at, id),
    -- The work of an order; setting failed items back to pending.
    INDEX order_processing_queue_order_idx (order_id, status),
    -- The reaper: leases that have run out.
    INDEX order_processing_queue_lease_idx (status, locked_until),
    -- The clean-up of finished items.
    INDEX order_processing_queue_done_idx (status, completed_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
