-- The second line behind the job of src/inventory/expire-holds.ts; both may run at once. At most 500 orders a run; an order
-- that cannot be had now (deadlock, lock time-out) is left for the next.
CREATE EVENT evt_cleanup_expired_reservations
ON SCHEDULE EVERY 5 MINUTE
COMMENT 'Gives back stock whose hold has run out'
DO
BEGIN
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE v_order_id BIGINT UNSIGNED;
    DECLARE expired_orders CURSOR FOR
        SELECT DISTINCT order_id FROM inventory_reservations
        WHERE status = 'reserved' AND expires_at <= UTC_TIMESTAMP(6) LIMIT 500;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;
    SET @tindera_actor = 'evt_cleanup_expired_reservations';
    OPEN expired_orders;
    each_order: LOOP
        FETCH expired_orders INTO v_order_id;
        IF v_done THEN LEAVE each_order; END IF;
        BEGIN
            DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;
            CALL sp_expire_order_inventory(v_order_id);
        END;
    END LOOP;
    CLOSE expired_orders;
END
