-- One shop. A deployment can serve many; the environment's credentials belong to the first one (RUN-6).
CREATE TABLE IF NOT EXISTS businesses (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    slug VARCHAR(64) NOT NULL,
    name VARCHAR(120) NOT NULL,
    currency CHAR(3) NOT NULL DEFAULT 'PHP',
    country CHAR(2) NOT NULL DEFAULT 'PH',
    timezone VARCHAR(64) NOT NULL DEFAULT 'Asia/Manila',
    language VARCHAR(8) NOT NULL DEFAULT 'en',
    -- Rules that the owner can change (hold times, shipping zones, thresholds): src/businesses/settings.ts has the schema and the defaults.
    settings JSON NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    CONSTRAINT businesses_slug_uk UNIQUE (slug)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
