-- The reference numbers that payments were noted with: each serves one order of a business and payment method (PAY-5), so that the
-- receipt of one payment cannot pay for two orders. An order can have several. Kept by the triggers of orders, also for changes by hand.
CREATE TABLE IF NOT EXISTS payment_references (
    business_id BIGINT UNSIGNED NOT NULL,
    payment_method VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- In capitals, without spaces: people type the same number in several ways.
    reference VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (business_id, payment_method, reference),
    -- The references of an order.
    INDEX payment_references_order_idx (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
