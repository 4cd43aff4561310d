-- Part of sp_place_orders, called when some stock row has less than its group wants: takes back expired holds on those rows (G-10),
-- then lets the orders have what is there in the order of their arrival. An order that fails takes nothing.
-- Works on the temporary tables of sp_place_orders; their stock rows are locked.
CREATE PROCEDURE sp_decide_group_stock()
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE v_product_id, v_variant_id BIGINT UNSIGNED;
    DECLARE v_n, v_reserved, v_available INT;
    DECLARE v_sku VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
    DECLARE short_rows CURSOR FOR
        SELECT product_id, variant_id FROM group_stock WHERE is_short ORDER BY variant_id, product_id;
    DECLARE undecided CURSOR FOR
        SELECT DISTINCT g.n
        FROM group_orders AS g
        STRAIGHT_JOIN group_lines AS l ON l.n = g.n
        STRAIGHT_JOIN group_stock AS s ON s.product_id = l.product_id AND s.variant_id = l.variant_id
        WHERE g.outcome = 'placed' AND s.is_short ORDER BY g.n;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    UPDATE (
        SELECT l.product_id, l.variant_id, SUM(l.quantity) AS quantity
        FROM group_lines AS l STRAIGHT_JOIN group_orders AS g ON g.n = l.n
        WHERE g.outcome = 'placed' GROUP BY l.product_id, l.variant_id
    ) AS wanted
    STRAIGHT_JOIN group_stock AS s ON s.product_id = wanted.product_id AND s.variant_id = wanted.variant_id
    SET s.is_short = s.stock - s.reserved < wanted.quantity;

    OPEN short_rows;
    each_row: LOOP
        FETCH short_rows INTO v_product_id, v_variant_id;
        IF v_done THEN LEAVE each_row; END IF;
        CALL sp_take_back_expired_stock(v_product_id, NULLIF(v_variant_id, 0));
        IF v_variant_id = 0 THEN
            SELECT reserved_stock INTO v_reserved FROM products WHERE id = v_product_id FOR UPDATE;
        ELSE
            SELECT reserved_stock INTO v_reserved FROM product_variants WHERE id = v_variant_id FOR UPDATE;
        END IF;
        UPDATE group_stock SET reserved = v_reserved WHERE product_id = v_product_id AND variant_id = v_variant_id;
    END LOOP;
    CLOSE short_rows;

    -- Whoever wants more than there is at all needs no turn; on a sold-out row that is everybody.
    UPDATE group_lines AS l
    STRAIGHT_JOIN group_stock AS s ON s.product_id = l.product_id AND s.variant_id = l.variant_id
    STRAIGHT_JOIN group_orders AS g ON g.n = l.n
    SET g.outcome = 'short', g.short_sku = s.sku, g.short_available = s.stock - s.reserved
    WHERE g.outcome = 'placed' AND s.is_short AND l.quantity > s.stock - s.reserved;

    SET v_done = FALSE;
    OPEN undecided;
    each_order: LOOP
        FETCH undecided INTO v_n;
        IF v_done THEN LEAVE each_order; END IF;
        SET v_sku = NULL;
        SELECT s.sku, s.stock - s.reserved - s.taken INTO v_sku, v_available
        FROM (SELECT product_id, variant_id, SUM(quantity) AS quantity FROM group_lines WHERE n = v_n GROUP BY product_id, variant_id) AS wanted
        STRAIGHT_JOIN group_stock AS s ON s.product_id = wanted.product_id AND s.variant_id = wanted.variant_id
        WHERE s.is_short AND s.stock - s.reserved - s.taken < wanted.quantity
        ORDER BY s.variant_id, s.product_id LIMIT 1;
        IF v_sku IS NULL THEN
            SET v_done = FALSE;
            UPDATE (SELECT product_id, variant_id, SUM(quantity) AS quantity FROM group_lines WHERE n = v_n GROUP BY product_id, variant_id) AS wanted
            STRAIGHT_JOIN group_stock AS s ON s.product_id = wanted.product_id AND s.variant_id = wanted.variant_id
            SET s.taken = s.taken + wanted.quantity WHERE s.is_short;
        ELSE
            UPDATE group_orders SET outcome = 'short', short_sku = v_sku, short_available = v_available WHERE n = v_n;
        END IF;
    END LOOP;
    CLOSE undecided;
END
