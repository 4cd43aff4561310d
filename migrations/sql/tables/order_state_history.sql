-- Every change of state of an order, its payment and its reservation (G-7): one chain per order and kind, the first link from NULL.
-- Written by triggers, so that a state changed by hand is recorded; never updated, never deleted. No foreign key: it is
-- written while stock rows are locked and must not wait for an order row (lock order).
CREATE TABLE IF NOT EXISTS order_state_history (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id BIGINT UNSIGNED NOT NULL,
    kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_state VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
    to_state VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    changed_by VARCHAR(120) NOT NULL,
    reason VARCHAR(255) NULL,
    created_at DATETIME(6) NOT NULL,
    CONSTRAINT order_state_history_kind_check CHECK (kind IN ('order', 'payment', 'reservation')),
    CONSTRAINT order_state_history_change_check CHECK (NOT (from_state <=> to_state)),
    -- The history of an order; the last link of a chain.
    INDEX order_state_history_chain_idx (order_id, kind, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
