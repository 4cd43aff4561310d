CREATE TABLE IF NOT EXISTS orders (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    -- ORD-YYYYMMDD-NNNNN (ORD-10)
    order_number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    order_status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
    payment_status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'unpaid',
    payment_method VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'PHP',
    subtotal DECIMAL(12, 2) NOT NULL,
    discount_amount DECIMAL(12, 2) NOT NULL DEFAULT 0,
    shipping_fee DECIMAL(12, 2) NOT NULL DEFAULT 0,
    tax_amount DECIMAL(12, 2) NOT NULL DEFAULT 0,
    total_amount DECIMAL(12, 2) NOT NULL,
    paid_amount DECIMAL(12, 2) NOT NULL DEFAULT 0,
    refunded_amount DECIMAL(12, 2) NOT NULL DEFAULT 0,
    payment_reference VARCHAR(120) NULL,
    paid_at DATETIME(6) NULL,
    -- ORD-8: when a cash-on-delivery parcel was refused at the door.
    cod_refused_at DATETIME(6) NULL,
    promo_code_id BIGINT UNSIGNED NULL,
    promo_code VARCHAR(40) NULL,
    recipient_name VARCHAR(120) NOT NULL,
    -- E.164
    shipping_phone VARCHAR(20) NOT NULL,
    shipping_address VARCHAR(300) NOT NULL,
    shipping_city VARCHAR(120) NOT NULL,
    shipping_province VARCHAR(120) NOT NULL,
    shipping_postal_code VARCHAR(16) NULL,
    shipping_country CHAR(2) NOT NULL DEFAULT 'PH',
    carrier VARCHAR(80) NULL,
    tracking_number VARCHAR(120) NULL,
    notes VARCHAR(1000) NULL,
    admin_notes VARCHAR(1000) NULL,
    -- messenger, instagram, whatsapp, sms, web, api
    order_source VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The chat in which it was placed; NULL for the API.
    conversation_id BIGINT UNSIGNED NULL,
    ip_address VARCHAR(45) NULL,
    user_agent VARCHAR(255) NULL,
    -- G-6: the key that the client gave, and the hash of what it asked for with it.
    idempotency_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    idempotency_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- ORD-7: the same items to the same address, whatever the key.
    content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- ORD-7: a person has to look before it can be confirmed.
    requires_verification BOOLEAN NOT NULL DEFAULT FALSE,
    verified_at DATETIME(6) NULL,
    verified_by VARCHAR(120) NULL,
    -- ORD-7: 0 to 100; NULL when it was not scored (trusted buyers).
    risk_score TINYINT UNSIGNED NULL,
    locked_at DATETIME(6) NULL,
    locked_by VARCHAR(120) NULL,
    lock_reason VARCHAR(255) NULL,
    processing_started_at DATETIME(6) NULL,
    processing_completed_at DATETIME(6) NULL,
    error_count INT UNSIGNED NOT NULL DEFAULT 0,
    last_error VARCHAR(500) NULL,
    retry_count INT UNSIGNED NOT NULL DEFAULT 0,
    cancellation_reason VARCHAR(500) NULL,
    cancelled_by VARCHAR(120) NULL,
    confirmed_at DATETIME(6) NULL,
    shipped_at DATETIME(6) NULL,
    delivered_at DATETIME(6) NULL,
    completed_at DATETIME(6) NULL,
    cancelled_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    -- findOrder by number.
    CONSTRAINT orders_number_uk UNIQUE (business_id, order_number),
    -- G-6, decided by the database when two repeats race.
    CONSTRAINT orders_idempotency_uk UNIQUE (business_id, idempotency_key),
    CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT orders_order_status_check CHECK (order_status IN
        ('draft', 'pending', 'confirmed', 'processing', 'ready', 'shipped', 'delivered', 'completed', 'cancelled')),
    CONSTRAINT orders_payment_status_check CHECK (payment_status IN
        ('unpaid', 'pending', 'authorized', 'paid', 'failed', 'expired', 'partially_refunded', 'refunded', 'voided')),
    -- G-9
    CONSTRAINT orders_total_check CHECK (total_amount = subtotal - discount_amount + shipping_fee + tax_amount),
    CONSTRAINT orders_amounts_check CHECK (
        subtotal >= 0 AND discount_amount >= 0 AND shipping_fee >= 0 AND tax_amount >= 0 AND total_amount >= 0
    ),
    CONSTRAINT orders_paid_check CHECK (paid_amount >= 0 AND paid_amount <= total_amount),
    CONSTRAINT orders_refund_check CHECK (refunded_amount >= 0 AND refunded_amount <= paid_amount),
    -- listOrders by status, the orders board, vw_pending_orders.
    INDEX orders_status_idx (business_id, order_status, id),
    -- listOrders by payment status, expired-payment clean-up.
    INDEX orders_payment_idx (business_id, payment_status, id),
    -- listOrders by date, figures of a day, the last orders for "last digits".
    INDEX orders_created_idx (business_id, created_at, id),
    -- Velocity per customer (ORD-7). Before orders_user_idx: InnoDB looks a foreign key's parent up, and locks it, whenever it writes
    -- to the first index that begins with the key's column. With the state in that index, confirming an order would wait for its
    -- customer's row with the stock rows locked, and whoever places an order locks those two the other way round.
    INDEX orders_user_recent_idx (user_id, created_at),
    -- A customer's orders; how many of them are pending (ORD-7), or used a promo code (CRT-2).
    INDEX orders_user_idx (user_id, order_status, id),
    -- Duplicate detection (ORD-7).
    INDEX orders_content_idx (user_id, content_hash, created_at),
    -- Velocity per phone (ORD-7).
    INDEX orders_phone_idx (shipping_phone, created_at),
    -- Velocity per IP address (ORD-7).
    INDEX orders_ip_idx (ip_address, created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
