-- One row per job and tick: the claim that makes a job run once across all instances (QUE-4), and the record of what it did.
CREATE TABLE IF NOT EXISTS job_runs (
    job VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The minute for which it runs.
    tick DATETIME NOT NULL,
    started_at DATETIME(6) NOT NULL,
    finished_at DATETIME(6) NULL,
    -- How much it did; NULL while it runs or when it failed.
    result INT NULL,
    error VARCHAR(500) NULL,
    PRIMARY KEY (job, tick),
    -- The clean-up of old rows.
    INDEX job_runs_tick_idx (tick)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
