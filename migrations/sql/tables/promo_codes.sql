-- CRT-2. The use is counted in the order's transaction.
CREATE TABLE IF NOT EXISTS promo_codes (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    code VARCHAR(40) NOT NULL,
    description VARCHAR(200) NULL,
    discount_type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Percent (12.5) or an amount; 0 for free shipping.
    discount_value DECIMAL(12, 2) NOT NULL DEFAULT 0,
    -- The most that a percentage gives; NULL = no limit.
    maximum_discount DECIMAL(12, 2) NULL,
    minimum_subtotal DECIMAL(12, 2) NOT NULL DEFAULT 0,
    starts_at DATETIME(6) NULL,
    ends_at DATETIME(6) NULL,
    usage_limit INT UNSIGNED NULL,
    usage_limit_per_customer INT UNSIGNED NULL,
    used_count INT UNSIGNED NOT NULL DEFAULT 0,
    -- JSON arrays of ids; NULL = everything.
    product_ids JSON NULL,
    category_ids JSON NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    CONSTRAINT promo_codes_code_uk UNIQUE (business_id, code),
    CONSTRAINT promo_codes_type_check CHECK (discount_type IN ('percent', 'fixed', 'free_shipping')),
    CONSTRAINT promo_codes_value_check CHECK (
        discount_value >= 0 AND (discount_type <> 'percent' OR discount_value <= 100)
    ),
    CONSTRAINT promo_codes_limit_check CHECK (usage_limit IS NULL OR used_count <= usage_limit)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
