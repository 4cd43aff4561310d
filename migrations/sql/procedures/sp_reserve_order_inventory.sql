-- Holds the stock of an order: one reservation per line, reserved_stock raised (INV-1), all lines or none.
-- Holds of other orders on the same stock rows that have run out are taken back first (G-10). Safe to repeat: lines that are
-- held or sold already stay as they are; a hold of this order that has run out but is still there gets the new time.
--
-- p_order_id   the order
-- p_minutes    how long the hold lasts, 0 to 525600
-- Locks: order row, product rows by id, variant rows by id, reservation rows. Indexes are forced: on a small table the server would
--   rather scan, and a scan that locks takes the rows of others, in another order.
-- Signals: order_not_found, order_cancelled, order_has_no_items, invalid_minutes, insufficient_stock:<sku>
-- Result: order_id, outcome (reserved, already_reserved, already_committed), lines_changed, expires_at, holds_taken_back
-- Transactions: inside the caller's it leaves commit and rollback to the caller, and a failure takes back only what this call did.
--   Called outside of one (a hand call with autocommit) it is one transaction of its own.
-- Who and why: @tindera_actor and @tindera_reason of the session; without them the database user and the default below.
-- Example: CALL sp_reserve_order_inventory(42, 30)
CREATE PROCEDURE sp_reserve_order_inventory(IN p_order_id BIGINT UNSIGNED, IN p_minutes INT)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_own_transaction BOOLEAN DEFAULT FALSE;
    DECLARE v_caller_order_id BIGINT UNSIGNED DEFAULT @tindera_order_id;
    DECLARE v_caller_reason VARCHAR(255) DEFAULT @tindera_reason;
    DECLARE v_now, v_expires_at, v_oldest_hold DATETIME(6);
    DECLARE v_order_status VARCHAR(16);
    DECLARE v_lines, v_lines_missing, v_lines_committed INT;
    DECLARE v_lines_renewed, v_taken_back, v_taken_back_late INT DEFAULT 0;
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
                ROLLBACK TO SAVEPOINT tindera_reserve;
            END;
        END IF;
        RESIGNAL;
    END;

    -- A savepoint lives only inside a transaction. Without one, this call makes its own, so that it is all or nothing, too.
    SAVEPOINT tindera_reserve;
    BEGIN
        DECLARE CONTINUE HANDLER FOR 1305 SET v_own_transaction = TRUE;
        ROLLBACK TO SAVEPOINT tindera_reserve;
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
    IF p_minutes IS NULL OR p_minutes NOT BETWEEN 0 AND 525600 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'invalid_minutes';
    END IF;
    SET @tindera_order_id = p_order_id, @tindera_reason = COALESCE(@tindera_reason, 'hold placed');

    CALL sp_lock_order_stock(p_order_id);
    -- The locks may have taken a while; a hold starts, and others run out, now.
    SET v_now = UTC_TIMESTAMP(6), v_expires_at = v_now + INTERVAL p_minutes MINUTE;
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

        UPDATE (
            SELECT product_id, SUM(quantity) AS quantity FROM order_items FORCE INDEX (order_items_order_idx)
            WHERE order_id = p_order_id AND variant_id IS NULL AND NOT inventory_reserved GROUP BY product_id
        ) AS wanted
        STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON products.id = wanted.product_id
        SET products.reserved_stock = products.reserved_stock + wanted.quantity;
        UPDATE (
            SELECT variant_id, SUM(quantity) AS quantity FROM order_items FORCE INDEX (order_items_order_idx)
            WHERE order_id = p_order_id AND variant_id IS NOT NULL AND NOT inventory_reserved GROUP BY variant_id
        ) AS wanted
        STRAIGHT_JOIN product_variants FORCE INDEX (PRIMARY) ON product_variants.id = wanted.variant_id
        SET product_variants.reserved_stock = product_variants.reserved_stock + wanted.quantity;
        INSERT INTO inventory_reservations
            (order_id, order_item_id, product_id, variant_id, quantity, status, expires_at, created_at)
        SELECT order_id, id, product_id, variant_id, quantity, 'reserved', v_expires_at, v_now FROM order_items FORCE INDEX (order_items_order_idx)
        WHERE order_id = p_order_id AND NOT inventory_reserved ORDER BY id;
        UPDATE order_items FORCE INDEX (order_items_order_idx)
        SET inventory_reserved = TRUE, inventory_reserved_at = v_now, inventory_released_at = NULL
        WHERE order_id = p_order_id AND NOT inventory_reserved;
    END IF;

    IF v_lines_missing < v_lines THEN
        UPDATE inventory_reservations FORCE INDEX (inventory_reservations_order_idx) SET expires_at = v_expires_at
        WHERE order_id = p_order_id AND status = 'reserved' AND expires_at <= v_now AND p_minutes > 0;
        SET v_lines_renewed = ROW_COUNT();
    END IF;
    SELECT COALESCE(SUM(status = 'committed'), 0), MIN(CASE WHEN status = 'reserved' THEN expires_at END)
    INTO v_lines_committed, v_expires_at
    FROM inventory_reservations FORCE INDEX (inventory_reservations_order_idx)
    WHERE order_id = p_order_id AND status IN ('reserved', 'committed') FOR UPDATE;

    IF v_own_transaction THEN COMMIT; ELSE RELEASE SAVEPOINT tindera_reserve; END IF;
    SET @tindera_order_id = v_caller_order_id, @tindera_reason = v_caller_reason;

    SELECT p_order_id AS order_id,
        CASE
            WHEN v_lines_missing + v_lines_renewed > 0 THEN 'reserved'
            WHEN v_lines_committed = v_lines THEN 'already_committed'
            ELSE 'already_reserved'
        END AS outcome,
        v_lines_missing + v_lines_renewed AS lines_changed, v_expires_at AS expires_at, v_taken_back AS holds_taken_back;
END
