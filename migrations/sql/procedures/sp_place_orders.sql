-- Writes a group of orders in one go (PERF-1): one call, one transaction, one commit. Each order succeeds or fails alone. What an
-- order may cost and whether it is allowed has been judged by src/orders/validate-order.ts from facts that may be old; here, under
-- lock, only what has not changed since is let through.
--
-- p_orders   a JSON array of orders in the order of their arrival, at most 1000. Each is an array, read by position below: keys would
--   cost a fifth of the call. n tells the orders apart; amounts are decimals, instants UTC. No two have the same key or, where
--   duplicates are looked for, the same content. is_trusted, is_verified, duplicate_since and promo_terms are what the judgement
--   rests on. src/orders/placement-rows.ts makes it.
-- p_lines    a JSON array of their lines, likewise
-- Locks: customers by id, promo codes by id, product rows by id, variant rows by id, reservation rows (of expired holds). Indexes are
--   forced: on a small table the server would rather scan, and a scan that locks takes the rows of others, in another order.
-- Signals: nothing of its own. A repeat of a key that another transaction commits meanwhile is error 1062: call again.
-- Result 1, one row an order: n, outcome, order_id, short_sku, short_available, notification_id (of a chat's order)
--   placed   it is there
--   repeat   the idempotency key has placed order_id before
--   stale    a fact has changed: the customer, a price, a product, a promo code, or a duplicate has appeared; judge it anew
--   promo    the promo code is used up       short   there is not enough stock: short_available of short_sku are left
-- Result 2: n, item_id of every line that was written, in order.
-- Transactions: inside the caller's it leaves commit and rollback to the caller, and a failure takes back only what this call did.
--   Called outside of one it is one transaction of its own. Temporary tables stay with the connection, for the next call.
-- History and ledger rows have the actor of each order; the triggers that write them otherwise stand aside (@tindera_group).
-- Example: see test/integration/orders-group.test.ts
CREATE PROCEDURE sp_place_orders(IN p_orders JSON, IN p_lines JSON)
MODIFIES SQL DATA
SQL SECURITY INVOKER
BEGIN
    DECLARE v_own_transaction BOOLEAN DEFAULT FALSE;
    DECLARE v_caller_group INT DEFAULT @tindera_group;
    DECLARE v_now DATETIME(6);
    DECLARE v_orders, v_lines, v_unchanged, v_repeats, v_twins, v_locked, v_placed, v_variant_lines, v_promos, v_reviews, v_short INT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        SET @tindera_group = v_caller_group;
        IF v_own_transaction THEN
            ROLLBACK;
        ELSE
            BEGIN
                -- After a deadlock the server has rolled back everything already.
                DECLARE CONTINUE HANDLER FOR 1305 BEGIN END;
                ROLLBACK TO SAVEPOINT tindera_place;
            END;
        END IF;
        RESIGNAL;
    END;

    -- A savepoint lives only inside a transaction. Without one, this call makes its own, so that it is all or nothing, too.
    SAVEPOINT tindera_place;
    BEGIN
        DECLARE CONTINUE HANDLER FOR 1305 SET v_own_transaction = TRUE;
        ROLLBACK TO SAVEPOINT tindera_place;
    END;
    IF v_own_transaction THEN
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        START TRANSACTION;
    END IF;
    BEGIN
        -- The first group of a connection: asking for the tables each time would cost more than emptying them.
        DECLARE EXIT HANDLER FOR 1146 CALL sp_open_group();
        DELETE FROM group_orders;
        DELETE FROM group_lines;
        DELETE FROM group_stock;
    END;

    INSERT INTO group_orders
        (n, business_id, user_id, is_trusted, is_verified, order_number, actor, placed_at, duplicate_since, hold_minutes,
         payment_status, payment_method, currency, subtotal, discount_amount, shipping_fee, tax_amount, total_amount, promo_id,
         promo_code, promo_terms, recipient_name, phone, address, city, province, postal_code, country, notes, order_source,
         conversation_id, ip_address, user_agent, idempotency_key, idempotency_hash, content_hash, risk_score, validation_ms,
         customer_notice, owner_notice, event, last_address, review_count)
    SELECT j.*
    FROM JSON_TABLE(p_orders, '$[*]' COLUMNS (
        n INT UNSIGNED PATH '$[0]',
        business_id BIGINT UNSIGNED PATH '$[1]',
        user_id BIGINT UNSIGNED PATH '$[2]',
        is_trusted BOOLEAN PATH '$[3]',
        is_verified BOOLEAN PATH '$[4]',
        order_number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$[5]',
        actor VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[6]',
        placed_at DATETIME(6) PATH '$[7]',
        duplicate_since DATETIME(6) PATH '$[8]',
        hold_minutes INT PATH '$[9]',
        payment_status VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin PATH '$[10]',
        payment_method VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin PATH '$[11]',
        currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin PATH '$[12]',
        subtotal DECIMAL(12, 2) PATH '$[13]',
        discount_amount DECIMAL(12, 2) PATH '$[14]',
        shipping_fee DECIMAL(12, 2) PATH '$[15]',
        tax_amount DECIMAL(12, 2) PATH '$[16]',
        total_amount DECIMAL(12, 2) PATH '$[17]',
        promo_id BIGINT UNSIGNED PATH '$[18]',
        promo_code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[19]',
        promo_terms CHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$[20]',
        recipient_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[21]',
        phone VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[22]',
        address VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[23]',
        city VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[24]',
        province VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[25]',
        postal_code VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[26]',
        country CHAR(2) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[27]',
        notes VARCHAR(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[28]',
        order_source VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin PATH '$[29]',
        conversation_id BIGINT UNSIGNED PATH '$[30]',
        ip_address VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[31]',
        user_agent VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[32]',
        idempotency_key VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$[33]',
        idempotency_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$[34]',
        content_hash CHAR(32) CHARACTER SET ascii COLLATE ascii_bin PATH '$[35]',
        risk_score TINYINT UNSIGNED PATH '$[36]',
        validation_ms INT UNSIGNED PATH '$[37]',
        customer_notice JSON PATH '$[38]',
        owner_notice JSON PATH '$[39]',
        event JSON PATH '$[40]',
        last_address JSON PATH '$[41]',
        review_count INT PATH '$[42]'
    )) AS j;
    SET v_orders = ROW_COUNT();
    -- Customers first: placements of one customer go one by one, so duplicates and per-customer limits are exact.
    SELECT SUM(u.business_id = wanted.business_id AND u.status = 'active' AND u.is_trusted_buyer = wanted.is_trusted
        AND (u.id_verified_at IS NOT NULL) = wanted.is_verified) INTO v_unchanged
    FROM (SELECT user_id, business_id, is_trusted, is_verified FROM group_orders ORDER BY user_id LIMIT 1000) AS wanted
    STRAIGHT_JOIN users AS u FORCE INDEX (PRIMARY) ON u.id = wanted.user_id
    FOR UPDATE;
    -- Plain reads: they lock nothing, and under READ COMMITTED they see what the customers' last transactions have left.
    SELECT COUNT(*) INTO v_repeats
    FROM group_orders AS g
    STRAIGHT_JOIN orders AS o FORCE INDEX (orders_idempotency_uk)
        ON o.business_id = g.business_id AND o.idempotency_key = g.idempotency_key;
    SELECT COUNT(*) INTO v_twins
    FROM group_orders AS g
    STRAIGHT_JOIN orders AS o FORCE INDEX (orders_content_idx)
        ON o.user_id = g.user_id AND o.content_hash = g.content_hash AND o.created_at > g.duplicate_since
    WHERE o.order_status NOT IN ('draft', 'cancelled');
    IF COALESCE(v_unchanged, 0) < v_orders OR v_repeats > 0 OR v_twins > 0 THEN
        CALL sp_decide_group_orders();
    END IF;

    INSERT INTO group_lines (n, line, product_id, variant_id, quantity, unit_price, sku, product_name, variant_name)
    SELECT j.n, j.line, j.product_id, COALESCE(j.variant_id, 0), j.quantity, j.unit_price, j.sku, j.product_name, j.variant_name
    FROM JSON_TABLE(p_lines, '$[*]' COLUMNS (
        n INT UNSIGNED PATH '$[0]',
        line FOR ORDINALITY,
        product_id BIGINT UNSIGNED PATH '$[1]',
        variant_id BIGINT UNSIGNED PATH '$[2]',
        quantity INT PATH '$[3]',
        unit_price DECIMAL(12, 2) PATH '$[4]',
        sku VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[5]',
        product_name VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[6]',
        variant_name VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci PATH '$[7]'
    )) AS j;
    SET v_lines = ROW_COUNT();

    SELECT COUNT(promo_id), SUM(review_count) INTO v_promos, v_reviews FROM group_orders WHERE outcome = 'placed';
    IF v_promos > 0 THEN
        CALL sp_decide_group_promos();
    END IF;

    -- The stock rows, locked; and what they say now.
    INSERT INTO group_stock (product_id, variant_id, business_id, stock, reserved, price, is_for_sale, sku, product_name)
    SELECT p.id, 0, p.business_id, p.stock_quantity, p.reserved_stock, p.price,
        p.status = 'active' AND NOT EXISTS (SELECT 1 FROM product_variants AS v WHERE v.product_id = p.id), p.sku, p.name
    FROM (SELECT DISTINCT product_id FROM group_lines WHERE variant_id = 0 ORDER BY product_id LIMIT 50000) AS wanted
    STRAIGHT_JOIN products AS p FORCE INDEX (PRIMARY) ON p.id = wanted.product_id
    FOR UPDATE;
    SELECT COUNT(*) INTO v_variant_lines FROM group_lines WHERE variant_id > 0;
    IF v_variant_lines > 0 THEN
        SELECT COUNT(*) INTO v_locked
        FROM (SELECT DISTINCT variant_id FROM group_lines WHERE variant_id > 0 ORDER BY variant_id LIMIT 50000) AS wanted
        STRAIGHT_JOIN product_variants AS v FORCE INDEX (PRIMARY) ON v.id = wanted.variant_id
        FOR UPDATE;
        INSERT INTO group_stock
            (product_id, variant_id, business_id, stock, reserved, price, is_for_sale, sku, product_name, variant_name)
        SELECT v.product_id, v.id, v.business_id, v.stock_quantity, v.reserved_stock, v.price,
            p.status = 'active' AND v.is_available, v.sku, p.name, v.name
        FROM (SELECT DISTINCT variant_id FROM group_lines WHERE variant_id > 0) AS wanted
        STRAIGHT_JOIN product_variants AS v FORCE INDEX (PRIMARY) ON v.id = wanted.variant_id
        STRAIGHT_JOIN products AS p FORCE INDEX (PRIMARY) ON p.id = v.product_id;
    END IF;
    SET v_now = UTC_TIMESTAMP(6);

    -- Is everything as it was judged? Then no order has to be looked at alone.
    SELECT SUM(s.price = l.unit_price AND s.is_for_sale AND s.business_id = g.business_id
        AND s.sku = l.sku AND s.product_name = l.product_name AND s.variant_name <=> l.variant_name) INTO v_unchanged
    FROM group_lines AS l
    STRAIGHT_JOIN group_orders AS g ON g.n = l.n
    STRAIGHT_JOIN group_stock AS s ON s.product_id = l.product_id AND s.variant_id = l.variant_id;
    IF COALESCE(v_unchanged, 0) < v_lines THEN
        UPDATE group_lines AS l
        LEFT JOIN group_stock AS s ON s.product_id = l.product_id AND s.variant_id = l.variant_id
        STRAIGHT_JOIN group_orders AS g ON g.n = l.n
        SET g.outcome = 'stale'
        WHERE g.outcome = 'placed'
            AND NOT COALESCE(
                s.price = l.unit_price AND s.is_for_sale AND s.business_id = g.business_id
                    AND s.sku = l.sku AND s.product_name = l.product_name AND s.variant_name <=> l.variant_name,
                FALSE
            );
    END IF;

    -- Is there enough for everybody? Then nobody has to be looked at.
    SELECT COUNT(*) INTO v_short
    FROM (
        SELECT l.product_id, l.variant_id, SUM(l.quantity) AS quantity
        FROM group_lines AS l STRAIGHT_JOIN group_orders AS g ON g.n = l.n
        WHERE g.outcome = 'placed' GROUP BY l.product_id, l.variant_id
    ) AS wanted
    STRAIGHT_JOIN group_stock AS s ON s.product_id = wanted.product_id AND s.variant_id = wanted.variant_id
    WHERE s.stock - s.reserved < wanted.quantity;
    IF v_short > 0 THEN
        CALL sp_decide_group_stock();
    END IF;

    SELECT COUNT(*) INTO v_placed FROM group_orders WHERE outcome = 'placed';
    IF v_placed > 0 THEN
        SET @tindera_group = 1;
        INSERT INTO orders
            (business_id, user_id, order_number, order_status, payment_status, payment_method, currency, subtotal, discount_amount,
             shipping_fee, tax_amount, total_amount, promo_code_id, promo_code, recipient_name, shipping_phone, shipping_address,
             shipping_city, shipping_province, shipping_postal_code, shipping_country, notes, order_source, conversation_id,
             ip_address, user_agent, idempotency_key, idempotency_hash, content_hash, requires_verification, risk_score, created_at,
             updated_at)
        SELECT business_id, user_id, order_number, 'pending', payment_status, payment_method, currency, subtotal, discount_amount,
            shipping_fee, tax_amount, total_amount, promo_id, promo_code, recipient_name, phone, address,
            city, province, postal_code, country, notes, order_source, conversation_id,
            ip_address, user_agent, idempotency_key, idempotency_hash, content_hash, review_count > 0, risk_score, placed_at, placed_at
        FROM group_orders FORCE INDEX (PRIMARY) WHERE outcome = 'placed' ORDER BY n;
        -- Ids are looked up: on a cluster they are not consecutive.
        UPDATE group_orders AS g SET g.order_id = (
            SELECT o.id FROM orders AS o FORCE INDEX (orders_number_uk)
            WHERE o.business_id = g.business_id AND o.order_number = g.order_number
        ) WHERE g.outcome = 'placed';

        INSERT INTO order_items
            (order_id, product_id, variant_id, sku, product_name, variant_name, unit_price, quantity, line_total,
             inventory_reserved, inventory_reserved_at, created_at)
        SELECT g.order_id, l.product_id, NULLIF(l.variant_id, 0), l.sku, l.product_name, l.variant_name, l.unit_price, l.quantity,
            l.unit_price * l.quantity, TRUE, v_now, g.placed_at
        FROM group_orders AS g STRAIGHT_JOIN group_lines AS l ON l.n = g.n
        WHERE g.outcome = 'placed' ORDER BY g.n, l.line;
        INSERT INTO inventory_reservations
            (order_id, order_item_id, product_id, variant_id, quantity, status, expires_at, created_at)
        SELECT i.order_id, i.id, i.product_id, i.variant_id, i.quantity, 'reserved', v_now + INTERVAL g.hold_minutes MINUTE, v_now
        FROM group_orders AS g STRAIGHT_JOIN order_items AS i FORCE INDEX (order_items_order_idx) ON i.order_id = g.order_id
        WHERE g.outcome = 'placed' ORDER BY g.n, i.id;

        UPDATE (
            SELECT l.product_id, SUM(l.quantity) AS quantity
            FROM group_lines AS l STRAIGHT_JOIN group_orders AS g ON g.n = l.n
            WHERE g.outcome = 'placed' AND l.variant_id = 0 GROUP BY l.product_id
        ) AS wanted
        STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON products.id = wanted.product_id
        SET products.reserved_stock = products.reserved_stock + wanted.quantity;
        IF v_variant_lines > 0 THEN
            UPDATE (
                SELECT l.variant_id, SUM(l.quantity) AS quantity
                FROM group_lines AS l STRAIGHT_JOIN group_orders AS g ON g.n = l.n
                WHERE g.outcome = 'placed' AND l.variant_id > 0 GROUP BY l.variant_id
            ) AS wanted
            STRAIGHT_JOIN product_variants FORCE INDEX (PRIMARY) ON product_variants.id = wanted.variant_id
            SET product_variants.reserved_stock = product_variants.reserved_stock + wanted.quantity;
        END IF;
        -- Each order's own step in the ledger, though the stock row was written once.
        INSERT INTO stock_movements
            (business_id, product_id, variant_id, order_id, stock_before, stock_after, reserved_before, reserved_after,
             actor, reason, created_at)
        SELECT s.business_id, s.product_id, NULLIF(s.variant_id, 0), step.order_id, s.stock, s.stock,
            s.reserved + step.running - step.quantity, s.reserved + step.running, step.actor, 'order placed', v_now
        FROM (
            SELECT n, order_id, actor, product_id, variant_id, quantity,
                SUM(quantity) OVER (PARTITION BY product_id, variant_id ORDER BY n) AS running
            FROM (
                SELECT g.n, g.order_id, g.actor, l.product_id, l.variant_id, SUM(l.quantity) AS quantity
                FROM group_orders AS g STRAIGHT_JOIN group_lines AS l ON l.n = g.n
                WHERE g.outcome = 'placed' GROUP BY g.n, g.order_id, g.actor, l.product_id, l.variant_id
            ) AS taken
        ) AS step
        STRAIGHT_JOIN group_stock AS s ON s.product_id = step.product_id AND s.variant_id = step.variant_id
        ORDER BY step.n, s.product_id, s.variant_id;

        INSERT INTO order_state_history (order_id, kind, from_state, to_state, changed_by, reason, created_at)
        SELECT g.order_id, kinds.kind, NULL,
            CASE kinds.kind WHEN 'order' THEN 'pending' WHEN 'payment' THEN g.payment_status ELSE 'reserved' END,
            g.actor, 'order placed', v_now
        FROM group_orders AS g
        STRAIGHT_JOIN (SELECT 1 AS place, 'order' AS kind UNION ALL SELECT 2, 'payment' UNION ALL SELECT 3, 'reservation') AS kinds
        WHERE g.outcome = 'placed' ORDER BY g.n, kinds.place;

        INSERT INTO notification_queue
            (business_id, order_id, recipient_type, user_id, conversation_id, template, payload, priority, scheduled_at)
        SELECT business_id, order_id, 'customer', user_id, conversation_id, 'order_received', customer_notice, 5, placed_at
        FROM group_orders WHERE outcome = 'placed';
        INSERT INTO notification_queue (business_id, order_id, recipient_type, template, payload, priority, scheduled_at)
        SELECT business_id, order_id, 'owner', 'owner_new_order', owner_notice, 3, placed_at FROM group_orders WHERE outcome = 'placed';
        INSERT INTO order_processing_queue (business_id, order_id, queue_type, priority, available_at, created_at)
        SELECT business_id, order_id, 'new_order', 5, placed_at, placed_at FROM group_orders WHERE outcome = 'placed';
        INSERT INTO outbox_events (business_id, aggregate_type, aggregate_id, event_type, payload, available_at, created_at)
        SELECT business_id, 'order', order_id, 'order.created', JSON_SET(event, '$.order_id', order_id), placed_at, placed_at
        FROM group_orders WHERE outcome = 'placed';
        INSERT INTO order_metrics (order_id, business_id, validation_duration_ms, created_at)
        SELECT order_id, business_id, validation_ms, placed_at FROM group_orders WHERE outcome = 'placed';
        IF v_reviews > 0 THEN
            INSERT INTO order_reviews (business_id, order_id, kind, reasons, created_at)
            SELECT g.business_id, g.order_id, j.kind, j.reasons, g.placed_at
            FROM JSON_TABLE(p_orders, '$[*]' COLUMNS (
                n INT UNSIGNED PATH '$[0]',
                NESTED PATH '$[43][*]' COLUMNS (
                    kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin PATH '$[0]',
                    reasons JSON PATH '$[1]'
                )
            )) AS j
            STRAIGHT_JOIN group_orders AS g ON g.n = j.n
            WHERE g.outcome = 'placed' AND j.kind IS NOT NULL;
        END IF;
        IF v_promos > 0 THEN
            UPDATE (
                SELECT promo_id, COUNT(*) AS uses FROM group_orders
                WHERE outcome = 'placed' AND promo_id IS NOT NULL GROUP BY promo_id
            ) AS used
            STRAIGHT_JOIN promo_codes FORCE INDEX (PRIMARY) ON promo_codes.id = used.promo_id
            SET promo_codes.used_count = promo_codes.used_count + used.uses;
        END IF;
        -- Where a customer has several orders in the group, the last one counts: of several matches the first one read is taken.
        UPDATE (
            SELECT user_id, placed_at, last_address, recipient_name, phone FROM group_orders
            WHERE outcome = 'placed' ORDER BY n DESC LIMIT 1000
        ) AS latest
        STRAIGHT_JOIN users FORCE INDEX (PRIMARY) ON users.id = latest.user_id
        SET users.last_order_at = latest.placed_at, users.last_address = latest.last_address,
            users.name = COALESCE(users.name, latest.recipient_name), users.phone = COALESCE(users.phone, latest.phone);
        SET @tindera_group = v_caller_group;
    END IF;

    IF v_own_transaction THEN COMMIT; ELSE RELEASE SAVEPOINT tindera_place; END IF;

    SELECT g.n, g.outcome, NULLIF(g.order_id, 0) AS order_id, g.short_sku, g.short_available,
        CASE WHEN g.conversation_id IS NOT NULL AND g.outcome = 'placed' THEN (
            SELECT q.id FROM notification_queue AS q WHERE q.order_id = g.order_id AND q.recipient_type = 'customer' ORDER BY q.id LIMIT 1
        ) END AS notification_id
    FROM group_orders AS g ORDER BY g.n;
    SELECT g.n, i.id AS item_id
    FROM group_orders AS g STRAIGHT_JOIN order_items AS i FORCE INDEX (order_items_order_idx) ON i.order_id = g.order_id
    WHERE g.outcome = 'placed' ORDER BY g.n, i.id;
END
