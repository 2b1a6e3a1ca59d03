/**
 * The true counts of one vitest run: its tests, and one failure for each thing that went wrong without a test.
 *
 * @param {number} status exit status of vitest
 * @param {{ testResults: { status: string, assertionResults: { status: string, fullName: string, meta?: { skipReason?: string } }[] }[] } | null} report
 *   what its JSON reporter wrote; null when it wrote nothing
 * @returns {{ passed: number, failed: number, skipped: string[] }} skipped: names, with the reason where it is known
 */
export function tally(status, report) {
  if (report === null) return { passed: 0, failed: 1, skipped: [] }
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')
  )
  const failed = tests.filter((test) => test.status === 'failed').length + brokenFiles.length
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    // Something else went wrong: an unhandled error, leftovers, a time limit, or no tests at all.
    failed: failed === 0 && (status !== 0 || tests.length === 0) ? 1 : failed,
    skipped: tests
      .filter((test) => test.status !== 'passed' && test.status !== 'failed')
      .map((test) => `${test.fullName.trim()}${test.meta?.skipReason ? ` (${test.meta.skipReason})` : ''}`)
  }
}

/**
 * `N passed, N failed`, with `, N skipped` only when some were.
 *
 * @param {{ passed: number, failed: number, skipped: string[] }[]} tallies
 */
export function sumLine(tallies) {
  const sum = (pick) => tallies.reduce((total, one) => total + pick(one), 0)
  const skipped = sum((one) => one.skipped.length)
  const counts = `${sum((one) => one.passed)} passed, ${sum((one) => one.failed)} failed`
  return skipped > 0 ? `${counts}, ${skipped} skipped` : counts
}
