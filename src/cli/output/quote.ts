/** An argument list as a line that a POSIX shell reads back as the same list. */
export const quoteCommand = (words: readonly string[]): string => words.map(quoteWord).join(' ')

const quoteWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
