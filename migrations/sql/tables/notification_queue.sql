-- What someone has to be told (NTF-1): one intent per event, written in the event's transaction. A dispatcher turns it into
-- an outgoing message on the best channel, and follows that message's fate.
CREATE TABLE IF NOT EXISTS notification_queue (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    order_id BIGINT UNSIGNED NULL,
    -- customer, owner or staff.
    recipient_type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id BIGINT UNSIGNED NULL,
    -- The chat in which the event happened, tried first.
    conversation_id BIGINT UNSIGNED NULL,
    -- Channel chosen by the dispatcher; NULL until then.
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- How exactly: `whatsapp`, or `whatsapp:template` outside of its window.
    route VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- Routes that have failed for this intent already, comma separated.
    tried_channels VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    template VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    language VARCHAR(8) NULL,
    payload JSON NOT NULL,
    priority TINYINT NOT NULL DEFAULT 5,
    scheduled_at DATETIME(6) NOT NULL,
    -- pending -> dispatched -> sent; failed = nobody could be reached (visible, retryable); skipped = needless.
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
    attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    provider_message_id VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    last_error VARCHAR(500) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    sent_at DATETIME(6) NULL,
    CONSTRAINT notification_queue_status_check CHECK (status IN ('pending', 'dispatched', 'sent', 'failed', 'skipped')),
    INDEX notification_queue_due_idx (status, priority, scheduled_at, id),
    INDEX notification_queue_order_idx (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
