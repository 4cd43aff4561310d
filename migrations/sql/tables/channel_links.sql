-- A number that is linked by a browser (WHATSAPP_DRIVER=web): which process runs it, and how it is, for every dashboard.
CREATE TABLE IF NOT EXISTS channel_links (
    channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    business_id BIGINT UNSIGNED NOT NULL,
    -- starting, scan (a person has to scan the code), linking, connected, disconnected (tried again), unavailable (no browser)
    state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'starting',
    -- Why, in words, where it is not connected.
    detail VARCHAR(500) NULL,
    -- What the phone has to scan now.
    qr VARCHAR(1000) NULL,
    -- The number that it is linked to, as soon as that is known.
    phone VARCHAR(20) NULL,
    changed_at DATETIME(6) NOT NULL,
    -- Everything that WhatsApp has told until then is in the inbox.
    caught_up_at DATETIME(6) NULL,
    -- One process at a time runs the browser. Its name: src/outgoing/lease-owner.ts.
    lease_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    lease_until DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT channel_links_state_check CHECK (state IN ('starting', 'scan', 'linking', 'connected', 'disconnected', 'unavailable')),
    PRIMARY KEY (channel, account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
