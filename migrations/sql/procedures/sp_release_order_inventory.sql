-- Gives back the stock of an order: holds lower reserved_stock, sold lines raise stock_quantity again (cancelling a confirmed
-- order). Safe to repeat: what is given back already stays as it is.
--
-- p_order_id   the order
-- p_reason     why, for the ledger and the history
-- Locks: order row, product rows by id, variant rows by id, reservation rows. Indexes are forced: on a small table the server would
--   rather scan, and a scan that locks takes the rows of others, in another order.
-- Signals: order_not_found, order_shipped (shipped goods come back by a return, not by a release)
-- Result: order_id, outcome (released, nothing_to_release), lines_changed
-- Transactions: inside the caller's it leaves commit and rollback to the caller, and a failure takes back only what this call did.
--   Called outside of one (a hand call with autocommit) it is one transaction of its own.
-- Who and why: @tindera_actor and @tindera_reason of the session; without them the database user and the default below.
-- Example: CALL sp_release_order_inventory(42, 'Manual release')
CREATE PROCEDURE sp_release_order_inventory(IN p_order_id BIGINT UNSIGNED, IN p_reason VARCHAR(255))
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
                ROLLBACK TO SAVEPOINT tindera_release;
            END;
        END IF;
        RESIGNAL;
    END;

    -- A savepoint lives only inside a transaction. Without one, this call makes its own, so that it is all or nothing, too.
    SAVEPOINT tindera_release;
    BEGIN
        DECLARE CONTINUE HANDLER FOR 1305 SET v_own_transaction = TRUE;
        ROLLBACK TO SAVEPOINT tindera_release;
    END;
    IF v_own_transaction THEN
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
    END IF;

    SELECT order_status INTO v_order_status FROM orders WHERE id = p_order_id FOR UPDATE;
    IF v_order_status IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_not_found';
    END IF;
    IF v_order_status IN ('shipped', 'delivered', 'completed') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_shipped';
    END IF;
    SET @tindera_order_id = p_order_id, @tindera_reason = COALESCE(p_reason, @tindera_reason, 'released');

    CALL sp_lock_order_stock(p_order_id);
    SET v_now = UTC_TIMESTAMP(6);
    UPDATE (
        SELECT product_id,
            SUM(CASE WHEN status = 'reserved' THEN quantity ELSE 0 END) AS held,
            SUM(CASE WHEN status = 'committed' THEN quantity ELSE 0 END) AS sold
        FROM inventory_reservations FORCE INDEX (inventory_reservations_order_idx)
        WHERE order_id = p_order_id AND variant_id IS NULL AND status IN ('reserved', 'committed') GROUP BY product_id
    ) AS given
    STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON products.id = given.product_id
    SET products.reserved_stock = products.reserved_stock - given.held,
        products.stock_quantity = products.stock_quantity + given.sold;
    UPDATE (
        SELECT variant_id,
            SUM(CASE WHEN status = 'reserved' THEN quantity ELSE 0 END) AS held,
            SUM(CASE WHEN status = 'committed' THEN quantity ELSE 0 END) AS sold
        FROM inventory_reservations FORCE INDEX (inventory_reservations_order_idx)
        WHERE order_id = p_order_id AND variant_id IS NOT NULL AND status IN ('reserved', 'committed') GROUP BY variant_id
    ) AS given
    STRAIGHT_JOIN product_variants FORCE INDEX (PRIMARY) ON product_variants.id = given.variant_id
    SET product_variants.reserved_stock = product_variants.reserved_stock - given.held,
        product_variants.stock_quantity = product_variants.stock_quantity + given.sold;
    UPDATE order_items AS i FORCE INDEX (order_items_order_idx)
    STRAIGHT_JOIN inventory_reservations AS r FORCE INDEX (inventory_reservations_live_uk) ON r.live_order_item_id = i.id
    SET i.inventory_reserved = FALSE, i.inventory_released_at = v_now
    WHERE i.order_id = p_order_id AND r.status IN ('reserved', 'committed');
    UPDATE inventory_reservations FORCE INDEX (inventory_reservations_order_idx) SET status = 'released', released_at = v_now, release_reason = @tindera_reason
    WHERE order_id = p_order_id AND status IN ('reserved', 'committed');
    SET v_lines_changed = ROW_COUNT();

    IF v_own_transaction THEN COMMIT; ELSE RELEASE SAVEPOINT tindera_release; END IF;
    SET @tindera_order_id = v_caller_order_id, @tindera_reason = v_caller_reason;

    SELECT p_order_id AS order_id,
        CASE WHEN v_lines_changed > 0 THEN 'released' ELSE 'nothing_to_release' END AS outcome,
        v_lines_changed AS lines_changed;
END
