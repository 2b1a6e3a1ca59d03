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

async function killAndStart(stage: Stage, host: Host, awayMs: number): Promise<true> {
  await host.kill()
  await pause(stage, 50, awayMs)
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
    return killAndStart(stage, host, 1_000)
  }
})

/** What can befall a mesh at work. Every one ends, and leaves a mesh behind that can end its work. */
export const faults: readonly Fault[] = [
  {
    name: 'a worker is killed',
    on: 'worker',
    kills: 1,
    run: (stage, host) => killAndStart(stage, host, 2_000)
  },
  {
    name: 'a worker loses its power',
    on: 'worker',
    kills: 1,
    async run(stage, host) {
      await host.powerCut()
      await pause(stage, 50, 2_000)
      await startAgain(stage, host)
      return true
    }
  },
  {
    name: 'the owner is killed',
    on: 'owner',
    kills: 1,
    run: (stage, host) => killAndStart(stage, host, 2_000)
  },
  {
    name: 'the owner loses its power',
    on: 'owner',
    kills: 1,
    async run(stage, host) {
      await host.powerCut()
      await pause(stage, 50, 2_000)
      await startAgain(stage, host)
      return true
    }
  },
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
      return killAndStart(stage, host, 500)
    }
  },
  {
    name: 'the owner is stopped and started again while others encode',
    on: 'owner',
    kills: 0,
    async run(stage, host) {
      host.setCpu(null)
      await host.stop()
      await startAgain(stage, host)
      return true
    }
  },
  {
    name: 'a worker is stopped and started again',
    on: 'worker',
    kills: 0,
    async run(stage, host) {
      host.setCpu(null)
      await host.stop()
      await startAgain(stage, host)
      return true
    }
  },
  {
    name: 'a machine freezes for longer than its leases, and thaws',
    on: 'worker',
    kills: 0,
    async run(stage, host) {
      host.freeze()
      await pause(stage, 3_000, 8_000)
      host.thaw()
      return true
    }
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
    async run(stage, host) {
      host.freeze()
      await pause(stage, 1_000, 8_000)
      host.thaw()
      return true
    }
  },
  {
    name: 'a cable is pulled and put back',
    on: 'worker',
    kills: 0,
    async run(stage, host) {
      host.cut()
      await pause(stage, 500, 8_000)
      host.restore()
      return true
    }
  },
  {
    name: 'a machine gets another address',
    on: 'worker',
    kills: 0,
    async run(stage, host) {
      host.changeAddress()
      await pause(stage, 500, 2_000)
      return true
    }
  },
  {
    name: 'a machine no longer hears the owner, which still hears it',
    on: 'worker',
    kills: 0,
    async run(stage, host) {
      host.dropFrom(stage.owner)
      await pause(stage, 500, 8_000)
      host.hear()
      return true
    }
  },
  {
    name: 'the owner no longer hears a machine, which still hears it',
    on: 'owner',
    kills: 0,
    async run(stage, host) {
      host.dropFrom(stage.random.pick(stage.workers))
      await pause(stage, 500, 8_000)
      host.hear()
      return true
    }
  },
  {
    name: 'the network splits in two, and heals',
    on: 'network',
    kills: 0,
    async run(stage) {
      const { lan, random } = stage
      const here = lan.hosts.map(({ index }) => index).filter(() => random.chance(0.5))
      lan.split([lan.hosts.map(({ index }) => index).filter((index) => !here.includes(index)), here])
      await pause(stage, 1_000, 8_000)
      lan.heal()
      return true
    }
  },
  {
    name: 'a machine is ten times slower for a while',
    on: 'worker',
    kills: 0,
    async run(stage, host) {
      host.setCpu(stage.cores / 10)
      await pause(stage, 2_000, 6_000)
      host.setCpu(stage.cores)
      return true
    }
  }
]
