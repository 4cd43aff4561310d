-- What somebody has been alerted of and is not over yet: told when it begins, forgotten when it ends, told again the next time.
CREATE TABLE IF NOT EXISTS raised_alerts (
    -- low_product, low_variant, wrong_product, wrong_variant, reservation_failures, hold_lost: src/notifications/raised-alert-store.ts
    kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The id of the product, the variant, the order or the business, by kind.
    subject_id BIGINT UNSIGNED NOT NULL,
    business_id BIGINT UNSIGNED NOT NULL,
    -- How bad it is; it is told again when it gets worse.
    level TINYINT UNSIGNED NOT NULL DEFAULT 1,
    raised_at DATETIME(6) NOT NULL,
    PRIMARY KEY (kind, subject_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
