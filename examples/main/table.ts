import { Table } from 'console-table-printer'

/** What was measured of one job. */
export interface Row {
  readonly name: string
  /** Milliseconds. */
  readonly plain: number
  readonly parallel: number
  readonly forks: number
  readonly steals: number
}

export function printRows(rows: readonly Row[]): void {
  const table = new Table({
    shouldDisableColors: !process.stdout.isTTY,
    columns: [
      { name: 'job', alignment: 'left' },
      { name: 'plain', title: 'plain code, ms' },
      { name: 'parallel', title: 'filch, ms' },
      { name: 'speedUp', title: 'speed-up' },
      { name: 'forks' },
      { name: 'steals' },
    ],
  })
  for (const { name, plain, parallel, forks, steals } of rows) {
    table.addRow({
      job: name,
      plain: plain.toFixed(0),
      parallel: parallel.toFixed(0),
      speedUp: `${(plain / parallel).toFixed(2)} x`,
      forks: forks.toLocaleString('en'),
      steals: steals.toLocaleString('en'),
    })
  }
  table.printTable()
}
