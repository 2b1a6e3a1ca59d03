import { Turns } from '../../src/node/turn.ts'
import * as scheduler from '../../src/scheduler/index.ts'

/** What is simulated: the production code, or a copy of it with a bug planted (see mutants.ts). */
export interface Subject {
  scheduler: typeof scheduler
  Turns: typeof Turns
}

export const production: Subject = { scheduler, Turns }
