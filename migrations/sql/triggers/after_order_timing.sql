-- How long the parts of an order took (OBS-2), from the instants of its row: payment from placed to paid, fulfilment from confirmed to
-- delivered, the whole from placed to delivered.
CREATE TRIGGER after_order_timing AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    IF NEW.payment_status = 'paid' AND OLD.payment_status <> 'paid' THEN
        UPDATE order_metrics
        SET payment_duration_ms = GREATEST(TIMESTAMPDIFF(MICROSECOND, NEW.created_at, NEW.paid_at), 0) DIV 1000
        WHERE order_id = NEW.id;
    END IF;
    IF NEW.order_status = 'delivered' AND OLD.order_status <> 'delivered' THEN
        UPDATE order_metrics
        SET fulfillment_duration_ms = GREATEST(TIMESTAMPDIFF(MICROSECOND, NEW.confirmed_at, NEW.delivered_at), 0) DIV 1000,
            total_processing_duration_ms = GREATEST(TIMESTAMPDIFF(MICROSECOND, NEW.created_at, NEW.delivered_at), 0) DIV 1000
        WHERE order_id = NEW.id;
    END IF;
    IF NOT (OLD.error_count = NEW.error_count AND OLD.retry_count = NEW.retry_count) THEN
        UPDATE order_metrics SET error_count = NEW.error_count, retry_count = NEW.retry_count WHERE order_id = NEW.id;
    END IF;
END
