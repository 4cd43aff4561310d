-- What came with a message and is fetched from its platform: written before the message is acknowledged, fetched afterwards,
-- never inside a webhook's answer or a turn.
CREATE TABLE IF NOT EXISTS inbox_media (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    -- The message, as in inbox_messages, and the place among its attachments.
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    provider_message_id VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    position TINYINT UNSIGNED NOT NULL,
    -- What the platform calls it: image, audio, video, file, sticker.
    kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Where it is; or by which id the platform hands out the address.
    url TEXT NULL,
    media_id VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    -- pending -> stored, or failed: not allowed, gone, or not to be had after all tries.
    state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
    attempts TINYINT UNSIGNED NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6) NOT NULL,
    -- Who fetches it now; a dead one's claim runs out.
    claimed_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    error_code VARCHAR(64) NULL,
    last_error VARCHAR(500) NULL,
    file_id BIGINT UNSIGNED NULL,
    created_at DATETIME(6) NOT NULL,
    fetched_at DATETIME(6) NULL,
    CONSTRAINT inbox_media_state_check CHECK (state IN ('pending', 'stored', 'failed')),
    CONSTRAINT inbox_media_message_uk UNIQUE (channel, account_id, provider_message_id, position),
    INDEX inbox_media_due_idx (state, next_attempt_at),
    INDEX inbox_media_business_idx (business_id, id),
    INDEX inbox_media_file_idx (file_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
