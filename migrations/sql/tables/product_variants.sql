-- A choice of a product (colour, size) with its own sku, price and stock row.
CREATE TABLE IF NOT EXISTS product_variants (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    sku VARCHAR(64) NOT NULL,
    -- "Black / L"
    name VARCHAR(120) NOT NULL,
    -- {"colour": "Black", "size": "L"}
    options JSON NULL,
    price DECIMAL(12, 2) NOT NULL,
    stock_quantity INT NOT NULL DEFAULT 0,
    reserved_stock INT NOT NULL DEFAULT 0,
    is_available BOOLEAN NOT NULL DEFAULT TRUE,
    image_url VARCHAR(500) NULL,
    position INT NOT NULL DEFAULT 0,
    version INT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    CONSTRAINT product_variants_sku_uk UNIQUE (business_id, sku),
    CONSTRAINT product_variants_product_fk FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT product_variants_price_check CHECK (price >= 0),
    CONSTRAINT product_variants_stock_check CHECK (reserved_stock >= 0 AND reserved_stock <= stock_quantity),
    -- The variants of a product in their order.
    INDEX product_variants_product_idx (product_id, position, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
