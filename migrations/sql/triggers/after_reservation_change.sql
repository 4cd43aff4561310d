-- Changes of other columns (a longer hold) are no change of state.
CREATE TRIGGER after_reservation_change AFTER UPDATE ON inventory_reservations
FOR EACH ROW
BEGIN
    IF NOT (OLD.status <=> NEW.status) THEN
        CALL sp_record_reservation_state(NEW.order_id, NEW.status);
    END IF;
END
