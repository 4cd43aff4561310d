-- Every stock row: products that are sold as such, and variants.
CREATE SQL SECURITY INVOKER VIEW vw_inventory_status AS
SELECT
    p.business_id,
    p.id AS product_id,
    NULL AS variant_id,
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
    END AS stock_status
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
    END
FROM product_variants AS v
JOIN products AS p ON p.id = v.product_id
