import { sweepDeadClaims } from './claims.ts'

/** Before a suite: removes what earlier runs that crashed left behind. After it: what its own dead workers left. */
export default function sweep(): () => void {
  report('earlier runs', sweepDeadClaims())
  return () => {
    const left = sweepDeadClaims()
    report('this run', left)
    // A worker that died without cleaning up is a failure, even when every test passed before.
    if (left.length > 0) process.exitCode = 1
  }
}

function report(whose: string, prefixes: readonly string[]): void {
  if (prefixes.length > 0) process.stderr.write(`removed what ${whose} left behind: ${prefixes.join(', ')}\n`)
}
