-- Keeps version true, whoever changes the row.
CREATE TRIGGER before_product_update BEFORE UPDATE ON products
FOR EACH ROW
SET NEW.version = OLD.version + 1
