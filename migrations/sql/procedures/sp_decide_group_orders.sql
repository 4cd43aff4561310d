-- Part of sp_place_orders, called when a customer has changed, a key has been used, or the same was ordered before: says of each order
-- which of these it is. Works on the temporary tables of sp_place_orders; the customers are locked.
CREATE PROCEDURE sp_decide_group_orders()
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    -- A single-table update with subqueries: under READ COMMITTED those read without locks. order_id is set before outcome is.
    UPDATE group_orders AS g SET
        g.order_id = COALESCE((
            SELECT o.id FROM orders AS o FORCE INDEX (orders_idempotency_uk)
            WHERE o.business_id = g.business_id AND o.idempotency_key = g.idempotency_key
        ), 0),
        g.outcome = CASE
            WHEN g.order_id > 0 THEN 'repeat'
            WHEN NOT EXISTS (
                SELECT 1 FROM users AS u FORCE INDEX (PRIMARY)
                WHERE u.id = g.user_id AND u.business_id = g.business_id AND u.status = 'active'
                    AND u.is_trusted_buyer = g.is_trusted AND (u.id_verified_at IS NOT NULL) = g.is_verified
            ) THEN 'stale'
            WHEN g.duplicate_since IS NOT NULL AND EXISTS (
                SELECT 1 FROM orders AS o FORCE INDEX (orders_content_idx)
                WHERE o.user_id = g.user_id AND o.content_hash = g.content_hash AND o.created_at > g.duplicate_since
                    AND o.order_status NOT IN ('draft', 'cancelled')
            ) THEN 'stale'
            ELSE 'placed'
        END;
END
