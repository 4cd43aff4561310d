-- Takes back what other orders hold on an order's stock rows beyond its time (G-10): each such reservation becomes 'expired' and
-- reserved_stock is lowered, one ledger row each, in the name of the order that lost it.
--
-- p_order_id     the order that wants the stock; the caller holds its row and its stock rows
-- p_taken_back   out: how many reservations were taken back
-- Locks: the reservation rows, the history chains and the lines of the orders that lose their holds; never their order rows.
-- Bound: 10,000 holds per stock row; more than any row can gather between two runs of the clean-up.
CREATE PROCEDURE sp_take_back_expired_holds(IN p_order_id BIGINT UNSIGNED, OUT p_taken_back INT)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE v_product_id BIGINT UNSIGNED;
    DECLARE v_variant_id BIGINT UNSIGNED;
    DECLARE v_caller_order_id BIGINT UNSIGNED DEFAULT @tindera_order_id;
    DECLARE v_caller_reason VARCHAR(255) DEFAULT @tindera_reason;
    DECLARE stock_rows CURSOR FOR
        SELECT DISTINCT product_id, variant_id FROM order_items FORCE INDEX (order_items_order_idx)
        WHERE order_id = p_order_id ORDER BY variant_id, product_id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    SET p_taken_back = 0;
    SET @tindera_reason = 'hold expired';
    OPEN stock_rows;
    each_stock_row: LOOP
        FETCH stock_rows INTO v_product_id, v_variant_id;
        IF v_done THEN LEAVE each_stock_row; END IF;
        BEGIN
            DECLARE v_hold_id, v_loser_id, v_item_id BIGINT UNSIGNED;
            DECLARE v_quantity INT;
            -- A range of the index with the values given one by one: a join would read every hold of a hot product.
            DECLARE holds CURSOR FOR
                SELECT id, order_id, order_item_id, quantity
                FROM inventory_reservations FORCE INDEX (inventory_reservations_stock_idx)
                WHERE product_id = v_product_id AND variant_id <=> v_variant_id
                    AND status = 'reserved' AND expires_at <= v_now AND order_id <> p_order_id
                ORDER BY order_id, id LIMIT 10000
                FOR UPDATE;
            OPEN holds;
            each_hold: LOOP
                FETCH holds INTO v_hold_id, v_loser_id, v_item_id, v_quantity;
                IF v_done THEN LEAVE each_hold; END IF;
                SET @tindera_order_id = v_loser_id;
                IF v_variant_id IS NULL THEN
                    UPDATE products SET reserved_stock = reserved_stock - v_quantity WHERE id = v_product_id;
                ELSE
                    UPDATE product_variants SET reserved_stock = reserved_stock - v_quantity WHERE id = v_variant_id;
                END IF;
                UPDATE inventory_reservations
                SET status = 'expired', released_at = v_now, release_reason = 'hold expired' WHERE id = v_hold_id;
                UPDATE order_items
                SET inventory_reserved = FALSE, inventory_released_at = v_now WHERE id = v_item_id;
                SET p_taken_back = p_taken_back + 1;
            END LOOP;
            CLOSE holds;
            SET v_done = FALSE;
        END;
    END LOOP;
    CLOSE stock_rows;
    SET @tindera_order_id = v_caller_order_id, @tindera_reason = v_caller_reason;
END
