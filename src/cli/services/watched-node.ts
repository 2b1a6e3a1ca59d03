import type { ControlStream, ControlStreams } from '../../model/index.ts'
import type { ControlClient } from '../../node/control/connect.ts'
import type { ScreenNode } from '../../tui/port.ts'
import { CliError } from '../errors.ts'

/** A machine that a screen watches. */
export interface Watched {
  peerId: string
  name: string
}

/** Another member's node as a screen sees it, through this machine's: it tells all, and takes no orders. */
export function watchedNode(client: ControlClient, { peerId, name }: Watched): ScreenNode {
  const refusal = (): CliError => new CliError('only-watches', `this screen only watches ${name}`)
  const open = (
    stream: ControlStream,
    params: ControlStreams[ControlStream]['params'],
    signal: AbortSignal
  ): AsyncIterable<ControlStreams[ControlStream]['event']> => {
    if (stream === 'screen') return client.stream('peerScreen', { peer: peerId }, signal)
    if (stream === 'chunks' && 'id' in params)
      return client.stream('peerChunks', { peer: peerId, id: params.id }, signal)
    throw refusal()
  }
  return {
    call: () => Promise.reject(refusal()),
    // The streams of another's node tell the same events as those that stand in for them here.
    stream: open as ScreenNode['stream'],
    closed: client.closed,
    close: () => client.close()
  }
}
