import { toAscii } from './format.ts'
import { type Paint, painter } from './terminal.ts'

/** How a screen may draw. */
export interface Style {
  colour: boolean
  ascii: boolean
  paint: Paint
}

export const styleOf = ({ colour, ascii }: { colour: boolean; ascii: boolean }): Style => ({
  colour,
  ascii,
  paint: painter(colour)
})

/** Lines as this style can show them. */
export const inStyle = (lines: readonly string[], { ascii }: Style): readonly string[] =>
  ascii ? lines.map(toAscii) : lines
