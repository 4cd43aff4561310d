-- As after_product_created, for variants.
CREATE TRIGGER after_product_variant_created AFTER INSERT ON product_variants
FOR EACH ROW
BEGIN
    IF NEW.stock_quantity <> 0 OR NEW.reserved_stock <> 0 THEN
        INSERT INTO stock_movements
            (business_id, product_id, variant_id, order_id, stock_before, stock_after, reserved_before, reserved_after,
             actor, reason, created_at)
        VALUES
            (NEW.business_id, NEW.product_id, NEW.id, @tindera_order_id, 0, NEW.stock_quantity, 0, NEW.reserved_stock,
             COALESCE(@tindera_actor, USER()), COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
    END IF;
END
