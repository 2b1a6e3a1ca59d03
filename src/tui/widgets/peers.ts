import stringWidth from 'string-width'
import type { PeerRow } from '../../model/index.ts'
import { peerFps } from '../selectors.ts'
import { clean, column, fitText, formatDuration } from '../text/format.ts'
import type { Style } from '../text/style.ts'
import type { Shade } from '../text/terminal.ts'

/** How a machine is, in a word and a shade. */
export function peerTold({ peer }: PeerRow): { word: string; shade: Shade } {
  if (peer.status === 'self' || peer.status === 'connected') {
    if (peer.state === 'draining') return { word: 'drains', shade: 'warn' }
    if (peer.state === 'asleep') return { word: 'sleeps', shade: 'faint' }
    if (peer.state === 'unhealthy') return { word: 'UNWELL', shade: 'bad' }
    if (peer.state === null) return { word: 'greets', shade: 'faint' }
    return peer.slots.busy > 0 ? { word: 'busy', shade: 'good' } : { word: 'idle', shade: 'faint' }
  }
  if (peer.status === 'lost') return { word: 'LOST', shade: 'bad' }
  if (peer.status === 'incompatible') return { word: 'UNFIT', shade: 'bad' }
  if (peer.status === 'suspect') return { word: 'silent', shade: 'warn' }
  return peer.status === 'connecting' ? { word: 'calling', shade: 'busy' } : { word: 'off', shade: 'faint' }
}

/** Whether a machine says something of itself now. */
export const isHere = ({ peer }: PeerRow): boolean => peer.status === 'self' || peer.status === 'connected'

/** `14 s ago`; empty for a machine that is here. */
export function goneText(row: PeerRow, nowMs: number): string {
  if (isHere(row) || row.goneAt === null) return ''
  const ms = Math.max(0, nowMs - Date.parse(row.goneAt))
  return ms < 60_000 ? `${Math.round(ms / 1000)} s ago` : `${formatDuration(ms)} ago`
}

export interface PeersProps {
  rows: readonly PeerRow[]
  letters: ReadonlyMap<string, string>
  nowMs: number
  /** This machine is not among them: another's node is watched. */
  watching?: boolean
}

const fpsText = (row: PeerRow): string => {
  const fps = peerFps(row)
  return fps > 0 ? `${Math.round(fps)} fps` : ''
}

/** A machine in a cell of the strip: `A tower  12 cores  3/3  288 fps  busy`. */
function brief(row: PeerRow, { letters, nowMs }: PeersProps, width: number, style: Style): string {
  const { peer } = row
  const { word, shade } = peerTold(row)
  const letter = letters.get(peer.peerId) ?? '?'
  const coresWidth = width >= 44 ? 10 : 0
  const nameWidth = Math.max(6, Math.min(20, width - coresWidth - 24))
  const cores = peer.cores === null ? '' : `${peer.cores} cores`
  const facts = isHere(row)
    ? `${coresWidth > 0 ? column(cores, coresWidth) : ''}${column(`${peer.slots.busy}/${peer.slots.total}`, 6)}${column(fpsText(row), 8)}`
    : `${column(clean(goneText(row, nowMs) || (peer.reason ?? '')), coresWidth + 13)} `
  const head = `${letter} ${column(clean(peer.name), nameWidth)} ${facts}`
  const room = width - stringWidth(head)
  return room < stringWidth(word)
    ? fitText(`${letter} ${clean(peer.name)} ${word}`, width)
    : head + style.paint(shade, column(word, room))
}

/** Machines side by side, as many as fit in `height` lines; the last line counts those that do not. */
export function peersStrip(props: PeersProps, width: number, height: number, style: Style): string[] {
  const { rows } = props
  const across = Math.max(1, Math.floor(width / 40))
  const each = Math.floor((width - 1) / across)
  const fits = across * height
  const shown = rows.length <= fits ? rows : rows.slice(0, Math.max(0, fits - 1))
  const cells = shown.map((row) => column(brief(row, props, each - 1, style), each))
  const hidden = rows.length - shown.length
  if (hidden > 0) cells.push(style.paint('faint', `and ${hidden} more: press 3`))
  const lines: string[] = []
  for (let i = 0; i < cells.length; i += across)
    lines.push(` ${cells.slice(i, i + across).join('')}`.trimEnd())
  return lines
}

interface Widths {
  name: number
  encoders: number
  taken: number
  why: number
}

function widthsAt(width: number): Widths {
  const rest = width - 4 - 3 - 8 - 7 - 7 - 6
  const taken = rest >= 40 ? 10 : 0
  const encoders = rest - taken >= 60 ? Math.min(40, Math.floor((rest - taken) * 0.35)) : 0
  const name = Math.max(8, Math.min(20, Math.floor((rest - taken - encoders) * 0.45)))
  return { name, encoders, taken, why: Math.max(0, rest - taken - encoders - name - 1) }
}

/** Column heads of the machines' screen. */
export function peersHead(width: number, style: Style): string {
  const at = widthsAt(width)
  const text =
    '    ' +
    column('', 3) +
    column('NAME', at.name + 1) +
    column('STATE', 8) +
    column('SLOTS', 7) +
    column('CORES', 6) +
    column('FPS', 7) +
    (at.taken > 0 ? column('DONE/BAD', at.taken) : '') +
    (at.encoders > 0 ? column('ENCODERS', at.encoders) : '') +
    column('WHY', at.why)
  return style.paint('faint', fitText(text, width))
}

/** The machines in view, a line each. */
export function peersTable(
  props: PeersProps & { cursor: number; top: number },
  width: number,
  height: number,
  style: Style
): string[] {
  const { rows, letters, nowMs, cursor, top, watching = false } = props
  const at = widthsAt(width)
  return rows.slice(top, top + height).map((row, i) => {
    const { peer } = row
    const isAt = top + i === cursor
    const { word, shade } = peerTold(row)
    const here = !watching && peer.status === 'self' && stringWidth(peer.name) + 7 <= at.name ? ' (here)' : ''
    const name = column(clean(peer.name) + here, at.name)
    const fps = peerFps(row)
    const why = [goneText(row, nowMs), peer.reason ?? ''].filter((text) => text !== '').join(', ')
    return (
      style.paint('strong', isAt ? ' >  ' : '    ') +
      column(letters.get(peer.peerId) ?? '?', 3) +
      (isAt ? style.paint('strong', name) : name) +
      ' ' +
      style.paint(shade, column(word, 8)) +
      column(isHere(row) ? `${peer.slots.busy}/${peer.slots.total}` : '-', 7) +
      column(peer.cores === null ? '-' : String(peer.cores), 6) +
      column(fps > 0 ? String(Math.round(fps)) : '', 7) +
      (at.taken > 0 ? column(`${row.done}/${row.failed}`, at.taken) : '') +
      (at.encoders > 0 ? `${column(clean(peer.encoders.join(' ')), at.encoders - 1)} ` : '') +
      style.paint('faint', column(clean(why), at.why))
    ).trimEnd()
  })
}
