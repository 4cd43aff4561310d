-- The first stock row that cannot serve the lines of an order that have no stock yet.
--
-- p_order_id   the order; the caller holds its row and its stock rows
-- p_sku        out: the sku that is short; 'product:<id>' or 'variant:<id>' when the row is gone; NULL when all is there
CREATE PROCEDURE sp_find_order_shortage(IN p_order_id BIGINT UNSIGNED, OUT p_sku VARCHAR(80))
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    SET p_sku = NULL;

    SELECT COALESCE(MAX(p.sku), CONCAT('product:', i.product_id)) INTO p_sku
    FROM order_items AS i FORCE INDEX (order_items_order_idx)
    LEFT JOIN products AS p FORCE INDEX (PRIMARY) ON p.id = i.product_id
    WHERE i.order_id = p_order_id AND i.variant_id IS NULL AND NOT i.inventory_reserved
    GROUP BY i.product_id
    HAVING COALESCE(MAX(p.stock_quantity - p.reserved_stock), 0) < SUM(i.quantity)
    ORDER BY i.product_id LIMIT 1
    FOR UPDATE;

    IF p_sku IS NULL THEN
        SELECT COALESCE(MAX(v.sku), CONCAT('variant:', i.variant_id)) INTO p_sku
        FROM order_items AS i FORCE INDEX (order_items_order_idx)
        LEFT JOIN product_variants AS v FORCE INDEX (PRIMARY) ON v.id = i.variant_id
        WHERE i.order_id = p_order_id AND i.variant_id IS NOT NULL AND NOT i.inventory_reserved
        GROUP BY i.variant_id
        HAVING COALESCE(MAX(v.stock_quantity - v.reserved_stock), 0) < SUM(i.quantity)
        ORDER BY i.variant_id LIMIT 1
        FOR UPDATE;
    END IF;
END
