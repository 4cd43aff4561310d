import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import mysql from 'mysql2/promise';
import { connectionOptions } from '../../src/db/database';
import { splitDatabaseUrl } from '../../src/db/migrate';
import type { CpuMeter } from './load';

export interface Server {
  kind: 'mysql' | 'mariadb';
  version: string;
  /** innodb_flush_log_at_trx_commit: only 1 has an answered commit on the disk. */
  flushAtCommit: number;
  /** The binary log, and how often it is synced; null when it is off. */
  syncBinlog: number | null;
  bufferPoolMb: number;
  /** Its process, when it runs on this machine. */
  pid: number | null;
}

export interface Machine {
  cores: number;
  cpu: string;
  memoryGb: number;
  node: string;
  system: string;
}

export async function describeServer(url: string): Promise<Server> {
  const connection = await mysql.createConnection(connectionOptions(splitDatabaseUrl(url).server));
  try {
    const [[row]] = await connection.query<mysql.RowDataPacket[]>(
      `SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush_at_commit, @@log_bin AS log_bin,
              @@sync_binlog AS sync_binlog, @@innodb_buffer_pool_size AS buffer_pool, @@pid_file AS pid_file`,
    );
    const version = String(row?.version);
    return {
      kind: version.includes('MariaDB') ? 'mariadb' : 'mysql',
      version: version.split('-')[0] ?? version,
      flushAtCommit: Number(row?.flush_at_commit),
      syncBinlog: Number(row?.log_bin) ? Number(row?.sync_binlog) : null,
      bufferPoolMb: Math.round(Number(row?.buffer_pool) / 2 ** 20),
      pid: isLocal(url) ? findServer(String(row?.pid_file)) : null,
    };
  } finally {
    await connection.end();
  }
}

export function describeMachine(): Machine {
  return {
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    system: `${os.type()} ${os.release().split('-')[0]}`,
  };
}

export function cpuMeter(server: Server): CpuMeter {
  return {
    read: () => {
      const { user, system } = process.cpuUsage();
      return {
        appMs: (user + system) / 1_000,
        serverMs: server.pid === null ? null : cpuOfProcess(server.pid),
      };
    },
  };
}

function isLocal(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  return searchParams.has('socketPath') || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

/** The path of the pid file may be one inside a container or a chroot, so the command lines are compared. */
function findServer(pidFile: string): number | null {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const found =
      pids.find((pid) => commandLine(pid).includes(`--pid-file=${pidFile}`)) ??
      readFileSync(pidFile, 'utf8').trim();
    return /(mysqld|mariadbd)$/.test(commandLine(found)[0] ?? '') ? Number(found) : null;
  } catch {
    return null;
  }
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Linux counts in USER_HZ, which is 100 for every program whatever the kernel's own tick. */
const MS_PER_TICK = 10;

/**
 * CPU time that a process has used so far, in ms; null where that cannot be seen. proc(5): utime and stime are fields 14 and 15;
 * the name, field 2, may hold anything, so it is cut off first.
 */
export function cpuOfProcess(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return null;
  }
}
