-- The first links of the order's and the payment's chains (G-7). sp_place_orders writes those of its groups itself.
-- COALESCE, because MySQL 9 can take a variable that a session never set for 0 instead of NULL in the IF of a trigger.
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
END
