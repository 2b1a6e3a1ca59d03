import { existsSync } from 'node:fs'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import type { Host, Lan } from '../lan/harness/index.ts'
import type { Random } from '../simulation/random.ts'
import type { JobEye } from './watch.ts'

/** A LAN with a job under way on it. */
export interface Stage {
  lan: Lan
  owner: Host
  workers: readonly Host[]
  eye: JobEye
  /** Where the finished file will appear. */
  output: string
  random: Random
  /** Of each host. */
  cores: number
}

export interface Fault {
  name: string
  /** Whom it befalls: one at a time of each. */
  on: 'owner' | 'worker' | 'network'
  /** How many processes it ends with SIGKILL. */
  kills: number
  /** Makes it happen and undoes it. False when its moment did not come, because the job ended before. */
  run(stage: Stage, host: Host): Promise<boolean>
}

/** A pause drawn from the seed, in ms. */
const pause = ({ random }: Stage, fromMs: number, toMs: number): Promise<unknown> =>
  delay(random.int(fromMs, toMs))

/** Starting on a part of a core takes long, and is not what is tried. */
async function startAgain({ cores }: Stage, host: Host): Promise<void> {
  host.setCpu(null)
  await host.start()
  host.setCpu(cores)
}

type Blow = (stage: Stage, host: Host) => Promise<true>

/** Makes something happen, and undoes it after a pause drawn from the seed. */
const forAWhile =
  (
    fromMs: number,
    toMs: number,
    begin: (host: Host, stage: Stage) => void,
    end: (host: Host, stage: Stage) => void
  ): Blow =>
  async (stage, host) => {
    begin(host, stage)
    await pause(stage, fromMs, toMs)
    end(host, stage)
    return true
  }

/** Ends a node at once, and starts it again after a pause. */
const deadFor =
  (awayMs: number, die: (host: Host) => Promise<void> = (host) => host.kill()): Blow =>
  async (stage, host) => {
    await die(host)
    await pause(stage, 50, awayMs)
    await startAgain(stage, host)
    return true
  }

const losesPower = deadFor(2_000, (host) => host.powerCut())

const stopAndStart: Blow = async (stage, host) => {
  host.setCpu(null)
  await host.stop()
  await startAgain(stage, host)
  return true
}

/** Kills the owner in a phase of its job. */
const inPhase = (status: 'joining' | 'verifying', laterMs: number): Fault => ({
  name: `the owner is killed while ${status}`,
  on: 'owner',
  kills: 1,
  async run(stage, host) {
    if (!(await stage.eye.until((job) => job.status === status))) return false
    await pause(stage, 0, laterMs)
    return deadFor(1_000)(stage, host)
  }
})

/** What can befall a mesh at work. Every one ends, and leaves a mesh behind that can end its work. */
export const faults: readonly Fault[] = [
  { name: 'a worker is killed', on: 'worker', kills: 1, run: deadFor(2_000) },
  { name: 'a worker loses its power', on: 'worker', kills: 1, run: losesPower },
  { name: 'the owner is killed', on: 'owner', kills: 1, run: deadFor(2_000) },
  { name: 'the owner loses its power', on: 'owner', kills: 1, run: losesPower },
  inPhase('joining', 300),
  inPhase('verifying', 100),
  {
    name: 'the owner is killed as it publishes',
    on: 'owner',
    kills: 1,
    async run(stage, host) {
      if (!(await stage.eye.until(({ status }) => status === 'verifying' || status === 'joining')))
        return false
      // The rename is over before a look at the job could tell.
      while (!existsSync(stage.output)) await setImmediate()
      return deadFor(500)(stage, host)
    }
  },
  {
    name: 'the owner is stopped and started again while others encode',
    on: 'owner',
    kills: 0,
    run: stopAndStart
  },
  { name: 'a worker is stopped and started again', on: 'worker', kills: 0, run: stopAndStart },
  {
    name: 'a machine freezes for longer than its leases, and thaws',
    on: 'worker',
    kills: 0,
    run: forAWhile(
      3_000,
      8_000,
      (host) => host.freeze(),
      (host) => host.thaw()
    )
  },
  {
    name: 'a node alone is stopped (SIGSTOP) and goes on (SIGCONT)',
    on: 'worker',
    kills: 0,
    async run(stage, host) {
      if (host.pid === null) return false
      process.kill(host.pid, 'SIGSTOP')
      await pause(stage, 1_000, 8_000)
      process.kill(host.pid, 'SIGCONT')
      return true
    }
  },
  {
    name: 'the owner freezes and thaws',
    on: 'owner',
    kills: 0,
    run: forAWhile(
      1_000,
      8_000,
      (host) => host.freeze(),
      (host) => host.thaw()
    )
  },
  {
    name: 'a cable is pulled and put back',
    on: 'worker',
    kills: 0,
    run: forAWhile(
      500,
      8_000,
      (host) => host.cut(),
      (host) => host.restore()
    )
  },
  {
    name: 'a machine gets another address',
    on: 'worker',
    kills: 0,
    run: forAWhile(
      500,
      2_000,
      (host) => host.changeAddress(),
      () => {}
    )
  },
  {
    name: 'a machine no longer hears the owner, which still hears it',
    on: 'worker',
    kills: 0,
    run: forAWhile(
      500,
      8_000,
      (host, { owner }) => host.dropFrom(owner),
      (host) => host.hear()
    )
  },
  {
    name: 'the owner no longer hears a machine, which still hears it',
    on: 'owner',
    kills: 0,
    run: forAWhile(
      500,
      8_000,
      (host, { random, workers }) => host.dropFrom(random.pick(workers)),
      (host) => host.hear()
    )
  },
  {
    name: 'the network splits in two, and heals',
    on: 'network',
    kills: 0,
    run: forAWhile(
      1_000,
      8_000,
      (_, { lan, random }) => {
        const all = lan.hosts.map(({ index }) => index)
        const here = all.filter(() => random.chance(0.5))
        lan.split([all.filter((index) => !here.includes(index)), here])
      },
      (_, { lan }) => lan.heal()
    )
  },
  {
    name: 'a machine is ten times slower for a while',
    on: 'worker',
    kills: 0,
    run: forAWhile(
      2_000,
      6_000,
      (host, { cores }) => host.setCpu(cores / 10),
      (host, { cores }) => host.setCpu(cores)
    )
  }
]
