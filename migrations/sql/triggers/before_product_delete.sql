-- A stock row that orders hold cannot go: its holds would belong to nothing (G-5). Archive it, or cancel the orders first.
CREATE TRIGGER before_product_delete BEFORE DELETE ON products
FOR EACH ROW
BEGIN
    IF OLD.reserved_stock <> 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'product_has_holds';
    END IF;
END
