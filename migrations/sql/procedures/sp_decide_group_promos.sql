-- Part of sp_place_orders, called when an order of the group has a promo code: locks the codes by id, and lets an order through when
-- its code is what it was judged by and a use is left, counting the uses of the orders before it. Works on the temporary tables.
CREATE PROCEDURE sp_decide_group_promos()
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_locked INT;

    CREATE TEMPORARY TABLE IF NOT EXISTS group_promos (
        n INT UNSIGNED NOT NULL PRIMARY KEY,
        promo_id BIGINT UNSIGNED NOT NULL,
        -- The how manyth use it would be, of the group; of the group and this customer; and what this customer had before.
        nth INT NOT NULL,
        nth_of_user INT NOT NULL,
        uses_before INT NOT NULL
    ) ENGINE = InnoDB;
    DELETE FROM group_promos;

    SELECT COUNT(*) INTO v_locked
    FROM (
        SELECT DISTINCT promo_id FROM group_orders WHERE outcome = 'placed' AND promo_id IS NOT NULL ORDER BY promo_id LIMIT 1000
    ) AS wanted
    STRAIGHT_JOIN promo_codes FORCE INDEX (PRIMARY) ON promo_codes.id = wanted.promo_id
    FOR UPDATE;
    INSERT INTO group_promos (n, promo_id, nth, nth_of_user, uses_before)
    SELECT g.n, g.promo_id, ROW_NUMBER() OVER (PARTITION BY g.promo_id ORDER BY g.n),
        ROW_NUMBER() OVER (PARTITION BY g.promo_id, g.user_id ORDER BY g.n),
        (SELECT COUNT(*) FROM orders AS o FORCE INDEX (orders_user_idx)
         WHERE o.promo_code_id = g.promo_id AND o.user_id = g.user_id AND o.order_status <> 'cancelled')
    FROM group_orders AS g WHERE g.outcome = 'placed' AND g.promo_id IS NOT NULL;
    UPDATE group_promos AS u
    STRAIGHT_JOIN group_orders AS g ON g.n = u.n
    LEFT JOIN promo_codes AS p FORCE INDEX (PRIMARY) ON p.id = u.promo_id AND p.business_id = g.business_id
    SET g.outcome = CASE
        WHEN p.id IS NULL OR NOT p.is_active OR NOT (g.promo_terms <=> LEFT(SHA2(CONCAT_WS('|', p.discount_type, p.discount_value,
            COALESCE(p.maximum_discount, ''), p.minimum_subtotal, COALESCE(p.product_ids, ''), COALESCE(p.category_ids, '')), 256), 32))
            THEN 'stale'
        WHEN p.used_count + u.nth > p.usage_limit OR u.uses_before + u.nth_of_user > p.usage_limit_per_customer THEN 'promo'
        ELSE 'placed'
    END;
END
