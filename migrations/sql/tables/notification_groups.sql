-- When a shop's owner was last told of a kind of event that may come in bursts: what follows soon is told together (NTF-4).
CREATE TABLE IF NOT EXISTS notification_groups (
    business_id BIGINT UNSIGNED NOT NULL,
    template VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    told_at DATETIME(6) NOT NULL,
    PRIMARY KEY (business_id, template)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
