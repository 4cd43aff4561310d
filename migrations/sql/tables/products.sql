-- What is for sale, and one stock row each. A product with variants is sold by its variants: each of those is a stock row of its own.
-- INV-1: a hold raises reserved_stock; available = stock_quantity - reserved_stock; a commit lowers both.
CREATE TABLE IF NOT EXISTS products (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    category_id BIGINT UNSIGNED NULL,
    -- Found whatever the case in which a customer types it.
    sku VARCHAR(64) NOT NULL,
    name VARCHAR(160) NOT NULL,
    description TEXT NULL,
    price DECIMAL(12, 2) NOT NULL,
    stock_quantity INT NOT NULL DEFAULT 0,
    reserved_stock INT NOT NULL DEFAULT 0,
    low_stock_threshold INT NOT NULL DEFAULT 5,
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'active',
    image_url VARCHAR(500) NULL,
    weight_grams INT UNSIGNED NULL,
    position INT NOT NULL DEFAULT 0,
    -- Goes up by one with every change of the row (trigger before_product_update).
    version INT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    -- findProductBySku; one sku, one product.
    CONSTRAINT products_sku_uk UNIQUE (business_id, sku),
    CONSTRAINT products_category_fk FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT products_price_check CHECK (price >= 0),
    -- The last line of defence of G-5: whatever the code does, nothing is oversold.
    CONSTRAINT products_stock_check CHECK (reserved_stock >= 0 AND reserved_stock <= stock_quantity),
    CONSTRAINT products_status_check CHECK (status IN ('active', 'inactive', 'archived')),
    -- listProducts: a shop's or a category's active products in their order.
    INDEX products_shelf_idx (business_id, status, category_id, position, id),
    INDEX products_browse_idx (business_id, status, position, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
