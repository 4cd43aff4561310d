CREATE TRIGGER after_reservation_created AFTER INSERT ON inventory_reservations
FOR EACH ROW
CALL sp_record_reservation_state(NEW.order_id, NEW.status)
