import type { Size } from './faults.ts'

/** Seeds that once broke an invariant, with what was wrong. They are run for good, whatever they draw by now. */
export const regressions: readonly { seed: number; size: Size; bug: string }[] = [
  {
    seed: 1282,
    size: 'small',
    bug: 'a late failure of a lost attempt failed a task that had failed already'
  },
  {
    seed: 1583,
    size: 'small',
    bug: 'one bad machine failed every piece of a job before a good one had done any'
  },
  { seed: 2563, size: 'small', bug: 'machines that had all failed lately waited for one another' },
  {
    seed: 21918,
    size: 'small',
    bug: 'a lost worker was told to stop while its result was winning, and threw it away'
  },
  {
    seed: 43,
    size: 'mixed',
    bug: 'what a worker finished after its job had ended was acknowledged, and its file stayed for good'
  },
  {
    seed: 300176123,
    size: 'mixed',
    bug: 'the checker of idle nodes looked just when a busy one was between two tasks, nine times on end'
  },
  {
    seed: 300214676,
    size: 'mixed',
    bug: 'what followed from an event whose commit was tried again was held to follow from the message before it'
  },
  {
    seed: 320092352,
    size: 'mixed',
    bug: 'a machine that was well again asked itself only at the next tick whether it could do its own jobs'
  },
  {
    seed: 350011714,
    size: 'small',
    bug: 'the checker of idle nodes did not know that who failed a source that was replaced waits, as with a bad frame'
  },
  {
    seed: 400041874,
    size: 'mixed',
    bug: 'the reset of a stream was lost in a partition, and a machine asked for work for good without ever hearing an answer'
  }
]
