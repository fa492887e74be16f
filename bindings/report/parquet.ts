// Knows: a table as a Parquet file that is written row group by row group, so that it never is in memory as a whole.
// Must not know: what the columns mean, where the bytes go.

import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";

export interface ParquetColumn {
  readonly name: string;
  /** Doubles are exact to 2^53; a value that is undefined, null or NaN is null. */
  readonly type: "STRING" | "DOUBLE";
}

export type ParquetValue = string | number | null | undefined;

/** Begin it, write groups of rows, finish. The same rows in the same groups give the same bytes. */
export class ParquetTable {
  readonly #columns: readonly ParquetColumn[];
  readonly #writer: ParquetWriter;

  /** @param put takes the next piece of the file, which is used again afterwards */
  constructor(columns: readonly ParquetColumn[], put: (piece: Uint8Array) => void) {
    const bytes = new ByteWriter();
    const flush = () => {
      put(new Uint8Array(bytes.buffer, 0, bytes.index));
      bytes.index = 0;
    };
    this.#columns = columns;
    this.#writer = new ParquetWriter({
      writer: Object.assign(bytes, { flush, finish: flush }),
      schema: schemaFromColumnData({
        columnData: columns.map(({ name, type }) => ({ name, type, data: [], nullable: true })),
      }),
    });
  }

  /** One row group; `values[i]` are those of column i. Nothing is written for no rows. */
  write(values: readonly (readonly ParquetValue[])[]): void {
    const rows = values[0]?.length ?? 0;
    if (rows === 0) return;
    this.#writer.write({
      columnData: this.#columns.map(({ name }, i) => ({ name, data: (values[i] ?? []).map(known) })),
      rowGroupSize: rows,
    });
  }

  finish(): void {
    this.#writer.finish();
  }
}

function known(value: ParquetValue): string | number | null {
  return value === undefined || value === null || Number.isNaN(value) ? null : value;
}
