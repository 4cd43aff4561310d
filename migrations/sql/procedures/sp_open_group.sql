-- Part of sp_place_orders: makes the temporary tables in which a connection keeps the group that it writes. They are InnoDB, because
-- clusters switch other engines off.
CREATE PROCEDURE sp_open_group()
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    CREATE TEMPORARY TABLE IF NOT EXISTS group_orders (
        n INT UNSIGNED NOT NULL PRIMARY KEY,
        business_id BIGINT UNSIGNED NOT NULL,
        user_id BIGINT UNSIGNED NOT NULL,
        is_trusted BOOLEAN NOT NULL,
        is_verified BOOLEAN NOT NULL,
        order_number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        actor VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        placed_at DATETIME(6) NOT NULL,
        duplicate_since DATETIME(6) NULL,
        hold_minutes INT NOT NULL,
        payment_status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        payment_method VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subtotal DECIMAL(12, 2) NOT NULL,
        discount_amount DECIMAL(12, 2) NOT NULL,
        shipping_fee DECIMAL(12, 2) NOT NULL,
        tax_amount DECIMAL(12, 2) NOT NULL,
        total_amount DECIMAL(12, 2) NOT NULL,
        promo_id BIGINT UNSIGNED NULL,
        promo_code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        promo_terms CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
        recipient_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        phone VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        address VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        city VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        province VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        postal_code VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        country CHAR(2) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        notes VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        order_source VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        conversation_id BIGINT UNSIGNED NULL,
        ip_address VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        user_agent VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        idempotency_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
        idempotency_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
        content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        risk_score TINYINT UNSIGNED NULL,
        validation_ms INT UNSIGNED NOT NULL,
        customer_notice JSON NOT NULL,
        owner_notice JSON NOT NULL,
        event JSON NOT NULL,
        last_address JSON NOT NULL,
        review_count INT NOT NULL,
        -- 'placed' while nothing is against it. These two are of one size always, so that a change of them is made in place.
        outcome ENUM('placed', 'repeat', 'stale', 'promo', 'short') NOT NULL DEFAULT 'placed',
        order_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
        short_sku VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        short_available INT NULL
    ) ENGINE = InnoDB;
    CREATE TEMPORARY TABLE IF NOT EXISTS group_lines (
        n INT UNSIGNED NOT NULL,
        line INT UNSIGNED NOT NULL,
        product_id BIGINT UNSIGNED NOT NULL,
        -- 0 when the product itself is the stock row.
        variant_id BIGINT UNSIGNED NOT NULL,
        quantity INT NOT NULL,
        unit_price DECIMAL(12, 2) NOT NULL,
        sku VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        product_name VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        variant_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        PRIMARY KEY (n, line)
    ) ENGINE = InnoDB;
    CREATE TEMPORARY TABLE IF NOT EXISTS group_stock (
        product_id BIGINT UNSIGNED NOT NULL,
        variant_id BIGINT UNSIGNED NOT NULL,
        business_id BIGINT UNSIGNED NOT NULL,
        stock INT NOT NULL,
        reserved INT NOT NULL,
        price DECIMAL(12, 2) NOT NULL,
        is_for_sale BOOLEAN NOT NULL,
        sku VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        product_name VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
        variant_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL,
        -- For the orders that are decided one by one.
        is_short BOOLEAN NOT NULL DEFAULT FALSE,
        taken INT NOT NULL DEFAULT 0,
        PRIMARY KEY (product_id, variant_id)
    ) ENGINE = InnoDB;
END
