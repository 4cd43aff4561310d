-- The customer's figures (ORD-9) count what arrived: an order counts from delivered on, and no longer when it is taken back by
-- hand. 10 points of engagement for each.
CREATE TRIGGER after_order_delivered AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    DECLARE v_counted BOOLEAN DEFAULT OLD.order_status IN ('delivered', 'completed');
    DECLARE v_counts BOOLEAN DEFAULT NEW.order_status IN ('delivered', 'completed');

    IF v_counts AND NOT v_counted THEN
        UPDATE users
        SET total_orders = total_orders + 1,
            total_spent = total_spent + NEW.total_amount,
            engagement_score = engagement_score + 10,
            last_order_at = GREATEST(COALESCE(last_order_at, NEW.created_at), NEW.created_at)
        WHERE id = NEW.user_id;
    ELSEIF v_counted AND NOT v_counts THEN
        UPDATE users
        SET total_orders = total_orders - LEAST(total_orders, 1),
            total_spent = total_spent - LEAST(total_spent, OLD.total_amount),
            engagement_score = engagement_score - 10
        WHERE id = NEW.user_id;
    END IF;
END
