-- Every message to a person, written in the transaction that decided on it and sent after its commit, in the order of id
-- within a conversation. Also the conversation's record of what was shown (DLG-10).
CREATE TABLE IF NOT EXISTS outgoing_messages (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    conversation_id BIGINT UNSIGNED NOT NULL,
    -- The inbound message that it answers; NULL for a notification.
    inbox_message_id BIGINT UNSIGNED NULL,
    notification_id BIGINT UNSIGNED NULL,
    -- 'person': written by somebody of the shop, here or on the platform itself; written_by says who or where.
    author VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'bot',
    written_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- The platform's request, rendered, without credentials or addressee.
    payload JSON NOT NULL,
    -- What a person reads in it, for the record and the dashboard.
    display_text TEXT NOT NULL,
    -- How many SMS it is billed as; NULL elsewhere.
    segments SMALLINT UNSIGNED NULL,
    -- queued -> sent -> delivered -> read, or failed; forward only (CHN-9). skipped: an answer of the bot that was still
    -- waiting when a person took over (G-12).
    state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'queued',
    attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    -- Of these, the ones after which the platform's error is worth a few tries only.
    counted_tries TINYINT UNSIGNED NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(6) NOT NULL,
    provider_message_id VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    error_class VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
    error_code VARCHAR(64) NULL,
    last_error VARCHAR(500) NULL,
    created_at DATETIME(6) NOT NULL,
    sent_at DATETIME(6) NULL,
    delivered_at DATETIME(6) NULL,
    read_at DATETIME(6) NULL,
    CONSTRAINT outgoing_messages_state_check CHECK (state IN ('queued', 'sent', 'delivered', 'read', 'failed', 'skipped')),
    CONSTRAINT outgoing_messages_author_check CHECK (author IN ('bot', 'person')),
    -- The conversation's next message to send, and its transcript.
    INDEX outgoing_messages_lane_idx (conversation_id, state, id),
    -- What is due, found by polling.
    INDEX outgoing_messages_due_idx (state, next_attempt_at, conversation_id),
    -- Receipts find their message.
    INDEX outgoing_messages_provider_idx (provider_message_id),
    INDEX outgoing_messages_notification_idx (notification_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
