-- One chat between one person and one of our accounts. Its row is the lane (G-3): a turn holds the row's lock from
-- its first statement to its commit, on whichever instance it runs, and a dead process lets go by losing its connection.
CREATE TABLE IF NOT EXISTS conversations (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- channel:account:person, so that the inbox can name a lane before the conversation exists.
    conversation_key VARCHAR(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    business_id BIGINT UNSIGNED NOT NULL,
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    external_id VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    user_id BIGINT UNSIGNED NULL,
    -- Set by /link: this person runs the shop.
    staff_id BIGINT UNSIGNED NULL,
    language VARCHAR(8) NULL,
    -- botbuilder's dialog stack and our own turn memory, written by the turn that holds the lane.
    dialog_state JSON NULL,
    -- By the platform's time: its window for what we write goes by it.
    last_inbound_at DATETIME(6) NULL,
    -- The platform has said that nothing ever arrives there, or that we must stop; over when the person writes.
    unreachable_at DATETIME(6) NULL,
    -- DLG-8: a person has the conversation until then, by the clock; the bot is silent. NULL once the bot is back.
    takeover_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    takeover_since DATETIME(6) NULL,
    takeover_until DATETIME(6) NULL,
    turn_count INT UNSIGNED NOT NULL DEFAULT 0,
    -- One sender at a time (no overlapping sends to one person). A lease, since no lock may be held during an HTTP call.
    -- Its owner is host.process.nonce (src/outgoing/lease-owner.ts).
    send_lease_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    send_lease_until DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT conversations_key_uk UNIQUE (conversation_key),
    INDEX conversations_user_idx (user_id),
    -- The conversations of a shop, newest first.
    INDEX conversations_business_idx (business_id, id),
    -- Those that a person has taken.
    INDEX conversations_takeover_idx (business_id, takeover_until),
    INDEX conversations_staff_idx (staff_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
