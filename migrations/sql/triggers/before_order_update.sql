-- The instants of an order are true, also when a state is changed by hand: whoever moves it gives the instant, else it is now.
CREATE TRIGGER before_order_update BEFORE UPDATE ON orders
FOR EACH ROW
BEGIN
    IF NOT (OLD.order_status <=> NEW.order_status) THEN
        IF NEW.order_status = 'confirmed' AND NEW.confirmed_at <=> OLD.confirmed_at THEN
            SET NEW.confirmed_at = UTC_TIMESTAMP(6);
        ELSEIF NEW.order_status = 'processing' AND NEW.processing_started_at IS NULL THEN
            SET NEW.processing_started_at = UTC_TIMESTAMP(6);
        ELSEIF NEW.order_status = 'shipped' AND NEW.shipped_at <=> OLD.shipped_at THEN
            SET NEW.shipped_at = UTC_TIMESTAMP(6);
        ELSEIF NEW.order_status = 'delivered' AND NEW.delivered_at <=> OLD.delivered_at THEN
            SET NEW.delivered_at = UTC_TIMESTAMP(6);
        ELSEIF NEW.order_status = 'completed' AND NEW.completed_at <=> OLD.completed_at THEN
            SET NEW.completed_at = UTC_TIMESTAMP(6);
        ELSEIF NEW.order_status = 'cancelled' AND NEW.cancelled_at <=> OLD.cancelled_at THEN
            SET NEW.cancelled_at = UTC_TIMESTAMP(6);
        END IF;
        -- Processing ends when the parcel is ready or leaves.
        IF NEW.order_status IN ('ready', 'shipped') AND NEW.processing_completed_at IS NULL THEN
            SET NEW.processing_completed_at = COALESCE(CASE NEW.order_status WHEN 'shipped' THEN NEW.shipped_at END, UTC_TIMESTAMP(6));
        END IF;
    END IF;
    IF NEW.payment_status = 'paid' AND OLD.payment_status <> 'paid' AND NEW.paid_at <=> OLD.paid_at THEN
        SET NEW.paid_at = UTC_TIMESTAMP(6);
    END IF;
END
