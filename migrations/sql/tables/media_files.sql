-- Pictures and other files that customers have sent, each once per business however often it came. The bytes are in media_chunks.
CREATE TABLE IF NOT EXISTS media_files (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- What its content shows it to be, whatever its sender said: src/media/sniff-type.ts.
    content_type VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    size_bytes INT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL,
    CONSTRAINT media_files_content_uk UNIQUE (business_id, sha256)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
