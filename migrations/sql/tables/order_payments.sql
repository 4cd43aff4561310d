-- Money that came in and went out, one row a movement; it only grows. orders.paid_amount is the sum of the payments, refunded_amount
-- that of the refunds (G-9).
CREATE TABLE IF NOT EXISTS order_payments (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    method VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount DECIMAL(12, 2) NOT NULL,
    -- What the bank, wallet or gateway calls it; NULL for cash.
    reference VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    actor VARCHAR(120) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    -- PAY-5: a reference counts once, whatever order it is held against; the same movement reported twice is found here.
    CONSTRAINT order_payments_reference_uk UNIQUE (business_id, kind, method, reference),
    CONSTRAINT order_payments_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_payments_kind_check CHECK (kind IN ('payment', 'refund')),
    CONSTRAINT order_payments_amount_check CHECK (amount > 0),
    -- The money of an order; the doctor's sums.
    INDEX order_payments_order_idx (order_id, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
