-- The second line behind the purge job. At most 20 batches of 1,000, so that no lock is held for long.
CREATE EVENT evt_cleanup_old_queue_items
ON SCHEDULE EVERY 1 DAY
COMMENT 'Deletes queue items that were completed a week ago'
DO
BEGIN
    DECLARE v_batches, v_deleted INT DEFAULT 0;
    REPEAT
        DELETE FROM order_processing_queue
        WHERE status = 'completed' AND completed_at < UTC_TIMESTAMP(6) - INTERVAL 7 DAY
        ORDER BY completed_at LIMIT 1000;
        SET v_deleted = ROW_COUNT(), v_batches = v_batches + 1;
    UNTIL v_deleted < 1000 OR v_batches >= 20 END REPEAT;
END
