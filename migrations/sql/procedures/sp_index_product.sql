-- Writes the search words of a product anew (CAT-2). The triggers of products call it; after a repair by hand, so can you.
--
-- p_product_id   the product; of one that is not there any more nothing is left
-- Locks the product's own search words. Signals nothing, returns nothing.
-- Example: CALL sp_index_product(17)
CREATE PROCEDURE sp_index_product(IN p_product_id BIGINT UNSIGNED)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_business_id BIGINT UNSIGNED;
    DECLARE v_status VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin;
    DECLARE v_name VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
    DECLARE v_sku VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
    DECLARE v_description VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

    SELECT business_id, status, name, sku, LEFT(description, 1000)
    INTO v_business_id, v_status, v_name, v_sku, v_description
    FROM products WHERE id = p_product_id;

    DELETE FROM product_search_words WHERE product_id = p_product_id;
    IF v_business_id IS NOT NULL THEN
        -- The best place first: a word that is there already stays where it is.
        CALL sp_index_product_text(p_product_id, v_business_id, v_status, 0, v_name);
        CALL sp_index_product_text(p_product_id, v_business_id, v_status, 1, v_sku);
        CALL sp_index_product_text(p_product_id, v_business_id, v_status, 2, v_description);
    END IF;
END
