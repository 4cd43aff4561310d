-- The stock ledger (INV-4): who and why come from the session (@tindera_actor, @tindera_reason, @tindera_order_id).
-- sp_place_orders writes the rows of its groups itself, one for each order; it changes nothing but stock.
-- What a product is found by (CAT-2) is written anew when that has changed, also by hand.
CREATE TRIGGER after_product_stock_change AFTER UPDATE ON products
FOR EACH ROW
BEGIN
    IF COALESCE(@tindera_group, 0) = 0 THEN
        IF NOT (OLD.stock_quantity <=> NEW.stock_quantity AND OLD.reserved_stock <=> NEW.reserved_stock) THEN
            INSERT INTO stock_movements
                (business_id, product_id, variant_id, order_id, stock_before, stock_after, reserved_before, reserved_after,
                 actor, reason, created_at)
            VALUES
                (NEW.business_id, NEW.id, NULL, @tindera_order_id, OLD.stock_quantity, NEW.stock_quantity, OLD.reserved_stock, NEW.reserved_stock,
                 COALESCE(@tindera_actor, USER()), COALESCE(@tindera_reason, 'changed by hand'), UTC_TIMESTAMP(6));
        END IF;
        IF NOT (OLD.name <=> NEW.name AND OLD.sku <=> NEW.sku AND OLD.status <=> NEW.status AND OLD.description <=> NEW.description) THEN
            CALL sp_index_product(NEW.id);
        END IF;
    END IF;
END
