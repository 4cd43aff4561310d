-- Sells what an order holds: stock_quantity and reserved_stock go down together (INV-1), all lines or none. A line whose hold was
-- lost (expired and taken back) gets its stock again if it is there (G-11). Safe to repeat: sold lines stay as they are.
--
-- p_order_id   the order
-- Locks: order row, product rows by id, variant rows by id, reservation rows. Indexes are forced: on a small table the server would
--   rather scan, and a scan that locks takes the rows of others, in another order.
-- Signals: order_not_found, order_cancelled, order_has_no_items, insufficient_stock:<sku>
-- Result: order_id, outcome (committed, already_committed), lines_changed, lines_reacquired, holds_taken_back
-- Transactions: inside the caller's it leaves commit and rollback to the caller, and a failure takes back only what this call did.
--   Called outside of one (a hand call with autocommit) it is one transaction of its own.
-- Who and why: @tindera_actor and @tindera_reason of the session; without them the database user and the default below.
-- Example: CALL sp_commit_order_inventory(42)
CREATE PROCEDURE sp_commit_order_inventory(IN p_order_id BIGINT UNSIGNED)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_own_transaction BOOLEAN DEFAULT FALSE;
    DECLARE v_caller_order_id BIGINT UNSIGNED DEFAULT @tindera_order_id;
    DECLARE v_caller_reason VARCHAR(255) DEFAULT @tindera_reason;
    DECLARE v_now, v_oldest_hold DATETIME(6);
    DECLARE v_order_status VARCHAR(16);
    DECLARE v_lines, v_lines_missing INT;
    DECLARE v_lines_changed, v_taken_back, v_taken_back_late INT DEFAULT 0;
    DECLARE v_short_sku VARCHAR(80);
    DECLARE v_message VARCHAR(128);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        SET @tindera_order_id = v_caller_order_id, @tindera_reason = v_caller_reason;
        IF v_own_transaction THEN
            ROLLBACK;
        ELSE
            BEGIN
                -- After a deadlock the server has rolled back everything already.
                DECLARE CONTINUE HANDLER FOR 1305 BEGIN END;
                ROLLBACK TO SAVEPOINT tindera_commit;
            END;
        END IF;
        RESIGNAL;
    END;

    -- A savepoint lives only inside a transaction. Without one, this call makes its own, so that it is all or nothing, too.
    SAVEPOINT tindera_commit;
    BEGIN
        DECLARE CONTINUE HANDLER FOR 1305 SET v_own_transaction = TRUE;
        ROLLBACK TO SAVEPOINT tindera_commit;
    END;
    IF v_own_transaction THEN
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
    END IF;

    SELECT order_status INTO v_order_status FROM orders WHERE id = p_order_id FOR UPDATE;
    IF v_order_status IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_not_found';
    END IF;
    IF v_order_status = 'cancelled' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_cancelled';
    END IF;
    SET @tindera_order_id = p_order_id, @tindera_reason = COALESCE(@tindera_reason, 'sold');

    CALL sp_lock_order_stock(p_order_id);
    SET v_now = UTC_TIMESTAMP(6);
    SELECT COUNT(*), COALESCE(SUM(NOT inventory_reserved), 0) INTO v_lines, v_lines_missing
    FROM order_items FORCE INDEX (order_items_order_idx) WHERE order_id = p_order_id FOR UPDATE;
    IF v_lines = 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_has_no_items';
    END IF;

    IF v_lines_missing > 0 THEN
        -- Plain look first: a locking read of a range with nothing in it would lock the gap under REPEATABLE READ.
        SELECT MIN((
            SELECT r.expires_at FROM inventory_reservations AS r FORCE INDEX (inventory_reservations_stock_idx)
            WHERE r.product_id = i.product_id AND r.variant_id <=> i.variant_id AND r.status = 'reserved'
            ORDER BY r.expires_at LIMIT 1
        )) INTO v_oldest_hold
        FROM order_items AS i WHERE i.order_id = p_order_id;
        IF v_oldest_hold <= v_now THEN
            CALL sp_take_back_expired_holds(p_order_id, v_taken_back);
        END IF;
        CALL sp_find_order_shortage(p_order_id, v_short_sku);
        IF v_short_sku IS NOT NULL THEN
            -- An old snapshot may have hidden a hold that has expired since.
            CALL sp_take_back_expired_holds(p_order_id, v_taken_back_late);
            SET v_taken_back = v_taken_back + v_taken_back_late;
            CALL sp_find_order_shortage(p_order_id, v_short_sku);
        END IF;
        IF v_short_sku IS NOT NULL THEN
            SET v_message = CONCAT('insufficient_stock:', v_short_sku);
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_message;
        END IF;
    END IF;

    -- Lines with a hold give it up with the sale; lines without one take free stock.
    UPDATE (
        SELECT i.product_id,
            SUM(CASE WHEN r.status = 'committed' THEN 0 ELSE i.quantity END) AS sold,
            SUM(CASE WHEN r.status = 'reserved' THEN i.quantity ELSE 0 END) AS held
        FROM order_items AS i FORCE INDEX (order_items_order_idx)
        LEFT JOIN inventory_reservations AS r FORCE INDEX (inventory_reservations_live_uk) ON r.live_order_item_id = i.id
        WHERE i.order_id = p_order_id AND i.variant_id IS NULL GROUP BY i.product_id
    ) AS wanted
    STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON products.id = wanted.product_id
    SET products.stock_quantity = products.stock_quantity - wanted.sold,
        products.reserved_stock = products.reserved_stock - wanted.held
    WHERE wanted.sold > 0;
    UPDATE (
        SELECT i.variant_id,
            SUM(CASE WHEN r.status = 'committed' THEN 0 ELSE i.quantity END) AS sold,
            SUM(CASE WHEN r.status = 'reserved' THEN i.quantity ELSE 0 END) AS held
        FROM order_items AS i FORCE INDEX (order_items_order_idx)
        LEFT JOIN inventory_reservations AS r FORCE INDEX (inventory_reservations_live_uk) ON r.live_order_item_id = i.id
        WHERE i.order_id = p_order_id AND i.variant_id IS NOT NULL GROUP BY i.variant_id
    ) AS wanted
    STRAIGHT_JOIN product_variants FORCE INDEX (PRIMARY) ON product_variants.id = wanted.variant_id
    SET product_variants.stock_quantity = product_variants.stock_quantity - wanted.sold,
        product_variants.reserved_stock = product_variants.reserved_stock - wanted.held
    WHERE wanted.sold > 0;
    UPDATE inventory_reservations FORCE INDEX (inventory_reservations_order_idx) SET status = 'committed', committed_at = v_now
    WHERE order_id = p_order_id AND status = 'reserved';
    SET v_lines_changed = ROW_COUNT();
    IF v_lines_missing > 0 THEN
        INSERT INTO inventory_reservations
            (order_id, order_item_id, product_id, variant_id, quantity, status, expires_at, created_at, committed_at)
        SELECT order_id, id, product_id, variant_id, quantity, 'committed', v_now, v_now, v_now FROM order_items FORCE INDEX (order_items_order_idx)
        WHERE order_id = p_order_id AND NOT inventory_reserved ORDER BY id;
        UPDATE order_items FORCE INDEX (order_items_order_idx)
        SET inventory_reserved = TRUE, inventory_reserved_at = v_now, inventory_released_at = NULL
        WHERE order_id = p_order_id AND NOT inventory_reserved;
    END IF;

    IF v_own_transaction THEN COMMIT; ELSE RELEASE SAVEPOINT tindera_commit; END IF;
    SET @tindera_order_id = v_caller_order_id, @tindera_reason = v_caller_reason;

    SELECT p_order_id AS order_id,
        CASE WHEN v_lines_changed + v_lines_missing > 0 THEN 'committed' ELSE 'already_committed' END AS outcome,
        v_lines_changed + v_lines_missing AS lines_changed, v_lines_missing AS lines_reacquired,
        v_taken_back AS holds_taken_back;
END
