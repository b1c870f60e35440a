/** What the embedded store needs of SQLite, from whichever engine there is. */

/** What a column holds. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** An open database. Everything is done when the call returns; what fails throws the engine's own error. */
export interface Sqlite {
  exec(sql: string): void;
  run(sql: string, values: readonly SqlValue[]): void;
  all(sql: string, values?: readonly SqlValue[]): SqlRow[];
  /** Changes that were committed are in the file itself afterwards. */
  close(): void;
}

/** Opens a file, or makes it. */
export type SqliteEngine = (file: string) => Sqlite;

/** The part of `node:sqlite` that is used. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    file: string,
  ) => {
    exec(sql: string): void;
    prepare(sql: string): { run(...values: SqlValue[]): unknown; all(...values: SqlValue[]): unknown[] };
    close(): void;
  };
}

/** Loads a module of Node without the warning that it is experimental, which is of no use to who runs a command. */
const withoutWarning = <T>(load: () => T): T => {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('SQLite')) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** The engine that is part of Node 22.5 and newer; undefined where it is not. */
export const nodeEngine = (): SqliteEngine | undefined => {
  const loaded = withoutWarning(() => process.getBuiltinModule?.('node:sqlite')) as NodeSqlite | undefined;
  if (!loaded) return undefined;
  return file => {
    const database = new loaded.DatabaseSync(file);
    return {
      exec: sql => database.exec(sql),
      run: (sql, values) => void database.prepare(sql).run(...values),
      all: (sql, values = []) => database.prepare(sql).all(...values) as SqlRow[],
      close: () => database.close(),
    };
  };
};

/** The engine for older versions of Node: SQLite as WebAssembly. */
export const wasmEngine = async (): Promise<SqliteEngine> => {
  const loaded = await import('node-sqlite3-wasm');
  const { Database } = 'default' in loaded ? (loaded.default as typeof loaded) : loaded;
  return file => {
    const database = new Database(file);
    return {
      exec: sql => database.exec(sql),
      run: (sql, values) => void database.run(sql, [...values]),
      all: (sql, values = []) => database.all(sql, [...values]) as SqlRow[],
      close: () => database.close(),
    };
  };
};
