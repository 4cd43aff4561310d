-- Ends the holds of an order that have run out: reservations become 'expired', reserved_stock is lowered. For the clean-up job
-- and event. Safe to repeat.
--
-- p_order_id   the order
-- Locks: order row, product rows by id, variant rows by id, reservation rows. Indexes are forced: on a small table the server would
--   rather scan, and a scan that locks takes the rows of others, in another order.
-- Signals: order_not_found
-- Result: order_id, outcome (expired, nothing_expired), lines_changed
-- Transactions: inside the caller's it leaves commit and rollback to the caller, and a failure takes back only what this call did.
--   Called outside of one (a hand call with autocommit) it is one transaction of its own.
-- Who and why: @tindera_actor and @tindera_reason of the session; without them the database user and the default below.
-- Example: CALL sp_expire_order_inventory(42)
CREATE PROCEDURE sp_expire_order_inventory(IN p_order_id BIGINT UNSIGNED)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_own_transaction BOOLEAN DEFAULT FALSE;
    DECLARE v_caller_order_id BIGINT UNSIGNED DEFAULT @tindera_order_id;
    DECLARE v_caller_reason VARCHAR(255) DEFAULT @tindera_reason;
    DECLARE v_now DATETIME(6);
    DECLARE v_order_status VARCHAR(16);
    DECLARE v_lines_changed INT DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        SET @tindera_order_id = v_caller_order_id, @tindera_reason = v_caller_reason;
        IF v_own_transaction THEN
            ROLLBACK;
        ELSE
            BEGIN
                -- After a deadlock the server has rolled back everything already.
                DECLARE CONTINUE HANDLER FOR 1305 BEGIN END;
                ROLLBACK TO SAVEPOINT tindera_expire;
            END;
        END IF;
        RESIGNAL;
    END;

    -- A savepoint lives only inside a transaction. Without one, this call makes its own, so that it is all or nothing, too.
    SAVEPOINT tindera_expire;
    BEGIN
        DECLARE CONTINUE HANDLER FOR 1305 SET v_own_transaction = TRUE;
        ROLLBACK TO SAVEPOINT tindera_expire;
    END;
    IF v_own_transaction THEN
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
    END IF;

    SELECT order_status INTO v_order_status FROM orders WHERE id = p_order_id FOR UPDATE;
    IF v_order_status IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_not_found';
    END IF;
    SET @tindera_order_id = p_order_id, @tindera_reason = 'hold expired';

    CALL sp_lock_order_stock(p_order_id);
    SET v_now = UTC_TIMESTAMP(6);
    UPDATE (
        SELECT product_id,
            SUM(CASE WHEN status = 'reserved' THEN quantity ELSE 0 END) AS held,
            SUM(CASE WHEN status = 'committed' THEN quantity ELSE 0 END) AS sold
        FROM inventory_reservations FORCE INDEX (inventory_reservations_order_idx)
        WHERE order_id = p_order_id AND variant_id IS NULL AND status = 'reserved' AND expires_at <= v_now GROUP BY product_id
    ) AS given
    STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON products.id = given.product_id
    SET products.reserved_stock = products.reserved_stock - given.held,
        products.stock_quantity = products.stock_quantity + given.sold;
    UPDATE (
        SELECT variant_id,
            SUM(CASE WHEN status = 'reserved' THEN quantity ELSE 0 END) AS held,
            SUM(CASE WHEN status = 'committed' THEN quantity ELSE 0 END) AS sold
        FROM inventory_reservations FORCE INDEX (inventory_reservations_order_idx)
        WHERE order_id = p_order_id AND variant_id IS NOT NULL AND status = 'reserved' AND expires_at <= v_now GROUP BY variant_id
    ) AS given
    STRAIGHT_JOIN product_variants FORCE INDEX (PRIMARY) ON product_variants.id = given.variant_id
    SET product_variants.reserved_stock = product_variants.reserved_stock - given.held,
        product_variants.stock_quantity = product_variants.stock_quantity + given.sold;
    UPDATE order_items AS i FORCE INDEX (order_items_order_idx)
    STRAIGHT_JOIN inventory_reservations AS r FORCE INDEX (inventory_reservations_live_uk) ON r.live_order_item_id = i.id
    SET i.inventory_reserved = FALSE, i.inventory_released_at = v_now
    WHERE i.order_id = p_order_id AND r.status = 'reserved' AND r.expires_at <= v_now;
    UPDATE inventory_reservations FORCE INDEX (inventory_reservations_order_idx) SET status = 'expired', released_at = v_now, release_reason = 'hold expired'
    WHERE order_id = p_order_id AND status = 'reserved' AND expires_at <= v_now;
    SET v_lines_changed = ROW_COUNT();

    IF v_own_transaction THEN COMMIT; ELSE RELEASE SAVEPOINT tindera_expire; END IF;
    SET @tindera_order_id = v_caller_order_id, @tindera_reason = v_caller_reason;

    SELECT p_order_id AS order_id,
        CASE WHEN v_lines_changed > 0 THEN 'expired' ELSE 'nothing_expired' END AS outcome,
        v_lines_changed AS lines_changed;
END
