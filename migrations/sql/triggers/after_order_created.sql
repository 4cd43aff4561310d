-- The first links of the order's and the payment's chains (G-7). sp_place_orders writes those of its groups itself.
-- COALESCE, because in a trigger of MySQL 9 a variable that was never set is not always found to be NULL (docs/adr/0004-group-commit.md).
CREATE TRIGGER after_order_created AFTER INSERT ON orders
FOR EACH ROW
BEGIN
    IF COALESCE(@tindera_group, 0) = 0 THEN
        INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
        VALUES
            (NEW.id, 'order', NULL, NEW.order_status, COALESCE(@tindera_actor, USER()),
             COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6)),
            (NEW.id, 'payment', NULL, NEW.payment_status, COALESCE(@tindera_actor, USER()),
             COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
    END IF;
    IF NEW.payment_reference IS NOT NULL THEN
        CALL sp_claim_payment_reference(NEW.business_id, NEW.payment_method, NEW.payment_reference, NEW.id);
    END IF;
END
