-- Customers (the name is the seeds'). Who they are on each channel stands in customer_identities.
CREATE TABLE IF NOT EXISTS users (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    name VARCHAR(120) NULL,
    -- E.164. Not unique: a family shares a phone, and typing a number proves nothing (DLG-6).
    phone VARCHAR(20) NULL,
    email VARCHAR(254) NULL,
    status VARCHAR(16) NOT NULL DEFAULT 'active',
    language VARCHAR(8) NULL,
    is_trusted_buyer BOOLEAN NOT NULL DEFAULT FALSE,
    id_verified_at DATETIME(6) NULL,
    -- ORD-9; kept by the order core.
    total_orders INT UNSIGNED NOT NULL DEFAULT 0,
    total_spent DECIMAL(14, 2) NOT NULL DEFAULT 0,
    engagement_score INT NOT NULL DEFAULT 0,
    last_order_at DATETIME(6) NULL,
    -- ORD-8: parcels refused at the door (recordCodRefusal).
    cod_refused_count INT UNSIGNED NOT NULL DEFAULT 0,
    -- The address of the last order, offered as "same as last time" (DLG-2).
    last_address JSON NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    CONSTRAINT users_status_check CHECK (status IN ('active', 'inactive', 'blocked')),
    INDEX users_business_phone_idx (business_id, phone),
    INDEX users_business_created_idx (business_id, created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
