-- Takes back every hold on one stock row that has run out (G-10): the reservations become 'expired', reserved_stock is lowered, one
-- history and ledger row each, in the name of the orders that lose them.
--
-- p_product_id, p_variant_id   the stock row (p_variant_id NULL: the product's own), which the caller has locked
-- Locks: the reservation rows, the history chains and the lines of the orders that lose their holds; never their order rows.
-- Bound: 10,000 holds; more than any row can gather between two runs of the clean-up.
CREATE PROCEDURE sp_take_back_expired_stock(IN p_product_id BIGINT UNSIGNED, IN p_variant_id BIGINT UNSIGNED)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE v_hold_id, v_loser_id, v_item_id BIGINT UNSIGNED;
    DECLARE v_quantity INT;
    DECLARE v_caller_order_id BIGINT UNSIGNED DEFAULT @tindera_order_id;
    DECLARE v_caller_actor VARCHAR(120) DEFAULT @tindera_actor;
    DECLARE v_caller_reason VARCHAR(255) DEFAULT @tindera_reason;
    DECLARE holds CURSOR FOR
        SELECT id, order_id, order_item_id, quantity
        FROM inventory_reservations FORCE INDEX (inventory_reservations_stock_idx)
        WHERE product_id = p_product_id AND variant_id <=> p_variant_id AND status = 'reserved' AND expires_at <= v_now
        ORDER BY order_id, id LIMIT 10000
        FOR UPDATE;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    SET @tindera_reason = 'hold expired', @tindera_actor = COALESCE(@tindera_actor, 'order placement');
    OPEN holds;
    each_hold: LOOP
        FETCH holds INTO v_hold_id, v_loser_id, v_item_id, v_quantity;
        IF v_done THEN LEAVE each_hold; END IF;
        SET @tindera_order_id = v_loser_id;
        IF p_variant_id IS NULL THEN
            UPDATE products SET reserved_stock = reserved_stock - v_quantity WHERE id = p_product_id;
        ELSE
            UPDATE product_variants SET reserved_stock = reserved_stock - v_quantity WHERE id = p_variant_id;
        END IF;
        UPDATE inventory_reservations
        SET status = 'expired', released_at = v_now, release_reason = 'hold expired' WHERE id = v_hold_id;
        UPDATE order_items SET inventory_reserved = FALSE, inventory_released_at = v_now WHERE id = v_item_id;
    END LOOP;
    CLOSE holds;
    SET @tindera_order_id = v_caller_order_id, @tindera_actor = v_caller_actor, @tindera_reason = v_caller_reason;
END
