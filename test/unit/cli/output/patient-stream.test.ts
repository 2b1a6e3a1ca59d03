import { afterEach, describe, expect, it, vi } from 'vitest'
import { PatientStream, type Write } from '../../../../src/cli/output/patient-stream.ts'

/** A terminal that takes what is written through the descriptor only when it is told to. */
function stoppedTerminal() {
  const direct: string[] = []
  const asked: { bytes: Buffer; done: Parameters<Write>[2] }[] = []
  const terminal = {
    fd: 7,
    isTTY: true,
    columns: 60,
    rows: 15,
    write: (text: string, done?: () => void) => {
      direct.push(text)
      done?.()
      return true
    }
  }
  const stream = new PatientStream(terminal, (fd, bytes, done) => {
    expect(fd).toBe(7)
    asked.push({ bytes, done })
  })
  /** Takes so many bytes of the oldest write, all when left out. */
  const take = (bytes?: number) => {
    const { bytes: all, done } = asked.shift()!
    done(null, bytes ?? all.length)
    return all.toString()
  }
  const fail = (code: string) => asked.shift()!.done(Object.assign(new Error(code), { code }), 0)
  return { stream, direct, asked, take, fail }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a terminal that is not waited for', () => {
  it('is written to as ever until it is let go', async () => {
    const { stream, direct, asked } = stoppedTerminal()
    stream.write('a')
    expect({ direct, asked, behind: stream.isBehind }).toEqual({ direct: ['a'], asked: [], behind: false })
    await stream.drained()
    expect([stream.isTTY, stream.columns, stream.rows]).toEqual([true, 60, 15])
  })

  it('gets everything, in order, one write at a time', async () => {
    const { stream, direct, asked, take } = stoppedTerminal()
    stream.letGo()
    for (const text of ['eins ', 'zwei ', 'drei']) stream.write(text)
    expect(asked.map(({ bytes }) => bytes.toString())).toEqual(['eins '])
    expect(stream.isBehind).toBe(true)
    let isDrained = false
    const drained = stream.drained().then(() => {
      isDrained = true
    })
    expect(take()).toBe('eins ')
    await Promise.resolve()
    expect(isDrained).toBe(false)
    expect(take()).toBe('zwei drei')
    await drained
    expect([stream.isBehind, asked.length, direct]).toEqual([false, 0, []])
  })

  it('that takes a part of the bytes gets the rest, also of a letter of several bytes', () => {
    const { stream, asked, take } = stoppedTerminal()
    stream.letGo()
    stream.write('aé')
    stream.write('!')
    take(2)
    expect(asked.map(({ bytes }) => [...bytes])).toEqual([[...Buffer.from('é').subarray(1), 0x21]])
    take()
    expect(stream.isBehind).toBe(false)
  })

  it('that cannot take anything just now is asked again', () => {
    vi.useFakeTimers()
    const { stream, asked, fail, take } = stoppedTerminal()
    stream.letGo()
    stream.write('later')
    fail('EAGAIN')
    expect(stream.isBehind).toBe(true)
    expect(asked).toEqual([])
    vi.runOnlyPendingTimers()
    expect(take()).toBe('later')
    expect(stream.isBehind).toBe(false)
  })

  it('that is gone is waited for no longer', async () => {
    const { stream, asked, fail } = stoppedTerminal()
    stream.letGo()
    stream.write('one')
    stream.write('two')
    fail('EIO')
    await stream.drained()
    expect([asked.length, stream.isBehind]).toEqual([0, false])
  })
})
