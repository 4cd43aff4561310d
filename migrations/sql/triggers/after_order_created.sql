-- The first links of the order's and the payment's chains (G-7).
CREATE TRIGGER after_order_created AFTER INSERT ON orders
FOR EACH ROW
INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
VALUES
    (NEW.id, 'order', NULL, NEW.order_status, COALESCE(@tindera_actor, USER()),
     COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6)),
    (NEW.id, 'payment', NULL, NEW.payment_status, COALESCE(@tindera_actor, USER()),
     COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6))
