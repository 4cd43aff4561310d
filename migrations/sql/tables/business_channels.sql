-- The account of a business on a channel, with its own credentials (RUN-6). The environment's are the first business's and
-- are not here. Secrets are sealed by src/lib/secret-box.ts, each bound to its row and column.
CREATE TABLE IF NOT EXISTS business_channels (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- How WhatsApp is reached; empty where there is one way only.
    driver VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    -- Page id, Instagram account id, phone number id or number: what inbound messages name.
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    -- Twilio's account SID; the page that an Instagram account belongs to; empty elsewhere.
    principal VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    -- Meta's app that sends for us, so that its echoes are known as ours.
    app_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- What the platform signs its webhooks with.
    sealed_secret VARBINARY(2100) NOT NULL,
    -- What we show the platform when we send.
    sealed_token VARBINARY(2100) NOT NULL,
    -- The word of Meta's handshake; NULL with Twilio.
    sealed_verify_token VARBINARY(2100) NULL,
    -- Each change makes another one: instances see by it that theirs is out of date.
    revision INT UNSIGNED NOT NULL DEFAULT 1,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    CONSTRAINT business_channels_business_uk UNIQUE (business_id, channel),
    CONSTRAINT business_channels_account_uk UNIQUE (channel, account_id),
    CONSTRAINT business_channels_channel_check CHECK (channel IN ('messenger', 'instagram', 'whatsapp', 'sms')),
    CONSTRAINT business_channels_business_fk FOREIGN KEY (business_id) REFERENCES businesses (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
