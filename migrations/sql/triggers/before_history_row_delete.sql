-- order_state_history only grows.
CREATE TRIGGER before_history_row_delete BEFORE DELETE ON order_state_history
FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'order_state_history_is_immutable'
