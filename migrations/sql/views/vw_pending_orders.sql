-- Orders that wait for somebody, and for what.
CREATE SQL SECURITY INVOKER VIEW vw_pending_orders AS
SELECT
    o.id,
    o.business_id,
    o.order_number,
    o.order_status,
    o.payment_status,
    o.payment_method,
    o.currency,
    o.total_amount,
    o.user_id,
    u.name AS customer_name,
    u.phone AS customer_phone,
    o.order_source,
    o.requires_verification,
    o.verified_at,
    CASE
        WHEN o.requires_verification AND o.verified_at IS NULL THEN 'review'
        WHEN o.payment_method IN ('cod', 'in_person') OR o.payment_status IN ('authorized', 'paid') THEN 'confirm'
        ELSE 'payment'
    END COLLATE utf8mb4_unicode_ci AS waiting_for,
    TIMESTAMPDIFF(MINUTE, o.created_at, UTC_TIMESTAMP(6)) AS age_minutes,
    (SELECT MIN(r.expires_at) FROM inventory_reservations AS r
     WHERE r.order_id = o.id AND r.status = 'reserved') AS hold_expires_at,
    o.created_at
FROM orders AS o
JOIN users AS u ON u.id = o.user_id
WHERE o.order_status = 'pending'
