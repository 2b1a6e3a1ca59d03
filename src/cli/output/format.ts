/** Plain lines and screens write numbers, names and times alike: the functions live with the screens. */
export * from '../../tui/text/format.ts'
