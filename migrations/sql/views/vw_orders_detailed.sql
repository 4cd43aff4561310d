-- An order with its customer, what is in it, where its stock stands, what is wrong with it and how long it took.
CREATE SQL SECURITY INVOKER VIEW vw_orders_detailed AS
SELECT
    o.*,
    u.name AS customer_name,
    u.phone AS customer_phone,
    u.email AS customer_email,
    u.is_trusted_buyer,
    (SELECT COUNT(*) FROM order_items AS i WHERE i.order_id = o.id) AS item_count,
    (SELECT COALESCE(SUM(i.quantity), 0) FROM order_items AS i WHERE i.order_id = o.id) AS unit_count,
    (SELECT GROUP_CONCAT(CONCAT(i.quantity, ' x ', i.product_name,
                                CASE WHEN i.variant_name IS NULL THEN '' ELSE CONCAT(' (', i.variant_name, ')') END)
                         ORDER BY i.id SEPARATOR ', ')
     FROM order_items AS i WHERE i.order_id = o.id) AS items_summary,
    (SELECT h.to_state FROM order_state_history AS h
     WHERE h.order_id = o.id AND h.kind = 'reservation' ORDER BY h.id DESC LIMIT 1) AS reservation_status,
    (SELECT MIN(r.expires_at) FROM inventory_reservations AS r
     WHERE r.order_id = o.id AND r.status = 'reserved') AS hold_expires_at,
    (SELECT COUNT(*) FROM order_errors AS e WHERE e.order_id = o.id AND NOT e.is_resolved) AS unresolved_errors,
    m.validation_duration_ms,
    m.payment_duration_ms,
    m.fulfillment_duration_ms,
    m.total_processing_duration_ms,
    m.queue_wait_time_ms
FROM orders AS o
JOIN users AS u ON u.id = o.user_id
LEFT JOIN order_metrics AS m ON m.order_id = o.id
