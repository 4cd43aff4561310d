-- The first row of a ledger: the stock that a product starts with, so that the ledger alone adds up to the stock. And the words that
-- the product is found by (CAT-2).
CREATE TRIGGER after_product_created AFTER INSERT ON products
FOR EACH ROW
BEGIN
    IF NEW.stock_quantity <> 0 OR NEW.reserved_stock <> 0 THEN
        INSERT INTO stock_movements
            (business_id, product_id, variant_id, order_id, stock_before, stock_after, reserved_before, reserved_after,
             actor, reason, created_at)
        VALUES
            (NEW.business_id, NEW.id, NULL, @tindera_order_id, 0, NEW.stock_quantity, 0, NEW.reserved_stock,
             COALESCE(@tindera_actor, USER()), COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
    END IF;
    CALL sp_index_product(NEW.id);
END
