import type { ControlMethod, ControlMethods } from '../../../src/model/index.ts'
import type { ScreenNode, ScreenPort } from '../../../src/tui/port.ts'

type Streams = Partial<{
  screen: ScreenNode['stream']
  chunks: ScreenNode['stream']
}>

export type Methods = {
  [M in ControlMethod]?: (
    params: ControlMethods[M]['params'],
    signal?: AbortSignal
  ) => Promise<ControlMethods[M]['result']>
}

/** A node of which nothing is expected but what is given. */
export function fakeNode(methods: Methods = {}, streams: Streams = {}) {
  const calls: { method: string; params: unknown }[] = []
  const node: ScreenNode & { closes: number } = {
    closes: 0,
    call(method, params, options) {
      calls.push({ method, params })
      const handler = methods[method] as
        | ((given: typeof params, signal?: AbortSignal) => Promise<never>)
        | undefined
      return handler
        ? handler(params, options?.signal)
        : Promise.reject(new Error(`the test did not expect ${method}`))
    },
    stream(name, params, signal) {
      const open = streams[name as keyof Streams]
      if (!open) throw new Error(`the test did not expect the stream ${name}`)
      return open(name, params, signal)
    },
    closed: new Promise(() => {}),
    close() {
      node.closes += 1
    }
  }
  return { node, calls }
}

/** A machine with the given files, and nobody who listens. */
export function fakePort(given: Partial<ScreenPort['machine']> = {}): ScreenPort {
  return {
    connect: async () => null,
    told: (error) => ({ message: (error as Error).message, hint: null }),
    machine: {
      browse: async () => [],
      expand: async (paths) => ({ files: paths, problems: [] }),
      wholePath: (text) => text,
      ...given
    }
  }
}

/** Settles when the signal aborts. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
