-- Where the answers of a conversation of the Bot Framework go: the newest activity says it (src/channels/botframework/activity.ts).
CREATE TABLE IF NOT EXISTS botframework_references (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- Our bot and their side, as in conversations.
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    external_id VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    -- Service address, conversation, bot, person, newest activity.
    reference JSON NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    CONSTRAINT botframework_references_uk UNIQUE (account_id, external_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
