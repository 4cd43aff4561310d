-- The stock ledger (INV-4): one row for every change of a stock row, written by triggers, so that changes by hand are in it, too.
-- Never updated, never deleted. No foreign keys: it is written while stock rows are locked and must not wait for any other row.
CREATE TABLE IF NOT EXISTS stock_movements (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id BIGINT UNSIGNED NOT NULL,
    product_id BIGINT UNSIGNED NOT NULL,
    variant_id BIGINT UNSIGNED NULL,
    order_id BIGINT UNSIGNED NULL,
    stock_before INT NOT NULL,
    stock_after INT NOT NULL,
    reserved_before INT NOT NULL,
    reserved_after INT NOT NULL,
    actor VARCHAR(120) NOT NULL,
    reason VARCHAR(255) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    -- The ledger of one stock row, newest first (explain, reconciliation).
    INDEX stock_movements_stock_idx (product_id, variant_id, id),
    -- What an order did to the stock.
    INDEX stock_movements_order_idx (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
