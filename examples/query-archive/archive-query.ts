import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** SQL over the archive of one queue: `orders` is the view that queries are written against. */
export interface ArchiveQuery {
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): void;
}

/**
 * The files as they lie there: DuckDB needs no import and no server. The glob names the queue, so that
 * other queues are not even listed; `hour` comes from the path, so that a condition on it skips whole files.
 */
export async function openArchive(archiveFolder: string, queue: string): Promise<ArchiveQuery> {
  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  const files = join(archiveFolder, '*', `queue=${queue}`, '*', '*.parquet').replaceAll('\\', '/').replaceAll("'", "''");
  await connection.run(`CREATE VIEW orders AS SELECT * FROM read_parquet('${files}', hive_partitioning = true)`);
  return {
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    close() {
      connection.closeSync();
      database.closeSync();
    },
  };
}
