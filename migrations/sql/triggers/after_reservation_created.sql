-- sp_place_orders writes the rows of its groups itself.
CREATE TRIGGER after_reservation_created AFTER INSERT ON inventory_reservations
FOR EACH ROW
BEGIN
    IF COALESCE(@tindera_group, 0) = 0 THEN
        CALL sp_record_reservation_state(NEW.order_id, NEW.status);
    END IF;
END
