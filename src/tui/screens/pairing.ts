import type { Overlay, ScreenState } from '../state.ts'
import { clean, fitText, formatDuration } from '../text/format.ts'
import { wrap } from '../text/wrap.ts'
import { fieldLine } from '../widgets/field.ts'
import type { Body } from './lists.ts'

type Pair = Extract<Overlay, { kind: 'pair' }>

/** Letting a machine in, or going into another's mesh. */
export function pairPage(state: ScreenState, overlay: Pair, body: Body): string[] {
  return overlay.mode === 'invite' ? invitePage(state, overlay, body) : joinPage(overlay, body)
}

function invitePage(state: ScreenState, overlay: Pair, { width, style }: Body): string[] {
  const { invite, expiresAt, error } = overlay
  if (error !== null) return ['', ...wrap(error, width - 4).map((line) => `  ${style.paint('bad', line)}`)]
  if (invite === null || expiresAt === null) return ['', '  Asking the node for an invite…']
  const leftMs = Date.parse(expiresAt) - state.nowMs
  if (leftMs <= 0) return ['', '  This invite has run out. r makes another.']
  const came = [...state.feed.peers.values()].filter(({ peer }) => !overlay.known.has(peer.peerId))
  return [
    '',
    '  On the other machine: press 3, then J, and paste this line; or in its shell',
    '',
    // Nothing beside it, so that a mouse takes it as it is.
    ...wrap(`proxima-node mesh join ${invite}`, width).map((line) => style.paint('strong', line)),
    '',
    came.length === 0
      ? `  Good once, for ${formatDuration(leftMs)} more.   y copies the line   r makes another`
      : '  It was good once.   r makes another, for the next machine',
    ...came.map(({ peer }) =>
      style.paint('good', fitText(`  ${clean(peer.name)} (…${peer.peerId.slice(-8)}) has joined`, width))
    )
  ]
}

function joinPage(overlay: Pair, { width, style }: Body): string[] {
  const lines = [
    '',
    ...wrap(
      'On a machine of the mesh that this one should belong to: press 3, then i. Type or paste the line that it shows:',
      width - 4
    ).map((line) => `  ${line}`),
    '',
    fieldLine('invite', overlay.field, { width, isActive: !overlay.busy && overlay.result === null, style })
  ]
  if (overlay.busy) lines.push('', '  Knocking…')
  if (overlay.error !== null)
    lines.push('', ...wrap(overlay.error, width - 4).map((line) => `  ${style.paint('bad', line)}`))
  if (overlay.result !== null)
    lines.push('', style.paint('good', fitText(`  ${clean(overlay.result)}. Enter closes this.`, width)))
  return lines
}
