-- OBS-2: how long the first work of an order lay in the queue before somebody took it.
CREATE TRIGGER after_queue_item_claimed AFTER UPDATE ON order_processing_queue
FOR EACH ROW
BEGIN
    IF OLD.status = 'pending' AND NEW.status IN ('processing', 'completed') THEN
        UPDATE order_metrics
        SET queue_wait_time_ms =
            GREATEST(TIMESTAMPDIFF(MICROSECOND, NEW.created_at, COALESCE(NEW.started_at, UTC_TIMESTAMP(6))), 0) DIV 1000
        WHERE order_id = NEW.order_id AND queue_wait_time_ms IS NULL;
    END IF;
END
