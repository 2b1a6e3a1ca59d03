import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeClip } from '../support/media.ts'
import { builtProgram } from '../support/paths.ts'
import { aloneEnv, givenRoom, type Room } from '../support/room.ts'
import { waitFor } from '../support/wait-for.ts'
import { needTmux, shellWords, Terminal } from './terminal.ts'

let room: Room
beforeEach((context) => {
  needTmux(context)
  room = givenRoom()
})

const program = shellWords(builtProgram)

it('leads from nothing to a finished proxy by what it says on the screen, and leaves the node running', async () => {
  const media = room.folder('media')
  await makeClip(join(media, 'clip one.mov'), { seconds: 4, size: '320x180' })
  const station = room.station('tower')
  const env = { ...aloneEnv, PROXIMA_NAME: 'tower', PROXIMA_HOME: station.home }
  const terminal = new Terminal({ columns: 80, rows: 24, claim: room.claim, env, cwd: media })
  terminal.run(program)
  await terminal.sees('Press a to choose files', 60_000)
  terminal.keys('a')
  await terminal.sees('clip one.mov')
  terminal.keys('Down', 'Enter')
  await terminal.sees('[2 Preset]')
  terminal.type('h264_proxy')
  await terminal.sees(/> h264_proxy/)
  terminal.keys('Enter')
  await terminal.sees('[3 Destination]')
  terminal.keys('Enter')
  await terminal.sees('1 file to encode')
  await terminal.sees('Enter queues them')
  terminal.keys('Enter')
  await terminal.sees('1 file is queued')
  await terminal.sees(/DONE .*clip one/, 90_000)
  expect(existsSync(join(media, 'Proxy/clip one.mp4'))).toBe(true)
  terminal.keys('Enter')
  await terminal.sees('completed (DONE)')
  terminal.keys('Enter')
  await terminal.sees('ffmpeg command')
  terminal.keys('Escape')
  await terminal.sees('Enter opens one')
  terminal.keys('Escape')
  await terminal.sees('STATE JOB')
  terminal.keys('4')
  await terminal.sees('[4 Log]')
  await terminal.sees('is finished')
  terminal.keys('q')
  await terminal.sees('The node goes on in the background')
  expect(await station.jobs()).toMatchObject([{ status: 'completed' }])
  terminal.run('clear')
  terminal.run(`${program} --stop-on-quit`)
  await terminal.sees(/DONE .*clip one/)
  terminal.keys('q')
  await terminal.sees('Stopping the node')
  await waitFor(async () => (await station.cli(['jobs'])).status === 3, {
    timeoutMs: 30_000,
    what: 'the node to stop'
  })
})

it('pairs two machines by what the screens say', async () => {
  const rooms = [room, givenRoom()]
  const [one, two] = rooms.map((where, i) => {
    const name = i === 0 ? 'tower' : 'nuc'
    const station = where.station(name)
    const env = {
      PROXIMA_MDNS__ENABLED: 'false',
      PROXIMA_LISTEN__PORT: '0',
      PROXIMA_LISTEN__HOST: '127.0.0.1',
      PROXIMA_NAME: name,
      PROXIMA_HOME: station.home
    }
    return new Terminal({ columns: 220, rows: 40, claim: where.claim, env })
  }) as [Terminal, Terminal]
  for (const terminal of [one, two]) terminal.run(`${program} --stop-on-quit`)
  for (const terminal of [one, two]) await terminal.sees('No jobs yet', 60_000)
  one.keys('3')
  await one.sees('No other machines yet')
  one.keys('i')
  await one.sees('Good once')
  const after = one.text().slice(one.text().indexOf('mesh join '))
  const invite = after.slice('mesh join '.length, after.indexOf('Good once')).replaceAll(/\s/g, '')
  two.keys('3', 'J')
  await two.sees('join a mesh')
  two.type(invite)
  two.keys('Enter')
  await two.sees('Joined the mesh of tower', 60_000)
  await one.sees('nuc (')
  two.keys('Enter')
  await two.sees(/tower +(idle|busy)/)
  for (const terminal of [one, two]) terminal.keys('Escape', 'q')
  for (const terminal of [one, two]) await terminal.sees('Stopping the node')
})

it('does not disturb the node while nobody reads its terminal', async () => {
  const media = room.folder('media')
  const clip = await makeClip(join(media, 'clip.mov'), { seconds: 20, size: '640x360' })
  const station = room.station('tower')
  await station.start()
  const terminal = new Terminal({
    columns: 200,
    rows: 60,
    claim: room.claim,
    env: { PROXIMA_HOME: station.home }
  })
  terminal.run(program)
  await terminal.sees('No jobs yet')
  const server = terminal.serverPid
  process.kill(server, 'SIGSTOP')
  try {
    const id = await station.queue([
      clip,
      '--preset',
      'dnxhr_sq',
      '--out',
      room.folder('out'),
      '--chunk',
      '2'
    ])
    // The node answers others as ever while the screen's writes wait for a reader.
    await waitFor(async () => (await station.job(id)).status === 'completed', {
      timeoutMs: 90_000,
      what: 'the job to end'
    })
    const job = await station.job(id)
    const attempts = job.tasks.flatMap((task) => task.attempts)
    expect(attempts.map(({ status }) => status)).toEqual(attempts.map(() => 'done'))
  } finally {
    process.kill(server, 'SIGCONT')
  }
  await terminal.sees(/DONE .*clip\.mov/)
  terminal.keys('q')
  await terminal.sees('The node goes on')
  expect(await station.stop()).not.toBeNull()
})

describe('a terminal that is stopped with Ctrl-S', () => {
  const given = async (command: (clip: string, out: string) => string, sign: RegExp) => {
    const clip = await makeClip(join(room.folder('media'), 'clip.mov'), { seconds: 8, size: '640x360' })
    const out = room.folder('out')
    const station = room.station('tower')
    const env = { ...aloneEnv, PROXIMA_NAME: 'tower', PROXIMA_HOME: station.home }
    const terminal = new Terminal({ columns: 80, rows: 24, claim: room.claim, env })
    terminal.run(`${program} ${command(clip, out)}`)
    await terminal.sees(sign, 60_000)
    terminal.keys('C-s')
    const options = ['--preset', 'dnxhr_sq', '--chunk', '1', '--out', out]
    const made = () =>
      waitFor(async () => existsSync(join(out, 'clip.mov')), {
        timeoutMs: 90_000,
        what: 'the file to be made behind a stopped terminal'
      })
    const gone = () =>
      waitFor(async () => (await station.cli(['jobs'])).status === 3, {
        timeoutMs: 30_000,
        what: 'the node to be gone'
      })
    return { station, terminal, clip, options, made, gone }
  }

  it('does not stop the node that `queue` runs itself', async () => {
    const options = '--preset dnxhr_sq --chunk 1'
    const { terminal, made, gone } = await given(
      (clip, out) => `queue ${clip} ${options} --out ${out} --wait`,
      /clip\.mov.* \d+%/
    )
    await made()
    terminal.keys('C-q')
    await terminal.sees('completed')
    await gone()
  })

  it('does not stop a headless node that logs to it', async () => {
    const { station, terminal, clip, options, made, gone } = await given(() => '--headless', /"msg":"ready"/)
    const id = await station.queue([clip, ...options])
    await made()
    await station.ended(id)
    expect(terminal.text()).not.toContain('job-completed')
    terminal.keys('C-q')
    await terminal.sees('job-completed')
    terminal.keys('C-c')
    await gone()
  })
})
