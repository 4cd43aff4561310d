-- Everything that a platform has told us, stored before it is acknowledged (G-1), once per provider id (G-2).
CREATE TABLE IF NOT EXISTS inbox_messages (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    -- The platform's own id, or a hash of the event where it has none.
    provider_message_id VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    conversation_key VARCHAR(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    external_id VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    -- 'message' starts a turn; 'receipt', 'echo' and the rest are bookkeeping; 'unknown' is kept and counted.
    kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The event in our own shape: src/channels/inbound.ts.
    event JSON NOT NULL,
    -- pending -> done | ignored (nothing to do) | failed (set aside after repeated failures)
    state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
    attempts TINYINT UNSIGNED NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6) NOT NULL,
    last_error VARCHAR(500) NULL,
    -- The platform's time: order within the lane, and the 24-hour window, go by it.
    sent_at DATETIME(6) NOT NULL,
    received_at DATETIME(6) NOT NULL,
    handled_at DATETIME(6) NULL,
    CONSTRAINT inbox_messages_provider_uk UNIQUE (channel, account_id, provider_message_id),
    CONSTRAINT inbox_messages_state_check CHECK (state IN ('pending', 'done', 'ignored', 'failed')),
    -- The lane's next message.
    INDEX inbox_messages_lane_idx (conversation_key, state, sent_at, id),
    -- Lanes that wait, found by polling; also the clean-up of old rows.
    INDEX inbox_messages_due_idx (state, next_attempt_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
