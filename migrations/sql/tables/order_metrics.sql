-- How long an order took, by part; one row per order, parts are filled as they end (OBS-2).
CREATE TABLE IF NOT EXISTS order_metrics (
    order_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    validation_duration_ms INT UNSIGNED NULL,
    payment_duration_ms BIGINT UNSIGNED NULL,
    fulfillment_duration_ms BIGINT UNSIGNED NULL,
    total_processing_duration_ms BIGINT UNSIGNED NULL,
    queue_wait_time_ms BIGINT UNSIGNED NULL,
    error_count INT UNSIGNED NOT NULL DEFAULT 0,
    retry_count INT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL,
    CONSTRAINT order_metrics_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
    -- Averages over the last days.
    INDEX order_metrics_created_idx (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
