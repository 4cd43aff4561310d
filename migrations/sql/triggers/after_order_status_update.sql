-- One history row for every change of the order's and of the payment's state (G-7), also for changes by hand.
CREATE TRIGGER after_order_status_update AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    IF NOT (OLD.order_status <=> NEW.order_status) THEN
        INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
        VALUES (NEW.id, 'order', OLD.order_status, NEW.order_status, COALESCE(@tindera_actor, USER()),
                COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
    END IF;
    IF NOT (OLD.payment_status <=> NEW.payment_status) THEN
        INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
        VALUES (NEW.id, 'payment', OLD.payment_status, NEW.payment_status, COALESCE(@tindera_actor, USER()),
                COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
    END IF;
END
