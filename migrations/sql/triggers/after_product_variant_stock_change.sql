-- As after_product_stock_change, for the stock rows of variants.
CREATE TRIGGER after_product_variant_stock_change AFTER UPDATE ON product_variants
FOR EACH ROW
BEGIN
    IF COALESCE(@tindera_group, 0) = 0 AND NOT (OLD.stock_quantity <=> NEW.stock_quantity AND OLD.reserved_stock <=> NEW.reserved_stock) THEN
        INSERT INTO stock_movements
            (business_id, product_id, variant_id, order_id, stock_before, stock_after, reserved_before, reserved_after,
             actor, reason, created_at)
        VALUES
            (NEW.business_id, NEW.product_id, NEW.id, @tindera_order_id, OLD.stock_quantity, NEW.stock_quantity, OLD.reserved_stock, NEW.reserved_stock,
             COALESCE(@tindera_actor, USER()), COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
    END IF;
END
