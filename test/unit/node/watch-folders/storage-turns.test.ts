import { beforeEach, describe, expect, it, vi } from 'vitest'
import { StorageTurns } from '../../../../src/node/watch-folders/storage-turns.ts'

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance']
  })
  return () => void vi.useRealTimers()
})

/** A share that may hang and a disk that does not, and watches that look at them again and again. */
class Room {
  hangs = false
  /** Calls that are not answered. */
  held = 0
  readonly looks = new Map<string, number>()
  readonly outcomes = new Map<string, string>()
  #server = Promise.withResolvers<void>()
  readonly turns = new StorageTurns(async (paths) => !paths.some((path) => this.#isAway(path)))

  async ask(path: string): Promise<void> {
    while (this.#isAway(path)) {
      this.held += 1
      await this.#server.promise
      this.held -= 1
    }
  }

  comeBack(): void {
    this.hangs = false
    this.#server.resolve()
    this.#server = Promise.withResolvers()
  }

  /** Looks every 5 s, and gives a sign of life every 20 s. */
  watch(path: string): void {
    this.looks.set(path, 0)
    const look = async (): Promise<void> => {
      const { kind } = await this.turns.take('look', [path], () => this.ask(path))
      this.outcomes.set(path, kind)
      if (kind === 'done') this.looks.set(path, this.looks.get(path)! + 1)
      setTimeout(look, 5_000)
    }
    const beat = async (): Promise<void> => {
      await this.turns.take('beat', [path], () => this.ask(path))
      setTimeout(beat, 20_000)
    }
    setTimeout(look, 0)
    setTimeout(beat, 20_000)
  }

  /** Looks at a path in so many seconds. */
  async looksIn(seconds: number, path: string): Promise<number> {
    const before = this.looks.get(path)!
    await vi.advanceTimersByTimeAsync(seconds * 1_000)
    return this.looks.get(path)! - before
  }

  #isAway(path: string): boolean {
    return this.hangs && path.startsWith('/nas')
  }
}

const onNas = Array.from({ length: 12 }, (_, n) => `/nas/${n}`)

function given(): Room {
  const room = new Room()
  for (const path of [...onNas, '/disk']) room.watch(path)
  return room
}

describe('turns at storage', () => {
  it('are two at once for looks', async () => {
    const room = given()
    const ends: (() => void)[] = []
    const wait = () => new Promise<void>((resolve) => ends.push(resolve))
    for (let n = 0; n < 3; n++) void room.turns.take('look', ['/disk'], wait)
    await vi.advanceTimersByTimeAsync(0)
    expect(ends).toHaveLength(2)
    ends[0]!()
    await vi.advanceTimersByTimeAsync(0)
    expect(ends).toHaveLength(3)
  })

  it('go on at a disk while a share hangs from the start, which takes three threads', async () => {
    const room = given()
    room.hangs = true
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await room.looksIn(3_600, '/disk')).toBeGreaterThan(700)
    expect(room.held).toBeLessThanOrEqual(3)
    expect(room.outcomes.get('/nas/7')).toBe('silent')
  })

  it('go on at a disk when a share dies, and at the share once it is back', async () => {
    const room = given()
    await vi.advanceTimersByTimeAsync(62_000)
    room.hangs = true
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await room.looksIn(3_600, '/disk')).toBeGreaterThan(700)
    expect(room.held).toBeLessThanOrEqual(3)
    expect(room.outcomes.get('/nas/11')).toBe('silent')
    room.comeBack()
    expect(await room.looksIn(60, '/nas/0')).toBeGreaterThan(8)
    expect(await room.looksIn(60, '/nas/11')).toBeGreaterThan(8)
    expect([...new Set(room.outcomes.values())]).toEqual(['done'])
    expect(room.held).toBe(0)
  })

  it('are told when they hear nothing, and not while they hear something now and then', async () => {
    const { turns } = given()
    const silent: string[] = []
    const never = new Promise<never>(() => {})
    void turns.take(
      'look',
      ['/disk'],
      () => never,
      () => silent.push('never heard')
    )
    const hearing = (heard: () => void) => {
      setInterval(heard, 20_000)
      return never
    }
    void turns.take('look', ['/disk'], hearing, () => silent.push('heard'))
    await vi.advanceTimersByTimeAsync(300_000)
    expect(silent).toEqual(['never heard'])
  })

  it('end when six hang, until one is answered', async () => {
    const { turns } = new Room()
    const answers: (() => void)[] = []
    const hang = () => new Promise<void>((resolve) => answers.push(resolve))
    for (let n = 0; n < 6; n++) {
      void turns.take('look', [`/disk${n}`], hang)
      await vi.advanceTimersByTimeAsync(60_000)
    }
    const take = () => turns.take('look', ['/disk'], async () => 'seen')
    expect(await take()).toEqual({ kind: 'held-up' })
    answers[3]!()
    await vi.advanceTimersByTimeAsync(0)
    expect(await take()).toEqual({ kind: 'done', value: 'seen' })
  })

  it('hand on how the work fails', async () => {
    const { turns } = new Room()
    const gone = turns.take('look', ['/disk'], () => Promise.reject(new Error('gone')))
    await expect(gone).rejects.toThrow('gone')
    expect(await turns.take('look', ['/disk'], async () => 1)).toEqual({ kind: 'done', value: 1 })
  })
})
