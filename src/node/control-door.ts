import { type ControlHandlers, startControlServer } from './control/index.ts'
import { earlyHandlers } from './early-handlers.ts'
import { NodeError } from './errors.ts'
import type { UndoStack } from './undo.ts'

/**
 * Opens the local socket before anything else of the node is up: two starts at once are told apart there, and commands
 * that come early wait for what is given to `open`, or hear that the start failed.
 * @throws ControlError `already-running`
 */
export async function openControlDoor(
  at: { socketPath: string; version: string },
  undo: UndoStack,
  onTrouble: (what: string, error: unknown) => void
): Promise<{ open: (handlers: ControlHandlers) => void }> {
  const ready = Promise.withResolvers<ControlHandlers>()
  ready.promise.catch(() => {
    // Told by the start itself; a command that waited hears it from the socket.
  })
  const control = await startControlServer(at, earlyHandlers(ready.promise), onTrouble)
  undo.push(() => {
    ready.reject(
      new NodeError('not-started', 'the node could not start', {
        hint: 'The command that started it, or its log, says why',
        exitStatus: 3
      })
    )
    return control.close()
  })
  return { open: ready.resolve }
}
