-- Every stock row: products that are sold as such, and variants. The collation of stock_status is named, because a literal takes
-- that of the connection which creates the view, and could not be compared with one of another connection.
CREATE SQL SECURITY INVOKER VIEW vw_inventory_status AS
SELECT
    p.business_id,
    p.id AS product_id,
    CAST(NULL AS UNSIGNED) AS variant_id,
    p.sku,
    p.name,
    NULL AS variant_name,
    p.status,
    p.stock_quantity,
    p.reserved_stock,
    p.stock_quantity - p.reserved_stock AS available_quantity,
    p.low_stock_threshold,
    CASE
        WHEN p.stock_quantity - p.reserved_stock <= 0 THEN 'OUT_OF_STOCK'
        WHEN p.stock_quantity - p.reserved_stock <= p.low_stock_threshold THEN 'LOW_STOCK'
        ELSE 'IN_STOCK'
    END COLLATE utf8mb4_unicode_ci AS stock_status
FROM products AS p
WHERE NOT EXISTS (SELECT 1 FROM product_variants AS v WHERE v.product_id = p.id)
UNION ALL
SELECT
    p.business_id,
    p.id,
    v.id,
    v.sku,
    p.name,
    v.name,
    p.status,
    v.stock_quantity,
    v.reserved_stock,
    v.stock_quantity - v.reserved_stock,
    p.low_stock_threshold,
    CASE
        WHEN v.stock_quantity - v.reserved_stock <= 0 THEN 'OUT_OF_STOCK'
        WHEN v.stock_quantity - v.reserved_stock <= p.low_stock_threshold THEN 'LOW_STOCK'
        ELSE 'IN_STOCK'
    END COLLATE utf8mb4_unicode_ci
FROM product_variants AS v
JOIN products AS p ON p.id = v.product_id
