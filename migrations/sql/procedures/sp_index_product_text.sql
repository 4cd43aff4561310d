-- Adds the words of one text of a product to its search words (sp_index_product). A word is letters and digits; anything else parts words.
-- Words of names that have no digit are learned for mistyped ones, too.
--
-- p_place   0 the name, 1 the SKU, 2 the description
-- p_text    NULL has no words
CREATE PROCEDURE sp_index_product_text(
    IN p_product_id BIGINT UNSIGNED,
    IN p_business_id BIGINT UNSIGNED,
    IN p_status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin,
    IN p_place TINYINT UNSIGNED,
    IN p_text VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_rest VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
    DECLARE v_chunk VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
    DECLARE v_word VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

    SET v_rest = TRIM(REGEXP_REPLACE(LOWER(COALESCE(p_text, '')), '[^\\p{L}\\p{M}\\p{N}]+', ' '));
    WHILE v_rest <> '' DO
        SET v_chunk = SUBSTRING_INDEX(v_rest, ' ', 1);
        SET v_rest = SUBSTRING(v_rest, CHAR_LENGTH(v_chunk) + 2);
        SET v_word = LEFT(v_chunk, 40);
        INSERT IGNORE INTO product_search_words (product_id, word, business_id, status, place)
        VALUES (p_product_id, v_word, p_business_id, p_status, p_place);
        IF p_place = 0 AND CHAR_LENGTH(v_word) >= 3 AND v_word NOT REGEXP '[0-9]' THEN
            CALL sp_learn_search_word(p_business_id, v_word);
        END IF;
    END WHILE;
END
