import { completed, runLine } from './command-line.ts'
import type { KeyPress } from './keys.ts'
import type { ScreenState } from './state.ts'
import { type ScreenStep, still } from './step.ts'
import { editText, fieldOf } from './text-field.ts'

type Prompt = NonNullable<ScreenState['prompt']>

/** A key while a filter or a command is typed. A filter works as it is typed. */
export function reducePrompt(state: ScreenState, prompt: Prompt, key: KeyPress): ScreenStep {
  const closed = { ...state, prompt: null }
  if (key.name === 'esc') {
    return still(prompt.kind === 'filter' ? withFilter(closed, '') : closed)
  }
  if (key.name === 'backspace' && prompt.field.text === '') return still(closed)
  if (key.name === 'enter') {
    return prompt.kind === 'filter' ? still(closed) : runLine(closed, prompt.field.text)
  }
  if (key.name === 'tab' && prompt.kind === 'command') {
    return still({ ...state, prompt: { ...prompt, field: fieldOf(completed(prompt.field.text)) } })
  }
  const field = editText(prompt.field, key)
  const next = { ...state, prompt: { ...prompt, field } }
  return still(prompt.kind === 'filter' ? withFilter(next, field.text) : next)
}

const withFilter = (state: ScreenState, text: string): ScreenState => ({
  ...state,
  filters: { ...state.filters, [state.tab]: text.trim().toLowerCase() }
})
