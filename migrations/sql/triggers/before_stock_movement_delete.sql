-- stock_movements only grows.
CREATE TRIGGER before_stock_movement_delete BEFORE DELETE ON stock_movements
FOR EACH ROW
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stock_movements_is_immutable'
