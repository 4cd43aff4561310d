-- What went wrong with orders (ORD-11), also with those that were never placed.
CREATE TABLE IF NOT EXISTS order_errors (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NULL,
    user_id BIGINT UNSIGNED NULL,
    error_type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    severity VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    error_code VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    error_message VARCHAR(1000) NOT NULL,
    context JSON NULL,
    is_retryable BOOLEAN NOT NULL DEFAULT FALSE,
    attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6) NULL,
    is_resolved BOOLEAN NOT NULL DEFAULT FALSE,
    resolved_by VARCHAR(120) NULL,
    resolved_at DATETIME(6) NULL,
    resolution_note VARCHAR(500) NULL,
    created_at DATETIME(6) NOT NULL,
    CONSTRAINT order_errors_type_check CHECK (error_type IN
        ('validation', 'payment', 'inventory', 'shipping', 'system', 'external_api')),
    CONSTRAINT order_errors_severity_check CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    -- The errors of an order; how many are open (vw_orders_detailed).
    INDEX order_errors_order_idx (order_id, is_resolved),
    -- /errors: what is open in a shop, newest first.
    INDEX order_errors_open_idx (business_id, is_resolved, created_at),
    -- The monitoring query over all shops.
    INDEX order_errors_unresolved_idx (is_resolved, created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
