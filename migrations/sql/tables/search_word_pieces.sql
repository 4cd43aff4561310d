-- The distinct words of a shop's product names by what a mistyped one still shares with them (CAT-2): what is left of their first seven
-- letters without up to two of these, and their endings. Two words that are two letters apart have such a piece in common, whatever the
-- two are. Words that no product has any more stay: they lead to none.
CREATE TABLE IF NOT EXISTS search_word_pieces (
    business_id BIGINT UNSIGNED NOT NULL,
    piece VARCHAR(40) NOT NULL,
    word VARCHAR(40) NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    -- wordsWithPieces.
    PRIMARY KEY (business_id, piece, word)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
