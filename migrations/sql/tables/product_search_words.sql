-- What products are found by (CAT-2): one narrow row for each word of a product, kept by the triggers of products (sp_index_product).
-- Beside products, whose rows change with every order: a change of stock touches nothing here.
CREATE TABLE IF NOT EXISTS product_search_words (
    product_id BIGINT UNSIGNED NOT NULL,
    -- As it is written, in lower case; case and accents are the collation's.
    word VARCHAR(40) NOT NULL,
    business_id BIGINT UNSIGNED NOT NULL,
    status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Where it stands, the best place if it stands in several: 0 the name, 1 the SKU, 2 the description.
    place TINYINT UNSIGNED NOT NULL,
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (product_id, word),
    CONSTRAINT product_search_words_product_fk FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT product_search_words_place_check CHECK (place IN (0, 1, 2)),
    -- productsWithTerms: the products that have a word, or one that begins like it.
    INDEX product_search_words_find_idx (business_id, status, place, word, product_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
