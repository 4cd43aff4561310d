-- People who run the shop. A chat identity becomes theirs with a one-time code (/link, DLG-9).
CREATE TABLE IF NOT EXISTS staff (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    name VARCHAR(120) NOT NULL,
    role VARCHAR(16) NOT NULL,
    phone VARCHAR(20) NULL,
    email VARCHAR(254) NULL,
    status VARCHAR(16) NOT NULL DEFAULT 'active',
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    CONSTRAINT staff_role_check CHECK (role IN ('admin', 'manager', 'operator')),
    CONSTRAINT staff_status_check CHECK (status IN ('active', 'inactive')),
    INDEX staff_business_idx (business_id, status)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
