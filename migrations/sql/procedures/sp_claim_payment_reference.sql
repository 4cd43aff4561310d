-- Notes that a payment reference belongs to an order (PAY-5). Safe to repeat for the same order. Called by the triggers of orders.
-- What is paid at the door or the counter is left out: one receipt of a courier covers many parcels.
--
-- p_business_id, p_payment_method, p_reference   the reference as people write it
-- p_order_id   the order that it pays for
-- Locks: the row of the reference.
-- Signals: nothing of its own. A reference that another order has is error 1062, and the change that named it does not happen.
CREATE PROCEDURE sp_claim_payment_reference(
    IN p_business_id BIGINT UNSIGNED,
    IN p_payment_method VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin,
    IN p_reference VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    IN p_order_id BIGINT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_reference VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT UPPER(REPLACE(p_reference, ' ', ''));
    DECLARE v_holder BIGINT UNSIGNED;

    IF v_reference <> '' AND p_payment_method NOT IN ('cod', 'in_person') THEN
        SELECT MAX(order_id) INTO v_holder FROM payment_references
        WHERE business_id = p_business_id AND payment_method = p_payment_method AND reference = v_reference FOR UPDATE;
        IF NOT (v_holder <=> p_order_id) THEN
            INSERT INTO payment_references (business_id, payment_method, reference, order_id, created_at)
            VALUES (p_business_id, p_payment_method, v_reference, p_order_id, UTC_TIMESTAMP(6));
        END IF;
    END IF;
END
