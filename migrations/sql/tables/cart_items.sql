CREATE TABLE IF NOT EXISTS cart_items (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    cart_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    -- 0 stands for "no variant", so that the line is unique with and without one.
    variant_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    quantity INT UNSIGNED NOT NULL,
    -- What the customer was shown last; a difference to today's price is said, never silently applied.
    price_seen DECIMAL(12, 2) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT cart_items_quantity_check CHECK (quantity BETWEEN 1 AND 100),
    CONSTRAINT cart_items_line_uk UNIQUE (cart_id, product_id, variant_id),
    CONSTRAINT cart_items_cart_fk FOREIGN KEY (cart_id) REFERENCES carts (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
