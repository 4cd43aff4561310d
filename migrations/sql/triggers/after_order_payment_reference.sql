-- One payment reference, one order (PAY-5), whoever writes it. A reference that is replaced stays the order's.
CREATE TRIGGER after_order_payment_reference AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    IF NEW.payment_reference IS NOT NULL
        AND NOT (OLD.payment_reference <=> NEW.payment_reference AND OLD.payment_method <=> NEW.payment_method) THEN
        CALL sp_claim_payment_reference(NEW.business_id, NEW.payment_method, NEW.payment_reference, NEW.id);
    END IF;
END
