/** Plain lines and screens ask the terminal the same questions: the answers live with the screens. */
export * from '../../tui/text/terminal.ts'
