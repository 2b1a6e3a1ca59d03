import { Box, Text, useInput, usePaste } from 'ink'
import { createElement, memo, type ReactNode, useSyncExternalStore } from 'react'
import { frameOf } from './frame.ts'
import { keysOf } from './read-keys.ts'
import type { ScreenStore } from './store.ts'
import type { Style } from './text/style.ts'

/** A line that stays the same is not laid out again. */
const Line = memo(
  ({ text }: { text: string }): ReactNode =>
    createElement(Text, { wrap: 'truncate-end' }, text === '' ? ' ' : text)
)

export interface AppProps {
  store: ScreenStore
  style: Style
}

/** The screen: the store's state as lines, and keys into the store. Everything else is decided without React. */
export function App({ store, style }: AppProps): ReactNode {
  const state = useSyncExternalStore(store.subscribe, store.shown)
  useInput((input, key) => {
    for (const press of keysOf(input, key)) store.dispatch({ kind: 'pressed', key: press })
  })
  usePaste((text) => store.dispatch({ kind: 'pressed', key: { name: 'text', text } }))
  const lines = frameOf(state, style)
  // A line's place is what it is: it changes its text, it never moves.
  return createElement(
    Box,
    { flexDirection: 'column', width: state.columns, height: state.rows },
    // biome-ignore lint/correctness/useJsxKeyInIterable: children by position need no keys
    ...lines.map((text) => createElement(Line, { text }))
  )
}
