-- Orders that need a person's decision (ORD-7).
CREATE TABLE IF NOT EXISTS order_reviews (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NOT NULL,
    kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Named reasons, for people.
    reasons JSON NOT NULL,
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'open',
    decided_by VARCHAR(120) NULL,
    decided_at DATETIME(6) NULL,
    note VARCHAR(500) NULL,
    created_at DATETIME(6) NOT NULL,
    CONSTRAINT order_reviews_kind_uk UNIQUE (order_id, kind),
    CONSTRAINT order_reviews_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT order_reviews_kind_check CHECK (kind IN
        ('verification', 'special_approval', 'cod_limit', 'fraud', 'stock_override', 'quality_exception', 'escalation')),
    CONSTRAINT order_reviews_status_check CHECK (status IN ('open', 'approved', 'rejected')),
    -- The review queue of a shop.
    INDEX order_reviews_open_idx (business_id, status, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
