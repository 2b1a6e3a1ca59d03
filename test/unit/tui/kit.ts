import type { ChunkMap, ScreenPart } from '../../../src/model/index.ts'
import { frameOf } from '../../../src/tui/frame.ts'
import type { KeyName, KeyPress } from '../../../src/tui/keys.ts'
import type { Answer, ScreenOrder } from '../../../src/tui/orders.ts'
import { reduce, type ScreenAction } from '../../../src/tui/reduce.ts'
import { initialScreen, type Overlay, type ScreenState } from '../../../src/tui/state.ts'
import { styleOf } from '../../../src/tui/text/style.ts'
import { sceneChunks, sceneNowMs, sceneParts } from '../../support/scene.ts'

// Times of the scene are drawn as they are in UTC, wherever the tests run.
process.env.TZ = 'UTC'

const names: Readonly<Record<string, KeyName>> = {
  Enter: 'enter',
  Esc: 'esc',
  Tab: 'tab',
  ShiftTab: 'back-tab',
  Up: 'up',
  Down: 'down',
  Left: 'left',
  Right: 'right',
  PgUp: 'page-up',
  PgDn: 'page-down',
  Home: 'home',
  End: 'end',
  Backspace: 'backspace',
  CtrlC: 'ctrl-c'
}

/** `Enter` and the like by name; everything else is typed. */
export const press = (key: string): KeyPress => {
  const name = names[key]
  return name === undefined ? { name: 'text', text: key === 'Space' ? ' ' : key } : { name, text: '' }
}

/** A screen that is pressed and told, and what it wanted done. */
export class Desk {
  state: ScreenState
  readonly orders: ScreenOrder[] = []

  constructor(size: { columns?: number; rows?: number } = {}) {
    this.state = initialScreen({
      columns: size.columns ?? 80,
      rows: size.rows ?? 24,
      nowMs: sceneNowMs,
      folder: '/mnt/nas',
      notify: 'bell'
    })
  }

  /** With everything of the scene told. */
  static busy(size: { columns?: number; rows?: number } = {}): Desk {
    return new Desk(size).told(sceneParts).chunks(sceneChunks)
  }

  act(action: ScreenAction): this {
    const { state, orders } = reduce(this.state, action)
    this.state = state
    this.orders.push(...orders)
    return this
  }

  /** All that a node says at first. */
  told(parts: readonly ScreenPart[]): this {
    return this.act({ kind: 'synced', parts })
  }

  /** What it says later. */
  news(...parts: ScreenPart[]): this {
    return this.act({ kind: 'told', parts })
  }

  chunks(map: ChunkMap): this {
    return this.act({ kind: 'chunks-told', map })
  }

  answer(answer: Answer): this {
    return this.act({ kind: 'answered', answer })
  }

  /** Keys, by name or as they are typed. */
  keys(...keys: string[]): this {
    for (const key of keys) this.act({ kind: 'pressed', key: press(key) })
    return this
  }

  /** Every character as a key. */
  type(text: string): this {
    return this.keys(...Array.from(text, (character) => (character === ' ' ? 'Space' : character)))
  }

  /** Orders since the last look. */
  wanted(): ScreenOrder[] {
    return this.orders.splice(0)
  }

  get overlay(): Overlay | undefined {
    return this.state.overlays.at(-1)
  }

  get notice(): string | undefined {
    return this.state.notice?.text
  }

  /** What is drawn, without colours. */
  frame(style: { colour?: boolean; ascii?: boolean } = {}): readonly string[] {
    return frameOf(this.state, styleOf({ colour: style.colour ?? false, ascii: style.ascii ?? false }))
  }

  text(): string {
    return this.frame().join('\n')
  }
}
