-- Stock that belongs to an order line: held until expires_at, sold (committed), or given back. reserved_stock of a stock row is
-- the sum of its 'reserved' rows here (G-5). Every write to a row happens under the lock of its stock row.
CREATE TABLE IF NOT EXISTS inventory_reservations (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id BIGINT UNSIGNED NOT NULL,
    order_item_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    variant_id BIGINT UNSIGNED NULL,
    quantity INT NOT NULL,
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    committed_at DATETIME(6) NULL,
    -- When it ended as released or expired, and why.
    released_at DATETIME(6) NULL,
    release_reason VARCHAR(255) NULL,
    -- At most one live row per line; ended rows stay as its past.
    live_order_item_id BIGINT UNSIGNED GENERATED ALWAYS AS (
        CASE WHEN status IN ('reserved', 'committed') THEN order_item_id ELSE NULL END
    ) STORED,
    CONSTRAINT inventory_reservations_live_uk UNIQUE (live_order_item_id),
    CONSTRAINT inventory_reservations_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT inventory_reservations_quantity_check CHECK (quantity > 0),
    CONSTRAINT inventory_reservations_status_check CHECK (status IN ('reserved', 'committed', 'released', 'expired')),
    -- The reservations of an order. Without the state: this is the index of the foreign key, and InnoDB locks the order's row whenever it
    -- writes to it; who takes an expired hold back has stock rows locked and must not wait for the orders of others.
    INDEX inventory_reservations_order_idx (order_id),
    -- The holds on a stock row, those that run out first (G-10, explain, reconciliation).
    INDEX inventory_reservations_stock_idx (product_id, variant_id, status, expires_at),
    -- Holds that have run out, for the clean-up.
    INDEX inventory_reservations_expiry_idx (status, expires_at, order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
