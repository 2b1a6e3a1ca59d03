import type { JobCommand } from '../../src/scheduler/index.ts'
import type { World } from './world.ts'

/** What happens to machines, links and disks at random moments, until the calm. */
export function brewStorm(world: World): void {
  const { faults, random, nodes, agenda, network } = world

  /** Something about so many times a minute, while the storm lasts. */
  const often = (perMinute: number, work: () => void): void => {
    if (perMinute <= 0) return
    const waitMs = (-Math.log(1 - random.next()) * 60_000) / perMinute
    agenda.after(waitMs, () => {
      if (world.calm) return
      work()
      often(perMinute, work)
    })
  }

  often(faults.crashesPerMinute, () => {
    const node = random.pick(nodes)
    if (random.chance(0.2)) world.stop(node)
    else world.crash(node)
  })
  for (const suspend of [false, true]) {
    often(suspend ? faults.suspendsPerMinute : faults.freezesPerMinute, () => {
      const node = random.pick(nodes)
      const { bootId } = node
      node.freeze(suspend)
      // A silent machine is given up by its peers after a while.
      agenda.after(7_000, () => {
        if (node.bootId === bootId && node.turns && !node.isUp) network.nodeSilent(node)
      })
      agenda.after(random.int(500, 40_000), () => node.wake())
    })
  }
  often(faults.partitionsPerMinute, () => {
    const lonely = random.pick(nodes)
    const all = random.chance(0.5)
    const oneWay = random.chance(faults.oneWay)
    const out = random.chance(0.5)
    for (const other of nodes) {
      if (other === lonely || !(all || random.chance(0.5))) continue
      const durationMs = random.int(500, 60_000)
      if (!oneWay) network.cutPair(lonely, other, durationMs)
      else if (out) network.cutOneWay(lonely, other, durationMs)
      else network.cutOneWay(other, lonely, durationMs)
    }
  })
  often(faults.clogsPerMinute, () => {
    const [from, to] = [random.pick(nodes), random.pick(nodes)]
    if (from !== to) network.clog(from, to, random.int(500, 20_000))
  })
  often(faults.diskFullsPerMinute, () => {
    random.pick(nodes).ledger.fullUntilMs = world.nowMs + random.int(1_000, 30_000)
  })
  often(faults.moodsPerMinute, () => {
    const node = random.pick(nodes)
    node.become(random.pick(['unhealthy', 'draining', 'asleep']))
    agenda.after(random.int(500, 30_000), () => node.become('awake'))
  })
  often(faults.commandsPerMinute, () => command(world))
  often(faults.floodsPerMinute, () => flood(world))
  often(faults.lies * 300, () => lie(world))
}

/** A person at a keyboard. */
function command({ random, jobs }: World): void {
  if (jobs.size === 0) return
  const [jobId, node] = random.pick([...jobs])
  if (random.chance(0.2)) {
    node.turn({ kind: 'job-reprioritized', jobId, priority: random.int(-5, 5) })
    return
  }
  const commands: JobCommand[] = ['pause', 'resume', 'resume', 'cancel', 'retry', 'retry', 'purge']
  node.turn({ kind: 'job-commanded', jobId, command: random.pick(commands) })
}

/** A member that asks and asks, faster than it can be served. */
function flood({ random, nodes, network }: World): void {
  const [from, to] = [random.pick(nodes), random.pick(nodes)]
  if (!from.isUp || from === to) return
  const count = random.int(50, 600)
  for (let i = 0; i < count; i++) {
    const request = { requestId: 1_000_000 + i, slots: random.int(0, 100), io: random.int(0, 3) }
    network.send(from, to, { kind: 'steal', from: from.peerId, request })
  }
}

/** A member that says something of a lease that is another's: that it failed, is done, goes on, may be forgotten. */
function lie({ random, nodes, network }: World): void {
  const [liar, victim] = [random.pick(nodes), random.pick(nodes)]
  if (!liar.isUp || liar === victim || !victim.state) return
  const { peerId: from } = liar
  const clocks = [...victim.state.clocks].filter(([, clock]) => clock.peerId !== from)
  if (clocks.length > 0) {
    const [leaseId] = random.pick(clocks)
    const progress = { units: 1e6, fps: 1, sizeBytes: 1 }
    const outcome = random.pick([
      { kind: 'failed', error: 'it is cursed', fault: 'task' },
      { kind: 'returned', reason: 'not mine' },
      { kind: 'finished', result: null }
    ] as const)
    network.send(liar, victim, {
      kind: 'lease-up',
      from,
      message: random.chance(0.3)
        ? { kind: 'heartbeat', leases: [{ leaseId, progress }] }
        : { kind: 'outcome', leaseId, outcome }
    })
  }
  const holds = [...victim.state.holds].filter(([, hold]) => hold.owner !== from)
  if (holds.length > 0) {
    const [leaseId] = random.pick(holds)
    const kind = random.pick(['acknowledged', 'stop'] as const)
    network.send(liar, victim, {
      kind: 'lease-down',
      from,
      message: kind === 'stop' ? { kind, leaseId, reason: 'because' } : { kind, leaseId }
    })
  }
}
