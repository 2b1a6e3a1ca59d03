import { onTestFinished } from 'vitest'
import { testimony } from '../../support/wait-for.ts'
import { createLan, type Lan, type LanOptions } from './lan.ts'

/** Makes a LAN for the running test: destroyed when it ends, its logs printed first when it failed. */
export function givenLan(options: LanOptions): Lan {
  const lan = createLan(options)
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`${testimony()}\n`)
    lan.destroy()
  })
  return lan
}
