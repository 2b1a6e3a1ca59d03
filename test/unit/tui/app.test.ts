import { render } from 'ink-testing-library'
import { createElement } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import { App } from '../../../src/tui/app.ts'
import type { ScreenOrder } from '../../../src/tui/orders.ts'
import { initialScreen } from '../../../src/tui/state.ts'
import { ScreenStore } from '../../../src/tui/store.ts'
import { styleOf } from '../../../src/tui/text/style.ts'
import { sceneChunks, sceneJobId, sceneNowMs, sceneParts } from '../../support/scene.ts'
import { waitFor } from '../../support/wait-for.ts'

let unmount: () => void = () => {}
afterEach(() => unmount())

function shown() {
  const orders: ScreenOrder[] = []
  const store = new ScreenStore(
    initialScreen({ columns: 90, rows: 24, nowMs: sceneNowMs, folder: '/', notify: 'off' }),
    (order) => orders.push(order)
  )
  store.dispatch({ kind: 'synced', parts: sceneParts })
  store.dispatch({ kind: 'chunks-told', map: sceneChunks })
  const app = render(createElement(App, { store, style: styleOf({ colour: false, ascii: false }) }))
  unmount = () => {
    store.close()
    app.unmount()
  }
  const sees = (text: string) =>
    waitFor(() => app.lastFrame()?.includes(text), { timeoutMs: 5_000, what: `to see ${text}`, everyMs: 5 })
  return { ...app, store, orders, sees, type: (text: string) => app.stdin.write(text) }
}

const escapeCharacter = '\u001b'

describe('App', () => {
  it('draws the screen and follows keys', async () => {
    const { sees, type, orders } = shown()
    await sees('[1 Jobs]')
    type('3')
    await sees('[3 Peers]')
    type('1')
    await sees('[1 Jobs]')
    type(`${escapeCharacter}[B`)
    await sees('>  ENC   ▾ 4 files')
    type(`${escapeCharacter}[A`)
    type('p')
    await waitFor(() => orders.length > 0, { timeoutMs: 5_000, what: 'the pause' })
    expect(orders).toEqual([{ kind: 'act', action: 'pause', ids: [sceneJobId] }])
  })

  it('takes several keys that come at once', async () => {
    const { sees, type } = shown()
    await sees('[1 Jobs]')
    type('/old')
    await sees('filter: old')
    type('\r')
    await sees('? help')
  })

  it('takes a paste as text, whatever keys it holds', async () => {
    const { sees, type, store } = shown()
    await sees('[1 Jobs]')
    type('3J')
    await sees('join a mesh')
    type(`${escapeCharacter}[200~px1:q\r\nx${escapeCharacter}[201~`)
    await sees('px1:q x')
    expect(store.state.overlays).toHaveLength(1)
  })

  it('goes back with Esc', async () => {
    const { sees, type } = shown()
    type('?')
    await sees('Everywhere')
    type(escapeCharacter)
    await sees('STATE JOB')
  })
})
