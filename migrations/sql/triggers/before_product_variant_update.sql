-- Keeps version true, whoever changes the row.
CREATE TRIGGER before_product_variant_update BEFORE UPDATE ON product_variants
FOR EACH ROW
SET NEW.version = OLD.version + 1
