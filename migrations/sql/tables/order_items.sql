-- What was ordered, at the name and price of that moment. No foreign key to products: an insert would share-lock the hot stock row
-- that the reservation then locks for itself, and two buyers would deadlock.
CREATE TABLE IF NOT EXISTS order_items (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    variant_id BIGINT UNSIGNED NULL,
    sku VARCHAR(64) NOT NULL,
    product_name VARCHAR(160) NOT NULL,
    variant_name VARCHAR(120) NULL,
    unit_price DECIMAL(12, 2) NOT NULL,
    quantity INT NOT NULL,
    line_total DECIMAL(12, 2) NOT NULL,
    -- Whether stock is held or sold for this line now; the procedures keep it with inventory_reservations.
    inventory_reserved BOOLEAN NOT NULL DEFAULT FALSE,
    inventory_reserved_at DATETIME(6) NULL,
    inventory_released_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_items_quantity_check CHECK (quantity BETWEEN 1 AND 100),
    CONSTRAINT order_items_total_check CHECK (line_total = unit_price * quantity),
    -- The lines of an order.
    INDEX order_items_order_idx (order_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
