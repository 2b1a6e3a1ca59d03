export interface Way {
  name: string
  /** One run; its time in milliseconds. */
  run: () => Promise<number>
}

export interface Measured {
  name: string
  /** In the order they were taken. */
  runsMs: number[]
}

export interface Comparison {
  name: string
  against: string
  aim: string
  /** True: how many times faster. False: how many times the other's time. */
  invert: boolean
}

/** Runs every way once a round, forwards and backwards in turn, so that a drift of the machine hits all alike. */
export async function interleaved(
  ways: readonly Way[],
  rounds: number,
  report: (text: string) => void
): Promise<Measured[]> {
  const results = ways.map(({ name }): Measured => ({ name, runsMs: [] }))
  for (let round = 0; round < rounds; round++) {
    const order = [...ways.keys()]
    if (round % 2 === 1) order.reverse()
    for (const index of order) {
      report(`round ${round + 1} of ${rounds}: ${ways[index]!.name}`)
      const ms = await ways[index]!.run()
      results[index]!.runsMs.push(ms)
      report(`  ${(ms / 1000).toFixed(2)} s`)
    }
  }
  return results
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values have no median')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A Markdown table: each way's median and range, and its ratio where one is asked for and both were measured. */
export function table(results: readonly Measured[], comparisons: readonly Comparison[]): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(2)
  const rows = results.map(({ name, runsMs }) => {
    const comparison = comparisons.find((one) => one.name === name)
    const other = results.find((one) => one.name === comparison?.against)
    const range = `${seconds(Math.min(...runsMs))}–${seconds(Math.max(...runsMs))}`
    return `| ${name} | ${seconds(median(runsMs))} | ${range} | ${ratio(runsMs, other, comparison)} | ${comparison?.aim ?? ''} |`
  })
  return ['| Way | Median, s | Range, s | Ratio | Aim |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n'
  )
}

function ratio(
  runsMs: readonly number[],
  other: Measured | undefined,
  comparison: Comparison | undefined
): string {
  if (!other || !comparison) return ''
  const [own, theirs] = [median(runsMs), median(other.runsMs)]
  return comparison.invert
    ? `${(theirs / own).toFixed(2)} × as fast as ${other.name}`
    : `${(own / theirs).toFixed(3)} × the time of ${other.name}`
}
