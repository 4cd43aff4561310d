-- Writes the order's next reservation state into order_state_history, unless it is the latest one already: an order of three
-- lines changes three reservation rows and gets one history row. Called by the triggers of inventory_reservations.
--
-- p_order_id, p_state   the order, and the state that one of its reservations has come to
-- Locks: the first history row of the chain, which serves as its mutex (holds of one order on different stock rows can be
--   taken back by two callers at once), then the latest.
CREATE PROCEDURE sp_record_reservation_state(IN p_order_id BIGINT UNSIGNED, IN p_state VARCHAR(20))
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_first_id BIGINT UNSIGNED;
    DECLARE v_latest_state VARCHAR(20);

    SELECT id INTO v_first_id FROM order_state_history FORCE INDEX (order_state_history_chain_idx)
    WHERE order_id = p_order_id AND kind = 'reservation' ORDER BY id LIMIT 1 FOR UPDATE;
    IF v_first_id IS NOT NULL THEN
        SELECT to_state INTO v_latest_state FROM order_state_history FORCE INDEX (order_state_history_chain_idx)
        WHERE order_id = p_order_id AND kind = 'reservation' ORDER BY id DESC LIMIT 1 FOR UPDATE;
    END IF;

    IF NOT (v_latest_state <=> p_state) THEN
        INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
        VALUES (p_order_id, 'reservation', v_latest_state, p_state, COALESCE(@tindera_actor, USER()),
                COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
    END IF;
END
