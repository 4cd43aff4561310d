-- Locks the stock rows of an order: products by id ascending, then variants by id ascending. Everybody locks in this order, so
-- nobody waits in a circle. The ids are sorted first (a derived table with LIMIT is materialised) and then looked up one by one.
--
-- p_order_id   the order; the caller holds its row
CREATE PROCEDURE sp_lock_order_stock(IN p_order_id BIGINT UNSIGNED)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_locked INT;

    SELECT COUNT(*) INTO v_locked
    FROM (
        SELECT DISTINCT product_id FROM order_items FORCE INDEX (order_items_order_idx)
        WHERE order_id = p_order_id AND variant_id IS NULL
        ORDER BY product_id LIMIT 1000
    ) AS wanted
    STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON products.id = wanted.product_id
    FOR UPDATE;

    SELECT COUNT(*) INTO v_locked
    FROM (
        SELECT DISTINCT variant_id FROM order_items FORCE INDEX (order_items_order_idx)
        WHERE order_id = p_order_id AND variant_id IS NOT NULL
        ORDER BY variant_id LIMIT 1000
    ) AS wanted
    STRAIGHT_JOIN product_variants FORCE INDEX (PRIMARY) ON product_variants.id = wanted.variant_id
    FOR UPDATE;
END
