import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { makeClip, play } from '../support/media.ts'
import { buildMissing, repoRoot } from '../support/paths.ts'
import { givenRoom } from '../support/room.ts'

const reason = buildMissing()

describe.skipIf(reason)(`a ledger of the first schema${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('is understood: what was done is remembered, and what was not is done', async () => {
    const room = givenRoom()
    const station = room.station()
    const media = room.folder('media')
    mkdirSync(station.home, { recursive: true })
    restore(join(station.home, 'ledger.db'), { MEDIA: media, HOME: station.home })
    for (const name of ['a.mp4', 'b.mp4', 'c.mp4']) {
      await makeClip(join(media, name), { seconds: 20, size: '640x360', channels: 2 })
    }
    await station.start()

    const [completed, halfDone, planned] = await station.jobs()
    expect(completed).toMatchObject({ status: 'completed', preset: 'h264_proxy', tasks: { done: 6 } })
    expect(halfDone).toMatchObject({ status: 'paused', preset: 'h265_archive' })
    expect(halfDone!.tasks.done).toBeGreaterThan(0)
    expect(planned).toMatchObject({ status: 'paused', preset: 'prores_proxy', priority: -5 })
    expect((await station.ok(['doctor', '--json'])).stdout).toMatch(/"name":"ledger","status":"ok"/)

    // These sources are not those that were planned then: that is found out, told, and put right by a retry.
    await station.ok(['resume', '--all'])
    for (const { id, output } of [halfDone!, planned!]) {
      const failed = await station.ended(id)
      expect(failed).toMatchObject({ status: 'failed', error: expect.stringMatching(/source/) })
      await station.ok(['retry', id])
      expect((await station.ended(id)).status).toBe('completed')
      await play(output)
    }
  })
})

/** Makes a database of a dump, with this test's folders in it. */
function restore(path: string, folders: Readonly<Record<string, string>>): void {
  let sql = readFileSync(join(repoRoot, 'test/fixtures/ledger-v1.sql'), 'utf8')
  for (const [name, folder] of Object.entries(folders)) sql = sql.replaceAll(`@${name}@`, folder)
  const db = new DatabaseSync(path)
  try {
    db.exec(sql)
  } finally {
    db.close()
  }
}
