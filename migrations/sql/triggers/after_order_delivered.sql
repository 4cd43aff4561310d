-- The customer's figures (ORD-9) count what arrived: an order counts from delivered on, with what was not refunded of it, and no longer
-- when its state is taken back by hand. 10 points of engagement for each; none for one that was refunded whole.
CREATE TRIGGER after_order_delivered AFTER UPDATE ON orders
FOR EACH ROW
BEGIN
    DECLARE v_counted BOOLEAN DEFAULT OLD.order_status IN ('delivered', 'completed');
    DECLARE v_counts BOOLEAN DEFAULT NEW.order_status IN ('delivered', 'completed');
    DECLARE v_spent_before DECIMAL(14, 2)
        DEFAULT CASE WHEN v_counted THEN OLD.total_amount - LEAST(OLD.refunded_amount, OLD.total_amount) ELSE 0 END;
    DECLARE v_spent DECIMAL(14, 2)
        DEFAULT CASE WHEN v_counts THEN NEW.total_amount - LEAST(NEW.refunded_amount, NEW.total_amount) ELSE 0 END;
    DECLARE v_points INT
        DEFAULT CASE WHEN v_counts AND NEW.payment_status <> 'refunded' THEN 10 ELSE 0 END
              - CASE WHEN v_counted AND OLD.payment_status <> 'refunded' THEN 10 ELSE 0 END;

    IF v_counts <> v_counted OR v_spent <> v_spent_before OR v_points <> 0 THEN
        UPDATE users
        SET total_orders = total_orders + v_counts - LEAST(total_orders, v_counted),
            total_spent = GREATEST(total_spent + v_spent - v_spent_before, 0),
            engagement_score = engagement_score + v_points,
            last_order_at = GREATEST(COALESCE(last_order_at, NEW.created_at), NEW.created_at)
        WHERE id = NEW.user_id;
    END IF;
END
