-- Notes the pieces of a word that a mistyped one may share with it (search_word_pieces), unless the shop knows the word.
-- The same lengths are in src/catalog/word-pieces.ts, for what is typed.
--
-- p_word   at least three letters, no spaces
CREATE PROCEDURE sp_learn_search_word(
    IN p_business_id BIGINT UNSIGNED,
    IN p_word VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_head VARCHAR(7) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci DEFAULT LEFT(p_word, 7);

    -- A look without a lock first: nobody waits for somebody else's product with the same word.
    IF NOT EXISTS (SELECT 1 FROM search_word_pieces
                   WHERE business_id = p_business_id AND piece = v_head AND word = p_word) THEN
        INSERT IGNORE INTO search_word_pieces (business_id, piece, word)
        WITH RECURSIVE positions (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM positions WHERE n < 40)
        -- Without the letters at a and at b; 0 takes none. Short words lose one at most.
        SELECT p_business_id, CONCAT(LEFT(v_head, a.n - 1), SUBSTRING(v_head, a.n + 1, b.n - a.n - 1), SUBSTRING(v_head, b.n + 1)), p_word
        FROM positions AS a JOIN positions AS b ON a.n < b.n OR (a.n = 0 AND b.n = 0)
        WHERE b.n <= CHAR_LENGTH(v_head) AND (a.n = 0 OR CHAR_LENGTH(p_word) >= 5)
        UNION
        -- Endings: "board" finds "keyboard".
        SELECT p_business_id, SUBSTRING(p_word, n), p_word FROM positions WHERE n BETWEEN 2 AND CHAR_LENGTH(p_word) - 2;
    END IF;
END
