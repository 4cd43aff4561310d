-- The bytes of a file in pieces: a whole one may be larger than the server takes in one packet.
CREATE TABLE IF NOT EXISTS media_chunks (
    file_id BIGINT UNSIGNED NOT NULL,
    position SMALLINT UNSIGNED NOT NULL,
    bytes MEDIUMBLOB NOT NULL,
    PRIMARY KEY (file_id, position),
    CONSTRAINT media_chunks_file_fk FOREIGN KEY (file_id) REFERENCES media_files (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
