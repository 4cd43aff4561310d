-- As before_product_delete, for the stock rows of variants.
CREATE TRIGGER before_product_variant_delete BEFORE DELETE ON product_variants
FOR EACH ROW
BEGIN
    IF OLD.reserved_stock <> 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'product_has_holds';
    END IF;
END
