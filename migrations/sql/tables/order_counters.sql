-- The last order number of a shop's local day (ORD-10). Raised in a statement of its own, never in an order's transaction.
CREATE TABLE IF NOT EXISTS order_counters (
    business_id BIGINT UNSIGNED NOT NULL,
    day DATE NOT NULL,
    last_number INT UNSIGNED NOT NULL,
    PRIMARY KEY (business_id, day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
